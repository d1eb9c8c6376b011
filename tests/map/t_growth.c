/*
 * map/growth: no statement of a run costs the square of its case. A tenant is made of all fixtures,
 * each in subscriptions (or resource groups) of its own, once with each of them once and once with
 * each of them twice; what SQLite's virtual machine counts for a rule, a view or a step of
 * azure.sql may then be a little more than twice as much. Instructions are counted, never time.
 */
#include "collect/collect.h"
#include "map/files.h"
#include "map/fixture.h"
#include "map/map.h"
#include "map/rule.h"
#include "support.h"

#include "base/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum {
    COPIES = 3, /* of each fixture in the smaller tenant */
    NAMES_MAX = 2048,
    GUID = 36,
    SUBSCRIPTIONS_MAX = 16,
    FLOOR = 20000, /* steps: below this a statement's own beginning outweighs its rows */
};
static const double most = 2.5; /* twice the case, at most so many times the steps */

/* What is renamed in each copy: its subscriptions, or its resource groups in the same ones. */
typedef enum { BY_SUBSCRIPTION, BY_GROUP } copying;

static const char *const texts[] = {"subscription", "resource group"};

typedef struct {
    char name[160];
    uint64_t steps[2];
} cost;

typedef struct {
    cost at[NAMES_MAX];
    size_t count;
    int run; /* 0: each fixture once; 1: twice */
} costs;

/* Whether what ends at p, from start on, ends with this, whatever its case. */
static bool ends_with(const char *start, const char *p, const char *tail)
{
    size_t len = strlen(tail);
    return (size_t)(p - start) >= len && strncasecmp(p - len, tail, len) == 0;
}

/* The ids after "/subscriptions/". */
static size_t find_ids(const char *start, const char *end, const char **ids)
{
    size_t count = 0;
    for (const char *p = start; p + GUID <= end; p++) {
        bool is_new = count < SUBSCRIPTIONS_MAX && ends_with(start, p, "/subscriptions/");
        for (size_t i = 0; i < count && is_new; i++) {
            is_new = strncasecmp(ids[i], p, GUID) != 0;
        }
        if (is_new) {
            ids[count++] = p;
        }
    }
    return count;
}

/* The file with its names made those of copy n. Hosts and vaults are renamed always: their names
 * are the only ones of a cloud. */
static void rename_all(const buf *in, copying how, unsigned n, buf *out)
{
    static const char *const before[] = {"https://", "/vaults/", "/resourcegroups/"};
    const char *start = in->data;
    const char *end = start + in->len;
    const char *ids[SUBSCRIPTIONS_MAX];
    const size_t count = how == BY_SUBSCRIPTION ? find_ids(start, end, ids) : 0;
    const size_t marks = how == BY_GROUP ? 3 : 2;
    for (const char *p = start; p < end; p++) {
        for (size_t i = 0; i < marks; i++) {
            if (ends_with(start, p, before[i])) {
                buf_printf(out, "c%u", n);
            }
        }
        bool is_id = false;
        for (size_t i = 0; i < count; i++) {
            is_id = is_id || (p + GUID <= end && strncasecmp(ids[i], p, GUID) == 0);
        }
        if (is_id) {
            buf_printf(out, "%04x", n); /* in the place of the first four digits */
            p += 3;
        } else {
            buf_putc(out, *p);
        }
    }
    ck_assert(!out->failed);
}

static int is_json(const struct dirent *e)
{
    size_t len = strlen(e->d_name);
    return len > 5 && strcmp(e->d_name + len - 5, ".json") == 0 &&
           strcmp(e->d_name, "expect.json") != 0;
}

/* Writes the folder's JSON files, as those of copy n, below tree/. */
static void copy_folder(const char *where, copying how, unsigned n)
{
    char *folder = fixture_join(FIXTURES, where);
    struct dirent **names = NULL;
    int found = scandir(folder, &names, is_json, alphasort);
    ck_assert_msg(found >= 0, "%s: expected a folder", folder);
    for (int i = 0; i < found; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf in = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        char *path = fixture_join(folder, names[i]->d_name);
        test_read(path, &in);
        rename_all(&in, how, n, &out);
        char name[512];
        (void)snprintf(name, sizeof name, "tree/%u/%s", n, names[i]->d_name);
        (void)test_file(name, out.data, out.len);
        free(path);
        free(names[i]);
    }
    free(names);
    free(folder);
}

/* What a statement is called: the rule, the view, or else its first line of SQL. */
static void name_of(const char *sql, char *out, size_t size)
{
    const char *id = strstr(sql, "-- id: ");
    if (id != NULL) {
        (void)snprintf(out, size, "rule %.*s", (int)strcspn(id + 7, "\n"), id + 7);
        return;
    }
    while (strncmp(sql, "--", 2) == 0 || *sql == '\n') {
        sql += strcspn(sql, "\n");
        sql += *sql == '\n';
    }
    size_t len = strcspn(sql, "\n");
    const char *select = strstr(sql, " SELECT * FROM (--"); /* how views are installed */
    len = select != NULL && (size_t)(select - sql) < len ? (size_t)(select - sql) : len;
    (void)snprintf(out, size, "%.*s", (int)len, sql);
}

