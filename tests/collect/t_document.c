/* collect/document: what is said of a file, and that every record stands where it says it does. */
#include "collect/document.h"

#include "base/file.h"
#include "base/jscan.h"
#include "base/text.h"
#include "case.h"
#include "collect/plain.h"
#include "collect/same.h"
#include "support.h"

#include <iconv.h>
#include <stdio.h>
#include <string.h>

enum { NOW = 1795334400 };

static document_result result;

/* A case with the bytes as its one file; what was said of it is in result. */
static store *imported(const void *bytes, size_t len)
{
    evpack_err err = {0};
    static unsigned n;
    char name[32];
    (void)snprintf(name, sizeof name, "c%u.db", n++);
    store *s = NULL;
    OK(store_open(test_path(name), STORE_CREATE, &s, &err));
    EVPACK_AUTO(shapes) table = NULL;
    OK(shapes_load(&table, &err));
    const import_options options = {.label = "a", .now = NOW};
    EVPACK_AUTO(import) into = NULL;
    OK(import_begin(s, &options, &into, &err));
    EVPACK_AUTO_FD fd = -1;
    OK(file_open(test_file("input", bytes, len), &fd, &err));
    OK(document_import(into, table, fd, "dir/input.json", &result, &err));
    OK(import_commit(into, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence"), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE path = 'dir/input.json'"),
                     1);
    ck_assert_int_eq(case_value(s, "SELECT size FROM content"), (int64_t)len);
    return s;
}

static void minify(const char *text, size_t len, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(jscan) scan = NULL;
    OK(jscan_new(NULL, len, &scan, &err));
    OK(jscan_feed(scan, text, len, &err));
    jscan_fault fault;
    OK(jscan_finish(scan, &fault, &err));
    ck_assert_msg(fault.what == NULL, "%.*s: expected a JSON value: %s", (int)len, text,
                  fault.what);
    buf_append(out, jscan_copy(scan)->data, jscan_copy(scan)->len);
}

/* What a pointer without escapes names. */
static const json *at_pointer(const json *value, const char *pointer)
{
    while (*pointer == '/' && value != NULL) {
        char part[64];
        size_t len = strcspn(++pointer, "/");
        ck_assert_uint_lt(len, sizeof part);
        memcpy(part, pointer, len);
        part[len] = '\0';
        pointer += len;
        if (json_is_object(value)) {
            value = json_get(value, part);
            continue;
        }
        value = json_first(value);
        for (long n = strtol(part, NULL, 10); n > 0 && value != NULL; n--) {
            value = json_next(value);
        }
    }
    return value;
}

/*
 * Reads every record's bytes again at its offset: they are a whole value; minified, they are the
 * body (unless that was normalised); parsed, they are what the pointer names in the document.
 */
static void check_places(store *s, const char *bytes, size_t len)
{
    evpack_err err = {0};
    size_t mark = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    EVPACK_AUTO(json_doc) whole = NULL;
    bool one = json_parse(bytes + mark, len - mark, false, &whole, &err) == EVPACK_OK;
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s), "SELECT pointer, start, length, body, normalised FROM record", &rows,
                  &err));
    for (bool row = true;;) {
        OK(db_step(rows, &row, &err));
        if (!row) {
            return;
        }
        const char *pointer = db_text(rows, 0);
        size_t start = (size_t)db_int(rows, 1);
        size_t length = (size_t)db_int(rows, 2);
        ck_assert_msg(start + length <= len && length >= 2 && strchr("{[", bytes[start]) != NULL &&
                          strchr("}]", bytes[start + length - 1]) != NULL,
                      "%s: expected an object, or a table's row, at %zu+%zu", pointer, start,
                      length);
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        minify(bytes + start, length, &text);
        EVPACK_AUTO_VALUE(buf_reset) buf plain = {0};
        const char *body =
            plain_text(text.data, text.len, &plain) ? buf_str(&plain) : buf_str(&text);
        ck_assert_msg(db_int(rows, 4) == 1 || strcmp(body, db_text(rows, 3)) == 0,
                      "%s: expected the body %s, came %s", pointer, body, db_text(rows, 3));
        if (!one) {
            continue; /* it is not one JSON text */
        }
        EVPACK_AUTO(json_doc) there = NULL;
        OK(json_parse(text.data, text.len, false, &there, &err));
        EVPACK_AUTO_VALUE(buf_reset) buf differences = {0};
        same_state(at_pointer(json_root(whole), pointer), json_root(there), &differences);
        ck_assert_msg(differences.len == 0, "%s: pointer and place differ: %s", pointer,
                      buf_str(&differences));
    }
}

#define ID \
    "\"id\":\"/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/"
