/* package/redact: copies without the values, byte for byte otherwise; what is withheld; the list.
 */
#include "package/redact.h"

#include "case.h"
#include "collect/collect.h"
#include "collect/made.h"
#include "port/json.h"
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NOW = 1795334400 };

static store *a_case(const char *folder)
{
    evpack_err err = {0};
    store *s = case_empty("c.db");
    char *const paths[] = {(char *)test_path(folder)};
    const collect_options options = {.label = "a", .now = NOW};
    collect_totals t;
    OK(collect_paths(s, paths, 1, &options, &t, &err));
    return s;
}

static evpack_status append(void *ctx, const void *data, size_t len, evpack_err *err)
{
    buf_append(ctx, data, len);
    return buf_status(ctx, err);
}

static int64_t id_of(store *s, const char *path)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "SELECT id FROM evidence WHERE path = '%s'", path);
    return case_value(s, buf_str(&sql));
}

START_TEST(a_copy_differs_in_the_values_alone)
{
    evpack_err err = {0};
    char text[1024];
    char want[1024];
    static const char form[] =
        "{\"key1\": \"%s\",\n \"x\": [1, \"AccountKey=%s;E=1\"], \"t\": \"%s\"} ";
    (void)snprintf(text, sizeof text, form, made_of("hex", 1, 32), made_key(2), made_jwt(3));
    (void)snprintf(want, sizeof want, form, "EVPACK-REDACTED-ai-key", "EVPACK-REDACTED-storage-key",
                   "EVPACK-REDACTED-jwt");
    (void)test_text_file("f/k.json", text);
    (void)test_text_file("f/n.json", "{\"a\": 1}");
    EVPACK_AUTO(store) s = a_case("f");
    EVPACK_AUTO(redaction) r = NULL;
    OK(redaction_plan(s, &r, &err));
    ck_assert_uint_eq(redaction_count(r), 3);
    ck_assert_uint_eq(redaction_files(r), 1);
    ck_assert_uint_eq(redaction_withheld(r), 0);
    ck_assert_ptr_null(redaction_of(r, id_of(s, "f/n.json")));
    const redacted_file *file = redaction_of(r, id_of(s, "f/k.json"));
    ck_assert_ptr_nonnull(file);
    EVPACK_AUTO_VALUE(buf_reset) buf copy = {0};
    OK(redaction_write(s, file->evidence_id, append, &copy, &err));
    ck_assert_str_eq(buf_str(&copy), want);
    char sha[DIGEST_HEX];
    OK(digest_bytes_hex(copy.data, copy.len, sha, &err));
    ck_assert_str_eq(sha, file->sha256);
    ck_assert_uint_eq(file->size, copy.len);
}
END_TEST

/* The list says of each value where its marker stands in the copy. */
START_TEST(the_list_leads_to_the_markers)
{
    evpack_err err = {0};
    char text[1024];
    (void)snprintf(text, sizeof text, "[{\"key1\": \"%s\"}, {\"key2\": \"%s\"}]",
                   made_of("hex", 4, 32), made_of("hex", 5, 32));
    (void)test_text_file("f/k.json", text);
    EVPACK_AUTO(store) s = a_case("f");
    EVPACK_AUTO(redaction) r = NULL;
    OK(redaction_plan(s, &r, &err));
    EVPACK_AUTO_FD fd = open(test_path("list.json"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    OK(redaction_list(r, s, fd, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf copy = {0};
    test_read(test_path("list.json"), &list);
    OK(redaction_write(s, id_of(s, "f/k.json"), append, &copy, &err));
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(list.data, list.len, false, &doc, &err));
    const json *all = json_get(json_root(doc), "redactions");
    ck_assert_uint_eq(json_count(all), 2);
    static const char *const pointers[] = {"/0/key1", "/1/key2"};
    size_t i = 0;
    for (const json *one = json_first(all); one != NULL; one = json_next(one), i++) {
        size_t offset = (size_t)json_number(json_get(one, "offset"));
        ck_assert_str_eq(json_get_string(one, "path"), "data/evidence/a/f/k.json");
        ck_assert_str_eq(json_get_string(one, "pointer"), pointers[i]);
        ck_assert_uint_eq(strlen(json_get_string(one, "commitment")), 64);
        ck_assert_msg(strncmp(copy.data + offset, "EVPACK-REDACTED-ai-key\"", 23) == 0,
                      "expected a marker at %zu of %s", offset, buf_str(&copy));
        size_t was = (size_t)json_number(json_get(one, "original_offset"));
        ck_assert_msg(strncmp(text + was, made_of("hex", 4 + (unsigned)i, 32), 32) == 0,
                      "expected the value at %zu of the original", was);
    }
}
END_TEST

START_TEST(what_cannot_be_looked_into_is_withheld)
{
    evpack_err err = {0};
    static const char gz[] = "\x1f\x8b\x08 and what nobody can see";
    (void)test_file("f/sub/x.bin", gz, sizeof gz);
    (void)test_text_file("f/n.json", "{\"a\": 1}");
    EVPACK_AUTO(store) s = a_case("f");
    EVPACK_AUTO(redaction) r = NULL;
    OK(redaction_plan(s, &r, &err));
    const redacted_file *file = redaction_of(r, id_of(s, "f/sub/x.bin"));
    ck_assert_msg(file != NULL && file->withheld != NULL,
                  "expected a compressed file to be withheld");
    ck_assert_uint_eq(redaction_withheld(r), 1);
    ck_assert_uint_eq(redaction_count(r), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_copy_differs_in_the_values_alone, the_list_leads_to_the_markers,
                                  what_cannot_be_looked_into_is_withheld, NULL};
    return test_main(test_suite("package/redact", tests));
}
