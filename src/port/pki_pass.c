/*
 * Asking for a passphrase. Invariant: its text stands in the caller's buffer and nowhere else: what
 * was read on the way is wiped, and no message holds it. The terminal is libcrypto's, which turns
 * the echo off, and on again after a signal.
 */
#include "port/pki_pass.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/ui.h>
#include <stdio.h>
#include <string.h>

/* Byte by byte, so that what follows the line stays for others. */
static evpack_status from_fd(int fd, char *out, evpack_err *err)
{
    size_t len = 0;
    for (;;) {
        char c = 0;
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return evpack_fail(err, EVPACK_E_USAGE,
                               "the passphrase cannot be read from descriptor %d: %s", fd,
                               strerror(errno));
        }
        if (got == 0 || c == '\n') {
            break;
        }
        if (c == '\0' || len + 1 == PKI_SECRET_MAX) {
            return evpack_fail(err, EVPACK_E_USAGE,
                               "the passphrase from descriptor %d is longer than %d bytes, or not "
                               "text",
                               fd, PKI_SECRET_MAX - 1);
        }
        out[len++] = c;
    }
    len -= len > 0 && out[len - 1] == '\r' ? 1 : 0;
    out[len] = '\0';
    return EVPACK_OK;
}

static evpack_status from_env(const char *name, char *out, evpack_err *err)
{
    char *value = getenv(name);
    if (value == NULL) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "the passphrase is wanted from the environment variable %.60s, which is "
                           "not set",
                           name);
    }
    size_t len = strlen(value);
    if (len >= PKI_SECRET_MAX) {
        return evpack_fail(err, EVPACK_E_USAGE, "the passphrase in %.60s is longer than %d bytes",
                           name, PKI_SECRET_MAX - 1);
    }
    memcpy(out, value, len + 1);
    OPENSSL_cleanse(value, len); /* else it stays readable in /proc and in a core */
    return EVPACK_OK;
}

static evpack_status from_terminal(const char *what, char *out, evpack_err *err)
{
    /* Without a terminal libcrypto would read standard input. */
    EVPACK_AUTO_FD tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0) {
        return evpack_fail(
            err, EVPACK_E_USAGE,
            "%s: a passphrase is needed, and there is no terminal to ask at: give it "
            "with --pass-fd or --pass-env",
            what);
    }
    char prompt[400];
    evpack_err clean = {0}; /* a path may hold what a terminal would obey */
    (void)evpack_fail(&clean, EVPACK_OK, "%.300s", what);
    (void)snprintf(prompt, sizeof prompt, "Passphrase for %.300s: ", clean.text);
    if (UI_UTIL_read_pw_string(out, PKI_SECRET_MAX - 1, prompt, 0) != 0) {
        return evpack_fail(err, EVPACK_E_USAGE, "%s: no passphrase was given", what);
    }
    return EVPACK_OK;
}

evpack_status pki_pass_ask(void *ctx, const char *what, char out[PKI_SECRET_MAX], evpack_err *err)
{
    const pki_pass *pass = ctx;
    evpack_status status = pass->has_fd        ? from_fd(pass->fd, out, err)
                           : pass->env != NULL ? from_env(pass->env, out, err)
                                               : from_terminal(what, out, err);
    if (status == EVPACK_OK && out[0] == '\0') {
        status =
            evpack_fail(err, EVPACK_E_USAGE, "%s: the passphrase that was given is empty", what);
    }
    if (status != EVPACK_OK) {
        OPENSSL_cleanse(out, PKI_SECRET_MAX);
    }
    return status;
}
