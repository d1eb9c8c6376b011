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

int trust_walk(int argc, char **argv, trust_taker take, void *ctx, const char **path,
               const char **another)
{
    bool options = true;
    *another = NULL;
    for (int i = 1; i < argc; i++) {
        if (options && strcmp(argv[i], "--") == 0) {
            options = false;
        } else if (options && argv[i][0] == '-' && argv[i][1] != '\0') {
            int code = take(argc, argv, &i, ctx);
            if (code != 0) {
                return code;
            }
        } else if (*path != NULL) {
            *another = argv[i];
            return 0;
        } else {
            *path = argv[i];
        }
    }
    return 0;
}

bool trust_add(trust_list *l, const char *value)
{
    if (value[0] == '\0' || l->count == TRUST_MAX) {
        return false;
    }
    l->at[l->count++] = value;
    return true;
}

bool trust_take(trust_given *g, int argc, char **argv, int *at, const char **problem)
{
    const struct {
        const char *name;
        trust_list *into;
        const char *problem;
    } options[] = {
        {"--trust", &g->trust, "--trust needs a file or folder, and is given at most 16 times"},
        {"--tsa-trust", &g->tsa_trust,
         "--tsa-trust needs a file or folder, and is given at most 16 times"},
        {"--crl", &g->crls, "--crl needs a file or folder, and is given at most 16 times"},
        {"--require", &g->required, "--require needs a signer, and is given at most 16 times"}};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        const char *value = NULL;
        if (trust_take_value(options[i].name, argc, argv, at, &value)) {
            if (!trust_add(options[i].into, value)) {
                *problem = options[i].problem;
            }
            return true;
        }
    }
    return false;
}

void trust_reset(trust_loaded *t)
{
    pki_trust_free(EVPACK_MOVE(t->signers));
    pki_trust_free(EVPACK_MOVE(t->authorities));
}

evpack_status trust_read(const trust_list *anchors, const trust_list *crls, pki_trust **out,
                         evpack_err *err)
{
    EVPACK_AUTO(pki_trust) trust = NULL;
    EVPACK_TRY(pki_trust_load(anchors->at[0], &trust, err));
    for (size_t i = 1; i < anchors->count; i++) {
        EVPACK_TRY(pki_trust_add(trust, anchors->at[i], err));
    }
    for (size_t i = 0; i < crls->count; i++) {
        EVPACK_TRY(pki_trust_add_crls(trust, crls->at[i], err));
    }
    *out = EVPACK_MOVE(trust);
    return EVPACK_OK;
}

evpack_status trust_load(const trust_given *g, trust_loaded *t, seal_options *options,
                         evpack_err *err)
{
    EVPACK_TRY(trust_read(&g->trust, &g->crls, &t->signers, err));
    if (g->tsa_trust.count > 0) {
        EVPACK_TRY(trust_read(&g->tsa_trust, &g->crls, &t->authorities, err));
    }
    *options = (seal_options){.trust = t->signers,
                              .crls = g->crls.count > 0,
                              .now = text_now(),
                              .tsa_trust = t->authorities,
                              .required = g->required.at,
                              .required_count = g->required.count};
    return EVPACK_OK;
}
