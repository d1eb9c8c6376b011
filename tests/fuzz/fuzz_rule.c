/*
 * Fuzzes the reading of rule headers: a rule that is accepted has all that a rule must say, and its
 * lists become strict JSON.
 */
#include "base/jscan.h"
#include "map/rule.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (memchr(data, '\0', size) != NULL) {
        return 0; /* the loader refuses such a file */
    }
    EVPACK_AUTO_CHARS text = strndup((const char *)data, size);
    if (text == NULL) {
        return 0;
    }
    char path[] = "rules/r.sql";
    const mapping_file file = {.path = path, .text = text, .len = size};
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
    if (rule_parse(&file, &r, &err) != EVPACK_OK) {
        if (strstr(err.text, "rules/r.sql") == NULL) {
            abort(); /* an error names its file */
        }
        return 0;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    rule_list_json(r.observes, &list);
    if (r.id == NULL || r.tests == NULL || r.absent == NULL || r.feature == NULL ||
        jscan_check(buf_str(&list), list.len, &err) != EVPACK_OK) {
        abort();
    }
    (void)rule_list_has(r.service, "azure-openai");
    return 0;
}
