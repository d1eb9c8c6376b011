/* cli/explain: every check, state and reason has its sentences, and no sentence is for nothing. */
#include "support.h"

#include "base/embed.h"
#include "cli/explain.h"

#include <stdio.h>
#include <string.h>

static const char *const checks[] = {
#define WORD(name, text) text,
    SEAL_CHECKS(WORD) NULL};
static const char *const reasons[] = {SEAL_REASONS(WORD) CMS_FAULTS(WORD) TSP_FAULTS(WORD) NULL};
#undef WORD
static const char *const states[] = {"none", "seccomp", NULL};

static bool is_sentence(explain_part part)
{
    return part.len > 20 && part.text[part.len - 1] == '.' && part.text[0] >= 'A' &&
           part.text[0] <= 'Z';
}

START_TEST(every_word_has_a_line)
{
    explain_line line;
    for (const char *const *w = checks; *w != NULL; w++) {
        ck_assert_msg(explain_find("check", *w, &line), "expected a line 'check %s'", *w);
        ck_assert_msg(line.part[0].len > 0 && is_sentence(line.part[1]),
                      "check %s: expected a title and a sentence", *w);
    }
    for (const char *const *w = reasons; *w != NULL; w++) {
        if (strcmp(*w, "good") == 0) {
            continue;
        }
        ck_assert_msg(explain_find("reason", *w, &line), "expected a line 'reason %s'", *w);
        ck_assert_msg(is_sentence(line.part[0]) && is_sentence(line.part[1]),
                      "reason %s: expected what it means and what to do", *w);
    }
    for (const char *const *w = states; *w != NULL; w++) {
        ck_assert_msg(explain_find("sandbox", *w, &line) && is_sentence(line.part[0]),
                      "expected a line 'sandbox %s'", *w);
    }
    ck_assert(explain_find("nothing", "", &line) && is_sentence(line.part[0]));
    ck_assert(!explain_find("reason", "good", &line));
    ck_assert(!explain_find("reason", "", &line));
    ck_assert(!explain_find("reason", "file", &line));
}
END_TEST

static bool is_among(const char *const *words, const char *text, size_t len)
{
    for (; *words != NULL; words++) {
        if (strlen(*words) == len && memcmp(*words, text, len) == 0) {
            return true;
        }
    }
    return false;
}

START_TEST(no_line_is_for_nothing)
{
    static const struct {
        const char *kind;
        const char *const *words;
    } kinds[] = {{"check ", checks}, {"reason ", reasons}, {"sandbox ", states}};
    const embed_file *file = embed_find("src/cli/explain.txt");
    ck_assert_ptr_nonnull(file);
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    ck_assert_uint_gt(file->len, 0);
    buf_append(&text, file->data, file->len);
    char *rest = NULL;
    for (char *line = strtok_r(text.data, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        bool known = line[0] == '#' || strncmp(line, "nothing | ", 10) == 0;
        for (size_t i = 0; i < 3; i++) {
            size_t n = strlen(kinds[i].kind);
            const char *end = strstr(line, " | ");
            known = known || (strncmp(line, kinds[i].kind, n) == 0 && end != NULL &&
                              is_among(kinds[i].words, line + n, (size_t)(end - line) - n));
        }
        ck_assert_msg(known, "a line for no word: %.60s", line);
        const char *bar = strstr(line, " | ");
        size_t head = bar == NULL ? 0 : (size_t)(bar - line) + 3;
        bool again = line[0] != '#' && strncmp(line, "nothing", 7) != 0 &&
                     memmem(rest, strlen(rest), line, head) != NULL;
        ck_assert_msg(!again, "two lines for one word: %.60s", line);
    }
}
END_TEST

START_TEST(only_what_held_is_told)
{
    seal_report r = {.verdict = SEAL_NOT_VERIFIED};
    report_held(&r, SEAL_CHECK_OUTER);
    (void)report_no(&r, SEAL_FILE_CHANGED, "a");
    (void)report_no(&r, SEAL_FILE_CHANGED, "b");
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    explain_put(&out, &r, SANDBOX_NONE);
    const char *text = buf_str(&out);
    ck_assert_ptr_nonnull(strstr(text, "\"check\":\"outer-signature\""));
    ck_assert_ptr_null(strstr(text, "\"check\":\"files\""));
    ck_assert_ptr_null(strstr(text, "\"check\":\"certificate\""));
    const char *first = strstr(text, "\"code\":\"file-changed\"");
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(strstr(first + 1, "\"code\":\"file-changed\""));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_word_has_a_line, no_line_is_for_nothing,
                                  only_what_held_is_told, NULL};
    return test_main(test_suite("cli/explain", tests));
}
