/*
 * The signer of a package or of a review. Invariant: who is refused here is refused before a byte
 * is written. Refuses to know what is signed.
 */
#include "package/signer.h"

#include "base/text.h"

evpack_status signer_load(const pki_files *files, int64_t at, pki_signer **out, evpack_err *err)
{
    EVPACK_AUTO(pki_signer) s = NULL;
    EVPACK_TRY(pki_signer_load(files, at, &s, err));
    if (pki_signer_in_force(s, text_now(), err) != EVPACK_OK) {
        return evpack_context(err,
                              "%s: it held at the signing time, but who verifies judges it now",
                              files->cert == NULL ? files->key : files->cert);
    }
    *out = EVPACK_MOVE(s);
    return EVPACK_OK;
}

evpack_status signer_lists(const pki_signer *s, const char *const *paths, size_t count, buf *out,
                           evpack_err *err)
{
    EVPACK_AUTO(pki_crls) lists = NULL;
    EVPACK_TRY(pki_crls_new(&lists, err));
    for (size_t i = 0; i < count; i++) {
        EVPACK_TRY(pki_crls_load(lists, paths[i], err));
        if (pki_crls_allow(lists, s, err) != EVPACK_OK) {
            return evpack_context(err, "%s", paths[i]);
        }
    }
    return count == 0 ? EVPACK_OK : pki_crls_put(lists, out, err);
}
