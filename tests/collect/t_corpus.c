/*
 * A check with real exports, for who has them: the folder EVPACK_CORPUS with PROVENANCE.csv, whose
 * column `pair` names for an export of az the ARM answer of the same. Both give the same subjects
 * with the same bodies, for the kinds that collect brings to one shape: every difference is
 * reported, and two values that contradict each other fail (az leaves members out, and adds the
 * names behind ids). Without the folder it is skipped.
 */
#include "collect/collect.h"

#include "case.h"
#include "collect/same.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

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

static const char both_sql[] =
    "SELECT a.subject, a.body, b.body, a.kind FROM resource a JOIN resource b ON b.subject = "
    "a.subject"
    " JOIN snapshot sa ON sa.id = a.snapshot_id AND sa.label = 'az'"
    " JOIN snapshot sb ON sb.id = b.snapshot_id AND sb.label = 'arm'"
    " WHERE a.kind NOT IN ('other', 'arm-resource', 'virtual-network', 'network-security-group')"
    " AND a.subject LIKE '/%'";

/* Lines of "POINTER: A / B" in which both are set. */
static unsigned contradictions(char *lines)
{
    unsigned n = 0;
    for (char *line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        n += strstr(line, "unset") == NULL;
    }
    return n;
}

/* Says on standard output what differs; how often az and ARM contradict each other. */
static unsigned compare_pair(const char *root, const char *az, const char *arm, unsigned *same)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("pair.db");
    collect_one(s, root, az, "az");
    collect_one(s, root, arm, "arm");
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s), both_sql, &rows, &err));
    unsigned different = 0;
    for (bool row = true;;) {
        OK(db_step(rows, &row, &err));
        if (!row) {
            break;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf differences = {0};
        same_state_text(db_text(rows, 1), db_text(rows, 2), &differences);
        *same += differences.len == 0;
        if (differences.len > 0) {
            (void)printf("%s and %s: %s\n%s", az, arm, db_text(rows, 0), buf_str(&differences));
            different += contradictions(differences.data);
        }
    }
    db_reset(rows);
    store_close(EVPACK_MOVE(s));
    (void)remove(test_path("pair.db"));
    return different;
}

static unsigned compare_all(const char *root)
{
    char path[2048];
    (void)snprintf(path, sizeof path, "%s/PROVENANCE.csv", root);
    EVPACK_AUTO_VALUE(buf_reset) buf csv = {0};
    test_read(path, &csv);
    char *fields[COLUMNS];
    size_t count = 0;
    size_t file = COLUMNS;
    size_t pair = COLUMNS;
    char *p = next_record(csv.data, fields, &count);
    for (size_t i = 0; i < count; i++) {
        file = strcmp(fields[i], "file") == 0 ? i : file;
        pair = strcmp(fields[i], "pair") == 0 ? i : pair;
    }
    ck_assert_msg(file < count && pair < count, "expected the columns file and pair");
    unsigned pairs = 0;
    unsigned same = 0;
    unsigned different = 0;
    while ((p = next_record(p, fields, &count)) != NULL) {
        bool az = count > pair && fields[pair][0] != '\0' && strstr(fields[file], "/az-") != NULL;
        if (az) {
            pairs++;
            different += compare_pair(root, fields[file], fields[pair], &same);
        }
    }
    (void)printf("%u pairs: %u subjects have the same body; %u contradictions\n", pairs, same,
                 different);
    (void)fflush(stdout);
    ck_assert_msg(pairs > 0 && same > 0, "expected pairs in %s", path);
    return different;
}

START_TEST(az_and_arm_say_the_same)
{
    const char *root = getenv("EVPACK_CORPUS");
    if (root == NULL || root[0] == '\0') {
        (void)printf("skipped: EVPACK_CORPUS does not name a folder of real exports\n");
        return;
    }
    unsigned different = compare_all(root);
    ck_assert_msg(different == 0, "az and ARM contradict each other %u times", different);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {az_and_arm_say_the_same, NULL};
    return test_main(test_suite("collect/corpus", tests));
}
