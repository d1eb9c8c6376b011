/*
 * evpack-verify: the verifier alone, small enough to be read. It links libcrypto, zlib, cJSON and
 * the C library.
 */
#include "cli/cmd_verify.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        return printf("evpack-verify %s\n", EVPACK_VERSION) > 0 && fflush(stdout) == 0 ? 0 : 2;
    }
    return cmd_verify(argc, argv);
}
