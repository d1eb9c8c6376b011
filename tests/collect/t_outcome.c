/* collect/outcome: what is said of a file from what is said of its documents. */
#include "collect/outcome.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *kind, *completeness, *shape, *reason;
} part;

static outcome of(const part *parts, size_t count, const frame_result *framed, frame_mode mode)
{
    evpack_err err = {0};
    outcome_sum sum = {0};
    for (size_t i = 0; i < count; i++) {
        judgement says = {.shape = parts[i].shape};
        judge_say(&says, parts[i].kind, parts[i].completeness, parts[i].reason);
        const frame_document document = {.ordinal = i, .line = i + 1};
        outcome_add(&sum, &says, &document, 1);
    }
    const decode_tally plain = {0};
    const outcome_facts facts = {.raw = "",
                                 .text = "",
                                 .size = 10,
                                 .mode = mode,
                                 .decoded = &plain,
                                 .framed = framed,
                                 .documents = &sum};
    outcome o;
    OK(outcome_of(&facts, &o, &err));
    return o;
}

static const struct {
    part parts[3];
    size_t count;
    const char *kind, *completeness, *shape, *reason;
} rows[] = {
    {{{"a", "whole", "object", ""}}, 1, "a", "whole", "object", ""},
    {{{"a", "partial", "page", "r"}}, 1, "a", "partial", "page", "r"},
    {{{"a", "whole", "page", ""}, {"a", "whole", "page", ""}}, 2, "a", "whole", "several", ""},
    {{{"a", "whole", "page", ""}, {"b", "whole", "page", ""}}, 2, "mixed", "whole", "several", ""},
    {{{"a", "whole", "page", ""}, {"empty", "whole", "page", ""}}, 2, "a", "whole", "several", ""},
    {{{"a", "whole", "object", ""}, {"a", "whole", "object", ""}},
     2,
     "a",
     "unstated",
     "several",
     "nothing says whether they are all"},
    {{{"a", "whole", "page", ""}, {"a", "unstated", "array", ""}},
     2,
     "a",
     "unstated",
     "several",
     "nothing says"},
    {{{"a", "summary", "array", "s"}, {"a", "summary", "array", "s"}},
     2,
     "a",
     "summary",
     "several",
     "s"},
    {{{"a", "whole", "page", ""}, {"a", "partial", "page", "r"}},
     2,
     "a",
     "partial",
     "several",
     "the document on line 2: r"},
    {{{"a", "whole", "page", ""}, {"error", "failed", "error", "r"}},
     2,
     "a",
     "partial",
     "several",
     "the document on line 2: r"},
    {{{"error", "failed", "error", "r"}, {"error", "failed", "error", "q"}},
     2,
     "error",
     "failed",
     "several",
     "r"},
    {{{"unrecognised", "unrecognised", "none", "line 1, column 2: r"},
      {"unrecognised", "unrecognised", "none", "q"}},
     2,
     "unrecognised",
     "unrecognised",
     "several",
     "line 1, column 2: r; 2 of 2 documents"},
    {{{"a", "whole", "page", ""},
      {"unrecognised", "unrecognised", "none", "line 2, column 2: r"},
      {"a", "truncated", "array", "line 3, column 9: cut"}},
     3,
     "a",
     "truncated",
     "several",
     "line 3, column 9: cut; 2 of 3 documents"},
};

START_TEST(a_file_is_no_better_than_its_documents)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const frame_result framed = {.documents = rows[i].count};
        outcome o = of(rows[i].parts, rows[i].count, &framed, FRAME_FREE);
        ck_assert_msg(strcmp(o.says.kind, rows[i].kind) == 0 &&
                          strcmp(o.says.completeness, rows[i].completeness) == 0 &&
                          strcmp(o.says.shape, rows[i].shape) == 0 &&
                          strstr(o.says.reason, rows[i].reason) != NULL && !o.forget,
                      "row %zu: came %s %s %s '%s'", i, o.says.kind, o.says.completeness,
                      o.says.shape, o.says.reason);
        ck_assert((o.note[0] == '\0') == (rows[i].count == 1));
    }
}
END_TEST

START_TEST(what_follows_a_document_refuses_it)
{
    const part one = {"a", "whole", "object", ""};
    const frame_result framed = {.documents = 1,
                                 .fault = {.what = "something follows", .line = 3, .column = 4}};
    outcome o = of(&one, 1, &framed, FRAME_FREE);
    ck_assert(o.forget);
    ck_assert_str_eq(o.says.completeness, "unrecognised");
    ck_assert_str_eq(o.says.reason, "line 3, column 4 (byte 0): something follows");
    o = of(&one, 1, &framed, FRAME_LINES);
    ck_assert(!o.forget);
    ck_assert_str_eq(o.says.completeness, "partial");
}
END_TEST

START_TEST(lines_around_can_say_that_it_is_not_all)
{
    const part one = {"a", "whole", "object", ""};
    const char said[] = "WARNING: x\nERROR: y\n";
    const frame_result framed = {
        .documents = 1, .before = 2, .said = said, .said_len = sizeof said - 1};
    outcome o = of(&one, 1, &framed, FRAME_FREE);
    ck_assert_str_eq(o.says.completeness, "partial");
    ck_assert_str_eq(o.says.kind, "a");
    ck_assert_msg(strstr(o.says.reason, "line 2 of the text") != NULL, "came %s", o.says.reason);
    ck_assert_str_eq(o.note, "2 lines before the JSON were passed over");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_file_is_no_better_than_its_documents,
                                  what_follows_a_document_refuses_it,
                                  lines_around_can_say_that_it_is_not_all, NULL};
    return test_main(test_suite("collect/outcome", tests));
}
