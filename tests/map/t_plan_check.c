/* map/plan_check: what a plan may hold, whoever wrote it. */
#include "map/plan_check.h"

#include "base/embed.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static json_doc *words(void)
{
    evpack_err err = {0};
    json_doc *doc = NULL;
    const embed_file *file = embed_find("src/map/plan-words.json");
    ck_assert_ptr_nonnull(file);
    OK(json_parse((const char *)file->data, file->len, false, &doc, &err));
    return doc;
}

static evpack_status check(const char *text, evpack_err *err)
{
    EVPACK_AUTO(json_doc) allowed = words();
    EVPACK_AUTO(json_doc) plan = NULL;
    EVPACK_TRY(json_parse(text, strlen(text), false, &plan, err));
    return plan_check(json_root(plan), json_root(allowed), err);
}

#define LOOP                                                                                     \
    "{\"name\":\"account\",\"subject\":\"{id}\",\"az\":[\"a\",\"list\",\"--s\",\"{subscription}" \
    "\"],"                                                                                       \
    "\"query\":\"[].id\",\"values\":[\"id\",\"name\"]}"
#define COMMAND(for, az)                                               \
    "{\"loops\":[" LOOP "],\"commands\":[{\"id\":\"x\",\"for\":\"" for \
    "\",\"kind\":\"k\",\"az\":[" az "]}]}"
#define LOOPS(loop)                                                                      \
    "{\"loops\":[" loop "],\"commands\":[{\"id\":\"x\",\"for\":\"once\",\"kind\":\"k\"," \
    "\"az\":[\"a\",\"list\"]}]}"

static const char *const sound[] = {
    COMMAND("once", "\"account\",\"show\""),
    COMMAND("once", "\"a\",\"list\",\"--x\",\"{tenant}{graph}\""),
    COMMAND("subscription", "\"a\",\"list\",\"--x\",\"{subscription}\""),
    COMMAND("account", "\"a\",\"list\",\"--x\",\"a/{id}/{name}\""),
    COMMAND("once", "\"rest\",\"--method\",\"get\",\"--url\",\"/providers/x?a=b&$c=d()\""),
    COMMAND("once", "\"rest\",\"--method\",\"get\",\"--url\",\"{graph}/v1.0/users\""),
    COMMAND("account", "\"rest\",\"--method\",\"get\",\"--url\",\"{id}/x\""),
};

START_TEST(a_plan_that_reads_is_taken)
{
    evpack_err err = {0};
    OK(check(sound[_i], &err));
}
END_TEST

#define READS "a plan only reads"
#define WORD "a word is empty, too long, or holds what a script may not"
#define PLACE "a placeholder that is not known there"

