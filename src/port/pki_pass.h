/*
 * Where a passphrase or PIN comes from: a file descriptor, an environment variable, or the
 * terminal, without echo. Never an argument: other users see those.
 */
#ifndef EVPACK_PORT_PKI_PASS_H
#define EVPACK_PORT_PKI_PASS_H

#include "port/pki.h"

#include <stdbool.h>

/* Not given: the terminal, which is asked at /dev/tty. Both given: the descriptor. */
typedef struct {
    const char *env; /* the variable's name; its value is wiped from the environment once read */
    int fd;          /* read up to its first line end, or its end */
    bool has_fd;
} pki_pass;

/* A pki_ask whose ctx is a pki_pass. EVPACK_E_USAGE when nothing can be asked, or nothing came. */
evpack_status pki_pass_ask(void *pass, const char *what, char out[PKI_SECRET_MAX],
                           evpack_err *err) EVPACK_MUST_USE;

#endif
