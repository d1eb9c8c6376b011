/*
 * map/plan: the built-in plan supplies every need of the mapping, asks for no secret, and is the
 * same in both shells; baselines limit it.
 */
#include "map/plan.h"

#include "base/embed.h"
#include "mini.h"
#include "port/json.h"
#include "support.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void script(plan_shell shell, const char *baseline, buf *out, buf *missing)
{
    evpack_err err = {0};
    const plan_options options = {
        .shell = shell, .baselines = &baseline, .baseline_count = baseline == NULL ? 0 : 1};
    OK(plan_script(&options, out, missing, &err));
}

static json_doc *embedded(const char *name)
{
    evpack_err err = {0};
    json_doc *doc = NULL;
    const embed_file *file = embed_find(name);
    ck_assert_msg(file != NULL, "expected %s to be built in", name);
    OK(json_parse((const char *)file->data, file->len, false, &doc, &err));
    return doc;
}

START_TEST(every_need_has_a_command)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf missing = {0};
    script(PLAN_BASH, NULL, &out, &missing);
    ck_assert_str_eq(buf_str(&missing), "");
    EVPACK_AUTO(json_doc) needs = embedded("mapping/needs.json");
    EVPACK_AUTO(json_doc) plan = embedded("mapping/plan.json");
    ck_assert_uint_gt(json_count(json_root(needs)), 10);
    for (const json *n = json_first(json_root(needs)); n != NULL; n = json_next(n)) {
        const char *kind = json_get_string(n, "kind");
        bool found = false;
        for (const json *c = json_first(json_get(json_root(plan), "commands")); c != NULL;
             c = json_next(c)) {
            for (const json *k = json_first(json_get(c, "supplies")); k != NULL; k = json_next(k)) {
                found = found || strcmp(json_string(k), kind) == 0;
            }
        }
        ck_assert_msg(found, "expected a command in mapping/plan.json that supplies '%s'", kind);
    }
}
END_TEST

/* The other way round: what the plan says it supplies is a need. */
START_TEST(what_is_supplied_is_a_need)
{
    EVPACK_AUTO(json_doc) needs = embedded("mapping/needs.json");
    EVPACK_AUTO(json_doc) plan = embedded("mapping/plan.json");
    for (const json *c = json_first(json_get(json_root(plan), "commands")); c != NULL;
         c = json_next(c)) {
        for (const json *k = json_first(json_get(c, "supplies")); k != NULL; k = json_next(k)) {
            bool found = false;
            for (const json *n = json_first(json_root(needs)); n != NULL; n = json_next(n)) {
                found = found || strcmp(json_get_string(n, "kind"), json_string(k)) == 0;
            }
            ck_assert_msg(found, "%s supplies '%s', which needs.json does not know",
                          json_get_string(c, "id"), json_string(k));
        }
    }
}
END_TEST

static void lower(const char *text, buf *out)
{
    for (; *text != '\0'; text++) {
        buf_putc(out, (char)tolower((unsigned char)*text));
    }
}

/* The plan is refused by plan_check when it holds one; the commands that status prints are checked
 * here. */
START_TEST(no_command_of_the_mapping_returns_secrets)
{
    EVPACK_AUTO(json_doc) words = embedded("src/map/plan-words.json");
    EVPACK_AUTO(json_doc) needs = embedded("mapping/needs.json");
    ck_assert_uint_gt(json_count(json_get(json_root(words), "never")), 20);
    for (const json *n = json_first(json_root(needs)); n != NULL; n = json_next(n)) {
        EVPACK_AUTO_VALUE(buf_reset) buf command = {0};
        lower(json_get_string(n, "command"), &command);
        for (const json *w = json_first(json_get(json_root(words), "never")); w != NULL;
             w = json_next(w)) {
            ck_assert_msg(strstr(buf_str(&command), json_string(w)) == NULL,
                          "expected no '%s' in '%s'", json_string(w), buf_str(&command));
        }
        ck_assert_msg(strstr(buf_str(&command), " list") != NULL ||
                          strstr(buf_str(&command), " show") != NULL ||
                          strstr(buf_str(&command), "rest --method get ") != NULL,
                      "expected a command that reads, came '%s'", buf_str(&command));
    }
}
END_TEST

