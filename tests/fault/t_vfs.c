/*
 * A disk that fills up or fails at any moment of an import: the n-th write, read, sync, truncation,
 * opening or removal by SQLite comes back as a fault, for every n until an import passes without
 * one. After each: the error says what and where, the case is as it was, nothing is left beside it,
 * and the same import then succeeds.
 */
#include "collect/collect.h"
#include "fault/state.h"
#include "fault/vfs.h"
#include "support.h"

#include "base/file.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char account[] =
    "{\"id\":\"/subscriptions/11111111-0000-4000-8000-000000000001/resourceGroups/rg/providers/"
    "Microsoft.CognitiveServices/accounts/a%d\",\"kind\":\"OpenAI\",\"properties\":{\"n\":%d}}";

/* A file of n accounts after pad bytes of white space. */
static void put_accounts(const char *name, int n, size_t pad)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_puts(&b, "[");
    for (size_t i = 0; i < pad; i++) {
        buf_putc(&b, ' ');
    }
    for (int i = 0; i < n; i++) {
        buf_puts(&b, i == 0 ? "" : ",");
        char text[sizeof account + 32];
        (void)snprintf(text, sizeof text, account, i, i);
        buf_puts(&b, text);
    }
    buf_puts(&b, "]");
    (void)test_file(name, b.data, b.len);
}

/* An archive with one member. */
static void put_tar(const char *name, const char *member, const char *text)
{
    static char tar[4 * 512];
    memset(tar, 0, sizeof tar);
    (void)snprintf(tar, 100, "%s", member);
    (void)snprintf(tar + 100, 8, "0000644");
    (void)snprintf(tar + 124, 12, "%011o", (unsigned)strlen(text));
    memcpy(tar + 257, "ustar\00000", 8);
    tar[156] = '0';
    memset(tar + 148, ' ', 8);
    unsigned sum = 0;
    for (size_t i = 0; i < 512; i++) {
        sum += (unsigned char)tar[i];
    }
    (void)snprintf(tar + 148, 8, "%06o", sum);
    memcpy(tar + 512, text, strlen(text));
    (void)test_file(name, tar, sizeof tar);
}

/* exports/: what the import under test reads. A resource with a list of its own is read twice. */
static void put_exports(void)
{
    put_accounts("exports/accounts.json", 40, 200000);
    put_tar("exports/b.tar", "in.json", "[{\"id\":\"x\"}]");
    (void)test_text_file("exports/cut.json", "[{\"id\":\"x\"},");
    (void)test_text_file("exports/object.json",
                         "{\"id\":\"/subscriptions/s\",\"value\":[{\"a\":1}]}");
    (void)test_text_file("exports/same.json", "[{\"id\":\"x\"}]");
}

static evpack_status import_into(const char *path, const char *exports, evpack_err *err)
{
    char copy[1024];
    (void)snprintf(copy, sizeof copy, "%s", exports);
    char *paths[] = {copy};
    const collect_options options = {.label = "later", .now = 1795334400};
    collect_totals totals;
    EVPACK_AUTO(store) s = NULL;
    EVPACK_TRY(store_open(path, STORE_CREATE, &s, err));
    return collect_paths(s, paths, 1, &options, &totals, err);
}

typedef struct {
    char exports[1024], path[1024], folder[1024];
    buf before;     /* the case's bytes; empty: there is none */
    char was[65];   /* its state */
    char whole[65]; /* its state with the import in it */
    buf names, names_now;
} scene;

static void scene_reset(scene *s)
{
    buf_reset(&s->before);
    buf_reset(&s->names);
    buf_reset(&s->names_now);
}

/* The case as it was, in a folder of its own. */
static void stage(const scene *s)
{
    char path[1100];
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s%s", s->path, i == 0 ? "" : "-journal");
        (void)unlink(path);
    }
    if (s->before.len > 0) {
        evpack_err err = {0};
        OK(file_write(s->path, s->before.data, s->before.len, &err));
    }
}

static void begin(scene *s, bool existing)
{
    evpack_err err = {0};
    put_exports();
    put_accounts("first/first.json", 30, 0);
    (void)snprintf(s->exports, sizeof s->exports, "%s", test_path("exports"));
    (void)test_text_file("case/other", "not ours");
    (void)snprintf(s->folder, sizeof s->folder, "%s", test_path("case"));
    (void)snprintf(s->path, sizeof s->path, "%s", test_path("case/case.db"));
    if (existing) {
        OK(import_into(s->path, test_path("first"), &err));
        test_read(s->path, &s->before);
    }
    fault_state(s->path, s->was);
    fault_names(s->folder, &s->names);
    OK(import_into(s->path, s->exports, &err));
    fault_state(s->path, s->whole);
}

static const char *said(vfs_sort sort)
{
    return sort == VFS_WRITE_FULL ? "database or disk is full"
           : sort == VFS_OPEN     ? "unable to open database file"
                                  : "disk I/O error";
}

static bool same_names(scene *s)
{
    fault_names(s->folder, &s->names_now);
    return strcmp(buf_str(&s->names), buf_str(&s->names_now)) == 0;
}

