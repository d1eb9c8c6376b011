/*
 * Whom to believe, as the command line says it. Invariant: an option without a value, or one too
 * many, is a usage error, never ignored.
 */
#include "cli/trust.h"

#include "base/text.h"

#include <string.h>

bool trust_take_value(const char *name, int argc, char **argv, int *at, const char **value)
{
    size_t len = strlen(name);
    if (strncmp(argv[*at], name, len) != 0) {
        return false;
    }
    if (argv[*at][len] == '=') {
        *value = argv[*at] + len + 1;
        return true;
    }
    if (argv[*at][len] != '\0') {
        return false;
    }
    *value = *at + 1 < argc ? argv[++*at] : "";
    return true;
}

bool trust_take(trust_given *g, int argc, char **argv, int *at, const char **problem)
{
    const struct {
        const char *name;
        const char **into;
        size_t *count; /* NULL: given once */
        size_t most;
        const char *problem;
    } options[] = {
        {"--trust", &g->trust, NULL, 1, "--trust needs one file, and is given once"},
        {"--tsa-trust", &g->tsa_trust, NULL, 1, "--tsa-trust needs one file, and is given once"},
        {"--crl", g->crls, &g->crl_count, TRUST_CRLS_MAX,
         "--crl needs a file, and is given at most 16 times"},
        {"--require", g->required, &g->required_count, TRUST_REQUIRED_MAX,
         "--require needs a signer, and is given at most 16 times"}};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        const char *value = NULL;
        if (!trust_take_value(options[i].name, argc, argv, at, &value)) {
            continue;
        }
        size_t count = options[i].count == NULL ? (*options[i].into != NULL) : *options[i].count;
        if (value[0] == '\0' || count == options[i].most) {
            *problem = options[i].problem;
            return true;
        }
        options[i].into[count] = value;
        if (options[i].count != NULL) {
            ++*options[i].count;
        }
        return true;
    }
    return false;
}

void trust_reset(trust_loaded *t)
{
    pki_trust_free(EVPACK_MOVE(t->signers));
    pki_trust_free(EVPACK_MOVE(t->authorities));
}

static evpack_status load(const char *pem, const trust_given *g, pki_trust **out, evpack_err *err)
{
    EVPACK_AUTO(pki_trust) trust = NULL;
    EVPACK_TRY(pki_trust_load(pem, &trust, err));
    for (size_t i = 0; i < g->crl_count; i++) {
        EVPACK_TRY(pki_trust_add_crls(trust, g->crls[i], err));
    }
    *out = EVPACK_MOVE(trust);
    return EVPACK_OK;
}

evpack_status trust_load(const trust_given *g, trust_loaded *t, seal_options *options,
                         evpack_err *err)
{
    EVPACK_TRY(load(g->trust, g, &t->signers, err));
    if (g->tsa_trust != NULL) {
        EVPACK_TRY(load(g->tsa_trust, g, &t->authorities, err));
    }
    *options = (seal_options){.trust = t->signers,
                              .crls = g->crl_count > 0,
                              .now = text_now(),
                              .tsa_trust = t->authorities,
                              .required = g->required,
                              .required_count = g->required_count};
    return EVPACK_OK;
}