#define ACCOUNT(name) "{" ID name "\",\"kind\":\"OpenAI\",\"properties\":{\"x\":{\"y\":[1,2]}}}"
#define SUMMARY(name) "{" ID name "\",\"properties\":null}"
#define ROLE                                                                            \
    "{\"id\":\"/providers/Microsoft.Authorization/roleAssignments/r\",\"scope\":\"/\"," \
    "\"principalId\":\"p\",\"name\":\"r\",\"roleDefinitionId\":\"d\"}"
#define KIND "cognitive-account"

static const struct {
    const char *text, *kind, *encoding, *shape, *completeness;
    int64_t records;
    const char *reason; /* a part of it; NULL: none */
} rows[] = {
    /* sound */
    {"[" ACCOUNT("a") "," ACCOUNT("b") "]", KIND, "utf-8", "array", "unstated", 2, NULL},
    {" [ \r\n " ACCOUNT("a") "\r\n ,\r\n " ACCOUNT("b") " ] \r\n", KIND, "utf-8", "array",
     "unstated", 2, NULL},
    {"\xef\xbb\xbf[" ACCOUNT("a") ", " ACCOUNT("b") "]", KIND, "utf-8-bom", "array", "unstated", 2,
     NULL},
    {"\xef\xbb\xbf" ACCOUNT("a") "\r\n", KIND, "utf-8-bom", "object", "whole", 1, NULL},
    {ACCOUNT("a"), KIND, "utf-8", "object", "whole", 1, NULL},
    {"{\"value\":[" ACCOUNT("a") "]}", KIND, "utf-8", "page", "whole", 1, NULL},
    {"{\"value\":[" ACCOUNT("a") "],\"nextLink\":null}", KIND, "utf-8", "page", "whole", 1, NULL},
    {"{\"nextLink\":\"\",\"value\":[" ACCOUNT("a") "]}", KIND, "utf-8", "page", "whole", 1, NULL},
    {"{\"nextLink\":\"https://x\",\"value\":[" ACCOUNT("a") "]}", KIND, "utf-8", "page", "partial",
     1, "nextLink says that more pages follow"},
    {"{\"value\":[" ACCOUNT("a") "],\"@odata.nextLink\":\"https://x\"}", KIND, "utf-8", "page",
     "partial", 1, "@odata.nextLink says"},
    {"{\"value\":[],\"$skipToken\":\"x\"}", "empty", "utf-8", "page", "partial", 0,
     "$skipToken says"},
    {"{\"value\":[]}", "empty", "utf-8", "page", "whole", 0, NULL},
    {"{\"@odata.context\":\"x/$metadata#servicePrincipals\",\"value\":[]}", "service-principal",
     "utf-8", "page", "whole", 0, NULL},
    {"[]", "empty", "utf-8", "array", "unstated", 0, "an empty list"},
    {"[" ACCOUNT("a") "," ROLE "]", "mixed", "utf-8", "array", "unstated", 2, NULL},
    {"[" SUMMARY("a") "," SUMMARY("b") "]", KIND, "utf-8", "array", "summary", 2, "no properties"},
    {"[" SUMMARY("a") "," ACCOUNT("b") "]", KIND, "utf-8", "array", "unstated", 2, NULL},
    {"{\"x\":1}", "other", "utf-8", "object", "unstated", 1, "no kind that evpack knows"},
    {"{}", "other", "utf-8", "object", "unstated", 1, "no kind that evpack knows"},
    /* Resource Graph: SDK's and az's spelling, and the older table, its columns before or after */
    {"{\"totalRecords\":1,\"count\":1,\"data\":[" ACCOUNT("a") "],\"facets\":[],"
                                                               "\"resultTruncated\":\"false\"}",
     KIND, "utf-8", "page", "whole", 1, NULL},
    {"{\"count\":1,\"data\":[" ACCOUNT("a") "],\"skip_token\":null,\"total_records\":1}", KIND,
     "utf-8", "page", "whole", 1, NULL},
    {"{\"data\":{\"columns\":[{\"name\":\"id\"},{\"name\":\"properties\"}],\"rows\":[[\"/"
     "subscriptions/s\","
     "{\"a\":1}]]},\"count\":1}",
     "subscription", "utf-8", "page", "whole", 1, NULL},
    {"\xef\xbb\xbf{\"count\":2,\"data\":{\"rows\":[[\"/subscriptions/s\"],[\"/subscriptions/t\"]],"
     "\"columns\":[{\"name\":\"id\"}]}}",
     "subscription", "utf-8-bom", "page", "whole", 2, NULL},
    {"{\"count\":1,\"data\":{\"rows\":[[1,2]],\"columns\":[{\"name\":\"id\"}]}}", "unrecognised",
     "utf-8", "page", "unrecognised", 0, "without an object"},
    /* the same members in what is no answer of a query */
    {"{\"data\":[{\"a\":1}]}", "other", "utf-8", "object", "unstated", 1,
     "no kind that evpack knows"},
    {"{\"data\":{\"rows\":[[1]]}}", "other", "utf-8", "object", "unstated", 1,
     "no kind that evpack knows"},
    {"{" ID "a\",\"count\":1,\"data\":[1],\"properties\":{\"p\":1}}", KIND, "utf-8", "object",
     "whole", 1, NULL},
    /* wrappers: what they hold is judged */
    {"{\"status_code\":200,\"body\":{\"value\":[" ACCOUNT("a") "],\"nextLink\":\"x\"}}", KIND,
     "utf-8", "page", "partial", 1, "nextLink says"},
    {"{\"status_code\":200,\"body\":[" ACCOUNT("a") "]}", KIND, "utf-8", "array", "unstated", 1,
     NULL},
    {"{\"status_code\":200,\"body\":{\"value\":[]}}", "empty", "utf-8", "page", "whole", 0, NULL},
    {"{\"status_code\":403,\"body\":{\"error\":{\"code\":\"Denied\",\"message\":\"m\"}}}", "error",
     "utf-8", "error", "failed", 0, "Denied: m"},
    {"{\"status_code\":502,\"body\":\"<html>\"}", "error", "utf-8", "error", "failed", 0,
     "HTTP 502"},
    {"{\"status_code\":200,\"body\":\"plain words\"}", "unrecognised", "utf-8", "object",
     "unrecognised", 0, "without an object"},
    {"{\"parameters\":{},\"responses\":{\"200\":{\"body\":" ACCOUNT("a") "}}}", KIND, "utf-8",
     "object", "whole", 1, NULL},
    /* a resource with a list of its own, whose rows may look like anything */
    {"{\"value\":[{\"a\":1},{\"b\":2}]," ID "a\",\"properties\":{\"p\":1}}", KIND, "utf-8",
     "object", "whole", 1, NULL},
    {"\xef\xbb\xbf{ \"value\": [ {\"code\":\"c\",\"message\":\"m\"} ], " ID
     "a\",\"properties\":{\"p\":1}}",
     KIND, "utf-8-bom", "object", "whole", 1, NULL},
    {"{\"value\":[1,2]," ID "a\",\"properties\":{\"p\":1}}", KIND, "utf-8", "object", "whole", 1,
     NULL},
    /* nested lists */
    {"[[" ACCOUNT("a") "],[]]", "unrecognised", "utf-8", "array", "unrecognised", 0,
     "without an object in it"},
    {"[" ACCOUNT("a") ",[" ACCOUNT("b") "]]", KIND, "utf-8", "array", "partial", 1,
     "1 of its elements could not be read as objects"},
    {"[" ACCOUNT("a") ",\"@{id=x}\",null]", KIND, "utf-8", "array", "partial", 1,
     "2 of its elements"},
    /* members that stand twice */
    {"{\"value\":[" ACCOUNT("a") "],\"value\":[" ACCOUNT("b") "]}", "unrecognised", "utf-8", "page",
     "unrecognised", 0, "in the document the member \"value\" stands twice"},
    {"{\"value\":[" ACCOUNT("a") "],\"value\":[]}", KIND, "utf-8", "page", "partial", 1,
     "'value' is there twice"},
    /* ugly inside strings, numbers and names */
    {"[{" ID "a\",\"properties\":{\"s\":\"\\ud800 \\u0000 \\udfff\",\"\\u0000\":1}}]", KIND,
     "utf-8", "array", "unstated", 1, NULL},
    {"[{" ID
     "a\",\"properties\":{\"n\":123456789012345678901234567890123456789012345678901234567890"
     "1234567890.000000000000000000000000000001e999,\"m\":-0.0}}]",
     KIND, "utf-8", "array", "unstated", 1, NULL},
    {"[{" ID "a\"," ID "b\",\"properties\":{},\"properties\":{\"x\":1}}]", "unrecognised", "utf-8",
     "array", "unrecognised", 0, "in /0 the member"},
    {"[{" ID "a\",\"properties\":{\"x\":[{\"k\":1,\"K\":2,\"k\":3}]}}]", "unrecognised", "utf-8",
     "array", "unrecognised", 0, "in /0 the member \"k\" stands twice"},
    {"[{" ID "a\",\"properties\":{\"x\":1,\"x\":1,\"X\":2}}]", KIND, "utf-8", "array", "unstated",
     1, NULL},
    {"[{" ID "a\",\"properties\":{\"u\":\"x\\/y\"}}]", KIND, "utf-8", "array", "unstated", 1, NULL},
    /* failed exports */
    {"{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"No.\"}}", "error", "utf-8",
     "error", "failed", 0, "the export failed: AuthorizationFailed: No."},
    {"{\"error\":{\"code\":\"A\",\"message\":"
     "\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
     "1234567890123456789012345678901234567890123456789012345678901234567890123456789\"}}",
     "error", "utf-8", "error", "failed", 0,
     "the export failed: A: "
     "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012"
     "3456789012345678901234567890123456789012345678901234567890123456789…"},
    {"{\"code\":\"A\",\"message\":\"m\"}", "error", "utf-8", "error", "failed", 0, "A: m"},
    {"[{\"error\":{\"code\":\"A\",\"message\":\"m\"}}]", "error", "utf-8", "error", "failed", 0,
     "A: m"},
    {"[" ACCOUNT("a") ",{\"error\":{\"code\":\"A\",\"message\":\"m\"}}]", KIND, "utf-8", "array",
     "partial", 1, "the export failed: A: m"},
    {"{\"value\":[" ACCOUNT("a") "],\"error\":{\"code\":\"A\",\"message\":\"m\"}}", KIND, "utf-8",
     "page", "partial", 1, "the export failed: A: m"},
    {"{\"template\":{\"resources\":[]},\"error\":{\"code\":\"ExportTemplateCompletedWithErrors\"}}",
     "other", "utf-8", "object", "partial", 1, "ExportTemplateCompletedWithErrors"},
    /* broken off: what was whole is kept, and marked */
    {"[" ACCOUNT("a") "," ACCOUNT("b"), KIND, "utf-8", "array", "truncated", 2,
     "ends too early; 2 objects before it are kept, and prove nothing"},
    {"[" ACCOUNT("a") ",", KIND, "utf-8", "array", "truncated", 1, "ends too early"},
    {"{\"value\":[" ACCOUNT("a") "]", KIND, "utf-8", "page", "truncated", 1, "too early"},
    {"{" ID "a\",\"properties\":{", "unrecognised", "utf-8", "none", "truncated", 0, "too early"},
    {"[" ACCOUNT("a") "," ACCOUNT("b") "x]", "unrecognised", "utf-8", "none", "unrecognised", 0,
     "expected ',' or ']'"},
    /* several documents */
    {ACCOUNT("a") ACCOUNT("b"), KIND, "utf-8", "several", "unstated", 2, "several documents"},
    {ACCOUNT("a") "\n" ACCOUNT("b") "\n", KIND, "utf-8", "several", "unstated", 2, "several"},
    {"{\"value\":[" ACCOUNT("a") "]}{\"value\":[" ROLE "]}", "mixed", "utf-8", "several", "whole",
     2, NULL},
    {"{\"value\":[" ACCOUNT("a") "],\"nextLink\":\"x\"}\n[]", KIND, "utf-8", "several", "partial",
     1, "the document on line 1: nextLink says"},
    {ACCOUNT("a") "\n{\"id\":\n" ACCOUNT("b") "\n" ACCOUNT("c") "\n", KIND, "utf-8", "several",
     "partial", 3, "line 2, column 7"},
    {ACCOUNT("a") "\n" ACCOUNT("b") "\n{\"id\":", KIND, "utf-8", "several", "truncated", 2,
     "line 3, column 7"},
    {"{\n}\n[" ACCOUNT("a") ",x]", "other", "utf-8", "several", "partial", 1, "line 3, column"},
    {"{\"error\":{\"code\":\"A\",\"message\":\"m\"}}\n" ACCOUNT("a"), KIND, "utf-8", "several",
     "partial", 1, "the document on line 1: the export failed: A: m"},
    {"{\"value\":[{\"a\":1}]," ID "a\",\"properties\":{\"p\":1}}\n{\"value\":[" ROLE "]}", "mixed",
     "utf-8", "several", "unstated", 2, "several"},
    /* text around */
    {"[\n" ACCOUNT("a") "\n]\nWARNING: x", KIND, "utf-8", "array", "unstated", 1, NULL},
    {"WARNING: x\n[]", "empty", "utf-8", "array", "unstated", 0, "an empty list"},
    {ACCOUNT("a") "\nERROR: x\n", KIND, "utf-8", "object", "partial", 1,
     "line 1 of the text that was passed over tells of an error"},
    {ACCOUNT("a") "]", "unrecognised", "utf-8", "none", "unrecognised", 0, "follows"},
    {"\x1b[1m" ACCOUNT("a") "\x1b[0m\n", KIND, "utf-8", "object", "whole", 1, NULL},
    {"{- Finished ..\n\"x\":1}", "other", "utf-8", "object", "unstated", 1, "no kind"},
    {"[\"\x1b[1m\"]", "unrecognised", "utf-8", "none", "unrecognised", 0, "a control character"},
    /* not UTF-8 */
    {"[{" ID "caf\xe9\",\"properties\":{\"p\":1}}]", KIND, "windows-1252", "array", "unstated", 1,
     NULL},
    {"[\"\xff\"]", "unrecognised", "windows-1252", "array", "unrecognised", 0, "without an object"},
    {"[\"\x81\"]", "unrecognised", "binary", "none", "unrecognised", 0,
     "(byte 2): a byte that is neither UTF-8 nor Windows-1252"},
    /* not JSON */
    {"", "unrecognised", "utf-8", "none", "unrecognised", 0, "the file is empty"},
    {" \r\n\t", "unrecognised", "utf-8", "none", "unrecognised", 0, "nothing but white space"},
    {"\xef\xbb\xbf", "unrecognised", "utf-8-bom", "none", "unrecognised", 0,
     "nothing but a byte order mark"},
    {"\xef\xbb\xbf\xef\xbb\xbf[]", "empty", "utf-8-bom", "array", "unstated", 0, "an empty list"},
    {"\x1b[34;01m\"id\"\x1b[39m", "unrecognised", "utf-8", "none", "unrecognised", 0,
     "without an object"},
    {"true", "unrecognised", "utf-8", "none", "unrecognised", 0, "without an object"},
    {"\"[]\"", "unrecognised", "utf-8", "none", "unrecognised", 0, "inside of a JSON string"},
    {"\"x\"", "unrecognised", "utf-8", "none", "unrecognised", 0, "without an object"},
    {"[1,2]", "unrecognised", "utf-8", "array", "unrecognised", 0, "without an object"},
    {"<html>", "unrecognised", "utf-8", "none", "unrecognised", 0, "looks like an HTML page"},
    {"Hello.\n", "unrecognised", "utf-8", "none", "unrecognised", 0, "without a JSON document"},
    {"ERROR: (AuthorizationFailed) No.\n", "error", "utf-8", "error", "failed", 0,
     "the export failed: AuthorizationFailed"},
    {"{'id': 1}", "unrecognised", "utf-8", "none", "unrecognised", 0, "a Python value"},
    {"{ // x\n}", "unrecognised", "utf-8", "none", "unrecognised", 0, "comments are not JSON"},
    {"{\"a\":\"b\nc\"}", "unrecognised", "utf-8", "none", "unrecognised", 0, "a line's end within"},
};

