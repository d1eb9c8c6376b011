/*
 * Writing a plan's functions. Invariant: every word of the mapping stands in single quotes, and
 * every value that the script finds is a variable that no shell splits or reads again. Whether the
 * words are harmless is plan_check's part.
 */
#include "map/plan_render.h"

#include "map/plan_check.h"

#include <string.h>

typedef struct {
    const json *plan;
    const bool *chosen;
    bool powershell;
    buf *out;
} writer;

static void variable(const writer *w, const char *name, size_t len)
{
    static const char *const capitals[][3] = {{"tenant", "TENANT", "Tenant"},
                                              {"graph", "GRAPH", "Graph"},
                                              {"subscription", "subscription", "Subscription"}};
    for (size_t i = 0; i < sizeof capitals / sizeof capitals[0]; i++) {
        if (strlen(capitals[i][0]) == len && memcmp(capitals[i][0], name, len) == 0) {
            buf_printf(w->out, w->powershell ? "$%s" : "\"$%s\"",
                       capitals[i][w->powershell ? 2 : 1]);
            return;
        }
    }
    buf_puts(w->out, w->powershell ? "$" : "\"$");
    buf_append(w->out, name, len);
    buf_puts(w->out, w->powershell ? "" : "\"");
}

/* One word: 'literal'"$variable"'literal' or ('literal' + $variable + 'literal'). */
static void word(const writer *w, const char *text)
{
    const char *join = w->powershell ? " + " : "";
    bool many = w->powershell && strchr(text, '{') != NULL;
    buf_puts(w->out, many ? "(" : "");
    if (many && text[0] == '{') {
        buf_puts(w->out, "'' + "); /* a text, whatever the variable is */
    }
    for (const char *p = text; *p != '\0' || p == text;) {
        buf_puts(w->out, p == text ? "" : join);
        if (*p == '{') {
            size_t len = strcspn(p + 1, "}");
            variable(w, p + 1, len);
            p += len + 2;
            continue;
        }
        size_t len = strcspn(p, "{");
        buf_putc(w->out, '\'');
        buf_append(w->out, p, len);
        buf_putc(w->out, '\'');
        p += len;
        if (len == 0) {
            break;
        }
    }
    buf_puts(w->out, many ? ")" : "");
}

static void words(const writer *w, const json *az)
{
    buf_puts(w->out, w->powershell ? " @(" : "");
    for (const json *e = json_first(az); e != NULL; e = json_next(e)) {
        buf_puts(w->out, w->powershell ? (e == json_first(az) ? "" : ", ") : " ");
        word(w, json_string(e));
    }
    buf_puts(w->out, w->powershell ? ")\n" : "\n");
}

static void command(const writer *w, const json *c)
{
    bool pages = json_is_true(json_get(c, "pages"));
    const char *note = json_get_string(c, "note");
    buf_printf(w->out, "    %s '%s' '%s' '%s'",
               w->powershell ? (pages ? "Get-Pages" : "Get-One") : (pages ? "pages" : "get"),
               json_get_string(c, "id"), json_get_string(c, "kind"), note == NULL ? "" : note);
    words(w, json_get(c, "az"));
}

/* How many chosen commands are for that scope; writes them when write. */
static size_t commands_for(const writer *w, const char *scope, bool write)
{
    size_t count = 0;
    size_t i = 0;
    for (const json *c = json_first(json_get(w->plan, "commands")); c != NULL; c = json_next(c)) {
        if (w->chosen[i++] && strcmp(json_get_string(c, "for"), scope) == 0) {
            count++;
            if (write) {
                command(w, c);
            }
        }
    }
    return count;
}

static void begin_bash(const writer *w, const json *loop)
{
    unsigned n = 0;
    bool vault = false;
    buf_puts(w->out, "    local");
    for (const json *v = json_first(json_get(loop, "values")); v != NULL; v = json_next(v)) {
        buf_printf(w->out, " %s=$%u", json_string(v), ++n);
        vault = vault || strcmp(json_string(v), "vault_uri") == 0;
    }
    buf_putc(w->out, '\n');
    if (vault) {
        buf_puts(w->out, "    local vault\n    host_label \"$vault_uri\"\n    vault=$REPLY\n"
                         "    usable \"$vault\" || {\n");
        buf_printf(w->out, "        refuse 'each-%s' '' 0 'the URL names no host'\n",
                   json_get_string(loop, "name"));
        buf_puts(w->out, "        return 0\n    }\n");
    }
    if (json_get_string(loop, "subject") != NULL) {
        buf_puts(w->out, "    local subject=");
        word(w, json_get_string(loop, "subject"));
        buf_putc(w->out, '\n');
    }
}

