/*
 * data/evidence-index.csv of a package: whatever it says, reading ends without a crash, and what is
 * accepted holds: every row has a name below data/evidence that follows from its original name, no
 * two have one, and the rows are in their order. Written anew by the writer's rules, the rows'
 * names are those that were read.
 */
#include "base/member.h"
#include "base/text.h"
#include "review/index.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int good)
{
    if (!good) {
        abort();
    }
}

static void check_row(const evidence_index *x, size_t n)
{
    static const char top[] = "data/evidence/";
    const index_row *row = index_at(x, n);
    evpack_err err = {0};
    must(member_check(row->member, &err) == EVPACK_OK);
    must(text_starts(row->member, top));
    const size_t len = strlen(row->snapshot);
    must(strncmp(row->member + sizeof top - 1, row->snapshot, len) == 0);
    const char *name = row->member + sizeof top - 1 + len;
    must(*name++ == '/' && row->original[0] != '\0');
    EVPACK_AUTO_VALUE(buf_reset) buf plain = {0};
    member_escape(row->original, &plain);
    must(strcmp(buf_str(&plain), name) == 0 || strstr(name, "~~") != NULL);
    must(index_find(x, row->member) == row);
    must(index_find_original(x, row->snapshot, row->original, row->sha256) == row);
    must(strlen(row->sha256) == 64);
    must(!(row->withheld && row->redacted_sha256 != NULL));
    must(index_ordered(x) ? row->order == n + 1 : row->order == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    evpack_err err = {0};
    EVPACK_AUTO(evidence_index) x = NULL;
    evpack_status status = index_read((const char *)data, size, &x, &err);
    if (status != EVPACK_OK) {
        must(x == NULL && err.text[0] != '\0');
        must(status == EVPACK_E_INPUT || status == EVPACK_E_LIMIT || status == EVPACK_E_MEMORY);
        return 0;
    }
    for (size_t i = 0; i < index_count(x); i++) {
        check_row(x, i);
    }
    return 0;
}
