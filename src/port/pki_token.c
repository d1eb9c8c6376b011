/*
 * A key in a PKCS#11 token: a smart card, an HSM. Invariant: the key never leaves the token, and
 * the engine lives as long as the key. By OpenSSL's engine `pkcs11` (Debian:
 * libengine-pkcs11-openssl); engines are deprecated in OpenSSL 3, but the provider that replaces it
 * is not in Debian 12. Not part of the small verifier, which loads no code from anywhere.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/text.h"
#include "port/pki_private.h"

#include <openssl/crypto.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <string.h>

struct pki_token {
    ENGINE *engine;
    bool started;
};

void pki_token_free(pki_token *t)
{
    if (t != NULL) {
        if (t->started) {
            (void)ENGINE_finish(t->engine);
        }
        (void)ENGINE_free(t->engine);
        free(t);
    }
}
EVPACK_DEFINE_CLEANUP(pki_token, pki_token_free)

static void wipe_secret(char (*secret)[PKI_SECRET_MAX])
{
    OPENSSL_cleanse(*secret, sizeof *secret);
}

/* Takes the attribute module-path off the URI, which the engine does not know: whose library is to
 * be used, where it is not that of the system (p11-kit). */
static void take_module(const char *uri, buf *rest, buf *module)
{
    static const char name[] = "module-path=";
    const char *at = strstr(uri, name);
    if (at == NULL || strchr("?&;:", at[-1]) == NULL) {
        buf_puts(rest, uri);
        return;
    }
    size_t len = strcspn(at, "&;");
    buf_append(module, at + strlen(name), len - strlen(name));
    size_t before = (size_t)(at - uri);
    bool last = at[len] == '\0';
    buf_append(rest, uri, last ? before - 1 : before);
    buf_puts(rest, last ? "" : at + len + 1);
}

static evpack_status start(pki_token *t, const buf *module, const char *pin, evpack_err *err)
{
    bool ok = ENGINE_ctrl_cmd_string(t->engine, "QUIET", NULL, 1) == 1 &&
              (module->len == 0 ||
               ENGINE_ctrl_cmd_string(t->engine, "MODULE_PATH", buf_str(module), 0) == 1) &&
              (pin[0] == '\0' || ENGINE_ctrl_cmd_string(t->engine, "PIN", pin, 0) == 1);
    t->started = ok && ENGINE_init(t->engine) == 1;
    if (!t->started) {
        return pki_fail(err, EVPACK_E_IO, "the PKCS#11 engine cannot be started");
    }
    return EVPACK_OK;
}

evpack_status pki_token_open(const pki_files *files, pki_token **token, EVP_PKEY **key,
                             evpack_err *err)
{
    if (strstr(files->key, "pin-value=") != NULL) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "a PIN does not belong in an argument, where others see it: leave "
                           "pin-value out; it is asked for");
    }
    EVPACK_AUTO_VALUE(buf_reset) buf uri = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf module = {0};
    take_module(files->key, &uri, &module);
    EVPACK_TRY(buf_status(&uri, err));
    EVPACK_TRY(buf_status(&module, err));
    EVPACK_AUTO(pki_token) t = calloc(1, sizeof *t);
    if (t == NULL) {
        return evpack_oom(err);
    }
    ENGINE_load_dynamic();
    t->engine = ENGINE_by_id("pkcs11");
    if (t->engine == NULL) {
        ERR_clear_error();
        return evpack_fail(err, EVPACK_E_IO,
                           "%s: OpenSSL's engine for tokens is not installed (Debian: "
                           "libengine-pkcs11-openssl)",
                           files->key);
    }
    EVPACK_AUTO_VALUE(wipe_secret) char pin[PKI_SECRET_MAX] = "";
    if (files->ask != NULL && strstr(files->key, "pin-source=") == NULL) {
        EVPACK_TRY(files->ask(files->ask_ctx, files->key, pin, err));
    }
    EVPACK_TRY(start(t, &module, pin, err));
    *key = ENGINE_load_private_key(t->engine, buf_str(&uri), NULL, NULL);
    if (*key == NULL) {
        ERR_clear_error();
        return evpack_fail(
            err, EVPACK_E_INPUT,
            "%s: the token gives no such private key: the URI or the PIN is wrong, or "
            "the token is not there",
            files->key);
    }
    *token = EVPACK_MOVE(t);
    return EVPACK_OK;
}