static void says(const char *text, const char *what, const char *got, const char *want)
{
    ck_assert_msg(strcmp(got, want) == 0, "%s of '%s': expected '%s', came '%s' (%s)", what, text,
                  want, got, result.says.reason);
}

START_TEST(files_are_what_is_said_of_them)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *text = rows[i].text;
        EVPACK_AUTO(store) s = imported(text, strlen(text));
        says(text, "kind", result.says.kind, rows[i].kind);
        says(text, "encoding", result.encoding, rows[i].encoding);
        says(text, "completeness", result.says.completeness, rows[i].completeness);
        const char *want = rows[i].reason;
        bool fits =
            want == NULL ? result.says.reason[0] == '\0' : strstr(result.says.reason, want) != NULL;
        ck_assert_msg(fits, "'%s': expected the reason '%s', came '%s'", text,
                      want == NULL ? "" : want, result.says.reason);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record"), rows[i].records);
        ck_assert_int_eq(case_value(s, "SELECT records FROM evidence"), rows[i].records);
        ck_assert_uint_eq(result.stored.records, (uint64_t)rows[i].records);
        char sql[200];
        (void)snprintf(sql, sizeof sql,
                       "SELECT count(*) FROM evidence WHERE kind = '%s' AND encoding = '%s'"
                       " AND shape = '%s' AND completeness = '%s'",
                       rows[i].kind, rows[i].encoding, rows[i].shape, rows[i].completeness);
        ck_assert_msg(case_value(s, sql) == 1, "'%s': expected the row to say the same", text);
        ck_assert_int_eq(case_value(s, "SELECT sum(records) FROM document"), rows[i].records);
        if (rows[i].records > 0 && strcmp(rows[i].encoding, "windows-1252") != 0 &&
            strstr(result.note, "left out") == NULL) {
            check_places(s, text, strlen(text));
        }
    }
}
END_TEST

