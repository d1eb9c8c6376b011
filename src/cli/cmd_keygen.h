/*
 * The verb keygen: keygen DIR [--type rsa-3072|p-256|p-384]. Writes DIR/key.pem and DIR/cert.pem, a
 * throw-away key with a self-signed certificate. Exit code: 0 done, 2 not.
 */
#ifndef EVPACK_CLI_CMD_KEYGEN_H
#define EVPACK_CLI_CMD_KEYGEN_H

/* argv[0] is the verb. */
int cmd_keygen(int argc, char **argv);

#endif
