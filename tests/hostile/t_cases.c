/*
 * The hostile packages, each judged in process and by evpack-verify: refused, with the exit code
 * and the first reason that cases.tsv says, within its memory and its time, and with no file
 * written. The controls, which have no trick, are verified; every case differs from its control in
 * a file. Where an independent program can show the trick, it does: the last column of cases.tsv.
 */
#include "authority.h"
#include "hostile.h"

#include "base/text.h"
#include "port/json.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { COLUMNS = 5, ARGUMENTS = 16, CASES_MAX = 400 };
/* Address space in KiB; the sanitizers need all of it. */
#ifdef HOSTILE_SANITIZE
#define LIMITS "ulimit -t 60 && ulimit -f 0"
#else
#define LIMITS "ulimit -v 65536 && ulimit -t 30 && ulimit -f 0"
#endif

typedef struct {
    const char *name, *trick, *reason, *exit, *shown;
} row;

static char *table;
static row rows[CASES_MAX];
static size_t row_count;
static char folder[256];

/* The lines below the first, in writable memory. */
static void read_table(void)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    test_read(TEST_SOURCE_ROOT "/tests/hostile/cases.tsv", &text);
    table = strdup(buf_str(&text));
    ck_assert_ptr_nonnull(table);
    char *line = strchr(table, '\n') + 1;
    while (*line != '\0') {
        char *end = strchr(line, '\n');
        ck_assert_ptr_nonnull(end);
        *end = '\0';
        char *cells[COLUMNS] = {line};
        for (size_t i = 1; i < COLUMNS; i++) {
            char *tab = strchr(cells[i - 1], '\t');
            ck_assert_msg(tab != NULL, "expected %d cells: %s", COLUMNS, line);
            *tab = '\0';
            cells[i] = tab + 1;
        }
        ck_assert_uint_lt(row_count, CASES_MAX);
        rows[row_count++] = (row){cells[0], cells[1], cells[2], cells[3], cells[4]};
        line = end + 1;
    }
}