/* Larger than a block of reading, so that elements and marks lie across its ends. */
START_TEST(places_are_true_in_large_files)
{
    static const char *const heads[] = {"[\r\n", "\xef\xbb\xbf[", "{ \"x\": [1], \"value\" : [\n",
                                        "\xef\xbb\xbf{\"value\":["};
    static const char *const tails[] = {"\r\n]\r\n", "]", "\n] , \"nextLink\" : null }\n", "]}"};
    for (size_t i = 0; i < 4; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_puts(&text, heads[i]);
        for (int n = 0; n < 700; n++) {
            buf_printf(&text, "%s  {\r\n    " ID "a%d\",\r\n    \"properties\" : {\"pad\": \"",
                       n == 0 ? "" : ",\r\n", n);
            for (int k = 0; k < (n * 37) % 2000; k++) {
                buf_puts(&text, k % 50 == 0 ? "\xe2\x82\xac" : k % 7 == 0 ? "\\n" : "x");
            }
            buf_puts(&text, "\", \"list\": [ [ ], {\"a\": [1 , 2]} ] } }");
        }
        buf_puts(&text, tails[i]);
        ck_assert_uint_gt(text.len, 700000);
        EVPACK_AUTO(store) s = imported(text.data, text.len);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record"), 700);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM subject"), 700);
        check_places(s, text.data, text.len);
    }
}
END_TEST