static const struct {
    const char *plan, *want;
} bad[] = {
    {"[]", "expected at most"},
    {"{\"loops\":[],\"commands\":[]}", "expected at most"},
    {"{\"loops\":{},\"commands\":[{}]}", "expected at most"},
    {"{\"loops\":[],\"commands\":[{}]}", "a command needs an id"},
    {"{\"loops\":[],\"commands\":[{\"id\":\"a b\"}]}", "a command needs an id"},
    {"{\"loops\":[],\"commands\":[{\"id\":\"-a\"}]}", "a command needs an id"},
    {"{\"loops\":[],\"commands\":[{\"id\":\"a\",\"for\":\"other\"}]}", "'for' is not"},
    {"{\"loops\":[],\"commands\":[{\"id\":\"a\"}]}", "'for' is not"},
    {"{\"loops\":[],\"commands\":[{\"id\":\"a\",\"for\":\"once\",\"kind\":\"'\"}]}", "'kind'"},
    {"{\"loops\":[],\"commands\":[{\"id\":\"a\",\"for\":\"once\",\"kind\":\"k\",\"note\":\"it's\"}]"
     "}",
     "'kind' or 'note'"},
    {"{\"loops\":[],\"commands\":[{\"id\":\"a\",\"for\":\"once\",\"kind\":\"k\"}]}",
     "'az' is not a list"},
    {"{\"loops\":[],\"commands\":[{\"id\":\"x\",\"for\":\"once\",\"kind\":\"k\",\"az\":[\"a\","
     "\"list\"]},"
     "{\"id\":\"x\",\"for\":\"once\",\"kind\":\"k\",\"az\":[\"a\",\"list\"]}]}",
     "stands twice"},
    /* Changing, deleting, running. */
    {COMMAND("once", "\"group\",\"delete\",\"--name\",\"x\""), READS},
    {COMMAND("once", "\"vm\",\"run-command\",\"invoke\""), READS},
    {COMMAND("once", "\"list\""), READS},
    {COMMAND("once", "\"a\",\"list\",\"delete\""), READS},
    {COMMAND("once", "\"a\",\"{tenant}\",\"list\""), READS},
    {COMMAND("once", "\"rest\",\"--method\",\"post\",\"--url\",\"/x\""), READS},
    {COMMAND("once", "\"rest\",\"--method\",\"get\",\"--url\",\"https://elsewhere.example/x\""),
     READS},
    {COMMAND("once", "\"rest\",\"--method\",\"get\",\"--url\",\"//elsewhere.example/x\""), READS},
    {COMMAND("once", "\"rest\",\"--method\",\"get\",\"--url\",\"{graph}.example/x\""), READS},
    {COMMAND("once", "\"rest\",\"--method\",\"get\",\"--url\",\"/x\",\"--method\",\"post\""),
     READS},
    {COMMAND("once", "\"rest\",\"list\""), READS},
    /* Secrets. */
    {COMMAND("once", "\"storage\",\"account\",\"keys\",\"list\",\"-n\",\"x\""),
     "never holds 'keys list'"},
    {COMMAND("once", "\"cognitiveservices\",\"account\",\"keys\",\"list\""),
     "never holds 'keys list'"},
    {COMMAND("once", "\"rest\",\"--method\",\"get\",\"--url\",\"/x/ListKeys?a\""),
     "never holds 'listkey'"},
    {COMMAND("once", "\"webapp\",\"config\",\"appsettings\",\"list\""),
     "never holds 'appsettings'"},
    {COMMAND("once", "\"webapp\",\"config\",\"connection-string\",\"list\""),
     "never holds 'connection-string'"},
    {COMMAND("once", "\"keyvault\",\"secret\",\"show\",\"--id\",\"x\""), "never holds 'secret'"},
    {COMMAND("once", "\"ad\",\"app\",\"credential\",\"list\""), "never holds 'credential'"},
    {COMMAND("once", "\"rest\",\"--method\",\"get\",\"--url\",\"/x/config/list\""),
     "never holds 'config/list'"},
    {COMMAND("once", "\"a\",\"list\",\"--debug\""), "never holds '--debug'"},
    {COMMAND("once", "\"a\",\"list\",\"--output=none\""), "never holds '--output'"},
    {COMMAND("once", "\"a\",\"list\",\"--query\",\"x\""), "never holds '--query'"},
    /* What a script would take for its own. */
    {COMMAND("once", "\"a\",\"list\",\"it's\""), WORD},
    {COMMAND("once", "\"a\",\"list\",\"\\\\\""), WORD},
    {COMMAND("once", "\"a\",\"list\",\"\\\"\""), WORD},
    {COMMAND("once", "\"a\",\"list\",\"a\\nb\""), WORD},
    {COMMAND("once", "\"a\",\"list\",\"\\u2019\""), WORD},
    {COMMAND("once", "\"a\",\"list\",\"\""), WORD},
    {COMMAND("once", "\"a\",\"list\",\"@x\""), WORD},
    {COMMAND("once", "\"a\",\"list\",1"), WORD},
    {COMMAND("once", "\"a\",\"list\",\"{subscription}\""), PLACE},
    {COMMAND("subscription", "\"a\",\"list\",\"{id}\""), PLACE},
    {COMMAND("account", "\"a\",\"list\",\"{group}\""), PLACE},
    {COMMAND("account", "\"a\",\"list\",\"{vault}\""), PLACE},
    {COMMAND("once", "\"a\",\"list\",\"{tenant\""), PLACE},
    {COMMAND("once", "\"a\",\"list\",\"tenant}\""), PLACE},
    {COMMAND("once", "\"a\",\"list\",\"{}\""), PLACE},
    {COMMAND("once", "\"a\",\"list\",\"{{tenant}}\""), PLACE},
    /* Loops. */
    {LOOPS("{}"), "a loop needs a name"},
    {LOOPS("{\"name\":\"once\"}"), "a loop needs a name"},
    {LOOPS("{\"name\":\"a-b\"}"), "a loop needs a name"},
    {LOOPS("{\"name\":\"a\",\"query\":\"'\"}"), "'query'"},
    {LOOPS("{\"name\":\"a\",\"query\":\"x\",\"values\":[\"PATH\"]}"), "'values' holds"},
    {LOOPS("{\"name\":\"a\",\"query\":\"x\",\"values\":[]}"), "'values' or 'subject'"},
    {LOOPS("{\"name\":\"a\",\"query\":\"x\",\"values\":[\"id\"],\"subject\":\"{name}\"}"),
     "'values' or 'subject'"},
    {LOOPS("{\"name\":\"a\",\"query\":\"x\",\"values\":[\"id\"],\"subject\":7}"),
     "'values' or 'subject'"},
    {LOOPS("{\"name\":\"a\",\"query\":\"x\",\"values\":[\"id\"],\"az\":[\"a\",\"delete\"]}"),
     READS},
    {LOOPS("{\"name\":\"a\",\"query\":\"x\",\"values\":[\"id\"],\"az\":[\"a\",\"list\",\"{id}\"]}"),
     PLACE},
    {LOOPS(LOOP "," LOOP), "two loops have one name"},
};

START_TEST(anything_else_is_refused)
{
    evpack_err err = {0};
    FAILS(check(bad[_i].plan, &err), EVPACK_E_MAPPING, bad[_i].want);
}
END_TEST

START_TEST(pages_are_for_rest)
{
    evpack_err err = {0};
    FAILS(check("{\"loops\":[],\"commands\":[{\"id\":\"x\",\"for\":\"once\",\"kind\":\"k\","
                "\"pages\":true,"
                "\"az\":[\"a\",\"list\"]}]}",
                &err),
          EVPACK_E_MAPPING, "az pages its own lists");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("map/plan_check");
    TCase *tcase = tcase_create("all");
    suite_add_tcase(suite, tcase);
    tcase_add_loop_test(tcase, a_plan_that_reads_is_taken, 0,
                        (int)(sizeof sound / sizeof sound[0]));
    tcase_add_loop_test(tcase, anything_else_is_refused, 0, (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(tcase, pages_are_for_rest);
    return test_main(suite);
}
