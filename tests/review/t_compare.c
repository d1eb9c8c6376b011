/* review/compare: every finding of either side is counted once, and what differs is named with its
 * members. */
#include "review/compare.h"

#include "base/file.h"
#include "case.h"
#include "port/json.h"
#include "store/findings_json.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

/* The findings of the case, as a package would have them; the finding `skip` (from 0) is left out,
 * and in `bend` a text is replaced by another of one finding. */
typedef struct {
    size_t skip, bend;
    const char *from, *to;
    bool spaced, more;
} change;

static void sealed(store *s, const change *how, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_AUTO(findings_json) text = NULL;
    OK(findings_open_all(s, &f, &err));
    OK(findings_json_new(&text, &err));
    buf_puts(out, "{\"findings\":[");
    const char *between = "";
    size_t n = 0;
    for (const finding *one = NULL;; n++) {
        OK(findings_next_of_all(f, &one, &err));
        if (one == NULL) {
            break;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        OK(findings_json_put(text, one, &b, &err));
        if (n == how->skip) {
            continue;
        }
        buf_puts(out, between);
        between = how->spaced ? " , " : ",";
        const char *at = n == how->bend ? strstr(buf_str(&b), how->from) : NULL;
        ck_assert_msg(n != how->bend || at != NULL, "expected %s in finding %zu", how->from, n);
        if (at == NULL) {
            buf_append(out, b.data, b.len);
        } else {
            buf_append(out, b.data, (size_t)(at - b.data));
            buf_printf(out, "%s%s", how->to, at + strlen(how->from));
        }
    }
    if (how->more) {
        buf_puts(out, ",{\"id\":\"00000000-0000-5000-8000-000000000001\",\"status\":\"fail\"}");
    }
    buf_puts(out, "]}");
}

static evpack_status on_difference(void *ctx, const compare_difference *d, evpack_err *err)
{
    (void)err;
    buf_printf(ctx, "%s %s>%s", compare_kind_word(d->kind), d->then == NULL ? "" : d->then,
               d->now == NULL ? "" : d->now);
    for (size_t i = 0; i < d->member_count; i++) {
        buf_printf(ctx, " %s(%s)", d->members[i].name,
                   d->members[i].then == NULL ? "absent" : d->members[i].then);
    }
    buf_putc(ctx, ';');
    return EVPACK_OK;
}

static evpack_status on_change(void *ctx, const compare_change *one, evpack_err *err)
{
    (void)err;
    buf_printf(ctx, "%s>%s %llu.", one->then == NULL ? "" : one->then,
               one->now == NULL ? "" : one->now, (unsigned long long)one->findings);
    return EVPACK_OK;
}

static evpack_status compared(store *s, const change *how, bool another_time, compare_totals *t,
                              buf *said, evpack_err *err)
{
    static unsigned n;
    char name[32];
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    sealed(s, how, &text);
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(file_open(test_file("findings.json", text.data, text.len), &fd, err));
    EVPACK_AUTO(earlier) e = NULL;
    (void)snprintf(name, sizeof name, "e-%u.db", n);
    EVPACK_TRY(earlier_open(fd, test_path(name), &e, err));
    (void)snprintf(name, sizeof name, "c-%u.db", n++);
    const compare_options options = {.another_time = another_time,
                                     .table = test_path(name),
                                     .difference = on_difference,
                                     .change = on_change,
                                     .ctx = said};
    return compare_findings(s, e, &options, t, err);
}

static const size_t NONE = SIZE_MAX;

START_TEST(what_differs_is_named)
{
    static const struct {
        change how;
        const char *part;
        uint64_t same, changed, status_changed, added, removed; /* same: so many fewer */
    } rows[] = {
        {{.skip = SIZE_MAX, .bend = SIZE_MAX}, "", 0, 0, 0, 0, 0},
        {{.skip = SIZE_MAX, .bend = SIZE_MAX, .spaced = true}, "", 0, 0, 0, 0, 0},
        {{.skip = 3, .bend = SIZE_MAX}, "added >", 1, 0, 0, 1, 0},
        {{.skip = SIZE_MAX, .bend = SIZE_MAX, .more = true}, "removed fail>;", 0, 0, 0, 0, 1},
        {{.skip = SIZE_MAX, .bend = 2, .from = "\"snapshot\":\"", .to = "\"snapshot\":\"was "},
         " snapshot(\"was ",
         1,
         1,
         0,
         0,
         0},
        {{.skip = SIZE_MAX, .bend = 0, .from = ",\"need\":", .to = ",\"needed\":"},
         " needed(",
         1,
         1,
         0,
         0,
         0},
        {{.skip = SIZE_MAX, .bend = 0, .from = "\"status\":\"", .to = "\"status\":\"un"},
         " status(\"un",
         1,
         1,
         1,
         0,
         0},
        {{.skip = SIZE_MAX, .bend = 0, .from = "\"status\":\"", .to = "\"status\": \n\""},
         "",
         0,
         0,
         0,
         0,
         0},
    };
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    compare_totals all;
    EVPACK_AUTO_VALUE(buf_reset) buf ignored = {0};
    OK(compared(s, &(change){.skip = NONE, .bend = NONE}, false, &all, &ignored, &err));
    ck_assert_uint_ge(all.now, 5);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        compare_totals t;
        EVPACK_AUTO_VALUE(buf_reset) buf said = {0};
        OK(compared(s, &rows[i].how, false, &t, &said, &err));
        ck_assert_msg(strstr(buf_str(&said), rows[i].part) != NULL, "expected '%s' in '%s'",
                      rows[i].part, buf_str(&said));
        ck_assert_msg((rows[i].part[0] == '\0') == (said.len == 0), "row %zu said '%s'", i,
                      buf_str(&said));
        ck_assert_uint_eq(t.now, all.now);
        ck_assert_uint_eq(t.same, all.now - rows[i].same);
        ck_assert_uint_eq(t.changed, rows[i].changed);
        ck_assert_uint_eq(t.status_changed, rows[i].status_changed);
        ck_assert_uint_eq(t.added, rows[i].added);
        ck_assert_uint_eq(t.removed, rows[i].removed);
    }
}
END_TEST