START_TEST(a_large_resource_with_a_list_is_cut_again)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_puts(&text, "\xef\xbb\xbf{\"value\":[");
    for (int n = 0; n < 40000; n++) {
        buf_printf(&text, "%s{\"n\": %d, \"pad\": \"xxxxxxxxxxxxxxxxxxxxxx\"}", n == 0 ? "" : ", ",
                   n);
    }
    buf_puts(&text, "]," ID "a\",\"properties\":{\"y\":1}}");
    ck_assert_uint_gt(text.len, 1 << 20);
    EVPACK_AUTO(store) s = imported(text.data, text.len);
    ck_assert_str_eq(result.says.kind, KIND);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record"), 1);
    check_places(s, text.data, text.len);
}
END_TEST

START_TEST(digits_and_escapes_are_kept)
{
    const char *text =
        "[ { " ID "a\" , \"properties\" : { \"n\" : 12345678901234567890.1234567890 ,"
        " \"e\" : 1E+05 , \"s\" : \"\\u00E9\\/\\ud800\\u0000\" } } ]";
    EVPACK_AUTO(store) s = imported(text, strlen(text));
    EVPACK_AUTO(db_stmt) row = NULL;
    evpack_err err = {0};
    OK(db_prepare(store_db(s), "SELECT body FROM record", &row, &err));
    bool there = false;
    OK(db_step(row, &there, &err));
    ck_assert_str_eq(db_text(row, 0),
                     "{" ID "a\",\"properties\":{\"n\":12345678901234567890.1234567890,\"e\":1E+05,"
                     "\"s\":\"\\u00E9\\/\\ufffd\\ufffd\"}}"); /* see plain.h */
}
END_TEST

