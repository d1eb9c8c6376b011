/*
 * Checks with real exports, for who has them: the folder EVPACK_CORPUS (or the one beside the tree)
 * with PROVENANCE.csv. Its column `pair` names for an export of az the ARM answer of the same: both
 * give the same subjects with the same bodies, but for what pairs.tsv lists. corpus.tsv says of
 * every file what it is. Without the folder it is skipped.
 */
#include "collect/collect.h"

#include "case.h"
#include "collect/same.h"
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NOW = 1795334400, COLUMNS = 32 };

/* One CSV record of RFC 4180, its fields cut apart in place; NULL at the end. */
static char *next_record(char *p, char *fields[COLUMNS], size_t *count)
{
    if (*p == '\0') {
        return NULL;
    }
    *count = 0;
    for (;;) {
        bool quoted = *p == '"';
        char *to = quoted ? ++p : p;
        if (*count < COLUMNS) {
            fields[(*count)++] = to;
        }
        while (*p != '\0' && (quoted || strchr(",\r\n", *p) == NULL)) {
            if (quoted && *p == '"' && *++p != '"') {
                quoted = false;
                continue;
            }
            *to++ = *p++;
        }
        char end = *p;
        p += *p != '\0';
        *to = '\0';
        if (end == '\r' && *p == '\n') {
            end = *p++;
        }
        if (end != ',') {
            return p;
        }
    }
}

static void collect_one(store *s, const char *root, const char *file, const char *label)
{
    evpack_err err = {0};
    char path[2048];
    (void)snprintf(path, sizeof path, "%s/%s", root, file);
    char *const paths[] = {path};
    const collect_options options = {.label = label, .now = NOW};
    collect_totals totals;
    OK(collect_paths(s, paths, 1, &options, &totals, &err));
}

/* Every subject of the two, with its bodies; az's path is there twice where the kind is. */
static const char both_sql[] =
    "SELECT n.subject, a.body, b.body, coalesce(a.kind, b.kind) FROM"
    " (SELECT DISTINCT subject FROM resource WHERE kind NOT LIKE 'template%'"
    "   AND subject NOT LIKE '%:' || '%' OR kind IN ('policy-state', 'activity-log-event')) n"
    " LEFT JOIN resource a ON a.subject = n.subject"
    "   AND a.snapshot_id = (SELECT id FROM snapshot WHERE label = 'az')"
    " LEFT JOIN resource b ON b.subject = n.subject"
    "   AND b.snapshot_id = (SELECT id FROM snapshot WHERE label = 'arm')";

/* What may differ between az and ARM: tests/collect/pairs.tsv, of kind or file, pointer, which side
 * has it, and why. A row that nothing needs is wrong too. */
enum { ALLOWED_MAX = 200 };
typedef struct {
    char *text;
    char *kind[ALLOWED_MAX], *pointer[ALLOWED_MAX], *side[ALLOWED_MAX];
    bool used[ALLOWED_MAX];
    size_t count;
} allowed;