START_TEST(another_time)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    const change how = {
        .skip = NONE, .bend = 1, .from = "\"evaluated_at\":\"2", .to = "\"evaluated_at\":\"3"};
    compare_totals t;
    EVPACK_AUTO_VALUE(buf_reset) buf said = {0};
    OK(compared(s, &how, false, &t, &said, &err));
    ck_assert_uint_eq(t.changed, 1);
    OK(compared(s, &how, true, &t, &said, &err));
    ck_assert_uint_eq(t.changed, 0);
}
END_TEST

START_TEST(long_values_are_cut)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf to = {0};
    buf_puts(&to, "\"snapshot\":\"");
    for (int i = 0; i < 400; i++) {
        buf_puts(&to, "\xc3\xa4"); /* no half of it may stay */
    }
    const change how = {.skip = NONE, .bend = 0, .from = "\"snapshot\":\"", .to = buf_str(&to)};
    compare_totals t;
    EVPACK_AUTO_VALUE(buf_reset) buf said = {0};
    OK(compared(s, &how, false, &t, &said, &err));
    ck_assert_ptr_nonnull(strstr(buf_str(&said), "\xc3\xa4\xe2\x80\xa6)"));
    ck_assert_uint_lt(said.len, 600);
}
END_TEST

START_TEST(a_finding_that_says_a_thing_twice)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    const change how = {
        .skip = NONE, .bend = 0, .from = "\"need\":", .to = "\"need\":\"x\",\"need\":"};
    compare_totals t;
    EVPACK_AUTO_VALUE(buf_reset) buf said = {0};
    FAILS(compared(s, &how, false, &t, &said, &err), EVPACK_E_NO, "two members \"need\"");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {what_differs_is_named, another_time, long_values_are_cut,
                                  a_finding_that_says_a_thing_twice, NULL};
    return test_main(test_suite("review/compare", tests));
}