/* A member whose name ends in a NUL is not the member. */
START_TEST(a_nul_forges_no_member)
{
    const char *text = "[{\"id\\u0000\":\"/subscriptions/s/providers/x.y/z/forged\"," ID "real\","
                       "\"properties\":{\"p\":1}}]";
    EVPACK_AUTO(store) s = imported(text, strlen(text));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record WHERE name IS NULL AND subject LIKE"
                                   " '%/accounts/real'"),
                     1);
}
END_TEST

static const struct {
    const char *bytes;
    size_t len;
    const char *encoding, *completeness;
} encodings[] = {
    {"\xff\xfe[\0]\0", 6, "utf-16le", "unstated"},
    {"\xfe\xff\0[\0]", 6, "utf-16be", "unstated"},
    {"[\0]\0", 4, "utf-16le", "unstated"},
    {"\0[\0]", 4, "utf-16be", "unstated"},
    {"\xff\xfe[\0]", 5, "utf-16le", "truncated"},
    {"\xff\xfe\0\0[\0\0\0]\0\0\0", 12, "utf-32le", "unrecognised"},
    {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16, "binary", "unrecognised"},
    {"a\0bcdef", 7, "binary", "unrecognised"},
    {"[]\0\0\0\0", 6, "utf-8", "unstated"},
    {"caf\xe9", 4, "windows-1252", "unrecognised"},
    {"WARNING caf\xe9\n[]", 15, "windows-1252", "unstated"},
};

START_TEST(encodings_are_named)
{
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        EVPACK_AUTO(store) s = imported(encodings[i].bytes, encodings[i].len);
        ck_assert_msg(strcmp(result.encoding, encodings[i].encoding) == 0,
                      "row %zu: expected %s, came %s", i, encodings[i].encoding, result.encoding);
        ck_assert_msg(strcmp(result.says.completeness, encodings[i].completeness) == 0,
                      "row %zu: came %s: %s", i, result.says.completeness, result.says.reason);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record"), 0);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM document"), 1);
    }
}
END_TEST