/* "id: word word …" for each command of a script, whatever the shell: the quoted words alone. */
static void commands_of(const char *text, const char *const heads[2], buf *out)
{
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        size_t len = strcspn(line, "\n");
        bool one = strncmp(line, heads[0], strlen(heads[0])) == 0;
        bool many = strncmp(line, heads[1], strlen(heads[1])) == 0;
        for (size_t i = 0, open = 0; (one || many) && i < len; i++) {
            open = line[i] == '\'' ? !open : open;
            if (open && line[i] != '\'') {
                buf_putc(out, line[i]);
            } else if (line[i] == '\'' && out->len > 0 && out->data[out->len - 1] != ' ') {
                buf_putc(out, ' ');
            }
        }
        buf_puts(out, one || many ? "\n" : "");
    }
}

START_TEST(both_shells_run_the_same)
{
    static const char *const bash_heads[2] = {"    get '", "    pages '"};
    static const char *const powershell_heads[2] = {"    Get-One '", "    Get-Pages '"};
    EVPACK_AUTO_VALUE(buf_reset) buf missing = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf bash = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf powershell = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf left = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf right = {0};
    script(PLAN_BASH, NULL, &bash, &missing);
    script(PLAN_POWERSHELL, NULL, &powershell, &missing);
    commands_of(buf_str(&bash), bash_heads, &left);
    commands_of(buf_str(&powershell), powershell_heads, &right);
    ck_assert_msg(left.len > 2000, "expected the commands, came %zu bytes", left.len);
    ck_assert_msg(strcmp(buf_str(&left), buf_str(&right)) == 0,
                  "expected the same commands, came\n%s\nand\n%s", buf_str(&left), buf_str(&right));
}
END_TEST

/* PowerShell is nowhere to be run: what can be seen without it. Here-strings and comments are not
 * among what the skeleton uses, so quotes and brackets can be counted. */
START_TEST(the_powershell_script_is_well_formed)
{
    EVPACK_AUTO_VALUE(buf_reset) buf missing = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    script(PLAN_POWERSHELL, NULL, &out, &missing);
    ck_assert_int_eq(strncmp(buf_str(&out), "<#\n", 3), 0); /* no byte order mark */
    char open[256];
    size_t depth = 0;
    char quote = 0;
    bool comment = false;
    bool block = false;
    for (const char *p = buf_str(&out); *p != '\0'; p++) {
        ck_assert_msg((*p >= 0x20 && *p < 0x7f) || *p == '\n', "byte %d: expected ASCII", *p);
        if (*p == '\n') {
            ck_assert_msg(quote == 0, "expected a closed quote before:%.60s", p);
        }
        comment = comment && *p != '\n';
        block = block || strncmp(p, "<#", 2) == 0;
        if (block || comment) {
            block = block && !(p > buf_str(&out) && strncmp(p - 1, "#>", 2) == 0);
            continue;
        }
        if (quote != 0) {
            p += quote == '"' && *p == '`';
            quote = *p == quote ? 0 : quote;
        } else if (*p == '\'' || *p == '"') {
            quote = *p;
        } else if (*p == '#') {
            comment = true;
        } else if (strchr("([{", *p) != NULL) {
            ck_assert_uint_lt(depth, sizeof open);
            open[depth++] = *p == '(' ? ')' : *p == '[' ? ']' : '}';
        } else if (strchr(")]}", *p) != NULL) {
            ck_assert_msg(depth > 0 && open[depth - 1] == *p, "unbalanced: %.60s", p);
            depth--;
        }
    }
    ck_assert_msg(depth == 0 && quote == 0, "expected every bracket and quote to be closed");
}
END_TEST

