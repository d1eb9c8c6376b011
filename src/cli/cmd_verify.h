/*
 * The verb verify, for evpack and for evpack-verify:
 *   verify PATH --trust PEM [--crl PEM]... [--tsa-trust PEM] [--require SIGNER]... [--json]
 * PATH is P.zip, with P.zip.p7s beside it, or an unpacked package folder. Exit code: 0 verified,
 * 1 not verified, 2 could not decide.
 */
#ifndef EVPACK_CLI_CMD_VERIFY_H
#define EVPACK_CLI_CMD_VERIFY_H

#include "seal/report.h"

/* argv[0] is the verb, or the program's name. */
int cmd_verify(int argc, char **argv);

/* The report on standard output, for verbs that verify before they do their own. */
void verify_print_json(const seal_report *r);
void verify_print_text(const char *path, const seal_report *r);

#endif