static void convert(const char *from, const char *to, const char *text, size_t len, buf *out)
{
    iconv_t cd = iconv_open(to, from);
    ck_assert_msg(cd != (iconv_t)-1, "iconv knows no %s", to);
    char *in = (char *)(uintptr_t)text;
    size_t space = len * 4 + 16;
    EVPACK_AUTO_CHARS room = malloc(space);
    ck_assert_ptr_nonnull(room);
    char *p = room;
    ck_assert_msg(iconv(cd, &in, &len, &p, &space) == 0 && len == 0, "%s to %s", from, to);
    buf_append(out, room, (size_t)(p - room));
    (void)iconv_close(cd);
}

/* Leaves out what the colouring below put in. */
static void without_colours(buf *b)
{
    size_t to = 0;
    for (size_t i = 0; i < b->len; i++) {
        if (b->data[i] == '\x1b') {
            i = (size_t)((char *)memchr(b->data + i, 'm', b->len - i) - b->data);
        } else {
            b->data[to++] = b->data[i];
        }
    }
    buf_truncate(b, to);
}

static void coloured(const buf *text, buf *out)
{
    bool in_string = false;
    for (size_t i = 0; i < text->len; i++) {
        char c = text->data[i];
        bool quote = c == '"' && (i == 0 || text->data[i - 1] != '\\');
        buf_puts(out, !in_string && strchr("{}[],:\"", c) != NULL ? "\x1b[34;01m" : "");
        buf_putc(out, c);
        in_string = quote ? !in_string : in_string;
        buf_puts(out, !in_string && quote ? "\x1b[39;49;00m" : "");
    }
}

/* An export with characters of every width, longer than a block of reading. */
static void export_text(bool wide, const char *line, buf *out)
{
    buf_printf(out, "[%s", line);
    for (int n = 0; n < 600; n++) {
        buf_printf(out, "%s  {%s    " ID "a%d\",%s    \"properties\" : {\"pad\": \"",
                   n == 0 ? "" : ",", line, n, line);
        for (int k = 0; k < (n * 37) % 1500; k++) {
            buf_puts(out, k % 50 == 0                 ? "\xe2\x82\xac"
                          : wide && k % 50 == 25      ? "\xf0\x9f\x94\x91"
                          : k % 10 == 3 || k % 7 == 0 ? "\xc3\xa9"
                                                      : "x");
        }
        buf_puts(out, "\", \"list\": [ [ ], {\"a\": [1 , 2]} ] } }");
    }
    buf_printf(out, "%s]%s", line, line);
}

/* Each record's bytes in the file, brought back to UTF-8 by iconv, are its body. */
static void check_bytes(store *s, const char *encoding, const buf *file)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) found = NULL;
    OK(db_prepare(store_db(s), "SELECT start, length, body FROM record ORDER BY id", &found, &err));
    int count = 0;
    for (bool row = true;; count++) {
        OK(db_step(found, &row, &err));
        if (!row) {
            break;
        }
        size_t start = (size_t)db_int(found, 0);
        size_t length = (size_t)db_int(found, 1);
        ck_assert_uint_le(start + length, file->len);
        EVPACK_AUTO_VALUE(buf_reset) buf utf8 = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        convert(encoding, "UTF-8", file->data + start, length, &utf8);
        without_colours(&utf8);
        ck_assert_msg(utf8.data[0] == '{' && utf8.data[utf8.len - 1] == '}',
                      "%s: record %d at %zu+%zu is no object", encoding, count, start, length);
        minify(utf8.data, utf8.len, &text);
        ck_assert_str_eq(buf_str(&text), db_text(found, 2));
    }
    ck_assert_int_eq(count, 600);
}

START_TEST(places_are_true_in_every_encoding)
{
    static const struct {
        const char *name, *mark, *word;
        bool wide, colours;
    } kinds[] = {{"UTF-16LE", "\xff\xfe", "utf-16le", true, false},
                 {"UTF-16LE", "", "utf-16le", true, false},
                 {"UTF-16BE", "\xfe\xff", "utf-16be", true, false},
                 {"UTF-16BE", "", "utf-16be", true, true},
                 {"CP1252", "", "windows-1252", false, false},
                 {"CP1252", "", "windows-1252", false, true},
                 {"UTF-8", "\xef\xbb\xbf", "utf-8-bom", true, true},
                 {"UTF-8", "", "utf-8", true, false}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf plain = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf colour = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
        buf_puts(&plain, i % 2 == 0 ? "WARNING: caf\xc3\xa9\r\n" : "");
        export_text(kinds[i].wide, i % 3 == 0 ? "\n" : "\r\n", &plain);
        coloured(&plain, &colour);
        const buf *text = kinds[i].colours ? &colour : &plain;
        buf_puts(&file, kinds[i].mark);
        convert("UTF-8", kinds[i].name, text->data, text->len, &file);
        EVPACK_AUTO(store) s = imported(file.data, file.len);
        ck_assert_msg(strcmp(result.encoding, kinds[i].word) == 0, "expected %s, came %s: %s",
                      kinds[i].word, result.encoding, result.says.reason);
        ck_assert_str_eq(result.says.completeness, "unstated");
        ck_assert((strstr(result.note, "colour") != NULL) == kinds[i].colours);
        ck_assert((strstr(result.note, "1 line before") != NULL) == (i % 2 == 0));
        check_bytes(s, kinds[i].name, &file);
        char sql[200];
        (void)snprintf(sql, sizeof sql,
                       "SELECT count(*) FROM document WHERE start >= %zu AND start + length <= %zu"
                       " AND start <= (SELECT min(start) FROM record)"
                       " AND start + length > (SELECT max(start + length) FROM record)",
                       strlen(kinds[i].mark), file.len);
        ck_assert_int_eq(case_value(s, sql), 1);
    }
}
END_TEST