static void begin_powershell(const writer *w, const json *loop)
{
    for (const json *v = json_first(json_get(loop, "values")); v != NULL; v = json_next(v)) {
        if (strcmp(json_string(v), "vault_uri") == 0) {
            buf_puts(w->out, "    $vault = Get-HostLabel $vault_uri\n"
                             "    if (-not (Test-Usable @($vault))) {\n");
            buf_printf(w->out, "        Write-Refusal 'each-%s' '' 0 'the URL names no host' @()\n",
                       json_get_string(loop, "name"));
            buf_puts(w->out, "        return\n    }\n");
        }
    }
    if (json_get_string(loop, "subject") != NULL) {
        buf_puts(w->out, "    $Subject = ");
        word(w, json_get_string(loop, "subject"));
        buf_putc(w->out, '\n');
    }
}

static void head(const writer *w, const char *name, const json *loop)
{
    if (!w->powershell) {
        buf_printf(w->out, "%s_commands() {\n", name);
    } else if (loop == NULL) {
        buf_printf(w->out, "function %s_commands {\n", name);
    } else {
        buf_printf(w->out, "function %s_commands(", name);
        const json *values = json_get(loop, "values");
        for (const json *v = json_first(values); v != NULL; v = json_next(v)) {
            buf_printf(w->out, "%s[string]$%s", v == json_first(values) ? "" : ", ",
                       json_string(v));
        }
        buf_puts(w->out, ") {\n");
    }
}

static void each(const writer *w, const json *loop)
{
    const char *name = json_get_string(loop, "name");
    if (commands_for(w, name, false) > 0) {
        buf_printf(w->out, "    %s '%s' '%s'", w->powershell ? "Invoke-Each" : "each", name,
                   json_get_string(loop, "query"));
        words(w, json_get(loop, "az"));
    }
}

/* "6 commands once, 17 for each subscription, 5 for each account" */
static void summary(const writer *w)
{
    const json *loops = json_get(w->plan, "loops");
    buf_printf(w->out,
               w->powershell ? "$Plan = '%zu commands once, %zu for each subscription"
                             : "PLAN='%zu commands once, %zu for each subscription",
               commands_for(w, "once", false), commands_for(w, "subscription", false));
    for (const json *l = json_first(loops); l != NULL; l = json_next(l)) {
        const char *name = json_get_string(l, "name");
        size_t count = commands_for(w, name, false);
        if (count > 0) {
            buf_printf(w->out, ", %zu for each %s", count, name);
        }
    }
    buf_puts(w->out, "'\n\n");
}

void plan_render(const json *plan, const bool *chosen, plan_shell shell, buf *out)
{
    const writer w = {plan, chosen, shell == PLAN_POWERSHELL, out};
    const json *loops = json_get(plan, "loops");
    const char *nothing = w.powershell ? "" : "    :\n";
    summary(&w);
    head(&w, "once", NULL);
    buf_puts(out, commands_for(&w, "once", true) == 0 ? nothing : "");
    buf_puts(out, "}\n\n");
    for (const json *l = json_first(loops); l != NULL; l = json_next(l)) {
        head(&w, json_get_string(l, "name"), l);
        if (w.powershell) {
            begin_powershell(&w, l);
        } else {
            begin_bash(&w, l);
        }
        (void)commands_for(&w, json_get_string(l, "name"), true);
        buf_puts(out, "}\n\n");
    }
    head(&w, "subscription", NULL);
    buf_puts(out, commands_for(&w, "subscription", true) == 0 ? nothing : "");
    for (const json *l = json_first(loops); l != NULL; l = json_next(l)) {
        each(&w, l);
    }
    buf_puts(out, "}\n");
}
