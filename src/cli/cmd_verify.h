/*
 * The verb verify, for evpack and for evpack-verify:
 *   verify PATH --trust PEM|DIR [--crl PEM|DIR] [--tsa-trust PEM|DIR] [--require SIGNER]
 *          [--previous P0.zip] [--json] [--explain]
 * PATH is P.zip, with P.zip.p7s beside it, or an unpacked package folder. The package is read in a
 * sandbox (base/sandbox.h) where there is one. Exit code: 0 verified, 1 not verified, 2 could not
 * decide.
 */
#ifndef EVPACK_CLI_CMD_VERIFY_H
#define EVPACK_CLI_CMD_VERIFY_H

/* argv[0] is the verb, or the program's name. */
int cmd_verify(int argc, char **argv);

#endif