static void watch(void *ctx, const char *sql, uint64_t steps)
{
    costs *all = ctx;
    char name[sizeof all->at[0].name];
    name_of(sql, name, sizeof name);
    size_t i = 0;
    while (i < all->count && strcmp(all->at[i].name, name) != 0) {
        i++;
    }
    if (i == all->count) {
        if (all->count == NAMES_MAX) {
            abort(); /* far more than there are statements */
        }
        memcpy(all->at[all->count++].name, name, sizeof name);
    }
    all->at[i].steps[all->run] += steps;
}

/* No rule failed; else says which, and why. */
static void check_none_broke(store *s, uint64_t broken)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf why = {0};
    EVPACK_AUTO(db_stmt) find = NULL;
    OK(db_prepare(store_db(s),
                  "SELECT DISTINCT r.rule_id, coalesce(f.reason, t.reason) FROM test t JOIN rule r "
                  "ON r.id = t.rule_id"
                  "  JOIN finding f ON f.test_id = t.id WHERE f.status = 8 ORDER BY 1, 2",
                  &find, &err));
    for (bool row = true; row;) {
        OK(db_step(find, &row, &err));
        if (row) {
            buf_printf(&why, "\n%s: %s", db_text_or_empty(find, 0), db_text_or_empty(find, 1));
        }
    }
    ck_assert_msg(broken == 0, "expected that no rule breaks, came %llu:%s",
                  (unsigned long long)broken, buf_str(&why));
}

/* Maps a tenant of so many copies of all fixtures, and adds up what each statement took. */
static void map_copies(copying how, unsigned copies, costs *all)
{
    evpack_err err = {0};
    fixture_list list = {.count = 0};
    fixture_find(FIXTURES "/rules", &list);
    static const char *const more[] = {"contoso/azure", "contoso/export/prod",
                                       "contoso/export/tenant"};
    const size_t count = list.count + sizeof more / sizeof more[0];
    for (size_t i = 0; i < count; i++) {
        for (unsigned c = 0; c < copies; c++) {
            copy_folder(i < list.count ? list.at[i] : more[i - list.count], how,
                        (unsigned)(i + c * count));
        }
    }
    for (size_t i = 0; i < list.count; i++) {
        free(list.at[i]);
    }
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path(copies == COPIES ? "1.db" : "2.db"), STORE_CREATE, &s, &err));
    char *paths[] = {(char *)test_path("tree")};
    const collect_options options = {.label = "growth", .now = FIXTURE_NOW};
    collect_totals totals = {0};
    OK(collect_paths(s, paths, 1, &options, &totals, &err));
    const map_options map = {.at = FIXTURE_NOW};
    map_totals mapped = {0};
    all->run = copies == COPIES ? 0 : 1;
    db_watch(store_db(s), watch, all);
    OK(map_run(s, &map, &mapped, &err));
    db_watch(store_db(s), NULL, NULL);
    check_none_broke(s, mapped.broken);
}

static const cost *find_cost(const costs *all, const char *name)
{
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->at[i].name, name) == 0) {
            return &all->at[i];
        }
    }
    return NULL;
}

/* Each rule was looked at: its statement ran, and had more to do for more. */
static void check_rules(const costs *all)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files files = {0};
    OK(mapping_files_load(NULL, &files, &err));
    for (size_t i = 0; i < files.count; i++) {
        if (!text_starts(files.at[i].path, "rules/")) {
            continue;
        }
        EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
        OK(rule_parse(&files.at[i], &r, &err));
        char name[160];
        (void)snprintf(name, sizeof name, "rule %s", r.id);
        const cost *c = find_cost(all, name);
        ck_assert_msg(c != NULL, "%s: expected to see it run", name);
        ck_assert_msg(c->steps[1] > c->steps[0],
                      "%s: expected more steps for more, came %llu, %llu", name,
                      (unsigned long long)c->steps[0], (unsigned long long)c->steps[1]);
    }
}

START_TEST(twice_the_case_takes_twice_the_steps)
{
    costs *all = calloc(1, sizeof *all);
    ck_assert_ptr_nonnull(all);
    map_copies((copying)_i, COPIES, all);
    map_copies((copying)_i, 2 * COPIES, all);
    check_rules(all);
    EVPACK_AUTO_VALUE(buf_reset) buf why = {0};
    for (size_t i = 0; i < all->count; i++) {
        const cost *c = &all->at[i];
        if (c->steps[1] >= FLOOR && (double)c->steps[1] >= most * (double)c->steps[0]) {
            buf_printf(&why, "\n%s: %llu steps, and %llu for twice the case", c->name,
                       (unsigned long long)c->steps[0], (unsigned long long)c->steps[1]);
        }
    }
    ck_assert_msg(why.len == 0, "copies in a %s each: expected less than %.1f times the steps:%s",
                  texts[_i], most, buf_str(&why));
    free(all);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("map/growth");
    TCase *each = tcase_create("statements");
    tcase_set_timeout(each, 900);
    tcase_add_loop_test(each, twice_the_case_takes_twice_the_steps, BY_SUBSCRIPTION, BY_GROUP + 1);
    suite_add_tcase(suite, each);
    return test_main(suite);
}
