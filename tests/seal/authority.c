/*
 * A timestamp authority for tests.
 */
#include "authority.h"

#include "base/file.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static char folder[256];
static pid_t maker;

bool authority_openssl(const char *command)
{
    return system(command) == 0; /* NOLINT: a test's own command */
}

static void run(const char *what)
{
    if (!authority_openssl(what)) {
        (void)fprintf(stderr, "failed: %s\n", what);
        exit(EXIT_FAILURE);
    }
}

static void remove_all(void)
{
    char command[300];
    if (maker == getpid()) {
        (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
        run(command);
    }
}

void authority_make(void)
{
    const char *base = getenv("TMPDIR");
    char command[1024];
    (void)snprintf(folder, sizeof folder, "%.200s/evpack-tsa-XXXXXX", base ? base : "/tmp");
    if (mkdtemp(folder) == NULL) {
        exit(EXIT_FAILURE);
    }
    maker = getpid();
    (void)atexit(remove_all);
    (void)snprintf(command, sizeof command, "sh '%s/tests/seal/authority.sh' make '%s'",
                   TEST_SOURCE_ROOT, folder);
    run(command);
}

const char *authority_file(const char *name)
{
    static char paths[4][512];
    static size_t next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

pki_trust *authority_trust(const char *name)
{
    evpack_err err = {0};
    pki_trust *trust = NULL;
    OK(pki_trust_load(authority_file(name), &trust, &err));
    return trust;
}

/* Files go in and out through the test's own folder. */
static void call(const char *settings, const char *what, const char *name, const buf *in, buf *out)
{
    char command[2048];
    const char *from = test_file("authority.in", buf_str(in), in->len);
    const char *to = test_path("authority.out");
    (void)snprintf(command, sizeof command,
                   "%s sh '%s/tests/seal/authority.sh' %s '%s' %s '%s' '%s'", settings,
                   TEST_SOURCE_ROOT, what, folder, name, from, to);
    run(command);
    buf_clear(out);
    test_read(to, out);
}

void authority_reply(const char *name, const char *settings, const buf *request, buf *answer)
{
    call(settings, "reply", name, request, answer);
}

void authority_forge(const char *name, const buf *tst_info, buf *answer)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf token = {0};
    call("", "forge", name, tst_info, &token);
    cms_form form;
    cms_signer who;
    OK(cms_form_read_token(der_of(&token), &form, &who, &err));
    buf_clear(answer);
    OK(tsp_response_build(&form, answer, &err));
}

static void put_time(buf *out, int64_t at)
{
    char text[TEXT_TIME];
    text_format_time(at, text);
    buf_printf(out, "%.4s%.2s%.2s%.2s%.2s%.2sZ", text, text + 5, text + 8, text + 11, text + 14,
               text + 17);
}

const char *authority_crl(const char *ca, int64_t last, int64_t next, const char *name,
                          int64_t when, const char *reason)
{
    static int count;
    char file[32];
    (void)snprintf(file, sizeof file, "list-%d.pem", count++);
    const char *path = test_path(file);
    EVPACK_AUTO_VALUE(buf_reset) buf command = {0};
    buf_printf(&command, "sh '%s/tests/seal/authority.sh' crl '%s' %s '%s' ", TEST_SOURCE_ROOT,
               folder, ca, path);
    put_time(&command, last);
    buf_putc(&command, ' ');
    put_time(&command, next);
    if (name != NULL) {
        buf_printf(&command, " %s ", name);
        char text[TEXT_TIME]; /* in this place openssl ca knows two digits of the year alone */
        text_format_time(when, text);
        buf_printf(&command, "%.2s%.2s%.2s%.2s%.2s%.2sZ", text + 2, text + 5, text + 8, text + 11,
                   text + 14, text + 17);
        buf_puts(&command, reason);
    }
    run(buf_str(&command));
    return path;
}
