/*
 * The small mapping. Invariant: as mini_mapping leaves it, it is sound and every finding is known.
 */
#include "map/mini.h"

#include "collect/collect.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *file, *text;
} files[] = {
    {"reasons.json", "{\"inherited\":\"Theirs, {date}.\",\"unsupported\":\"Not there, {date}.\","
                     "\"notapplicable\":\"No question, {date}.\",\"manual\":\"Look.\","
                     "\"silent\":\"{rule} is silent.\",\"badstatus\":\"{rule} is "
                     "odd.\",\"badevidence\":\"{rule} names no evidence\"}"},
    {"benchmarks/b.json",
     "{\"slug\":\"b-v1\",\"title\":\"B\",\"source\":\"s\",\"source_date\":\"2026-01-01\","
     "\"controls\":[{\"id\":\"NS-1\",\"domain\":\"NS\",\"title\":\"One\",\"crosswalk\":"
     "{\"cis-v8\":[\"1.1\",\"1.2\"]}},{\"id\":\"NS-2\",\"domain\":\"NS\",\"title\":\"Two\"}]}"},
    {"services/s.json",
     "{\"slug\":\"s\",\"title\":\"S\",\"source\":\"s\",\"source_date\":\"2026-01-02\","
     "\"resource_types\":[\"X.Y/Things\"],\"features\":["
     "{\"name\":\"F one\",\"control\":\"NS-1\",\"supported\":true,\"enabled_by_default\":false,"
     "\"responsibility\":\"customer\",\"guidance\":\"See.\"},"
     "{\"name\":\"F two\",\"control\":\"NS-2\",\"published_control\":\"NS-9\",\"supported\":true,"
     "\"enabled_by_default\":true,\"responsibility\":\"microsoft\"},"
     "{\"name\":\"F three\",\"control\":\"NS-2\",\"supported\":false,\"enabled_by_default\":null,"
     "\"responsibility\":\"notapplicable\"},"
     "{\"name\":\"F four\",\"control\":\"NS-2\",\"supported\":true,\"enabled_by_default\":false,"
     "\"responsibility\":\"shared\",\"guidance\":\"Look there.\"}]}"},
    {"needs.json", "[{\"kind\":\"thing\",\"what\":\"the thing\",\"command\":\"az x --id {id}\"}]"},
    {"parameters.json", "{\"limit\":{\"value\":\"7\",\"why\":\"because\"}}"},
    {"views/thing.sql", "SELECT record_id, subject, complete, json_extract(body,"
                        " '$.properties.good') AS good FROM resource WHERE type = 'x.y/things'\n"},
};

const char *mini_mapping(const char *name)
{
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        mini_file(name, files[i].file, files[i].text);
    }
    mini_rule(name, "r-one", "F one", MINI_RULE);
    return test_path(name);
}

void mini_file(const char *name, const char *file, const char *text)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", name, file);
    if (text != NULL) {
        (void)test_text_file(path, text);
    } else {
        ck_assert_int_eq(remove(test_path(path)), 0);
    }
}

void mini_rule(const char *name, const char *id, const char *feature, const char *sql)
{
    char file[128];
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    (void)snprintf(file, sizeof file, "rules/%s.sql", id);
    buf_printf(&text,
               "-- id: %s\n-- version: 1.0.0\n-- title: T\n-- service: s\n-- control: %s\n"
               "-- feature: %s\n-- severity: high\n-- observes: /properties/good\n"
               "-- tests: properties.good\n-- absent: fails\n%s",
               id, strcmp(feature, "F one") == 0 ? "NS-1" : "NS-2", feature, sql);
    mini_file(name, file, buf_str(&text));
}

store *mini_case(const char *name, int accounts)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_puts(&text, "[{\"id\":\"/subscriptions/1/resourceGroups/g/providers/X.Y/others/o\","
                    "\"name\":\"o\",\"type\":\"X.Y/others\",\"properties\":{}}");
    for (int i = 0; i < accounts; i++) {
        buf_printf(&text,
                   ",{\"id\":\"/subscriptions/1/resourceGroups/g/providers/X.Y/Things/t%d\","
                   "\"name\":\"t%d\",\"type\":\"X.Y/Things\",\"properties\":{\"good\":%s}}",
                   i, i, i % 2 == 0 ? "true" : "false");
    }
    buf_putc(&text, ']');
    char file[128];
    (void)snprintf(file, sizeof file, "%s.json", name);
    char *const paths[] = {(char *)test_file(file, text.data, text.len)};
    store *s = NULL;
    OK(store_open(test_path(name), STORE_CREATE, &s, &err));
    const collect_options options = {.label = "a", .now = MINI_AT};
    collect_totals totals;
    OK(collect_paths(s, paths, 1, &options, &totals, &err));
    ck_assert_uint_eq(totals.records, (uint64_t)accounts + 1);
    return s;
}

evpack_status mini_map(store *s, const char *folder, map_totals *totals, evpack_err *err)
{
    const map_options options = {.folder = folder, .at = MINI_AT, .rule_ops = 20000};
    return map_run(s, &options, totals, err);
}

static void put_fault(void *ctx, const char *text)
{
    buf_printf(ctx, "%s\n", text);
}

evpack_status mini_map_told(store *s, const char *folder, map_totals *totals, buf *faults,
                            evpack_err *err)
{
    const map_options options = {.folder = folder,
                                 .at = MINI_AT,
                                 .rule_ops = 20000,
                                 .fault = put_fault,
                                 .fault_ctx = faults};
    return map_run(s, &options, totals, err);
}

bool mini_has_fault(const buf *faults, const char *path_and_text)
{
    const char *text = strstr(path_and_text, ": ");
    if (strstr(buf_str(faults), path_and_text) != NULL) {
        return true;
    }
    for (const char *line = buf_str(faults); *line != '\0' && text != NULL;) {
        size_t len = strcspn(line, "\n");
        size_t path = (size_t)(text - path_and_text);
        const char *said = memmem(line, len, text + 2, strlen(text + 2));
        if (said != NULL && (path == 0 || strncmp(line, path_and_text, path) == 0)) {
            return true;
        }
        line += len + (line[len] == '\n');
    }
    return false;
}
