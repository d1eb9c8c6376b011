/*
 * Fuzzes the reading of the preparer's files: engagement, exceptions, attestations. Invariants: a
 * text is taken or refused with words in UTF-8 and a place, nothing else; what is taken has the
 * members that importing and mapping rest on, and every item lies in the file where it is said to.
 */
#include "base/jscan.h"
#include "base/text.h"
#include "collect/engagement_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_items(const engagement_text *t, const char *list, const char *id)
{
    jptr_value array = {0};
    char pointer[40];
    (void)snprintf(pointer, sizeof pointer, "/%s", list);
    const json *one = json_first(json_get(json_root(t->doc), list));
    if (!engagement_text_find(t, pointer, &array)) {
        must(one == NULL);
        return;
    }
    size_t at = 0;
    jptr_value item = {0};
    for (; jptr_element(array, &at, &item); one = json_next(one)) {
        const uint64_t offset = engagement_text_offset(t, item);
        must(one != NULL && offset >= t->mark && offset + item.len <= t->bytes.len);
        must(jscan_check(item.text, item.len, NULL) == EVPACK_OK);
        must(json_get_string(one, id) != NULL);
    }
    must(one == NULL);
}

static void check_taken(const engagement_text *t, const char *schema)
{
    const json *root = json_root(t->doc);
    must(json_is_object(root));
    if (strcmp(schema, "engagement") == 0) {
        must(json_get_string(root, "reference") != NULL);
        check_items(t, "assurance", "file");
    } else {
        check_items(t, schema, "id");
    }
}

static void read_as(const uint8_t *data, size_t size, const char *schema)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(engagement_text_reset) engagement_text t = {0};
    const evpack_status status = engagement_text_of(data, size, "x", schema, &t, &err);
    if (status == EVPACK_OK) {
        check_taken(&t, schema);
        return;
    }
    must(status == EVPACK_E_INPUT || status == EVPACK_E_LIMIT);
    must(text_utf8_check(err.text, strlen(err.text)) == strlen(err.text));
    must(strncmp(err.text, "x:", 2) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as(data, size, "engagement");
    read_as(data, size, "exceptions");
    read_as(data, size, "attestations");
    return 0;
}