/* A record's place does not depend on what the same file holds before it. */
START_TEST(documents_have_their_records)
{
    const char *text = "\xef\xbb\xbfx\r\n" ACCOUNT("a") "\r\n[ " ACCOUNT("b") "," ACCOUNT("c") "]";
    EVPACK_AUTO(store) s = imported(text, strlen(text));
    check_places(s, text, strlen(text));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM document"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record WHERE document = 1"), 2);
    ck_assert_int_eq(case_value(s, "SELECT start FROM document WHERE ordinal = 0"), 6);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record r JOIN document d ON d.ordinal ="
                                   " r.document WHERE r.start < d.start OR r.start + r.length >"
                                   " d.start + d.length"),
                     0);
    ck_assert_str_eq(result.note,
                     "2 documents in one file; 1 line before the JSON was passed over");
}
END_TEST

START_TEST(reasons_are_cut_between_characters)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_puts(&text, "{\"error\":{\"code\":\"");
    for (int n = 0; n < 100; n++) {
        buf_puts(&text, "\xe2\x82\xac");
    }
    buf_puts(&text, "\",\"message\":\"x");
    for (int n = 0; n < 100; n++) {
        buf_puts(&text, "\xe2\x82\xac");
    }
    buf_puts(&text, "\"}}");
    EVPACK_AUTO(store) s = imported(text.data, text.len);
    size_t len = strlen(result.says.reason);
    ck_assert_msg(text_utf8_check(result.says.reason, len) == len && len > 200, "came '%s'",
                  result.says.reason);
}
END_TEST

START_TEST(subjects_without_an_id_are_told_apart)
{
    const char *text =
        "[{\"x\":1},{\"x\":1},{\"resourceId\":\"/subscriptions/s\","
        "\"policyAssignmentId\":\"a\",\"policyDefinitionId\":\"d\",\"complianceState\":"
        "\"Compliant\"}]";
    EVPACK_AUTO(store) s = imported(text, strlen(text));
    ck_assert_int_eq(case_value(s, "SELECT count(DISTINCT subject) FROM record"), 3);
    ck_assert_int_eq(
        case_value(
            s, "SELECT count(*) FROM record WHERE subject = 'policy-state:/subscriptions/s|a|d|'"),
        1);
}
END_TEST

static evpack_status failing(void *ctx, void *data, size_t len, size_t *got, evpack_err *err)
{
    unsigned *left = ctx;
    if (*left == 0) {
        return evpack_fail(err, EVPACK_E_IO, "the disk is gone");
    }
    --*left;
    memset(data, ' ', len);
    *got = len;
    return EVPACK_OK;
}

START_TEST(a_source_that_fails_ends_the_import)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(shapes) table = NULL;
    OK(shapes_load(&table, &err));
    const import_options options = {.label = "a", .now = NOW};
    EVPACK_AUTO(import) into = NULL;
    OK(import_begin(s, &options, &into, &err));
    unsigned left = 2;
    const document_source source = {failing, &left};
    document_result r;
    FAILS(document_import_from(into, table, &source, "x", &r, &err), EVPACK_E_IO,
          "the disk is gone");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {files_are_what_is_said_of_them,
                                  places_are_true_in_large_files,
                                  a_large_resource_with_a_list_is_cut_again,
                                  digits_and_escapes_are_kept,
                                  a_nul_forges_no_member,
                                  encodings_are_named,
                                  places_are_true_in_every_encoding,
                                  documents_have_their_records,
                                  reasons_are_cut_between_characters,
                                  subjects_without_an_id_are_told_apart,
                                  a_source_that_fails_ends_the_import,
                                  NULL};
    return test_main(test_suite("collect/document", tests));
}
