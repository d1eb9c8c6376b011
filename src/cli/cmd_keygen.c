/*
 * The verb keygen: reads arguments, calls pki_keygen, prints.
 */
#include "cli/cmd_keygen.h"

#include "base/buf.h"
#include "base/text.h"
#include "cli/trust.h"
#include "port/pki.h"

#include <stdio.h>
#include <string.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 2 };

static const char help[] =
    "Usage: evpack keygen DIR [--type rsa-3072|p-256|p-384] [--json]\n"
    "\n"
    "Makes DIR/key.pem and DIR/cert.pem, a throw-away key with a self-signed certificate, for a\n"
    "trial. Existing files are never overwritten. With the default, rsa-3072, signatures repeat\n"
    "byte for byte; with the others they never do.\n";

static int answer_json(const char *folder, const char *kind)
{
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    buf_puts(&out, "{\"evpack\":{\"version\":\"" EVPACK_VERSION "\"},\"key\":");
    buf_printf(&path, "%s/key.pem", folder);
    buf_json_text(&out, buf_str(&path));
    buf_clear(&path);
    buf_printf(&path, "%s/cert.pem", folder);
    buf_puts(&out, ",\"certificate\":");
    buf_json_text(&out, buf_str(&path));
    buf_printf(&out, ",\"type\":\"%s\"}\n", kind);
    return !out.failed && !path.failed && fwrite(out.data, 1, out.len, stdout) == out.len
               ? EXIT_DONE
               : EXIT_FAILED;
}

static int usage(const char *problem)
{
    (void)fprintf(stderr, "evpack keygen: %s\nTry 'evpack keygen --help'.\n", problem);
    return EXIT_FAILED;
}

static const char *const names[] = {
    [PKI_RSA_3072] = "rsa-3072", [PKI_P256] = "p-256", [PKI_P384] = "p-384"};

static int read_kind(const char *name, pki_kind *kind)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (text_same(name, names[i])) {
            *kind = (pki_kind)i;
            return EXIT_DONE;
        }
    }
    return EXIT_FAILED;
}

int cmd_keygen(int argc, char **argv)
{
    const char *folder = NULL;
    pki_kind kind = PKI_RSA_3072;
    bool as_json = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            (void)fputs(help, stdout);
            return EXIT_DONE;
        }
        const char *type = NULL;
        if (strcmp(argv[i], "--json") == 0) {
            as_json = true;
        } else if (trust_take_value("--type", argc, argv, &i, &type)) {
            if (read_kind(type, &kind) != EXIT_DONE) {
                return usage("--type is rsa-3072, p-256 or p-384");
            }
        } else if (argv[i][0] == '-' || folder != NULL) {
            return usage("expected one DIR");
        } else {
            folder = argv[i];
        }
    }
    if (folder == NULL) {
        return usage("expected a DIR to write key.pem and cert.pem to");
    }
    evpack_err err = {0};
    if (pki_keygen(folder, kind, text_now(), &err) != EVPACK_OK) {
        (void)fprintf(stderr, "evpack keygen: %s\n", err.text);
        return EXIT_FAILED;
    }
    if (as_json) {
        return answer_json(folder, names[kind]);
    }
    (void)printf(
        "wrote %s/key.pem and %s/cert.pem\n"
        "This key is for a trial: anyone could have made it. Sign real packages with a key "
        "of your own authority.\n",
        folder, folder);
    return EXIT_DONE;
}
