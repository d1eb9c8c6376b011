/*
 * The verbs' common ground. Invariant: every way out has one of three exit codes, and every error
 * is one line on standard error. Knows nothing of what the verbs do.
 */
#include "cli/cli.h"

#include "base/embed.h"
#include "base/text.h"
#include "collect/secrets.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Messages quote what was typed and what was read: neither may bring a secret to a log. */
static void clean(evpack_err *err)
{
    evpack_err ignored = {0};
    EVPACK_AUTO(secrets) table = NULL;
    if (secrets_load(&table, &ignored) == EVPACK_OK) {
        secrets_clean_text(table, err->text, sizeof err->text);
    }
}

int cli_fail(const char *verb, const evpack_err *given)
{
    evpack_err shown = *given;
    const evpack_err *err = &shown;
    clean(&shown);
    const char *text = err->text[0] == '\0' ? evpack_status_text(err->code) : err->text;
    (void)fprintf(stderr, "%s%s: %s\n", strcmp(verb, "evpack") == 0 ? "" : "evpack ", verb, text);
    return err->code == EVPACK_E_NO ? CLI_NO : CLI_UNDECIDED;
}

int cli_usage(const char *verb, const char *fmt, ...)
{
    evpack_err err = {0};
    char text[400];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    (void)evpack_fail(&err, EVPACK_E_USAGE, "%s (see 'evpack help %s')", text, verb);
    return cli_fail(verb, &err);
}

int cli_bad_option(const char *verb, char *const *argv)
{
    return cli_usage(verb, "'%.100s' is not understood, or its value is missing", argv[optind - 1]);
}

int cli_help(const char *verb)
{
    char name[64];
    (void)snprintf(name, sizeof name, "src/cli/help/%.40s.txt", verb);
    const embed_file *file = embed_find(name);
    if (file == NULL) {
        return cli_usage("evpack", "there is no verb '%.40s'", verb);
    }
    (void)fwrite(file->data, 1, file->len, stdout);
    return CLI_YES;
}

void cli_secret(const char *path, const char *place, const char *pointer, uint64_t start,
                const char *words, const char *kind)
{
    evpack_err line = {0};
    if (strcmp(place, "name") == 0) {
        (void)evpack_fail(&line, EVPACK_OK, "%s: its name holds %s (%s)", path, words, kind);
    } else if (pointer != NULL) {
        (void)evpack_fail(&line, EVPACK_OK, "%s: %s: %s (%s), byte %llu", path,
                          pointer[0] == '\0' ? "the document" : pointer, words, kind,
                          (unsigned long long)start);
    } else {
        (void)evpack_fail(&line, EVPACK_OK, "%s: byte %llu: %s (%s)", path,
                          (unsigned long long)start, words, kind);
    }
    clean(&line);
    (void)fprintf(stderr, "%s\n", line.text);
}

static evpack_status epoch(const char *text, int64_t *out, evpack_err *err)
{
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < 0 || value > 253402300799) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "SOURCE_DATE_EPOCH is '%.40s'; expected seconds since 1970", text);
    }
    *out = value;
    return EVPACK_OK;
}

evpack_status cli_cap(const char *option, const char *text, int64_t *out, evpack_err *err)
{
    *out = 0;
    if (text == NULL) {
        return EVPACK_OK;
    }
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < 1 || value > 1000000) {
        return evpack_fail(err, EVPACK_E_USAGE, "%s '%.40s': expected 1 to 1000000", option, text);
    }
    *out = value;
    return EVPACK_OK;
}

evpack_status cli_now(const char *at, int64_t *out, evpack_err *err)
{
    const char *source = getenv("SOURCE_DATE_EPOCH");
    if (at != NULL) {
        return text_parse_time(at, out, err) == EVPACK_OK ? EVPACK_OK : EVPACK_E_USAGE;
    }
    if (source != NULL && source[0] != '\0') {
        return epoch(source, out, err);
    }
    *out = text_now();
    return EVPACK_OK;
}

evpack_status cli_pass(const char *fd_text, pki_pass *pass, pki_files *files, evpack_err *err)
{
    static const char usual[] = "EVPACK_KEY_PASSPHRASE";
    const struct rlimit none = {0};
    (void)setrlimit(RLIMIT_CORE, &none);
    if (fd_text != NULL && pass->env != NULL) {
        return evpack_fail(err, EVPACK_E_USAGE, "--pass-fd and --pass-env exclude each other");
    }
    if (fd_text != NULL) {
        char *end = NULL;
        errno = 0;
        long fd = strtol(fd_text, &end, 10);
        if (errno != 0 || end == fd_text || *end != '\0' || fd < 0 || fd > 65535) {
            return evpack_fail(err, EVPACK_E_USAGE,
                               "--pass-fd: expected the number of a file descriptor, such as 3");
        }
        pass->fd = (int)fd;
        pass->has_fd = true;
    }
    const char *value = getenv(usual);
    if (fd_text == NULL && pass->env == NULL && value != NULL && value[0] != '\0') {
        pass->env = usual;
    }
    files->ask = pki_pass_ask;
    files->ask_ctx = pass;
    return EVPACK_OK;
}

void cli_json_begin(buf *out)
{
    buf_puts(out, "{\"evpack\":{\"version\":\"" EVPACK_VERSION "\"}");
}

void cli_json_text(buf *out, const char *name, const char *text)
{
    buf_printf(out, ",\"%s\":", name);
    buf_json_text(out, text);
}

void cli_json_number(buf *out, const char *name, uint64_t number)
{
    buf_printf(out, ",\"%s\":%llu", name, (unsigned long long)number);
}

void cli_json_signer(buf *out, const char *name, const char *subject, const char *fingerprint)
{
    buf_printf(out, ",\"%s\":{\"subject\":", name);
    buf_json_text(out, subject);
    buf_puts(out, ",\"fingerprint_sha256\":");
    buf_json_text(out, fingerprint);
    buf_putc(out, '}');
}

evpack_status cli_json_end(buf *out, evpack_err *err)
{
    buf_puts(out, "}\n");
    EVPACK_TRY(buf_status(out, err));
    return fwrite(out->data, 1, out->len, stdout) == out->len
               ? EVPACK_OK
               : evpack_fail(err, EVPACK_E_IO, "the answer cannot be written");
}
