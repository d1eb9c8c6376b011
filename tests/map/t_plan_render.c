/* map/plan_render: quoting in both shells, what is left out, and loops without commands. */
#include "map/plan_render.h"

#include "support.h"

#include <string.h>

static const char plan[] =
    "{\"loops\":[{\"name\":\"key\",\"subject\":\"/s/{subscription}\",\"az\":[\"a\",\"list\"],"
    "\"query\":\"[].x\",\"values\":[\"vault_uri\",\"key\"]}],\"commands\":["
    "{\"id\":\"one\",\"for\":\"once\",\"kind\":\"k\",\"note\":\"why\",\"az\":[\"a\",\"show\",\"$x "
    "`y`\"]},"
    "{\"id\":\"two\",\"for\":\"once\",\"kind\":\"k\",\"az\":[\"b\",\"show\"]},"
    "{\"id\":\"page\",\"for\":\"subscription\",\"kind\":\"k\",\"pages\":true,\"az\":[\"rest\","
    "\"--method\",\"get\",\"--url\",\"/s/{subscription}/x?$a\"]},"
    "{\"id\":\"graph\",\"for\":\"subscription\",\"kind\":\"k\",\"az\":[\"a\",\"list\","
    "\"{graph}/{tenant}\"]},"
    "{\"id\":\"row\",\"for\":\"key\",\"kind\":\"k\",\"az\":[\"c\",\"show\",\"{vault}\",\"{key}\"]}]"
    "}";

static void render(const bool *chosen, plan_shell shell, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(plan, strlen(plan), false, &doc, &err));
    plan_render(json_root(doc), chosen, shell, out);
    OK(buf_status(out, &err));
}

static void has(const buf *text, const char *want)
{
    ck_assert_msg(strstr(buf_str(text), want) != NULL, "expected '%s' in\n%s", want, buf_str(text));
}

static void has_not(const buf *text, const char *part)
{
    ck_assert_msg(strstr(buf_str(text), part) == NULL, "expected no '%s' in\n%s", part,
                  buf_str(text));
}

static const bool most[] = {true, false, true, true, true};
static const bool one[] = {true, false, false, false, false};

START_TEST(bash)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    render(most, PLAN_BASH, &out);
    has(&out, "PLAN='1 commands once, 2 for each subscription, 1 for each key'\n");
    has(&out, "once_commands() {\n    get 'one' 'k' 'why' 'a' 'show' '$x `y`'\n}\n");
    has(&out, "    pages 'page' 'k' '' 'rest' '--method' 'get' '--url' "
              "'/s/'\"$subscription\"'/x?$a'\n");
    has(&out, "    get 'graph' 'k' '' 'a' 'list' \"$GRAPH\"'/'\"$TENANT\"\n");
    has(&out, "    local vault_uri=$1 key=$2\n");
    has(&out, "    usable \"$vault\" || {\n");
    has(&out, "    local subject='/s/'\"$subscription\"\n");
    has(&out, "    get 'row' 'k' '' 'c' 'show' \"$vault\" \"$key\"\n");
    has(&out, "    each 'key' '[].x' 'a' 'list'\n");
    has_not(&out, "'two'");
}
END_TEST

START_TEST(powershell)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    render(most, PLAN_POWERSHELL, &out);
    has(&out, "$Plan = '1 commands once, 2 for each subscription, 1 for each key'\n");
    has(&out, "    Get-One 'one' 'k' 'why' @('a', 'show', '$x `y`')\n");
    has(&out, "    Get-Pages 'page' 'k' '' @('rest', '--method', 'get', '--url', "
              "('/s/' + $Subscription + '/x?$a'))\n");
    has(&out, "('' + $Graph + '/' + $Tenant)");
    has(&out, "function key_commands([string]$vault_uri, [string]$key) {\n");
    has(&out, "    $vault = Get-HostLabel $vault_uri\n");
    has(&out, "    $Subject = ('/s/' + $Subscription)\n");
    has(&out, "    Invoke-Each 'key' '[].x' @('a', 'list')\n");
    has_not(&out, "'two'");
}
END_TEST

/* A loop without commands is not gone over, and a function without commands is still one. */
START_TEST(what_is_empty)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    render(one, PLAN_BASH, &out);
    has(&out, "PLAN='1 commands once, 0 for each subscription'\n");
    has(&out, "subscription_commands() {\n    :\n}\n");
    has_not(&out, "each 'key' '[].x'");
    has_not(&out, "'row'");
    buf_clear(&out);
    render(one, PLAN_POWERSHELL, &out);
    has(&out, "function subscription_commands {\n}\n");
    has_not(&out, "Invoke-Each");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {bash, powershell, what_is_empty, NULL};
    return test_main(test_suite("map/plan_render", tests));
}
