/*
 * The odd files of fixtures/odd: what is said of each, word for word, alone and among the others;
 * and some that are too large to keep.
 */
#include "collect/collect.h"

#include "case.h"
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum { NOW = 1795334400 };

static const char columns[] =
    "file\tkind\tencoding\tshape\tcompleteness\trecords\tdocuments\treason\tnote\n";

static const char row_sql[] =
    "SELECT replace(path, rtrim(path, replace(path, '/', '')), '') || char(9) || kind || char(9)"
    " || encoding || char(9) || shape || char(9) || completeness || char(9) || e.records || char(9)"
    " || (SELECT count(*) FROM document d WHERE d.evidence_id = e.id) || char(9)"
    " || coalesce(e.reason, '') || char(9) || coalesce(note, '') || char(10)"
    " FROM evidence e ORDER BY path";

static void collect(store *s, const char *path)
{
    evpack_err err = {0};
    EVPACK_AUTO_CHARS own = strdup(path);
    char *const paths[] = {own};
    const collect_options options = {.label = "a", .now = NOW};
    collect_totals totals;
    OK(collect_paths(s, paths, 1, &options, &totals, &err));
}

static void table_of(store *s, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s), row_sql, &rows, &err));
    for (bool row = true;;) {
        OK(db_step(rows, &row, &err));
        if (!row) {
            return;
        }
        buf_puts(out, db_text_or_empty(rows, 0));
    }
}

static const char *folder(void)
{
    return TEST_SOURCE_ROOT "/fixtures/odd";
}

static int odd(const struct dirent *e)
{
    return strstr(e->d_name, ".json") != NULL;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* The first line in which two tables differ, for a message. */
static void same_table(const char *want, const char *came)
{
    size_t i = 0;
    size_t line = 0;
    while (want[i] != '\0' && want[i] == came[i]) {
        line = want[i++] == '\n' ? i : line;
    }
    ck_assert_msg(want[i] == came[i], "expected\n%.*s\ncame\n%.*s", (int)strcspn(want + line, "\n"),
                  want + line, (int)strcspn(came + line, "\n"), came + line);
}

START_TEST(each_is_what_the_table_says)
{
    EVPACK_AUTO_VALUE(buf_reset) buf came = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    struct dirent **names = NULL;
    int count = scandir(folder(), &names, odd, by_name);
    ck_assert_int_gt(count, 80);
    buf_puts(&came, columns);
    for (int i = 0; i < count; i++) {
        char path[1024];
        (void)snprintf(path, sizeof path, "%s/%s", folder(), names[i]->d_name);
        EVPACK_AUTO(store) s = case_empty("alone.db");
        collect(s, path);
        table_of(s, &came);
        store_close(EVPACK_MOVE(s));
        (void)remove(test_path("alone.db"));
        free(names[i]);
    }
    free(names);
    const char *save = getenv("EVPACK_ODD_TABLE");
    FILE *table = save == NULL || save[0] == '\0' ? NULL : fopen(save, "w");
    if (table != NULL) {
        ck_assert_uint_eq(fwrite(came.data, 1, came.len, table), came.len);
        ck_assert_int_eq(fclose(table), 0);
    }
    test_read(TEST_SOURCE_ROOT "/fixtures/odd/expected.tsv", &want);
    same_table(buf_str(&want), buf_str(&came));
}
END_TEST

/* Files that cannot be read do not change what is said of the others. */
START_TEST(together_they_are_the_same)
{
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf came = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    collect(s, folder());
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE path LIKE '%.json' AND"
                                   " (records <> (SELECT count(*) FROM record r WHERE"
                                   " r.evidence_id = evidence.id) OR records <> (SELECT"
                                   " sum(records) FROM document d WHERE d.evidence_id ="
                                   " evidence.id))"),
                     0);
    table_of(s, &came);
    test_read(TEST_SOURCE_ROOT "/fixtures/odd/expected.tsv", &want);
    for (char *line = strtok(want.data + sizeof columns - 1, "\n"); line != NULL;
         line = strtok(NULL, "\n")) {
        ck_assert_msg(strstr(buf_str(&came), line) != NULL, "expected the line\n%s", line);
    }
}
END_TEST

/* A source that makes what it gives: head, then count bytes of fill, then tail. */
typedef struct {
    const char *head, *tail;
    char fill;
    uint64_t count, at;
} made;

static evpack_status read_made(void *ctx, void *data, size_t len, size_t *got, evpack_err *err)
{
    (void)err;
    made *m = ctx;
    char *to = data;
    size_t head = strlen(m->head);
    size_t tail = strlen(m->tail);
    for (*got = 0; *got < len && m->at < head + m->count + tail; m->at++) {
        to[(*got)++] = m->at < head              ? m->head[m->at]
                       : m->at < head + m->count ? m->fill
                                                 : m->tail[m->at - head - m->count];
    }
    return EVPACK_OK;
}

static long peak_kib(void)
{
    struct rusage use;
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &use), 0);
    return use.ru_maxrss;
}

START_TEST(large_ones_are_bounded)
{
    /* EVPACK_ODD_MIB sets the size: 1024 for the value of a gigabyte. */
    const char *size = getenv("EVPACK_ODD_MIB");
    const uint64_t count = (size == NULL ? 40 : strtoull(size, NULL, 10)) << 20;
    static const struct {
        const char *head, *tail;
        char fill;
        const char *completeness, *reason;
    } rows[] = {
        {"[{\"id\":\"", "\"}]", 'x', "unrecognised", "a value larger than 4 MiB"},
        {"\"", "\"", 'x', "unrecognised", "a value larger than 4 MiB"},
        {"[", "", '[', "unrecognised", "(byte 512): nested deeper than 512"},
        {"[", "]", ' ', "unstated", "an empty list"},
        {"[1", "]", '0', "unrecognised", "a value larger than 4 MiB"},
        {"WARNING ", "", 'x', "unrecognised", "more than 64 KiB of text"},
        {"", "", '\n', "unrecognised", "nothing but white space"},
        {"{}", "", '\0', "unstated", "no kind"},
        {"{}\n", "", '\n', "unstated", "no kind"},
    };
    evpack_err err = {0};
    EVPACK_AUTO(shapes) table = NULL;
    OK(shapes_load(&table, &err));
    long before = peak_kib();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO(store) s = case_empty("large.db");
        const import_options options = {.label = "a", .now = NOW};
        EVPACK_AUTO(import) into = NULL;
        OK(import_begin(s, &options, &into, &err));
        made m = {rows[i].head, rows[i].tail, rows[i].fill, count, 0};
        const document_source source = {read_made, &m};
        document_result result;
        OK(document_import_from(into, table, &source, "large", &result, &err));
        ck_assert_msg(strcmp(result.says.completeness, rows[i].completeness) == 0 &&
                          strstr(result.says.reason, rows[i].reason) != NULL,
                      "row %zu: expected %s: %s, came %s: %s", i, rows[i].completeness,
                      rows[i].reason, result.says.completeness, result.says.reason);
        ck_assert_uint_eq(result.stored.size, m.at);
        import_free(EVPACK_MOVE(into));
        store_close(EVPACK_MOVE(s));
        (void)remove(test_path("large.db"));
    }
    long grown = peak_kib() - before;
    (void)printf("%llu MiB of each: %ld KiB more at the peak\n", (unsigned long long)(count >> 20),
                 grown);
    ck_assert_msg(grown < 64 << 10, "expected less than 64 MiB, came %ld KiB", grown);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {each_is_what_the_table_says, together_they_are_the_same,
                                  large_ones_are_bounded, NULL};
    return test_main(test_suite("collect/odd", tests));
}
