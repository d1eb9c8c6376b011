/*
 * Cases of fixtures/. Invariant: what is expected is looked for by service, feature and subject,
 * and must be there exactly once. Knows no rule by name.
 */
#include "map/fixture.h"

#include "collect/collect.h"
#include "support.h"

#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 64 };

static int visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

char *fixture_join(const char *folder, const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        abort();
    }
    return path;
}

void fixture_find(const char *folder, fixture_list *out)
{
    char *expect = fixture_join(folder, "expect.json");
    if (access(expect, R_OK) == 0 && out->count < FIXTURE_CASES_MAX) {
        out->at[out->count++] = strdup(folder + strlen(FIXTURES) + 1);
    }
    free(expect);
    struct dirent **names = NULL;
    int n = scandir(folder, &names, visible, alphasort);
    for (int i = 0; i < n; i++) {
        char *path = fixture_join(folder, names[i]->d_name);
        if (is_folder(path)) {
            fixture_find(path, out);
        }
        free(path);
        free(names[i]);
    }
    free(names);
}

json_doc *fixture_json(const char *path)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    json_doc *doc = NULL;
    OK(file_read(path, (size_t)64 << 20, &text, &err));
    ck_assert_msg(json_parse(buf_str(&text), text.len, false, &doc, &err) == EVPACK_OK, "%s: %s",
                  path, err.text);
    return doc;
}

/* Collects the files of folder (not of its folders) but expect.json; false when there are none. */
static bool collect_files(store *s, const char *folder, const char *label)
{
    char *paths[FILES_MAX];
    size_t count = 0;
    struct dirent **names = NULL;
    int n = scandir(folder, &names, visible, alphasort);
    ck_assert_int_ge(n, 0);
    for (int i = 0; i < n; i++) {
        char *path = fixture_join(folder, names[i]->d_name);
        if (!is_folder(path) && strcmp(names[i]->d_name, "expect.json") != 0) {
            ck_assert_uint_lt(count, FILES_MAX);
            paths[count++] = path;
        } else {
            free(path);
        }
        free(names[i]);
    }
    free(names);
    if (count > 0) {
        evpack_err err = {0};
        collect_options options = {.label = label, .now = FIXTURE_NOW};
        collect_totals totals = {0};
        OK(collect_paths(s, paths, count, &options, &totals, &err));
    }
    for (size_t i = 0; i < count; i++) {
        free(paths[i]);
    }
    return count > 0;
}

void fixture_collect(store *s, const char *where)
{
    char *folder = fixture_join(FIXTURES, where);
    bool any = collect_files(s, folder, "fixture");
    struct dirent **names = NULL;
    int n = scandir(folder, &names, visible, alphasort);
    for (int i = 0; i < n; i++) {
        char *path = fixture_join(folder, names[i]->d_name);
        if (is_folder(path)) {
            any = collect_files(s, path, names[i]->d_name) || any;
        }
        free(path);
        free(names[i]);
    }
    free(names);
    ck_assert_msg(any, "%s: expected files beside expect.json", folder);
    free(folder);
}

/* Says what is wrong, and is false. */
#define WRONG(why, ...) (buf_printf((why), __VA_ARGS__), false)

/* The row that was found against what is wanted of it. */
static bool judge_row(const json *want, db_stmt *q, buf *why)
{
    const char *feature = json_get_string(want, "feature");
    const char *status = json_get_string(want, "status");
    if (strcmp(db_text(q, 0), status) != 0) {
        return WRONG(why, "'%s': expected %s, came %s: %s", feature, status, db_text(q, 0),
                     db_text(q, 1));
    }
    const char *part = json_get_string(want, "reason_contains");
    if (part != NULL && strstr(db_text(q, 1), part) == NULL) {
        return WRONG(why, "'%s': expected '%s' in '%s'", feature, part, db_text(q, 1));
    }
    const char *need = json_get_string(want, "need");
    if (need != NULL && !text_same(need, db_text(q, 2))) {
        return WRONG(why, "'%s': expected the need '%s', came '%s'", feature, need,
                     db_text_or_empty(q, 2));
    }
    if ((strcmp(status, "unknown") == 0) != (db_text(q, 2) != NULL)) {
        return WRONG(why, "'%s': expected a need with unknown, and with nothing else", feature);
    }
    const json *evidence = json_get(want, "evidence");
    if (evidence != NULL && json_number(evidence) != (double)db_int(q, 3)) {
        return WRONG(why, "'%s': expected %.0f records of evidence, came %s", feature,
                     json_number(evidence), db_text(q, 3));
    }
    return true;
}

static bool judge_finding(store *s, const json *want, buf *why)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s),
                  "SELECT status, coalesce(reason, ''), need,"
                  " coalesce(json_array_length(evidence), 0) FROM finding_row"
                  " WHERE service = ?1 AND feature = ?2 AND subject = ?3"
                  "   AND (?4 IS NULL OR snapshot = ?4)",
                  &q, &err));
    const char *feature = json_get_string(want, "feature");
    OK(db_bind(q, &err, "tttt", json_get_string(want, "service"), feature,
               json_get_string(want, "subject"), json_get_string(want, "snapshot")));
    bool row = false;
    OK(db_step(q, &row, &err));
    if (!row) {
        return WRONG(why, "expected a finding for '%s'", feature);
    }
    if (!judge_row(want, q, why)) {
        return false;
    }
    OK(db_step(q, &row, &err));
    return !row || WRONG(why, "expected one finding for '%s', came more", feature);
}

static bool judge_none(store *s, const json *want, buf *why)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), "SELECT count(*) FROM finding_row WHERE service = ? AND subject = ?",
                  &q, &err));
    OK(db_bind(q, &err, "tt", json_get_string(want, "service"), json_get_string(want, "subject")));
    bool row = false;
    OK(db_step(q, &row, &err));
    return db_int(q, 0) == 0 ||
           WRONG(why, "expected no finding of %s", json_get_string(want, "service"));
}

bool fixture_judge(store *s, const json *expect, const rule *only, buf *why)
{
    for (const json *f = json_first(json_get(expect, "findings")); f != NULL; f = json_next(f)) {
        bool asked = only == NULL || (text_same(only->feature, json_get_string(f, "feature")) &&
                                      rule_list_has(only->service, json_get_string(f, "service")));
        if (asked && !judge_finding(s, f, why)) {
            return false;
        }
    }
    for (const json *f = only != NULL ? NULL : json_first(json_get(expect, "none")); f != NULL;
         f = json_next(f)) {
        if (!judge_none(s, f, why)) {
            return false;
        }
    }
    return true;
}