static void read_allowed(allowed *out, buf *text)
{
    test_read(TEST_SOURCE_ROOT "/tests/collect/pairs.tsv", text);
    for (char *line = strtok(text->data, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (line[0] == '#') {
            continue;
        }
        ck_assert_msg(out->count < ALLOWED_MAX, "pairs.tsv has too many rows");
        out->kind[out->count] = line;
        out->pointer[out->count] = strchr(line, '\t');
        ck_assert_msg(out->pointer[out->count] != NULL, "pairs.tsv: no tab in '%s'", line);
        *out->pointer[out->count]++ = '\0';
        out->side[out->count] = strchr(out->pointer[out->count], '\t');
        ck_assert_msg(out->side[out->count] != NULL, "pairs.tsv: no second tab: '%s'", line);
        *out->side[out->count]++ = '\0';
        char *why = strchr(out->side[out->count], '\t');
        ck_assert_msg(why != NULL, "pairs.tsv: no reason: '%s'", line);
        *why = '\0';
        out->count++;
    }
}

/* pattern's '*' is one part of a pointer, "**" at its end all that follows. */
static bool fits(const char *pattern, const char *pointer)
{
    while (*pattern != '\0' && *pointer != '\0') {
        if (strcmp(pattern, "**") == 0) {
            return true;
        }
        if (*pattern == '*') {
            pattern++;
            pointer += strcspn(pointer, "/");
        } else if (*pattern++ != *pointer++) {
            return false;
        }
    }
    return *pattern == *pointer || strcmp(pattern, "/**") == 0;
}

static bool is_allowed(allowed *list, const char *kind, const char *file, const char *pointer,
                       const char *side)
{
    for (size_t i = 0; i < list->count; i++) {
        bool of = strcmp(list->kind[i], "*") == 0 || strcmp(list->kind[i], kind) == 0 ||
                  strcmp(list->kind[i], file) == 0;
        if (of && strcmp(list->side[i], side) == 0 && fits(list->pointer[i], pointer)) {
            list->used[i] = true;
            return true;
        }
    }
    return false;
}

typedef struct {
    const char *az;
    allowed *list;
    unsigned same, different;
} comparison;

static void check_line(comparison *c, const char *kind, const char *subject, char *line)
{
    char *values = strstr(line, ": ");
    ck_assert_ptr_nonnull(values);
    *values = '\0';
    values += 2;
    const char *side = strncmp(values, "unset / ", 8) == 0 ? "arm" : "both";
    size_t len = strlen(values);
    if (len >= 8 && strcmp(values + len - 8, " / unset") == 0) {
        side = "az";
    }
    if (!is_allowed(c->list, kind, c->az, line, side)) {
        c->different++;
        (void)printf("%s\t%s\t%s\t%s\t%.80s\t%s\n", kind, line, side, c->az, values, subject);
    }
}

static void check_subject(comparison *c, db_stmt *row)
{
    const char *az = db_text(row, 1);
    const char *arm = db_text(row, 2);
    const char *kind = db_text(row, 3);
    if (az == NULL || arm == NULL) {
        const char *side = az == NULL ? "arm" : "az";
        if (!is_allowed(c->list, kind, c->az, "(record)", side)) {
            c->different++;
            (void)printf("%s\t(record)\t%s\t%s\t%s\n", kind, side, c->az, db_text(row, 0));
        }
        return;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf differences = {0};
    same_state_text(az, arm, &differences);
    c->same += differences.len == 0;
    char *rest = NULL;
    char *line = differences.len == 0 ? NULL : strtok_r(differences.data, "\n", &rest);
    for (; line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        check_line(c, kind, db_text(row, 0), line);
    }
}

/* Says on standard output what differs and is not allowed to. */
static void compare_pair(comparison *c, const char *root, const char *arm)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("pair.db");
    collect_one(s, root, c->az, "az");
    collect_one(s, root, arm, "arm");
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s), both_sql, &rows, &err));
    for (bool row = true;;) {
        OK(db_step(rows, &row, &err));
        if (!row) {
            break;
        }
        check_subject(c, rows);
    }
    db_finalize(EVPACK_MOVE(rows));
    store_close(EVPACK_MOVE(s));
    (void)remove(test_path("pair.db"));
}

static size_t column(char *const *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(fields[i], name) == 0) {
            return i;
        }
    }
    ck_abort_msg("PROVENANCE.csv: expected a column %s", name);
    return 0;
}

static unsigned compare_all(const char *root, comparison *c)
{
    char path[2048];
    (void)snprintf(path, sizeof path, "%s/PROVENANCE.csv", root);
    EVPACK_AUTO_VALUE(buf_reset) buf csv = {0};
    test_read(path, &csv);
    char *fields[COLUMNS];
    size_t count = 0;
    char *p = next_record(csv.data, fields, &count);
    const size_t file = column(fields, count, "file");
    const size_t pair = column(fields, count, "pair");
    const size_t form = column(fields, count, "form");
    unsigned pairs = 0;
    while ((p = next_record(p, fields, &count)) != NULL) {
        if (count > pair && fields[pair][0] != '\0' && strcmp(fields[form], "az-cli") == 0 &&
            strstr(fields[file], "odd-cli-formats") == NULL) {
            pairs++;
            c->az = fields[file];
            compare_pair(c, root, fields[pair]);
        }
    }
    return pairs;
}

static const char *corpus(void)
{
    const char *root = getenv("EVPACK_CORPUS");
    static const char beside[] = TEST_SOURCE_ROOT "/../shared/data/corpus";
    if (root == NULL || root[0] == '\0') {
        root = access(beside, R_OK) == 0 ? beside : NULL;
    }
    if (root == NULL) {
        (void)printf("skipped: EVPACK_CORPUS does not name a folder of real exports\n");
        (void)fflush(stdout);
    }
    return root;
}

/* What is said of the corpus: path, kind, shape, completeness, encoding and records by path. */
static const char said_sql[] =
    "SELECT substr(path, instr(path, '/') + 1) || char(9) || kind || char(9) || shape || char(9)"
    " || completeness || char(9) || encoding || char(9) || records, path FROM evidence"
    " ORDER BY path";

static const char *line_of(const buf *table, const char *path)
{
    size_t len = strlen(path);
    for (const char *p = table->data; p != NULL && *p != '\0';) {
        if (strncmp(p, path, len) == 0 && p[len] == '\t') {
            return p;
        }
        p = strchr(p, '\n');
        p = p == NULL ? NULL : p + 1;
    }
    return NULL;
}