START_TEST(a_baseline_limits_the_plan)
{
    EVPACK_AUTO_VALUE(buf_reset) buf missing = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf all = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf some = {0};
    script(PLAN_BASH, NULL, &all, &missing);
    script(PLAN_BASH, "azure-openai", &some, &missing);
    ck_assert_str_eq(buf_str(&missing), "");
    ck_assert_ptr_nonnull(strstr(buf_str(&some), "# for the baseline azure-openai\n"));
    static const char *const context[] = {
        "get 'resources'",        "pages 'eligible-roles'",       "pages 'locks'",
        "pages 'defender-plans'", "pages 'defender-assessments'", "get 'policy-states'"};
    for (size_t i = 0; i < sizeof context / sizeof context[0]; i++) {
        ck_assert_msg(strstr(buf_str(&all), context[i]) != NULL, "expected %s", context[i]);
        ck_assert_msg(strstr(buf_str(&some), context[i]) == NULL, "expected no %s", context[i]);
    }
    static const char *const always[] = {
        "get 'signed-in-account'",           "get 'subscriptions'", "pages 'own-roles'",
        "get 'account-diagnostic-settings'", "get 'account' ",      "get 'key-rotation-policy'"};
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
        ck_assert_msg(strstr(buf_str(&some), always[i]) != NULL, "expected %s", always[i]);
    }
}
END_TEST

START_TEST(an_unknown_baseline_is_refused)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf missing = {0};
    const char *const slugs[] = {"azure-openai", "storage'"};
    const plan_options options = {.baselines = slugs, .baseline_count = 2};
    FAILS(plan_script(&options, &out, &missing, &err), EVPACK_E_USAGE,
          "there is no baseline 'storage''; the mapping has azure-cognitive-search, azure-monitor, "
          "azure-openai, azure-private-link, cognitive-services, key-vault, "
          "machine-learning-service, storage, virtual-network, and");
    ck_assert_uint_eq(out.len, 0);
}
END_TEST

START_TEST(a_folder_s_plan_is_untrusted)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf missing = {0};
    const plan_options options = {.folder = mini_mapping("m")};
    FAILS(plan_script(&options, &out, &missing, &err), EVPACK_E_MAPPING, "no plan.json");
    mini_file("m", "plan.json", "{");
    FAILS(plan_script(&options, &out, &missing, &err), EVPACK_E_MAPPING, "plan.json: line 1");
    mini_file("m", "plan.json",
              "{\"loops\":[],\"commands\":[{\"id\":\"x\",\"for\":\"once\",\"kind\":\"k\","
              "\"az\":[\"group\",\"delete\",\"--yes\"]}]}");
    FAILS(plan_script(&options, &out, &missing, &err), EVPACK_E_MAPPING, "a plan only reads");
    mini_file("m", "plan.json",
              "{\"loops\":[],\"commands\":[{\"id\":\"x\",\"for\":\"once\",\"kind\":\"k\","
              "\"az\":[\"group\",\"list\"]}]}");
    OK(plan_script(&options, &out, &missing, &err));
    ck_assert_ptr_nonnull(strstr(buf_str(&out), "    get 'x' 'k' '' 'group' 'list'\n"));
}
END_TEST

START_TEST(a_need_that_nothing_supplies_is_said)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf missing = {0};
    const plan_options options = {.folder = mini_mapping("m")};
    mini_file(
        "m", "rules/lacking.sql",
        "-- id: lacking\n-- version: 1.0.0\n-- title: t\n-- service: s\n-- control: c\n"
        "-- feature: f\n-- needs: moon, thing, moon, it's\n-- tests: t\n-- absent: a\nSELECT 1\n");
    mini_file("m", "plan.json",
              "{\"loops\":[],\"commands\":[{\"id\":\"x\",\"for\":\"once\",\"kind\":\"k\","
              "\"supplies\":[\"thing\"],\"az\":[\"group\",\"list\"]}]}");
    OK(plan_script(&options, &out, &missing, &err));
    ck_assert_msg(strstr(buf_str(&missing), "moon, ?") != NULL, "came '%s'", buf_str(&missing));
    ck_assert_ptr_nonnull(strstr(buf_str(&out), "# Nothing in the plan supplies: "));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_need_has_a_command,
                                  what_is_supplied_is_a_need,
                                  no_command_of_the_mapping_returns_secrets,
                                  both_shells_run_the_same,
                                  the_powershell_script_is_well_formed,
                                  a_baseline_limits_the_plan,
                                  an_unknown_baseline_is_refused,
                                  a_folder_s_plan_is_untrusted,
                                  a_need_that_nothing_supplies_is_said,
                                  NULL};
    return test_main(test_suite("map/plan", tests));
}
