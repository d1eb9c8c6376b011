/*
 * keygen DIR [--type KIND]: the verb keygen as a program, for tests of the verifier alone.
 */
#include "cli/cmd_keygen.h"

int main(int argc, char **argv)
{
    return cmd_keygen(argc, argv);
}