/* Compares each row of evidence with the table; how many rows were compared. */
static unsigned compare_table(store *s, const buf *table, unsigned *different)
{
    evpack_err err = {0};
    unsigned rows = 0;
    EVPACK_AUTO(db_stmt) said = NULL;
    OK(db_prepare(store_db(s), said_sql, &said, &err));
    for (bool row = true;;) {
        OK(db_step(said, &row, &err));
        if (!row) {
            break;
        }
        const char *path = strchr(db_text(said, 1), '/');
        const char *wanted = path == NULL ? NULL : line_of(table, path + 1);
        const char *came = db_text(said, 0);
        if (path != NULL && strcmp(path, "/PROVENANCE.csv") == 0) {
            continue;
        }
        rows++;
        size_t len = strlen(came);
        if (wanted == NULL || strncmp(wanted, came, len) != 0 || wanted[len] != '\n') {
            ++*different;
            (void)printf("expected %.*s\ncame     %s\n",
                         wanted == NULL ? 4 : (int)strcspn(wanted, "\n"),
                         wanted == NULL ? "none" : wanted, came);
        }
    }
    return rows;
}

static evpack_status on_chunk(void *ctx, const void *data, size_t len, evpack_err *err)
{
    buf *to = ctx;
    buf_append(to, data, len);
    return buf_status(to, err);
}

/* Every file's bytes come back as they were; members of archives have none of their own. */
static unsigned compare_bytes(store *s, const char *root)
{
    evpack_err err = {0};
    unsigned files = 0;
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s), "SELECT id, substr(path, instr(path, '/') + 1) FROM evidence", &rows,
                  &err));
    for (bool row = true;;) {
        OK(db_step(rows, &row, &err));
        if (!row) {
            break;
        }
        char path[2048];
        (void)snprintf(path, sizeof path, "%s/%s", root, db_text(rows, 1));
        if (access(path, R_OK) != 0) {
            continue;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf raw = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf kept = {0};
        test_read(path, &raw);
        OK(evidence_read(s, db_int(rows, 0), on_chunk, &kept, &err));
        ck_assert_msg(raw.len == kept.len && memcmp(buf_str(&raw), buf_str(&kept), raw.len) == 0,
                      "%s: its bytes came back otherwise", path);
        files++;
    }
    return files;
}

/* Every record's bytes, parsed, hold what its body says: for those that are as they stood. */
static const char unplaced_sql[] =
    "SELECT count(*) FROM record r JOIN evidence e ON e.id = r.evidence_id"
    " JOIN content c ON c.id = e.content_id"
    " WHERE r.start < 0 OR r.length < 2 OR r.start + r.length > c.size"
    "    OR NOT json_valid(r.body) OR r.subject = '' OR r.kind = ''";

START_TEST(every_file_is_what_the_table_says)
{
    const char *root = corpus();
    if (root == NULL) {
        return;
    }
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf table = {0};
    test_read(TEST_SOURCE_ROOT "/tests/collect/corpus.tsv", &table);
    EVPACK_AUTO(store) s = case_empty("corpus.db");
    char path[2048];
    (void)snprintf(path, sizeof path, "%s", root);
    char *const paths[] = {path};
    const collect_options options = {.label = "x", .now = NOW};
    collect_totals totals;
    OK(collect_paths(s, paths, 1, &options, &totals, &err));
    unsigned different = 0;
    unsigned rows = compare_table(s, &table, &different);
    unsigned wanted = 0;
    for (const char *p = table.data; (p = strchr(p, '\n')) != NULL; p++) {
        wanted += p[1] != '#' && p[1] != '\0';
    }
    (void)printf("%u rows of the table, %u files and members\n", wanted, rows);
    (void)fflush(stdout);
    ck_assert_msg(rows == wanted, "expected %u files and members, came %u", wanted, rows);
    ck_assert_msg(different == 0, "%u files are not what the table says", different);
    ck_assert_int_eq(case_value(s, unplaced_sql), 0);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE kind = 'unrecognised'"
                                   " AND reason IS NULL"),
                     0);
    ck_assert_uint_ge(compare_bytes(s, root), rows - 1);
}
END_TEST

START_TEST(az_and_arm_say_the_same)
{
    const char *root = corpus();
    if (root == NULL) {
        return;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    allowed list = {0};
    read_allowed(&list, &text);
    comparison c = {.list = &list};
    unsigned pairs = compare_all(root, &c);
    (void)printf("%u pairs: %u subjects have the same body\n", pairs, c.same);
    for (size_t i = 0; i < list.count; i++) {
        c.different += !list.used[i];
        if (!list.used[i]) {
            (void)printf("nothing needs the row of pairs.tsv: %s %s %s\n", list.kind[i],
                         list.pointer[i], list.side[i]);
        }
    }
    (void)fflush(stdout);
    ck_assert_msg(pairs > 0 && c.same > 0, "expected pairs in %s", root);
    ck_assert_msg(c.different == 0, "az and ARM differ %u times where they should not",
                  c.different);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_file_is_what_the_table_says, az_and_arm_say_the_same, NULL};
    return test_main(test_suite("collect/corpus", tests));
}