static const row *find(const char *name)
{
    for (size_t i = 0; i < row_count; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static size_t check_names(const hostile_trick *trick)
{
    size_t count = 0;
    for (; trick->name != NULL; trick++) {
        ck_assert_msg(find(trick->name) != NULL, "%s is not in cases.tsv", trick->name);
        count++;
    }
    return count;
}

static void path_of(const row *r, const char *name, char out[600])
{
    (void)snprintf(out, 600, "%s/%s/%s", folder, r->name, name);
}

/* -- in process -- */

typedef struct {
    char text[1024];
    const char *words[ARGUMENTS];
    size_t count;
} arguments;

/* Splits at spaces; 'quotes' hold one word together. */
static void read_arguments(const row *r, arguments *a)
{
    char path[600];
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    path_of(r, "args", path);
    test_read(path, &text);
    (void)snprintf(a->text, sizeof a->text, "%s", buf_str(&text));
    a->count = 0;
    for (char *p = a->text; *p != '\0';) {
        ck_assert_uint_lt(a->count, ARGUMENTS);
        bool quoted = *p == '\'';
        p += quoted ? 1 : 0;
        a->words[a->count++] = p;
        p += strcspn(p, quoted ? "'" : " ");
        for (; *p == '\'' || *p == ' '; p++) {
            bool space = *p == ' ';
            *p = '\0';
            if (space) {
                p++;
                break;
            }
        }
    }
}

static const char *beside(const row *r, const char *word, char out[600])
{
    path_of(r, word, out);
    return out;
}

static void judge_in_process(const row *r, seal_report *report)
{
    evpack_err err = {0};
    arguments a;
    char path[600];
    const char *required[1] = {NULL};
    seal_options options = {.now = text_now(), .required = required};
    pki_trust *trust = NULL;
    pki_trust *tsa = NULL;
    read_arguments(r, &a);
    for (size_t i = 0; i + 1 < a.count; i += 2) {
        if (strcmp(a.words[i], "--trust") == 0) {
            OK(pki_trust_load(beside(r, a.words[i + 1], path), &trust, &err));
        } else if (strcmp(a.words[i], "--tsa-trust") == 0) {
            OK(pki_trust_load(beside(r, a.words[i + 1], path), &tsa, &err));
        } else if (strcmp(a.words[i], "--crl") == 0) {
            OK(pki_trust_add_crls(trust, beside(r, a.words[i + 1], path), &err));
            options.crls = true;
            if (tsa != NULL) {
                OK(pki_trust_add_crls(tsa, beside(r, a.words[i + 1], path), &err));
            }
        } else if (strcmp(a.words[i], "--previous") == 0) {
            options.previous = a.words[i + 1];
        } else {
            ck_assert_str_eq(a.words[i], "--require");
            required[options.required_count++] = a.words[i + 1];
        }
    }
    char previous[600];
    if (options.previous != NULL) {
        options.previous = beside(r, options.previous, previous);
    }
    options.trust = trust;
    options.tsa_trust = tsa;
    OK(seal_verify(beside(r, "P.zip", path), &options, report, &err));
    pki_trust_free(trust);
    pki_trust_free(tsa);
}

/* -- by the program -- */

static size_t files_of(const row *r)
{
    char path[600];
    size_t count = 0;
    path_of(r, ".", path);
    DIR *dir = opendir(path);
    ck_assert_ptr_nonnull(dir);
    while (readdir(dir) != NULL) {
        count++;
    }
    (void)closedir(dir);
    return count;
}

static int judge_by_program(const row *r, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf command = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf args = {0};
    char path[600];
    path_of(r, "args", path);
    test_read(path, &args);
    buf_printf(&command,
               "cd '%s/%s' && " LIMITS " && exec '" HOSTILE_VERIFY "' --json P.zip %s 2>&1", folder,
               r->name, buf_str(&args));
    FILE *from = popen(buf_str(&command), "r"); /* NOLINT: a test's own command */
    ck_assert_ptr_nonnull(from);
    char block[4096];
    for (size_t got = 0; (got = fread(block, 1, sizeof block, from)) > 0;) {
        buf_append(out, block, got);
    }
    int status = pclose(from);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char *verdict_of(const row *r)
{
    return strcmp(r->exit, "0") == 0   ? "verified"
           : strcmp(r->exit, "1") == 0 ? "not-verified"
                                       : "undecided";
}

/* Appends what is wrong to faults. */
static void judge(const row *r, buf *faults)
{
    static seal_report report;
    const char *none = "-";
    judge_in_process(r, &report);
    const char *reason = report.reason_count == 0 ? none : report.reasons[0].code;
    if (strcmp(seal_verdict_text(report.verdict), verdict_of(r)) != 0 ||
        strcmp(reason, r->reason) != 0) {
        buf_printf(faults, "%s: expected %s %s, came %s %s (%s)\n", r->name, verdict_of(r),
                   r->reason, seal_verdict_text(report.verdict), reason, report.reasons[0].text);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    evpack_err err = {0};
    size_t files = files_of(r);
    int code = judge_by_program(r, &out);
    if (json_parse(buf_str(&out), out.len, false, &doc, &err) != EVPACK_OK) {
        buf_printf(faults, "%s: exit %d, no JSON: %s\n", r->name, code, buf_str(&out));
        return;
    }
    const json *root = json_root(doc);
    const char *verdict = json_get_string(root, "verdict");
    const char *said = json_get_string(json_first(json_get(root, "reasons")), "code");
    said = said == NULL ? none : said;
    if (code != r->exit[0] - '0' || verdict == NULL || strcmp(verdict, verdict_of(r)) != 0 ||
        strcmp(said, r->reason) != 0) {
        buf_printf(faults, "%s: expected exit %s %s, came exit %d %s %s from the program\n",
                   r->name, r->exit, r->reason, code, verdict == NULL ? "" : verdict, said);
    }
    if (files_of(r) != files) {
        buf_printf(faults, "%s: the program left a file\n", r->name);
    }
}

/* -- that the trick is there -- */

static bool same_file(const row *a, const row *b, const char *name)
{
    char path[600];
    EVPACK_AUTO_VALUE(buf_reset) buf one = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf two = {0};
    path_of(a, name, path);
    bool there = access(path, F_OK) == 0;
    if (there) {
        test_read(path, &one);
    }
    path_of(b, name, path);
    if (there != (access(path, F_OK) == 0)) {
        return false;
    }
    if (there) {
        test_read(path, &two);
    }
    return one.len == two.len && memcmp(buf_str(&one), buf_str(&two), one.len) == 0;
}

static void check_there(const row *r, buf *faults)
{
    static const char *const files[] = {"P.zip",         "P.zip.p7s",     "P.zip.bob.p7s",
                                        "P.zip.p7s.tsq", "P.zip.p7s.tsr", "P.zip.r01.p7s",
                                        "args"};
    bool differs = false;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        differs = differs || !same_file(r, find("control"), files[i]);
    }
    if (!differs && strcmp(r->name, "control") != 0) {
        buf_printf(faults, "%s: it is the control\n", r->name);
    }
#ifndef HOSTILE_SANITIZE /* it is about the files, not about C */
    if (strcmp(r->shown, "-") != 0) {
        EVPACK_AUTO_VALUE(buf_reset) buf command = {0};
        buf_printf(&command, "cd '%s/%s' && { %s; } >/dev/null 2>&1", folder, r->name, r->shown);
        if (!authority_openssl(buf_str(&command))) {
            buf_printf(faults, "%s: not shown by: %s\n", r->name, r->shown);
        }
    }
#endif
}

/* Every word for a fault has a case, but these. */
static void check_words(buf *faults)
{
    static const char *const words[] = {
#define WORD(name, text) text,
        SEAL_REASONS(WORD) CMS_FAULTS(WORD) TSP_FAULTS(WORD)
#undef WORD
    };
    static const char *const without[] = {
        "good",                      /* no fault */
        "could-not-check",           /* the machine's */
        "changed-while-read",        /* seal/t_verify*.c change it meanwhile */
        "not-a-regular-file",        /* of a folder: seal/t_flips_folder.c */
        "package-structure",         /* of other bags: seal/t_anybag.c */
        "zip-structure",             /* what has no word of its own: nothing that is known */
        "required-signer-untrusted", /* never the first reason: a reviewer's certificate is */
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof without / sizeof without[0]; k++) {
            found = found || strcmp(words[i], without[k]) == 0;
        }
        for (size_t k = 0; k < row_count; k++) {
            found = found || strcmp(words[i], rows[k].reason) == 0;
        }
        if (!found) {
            buf_printf(faults, "%s: no case has this reason\n", words[i]);
        }
    }
}

START_TEST(every_case)
{
    EVPACK_AUTO_VALUE(buf_reset) buf faults = {0};
    read_table();
    size_t tricks = 0;
    for (size_t i = 0; i < HOSTILE_LISTS; i++) {
        tricks += check_names(hostile_lists[i]);
    }
    ck_assert_uint_eq(tricks, row_count);
    ck_assert_uint_ge(tricks, 60);
    check_words(&faults);
    (void)snprintf(folder, sizeof folder, "%.250s", test_dir());
    hostile_make(folder);
    for (size_t i = 0; i < row_count; i++) {
        judge(&rows[i], &faults);
        check_there(&rows[i], &faults);
    }
    free(table);
    (void)fputs(buf_str(&faults), stderr); /* Check's messages have an end */
    ck_assert_msg(faults.len == 0, "\n%.2000s", buf_str(&faults));
}
END_TEST

int main(void)
{
    authority_make();
    Suite *suite = suite_create("hostile/cases");
    TCase *tc = tcase_create("every_case");
    tcase_set_timeout(tc, 1500); /* two thousand processes, on a busy machine */
    tcase_add_test(tc, every_case);
    suite_add_tcase(suite, tc);
    return test_main(suite);
}
