/* map/schema_check: what is outside the subset is refused; the schemas that are built in are not.
 */
#include "map/schema.h"

#include "base/embed.h"
#include "base/text.h"
#include "support.h"

#include <string.h>

static evpack_status checked(const char *text, size_t len, evpack_err *err)
{
    EVPACK_AUTO(json_doc) doc = NULL;
    ck_assert(json_parse(text, len, false, &doc, err) == EVPACK_OK);
    return schema_check(json_root(doc), err);
}

START_TEST(the_schemas_keep_to_the_subset)
{
    size_t count = 0;
    size_t seen = 0;
    const embed_file *files = embed_all(&count);
    for (size_t i = 0; i < count; i++) {
        evpack_err err = {0};
        if (text_starts(files[i].name, "mapping/schema/")) {
            OK(checked((const char *)files[i].data, files[i].len, &err));
            seen++;
        }
    }
    ck_assert_uint_ge(seen, 12);
}
END_TEST

static const char *const outside[] = {
    "1",
    "{\"patternProperties\":{}}",
    "{\"type\":\"text\"}",
    "{\"type\":[]}",
    "{\"enum\":[[1]]}",
    "{\"const\":{}}",
    "{\"required\":\"a\"}",
    "{\"minLength\":-1}",
    "{\"pattern\":\"\\\\d\"}",
    "{\"pattern\":\"[[:alpha:]]\"}",
    "{\"pattern\":\"(\"}",
    "{\"pattern\":\"(?=a)\"}",
    "{\"uniqueItems\":true}",
    "{\"uniqueItems\":true,\"maxItems\":1001}",
    "{\"$ref\":\"other.json\"}",
    "{\"$ref\":\"#/$defs/gone\",\"$defs\":{}}",
    "{\"allOf\":[]}",
    "{\"properties\":{\"a\":{\"items\":[true]}}}",
};

START_TEST(what_is_outside_is_refused)
{
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        evpack_err err = {0};
        evpack_status status = checked(outside[i], strlen(outside[i]), &err);
        ck_assert_msg(status == EVPACK_E_INPUT, "%s: expected a refusal", outside[i]);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_schemas_keep_to_the_subset, what_is_outside_is_refused, NULL};
    return test_main(test_suite("map/schema_check", tests));
}