/* A journal that could not be synced, or not be read back for the rollback, stays beside the case.
 * When it was never synced the case was not written to, its first byte is 0, and SQLite passes it
 * over until the next writer takes its name. */
static bool remains_cold(const scene *s)
{
    char path[1100];
    (void)snprintf(path, sizeof path, "%s-journal", s->path);
    FILE *f = s->before.len > 0 ? fopen(path, "rb") : NULL;
    bool cold = f != NULL && fgetc(f) == 0;
    if (f != NULL) {
        (void)fclose(f);
    }
    return cold;
}

/* Whether the case's file is what it was byte for byte, and nothing else is in its folder. */
static bool same_bytes(scene *s)
{
    if (!same_names(s)) {
        return false;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf now = {0};
    if (s->before.len > 0) {
        test_read(s->path, &now);
    }
    return now.len == s->before.len && memcmp(buf_str(&now), buf_str(&s->before), now.len) == 0;
}

static void check_state(const scene *s, const char *want, const char *where, const char *what)
{
    char now[65];
    fault_state(s->path, now);
    ck_assert_msg(strcmp(now, want) == 0, "%s: expected the case %s (%s), came %s", where, what,
                  want, now);
}

static void check_error(const scene *s, vfs_sort sort, const char *where, const evpack_err *err)
{
    ck_assert_msg(err->code == EVPACK_E_IO || (err->code == EVPACK_E_CASE && sort == VFS_OPEN),
                  "%s: expected an I/O error, came '%s': %s", where, evpack_status_text(err->code),
                  err->text);
    ck_assert_msg(strstr(err->text, s->path) != NULL && strstr(err->text, said(sort)) != NULL,
                  "%s: expected '%s: ... %s', came %s", where, s->path, said(sort), err->text);
}

/* One import with one fault; false when nothing failed. */
static bool try_fault(scene *s, vfs_sort sort, unsigned n, bool lasting)
{
    evpack_err err = {0};
    char where[100];
    (void)snprintf(where, sizeof where, "%s %u%s", vfs_words[sort], n,
                   lasting ? " and all after" : "");
    stage(s);
    vfs_arm(sort, n, lasting);
    evpack_status status = import_into(s->path, s->exports, &err);
    bool failed = vfs_disarm() > 0;
    if (status == EVPACK_OK) { /* SQLite gets over some faults: then all is there */
        check_state(s, s->whole, where, "with the import");
        return failed;
    }
    ck_assert_msg(failed, "expected no error without a fault, came %s", err.text);
    check_error(s, sort, where, &err);
    /* The same bytes are the same case. What is left to be rolled back by who opens it next is too,
     * once that was done. */
    if (!same_bytes(s) || n % 16 == 1) {
        check_state(s, s->was, where, "as it was");
        bool cold = remains_cold(s);
        ck_assert_msg(cold || same_names(s), "%s: expected only these files:\n%scame:\n%s", where,
                      buf_str(&s->names), buf_str(&s->names_now));
        OK(import_into(s->path, s->exports, &err));
        check_state(s, s->whole, where, "whole after a second try");
        ck_assert_msg(s->before.len == 0 || same_names(s), "%s: expected no journal any more",
                      where);
    }
    return true;
}

static void try_all(bool existing, bool lasting)
{
    EVPACK_AUTO_VALUE(scene_reset) scene s = {0};
    begin(&s, existing);
    for (vfs_sort sort = 0; sort < VFS_SORTS; sort++) {
        unsigned n = 1;
        while (try_fault(&s, sort, n, lasting)) {
            n += lasting && n > 16 ? 7 : 1; /* each one alone is tried; these are alike */
        }
        (void)printf("%s, %s, %s: up to the %uth\n", existing ? "existing" : "new",
                     lasting ? "lasting" : "once", vfs_words[sort], n - 1);
        ck_assert_msg(n > 1 || sort == VFS_TRUNCATE || sort == VFS_READ || sort == VFS_SIZE,
                      "%s: expected that an import calls it", vfs_words[sort]);
    }
}

START_TEST(new_case_one_fault)
{
    try_all(false, false);
}
END_TEST

START_TEST(new_case_lasting_fault)
{
    try_all(false, true);
}
END_TEST

START_TEST(existing_case_one_fault)
{
    try_all(true, false);
}
END_TEST

START_TEST(existing_case_lasting_fault)
{
    try_all(true, true);
}
END_TEST

/* With hardly any memory for pages, SQLite writes to the case long before the commit. */
START_TEST(existing_case_spilling)
{
    (void)sqlite3_soft_heap_limit64(1);
    try_all(true, false);
    try_all(true, true);
}
END_TEST

int main(void)
{
    vfs_install();
    const TTest *const tests[] = {new_case_one_fault,      new_case_lasting_fault,
                                  existing_case_one_fault, existing_case_lasting_fault,
                                  existing_case_spilling,  NULL};
    return test_main(test_suite("fault/vfs", tests));
}
