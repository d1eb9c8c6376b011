/*
 * Checking a plan. Invariant: what passes can be printed into a script in single quotes, only
 * reads, and asks for no secret. A mapping folder is untrusted, and the script is run by an
 * administrator.
 */
#include "map/plan_check.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

bool plan_is_name(const char *text)
{
    size_t len = text == NULL ? 0 : strlen(text);
    if (len == 0 || len > 64 || text[0] == '-') {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        char c = text_lower(text[i]);
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_') {
            return false;
        }
    }
    return true;
}

const json *plan_loop(const json *plan, const char *name)
{
    for (const json *l = json_first(json_get(plan, "loops")); l != NULL; l = json_next(l)) {
        const char *is = json_get_string(l, "name");
        if (is != NULL && name != NULL && strcmp(is, name) == 0) {
            return l;
        }
    }
    return NULL;
}

static bool has_string(const json *list, const char *text)
{
    for (const json *e = json_first(list); e != NULL; e = json_next(e)) {
        if (json_string(e) != NULL && strcmp(json_string(e), text) == 0) {
            return true;
        }
    }
    return false;
}

/* Printable ASCII without a quote or a backslash: what both shells' single quotes hold. */
static bool is_quotable(const char *text)
{
    if (text == NULL || strlen(text) > PLAN_WORD_MAX) {
        return false;
    }
    for (const char *p = text; *p != '\0'; p++) {
        if (*p < 0x20 || *p > 0x7e || *p == '\'' || *p == '"' || *p == '\\') {
            return false;
        }
    }
    return true;
}

static bool is_placeholder(const char *name, size_t len, const char *scope, const json *loop)
{
    char word[32];
    if (len == 0 || len >= sizeof word) {
        return false;
    }
    memcpy(word, name, len);
    word[len] = '\0';
    if (strcmp(word, "tenant") == 0 || strcmp(word, "graph") == 0) {
        return true;
    }
    if (strcmp(word, "subscription") == 0) {
        return strcmp(scope, "once") != 0;
    }
    const json *values = json_get(loop, "values");
    return strcmp(word, "vault") == 0 ? has_string(values, "vault_uri") : has_string(values, word);
}

static bool placeholders_known(const char *text, const char *scope, const json *loop)
{
    for (const char *p = text + strcspn(text, "{}"); *p != '\0'; p += strcspn(p, "{}")) {
        size_t len = *p == '{' ? strcspn(p + 1, "{}") : 0;
        if (len == 0 || p[1 + len] != '}' || !is_placeholder(p + 1, len, scope, loop)) {
            return false;
        }
        p += len + 2;
    }
    return true;
}

static bool holds(const char *text, const char *part)
{
    size_t len = strlen(part);
    for (; strlen(text) >= len; text++) {
        size_t i = 0;
        while (i < len && text_lower(text[i]) == part[i]) {
            i++;
        }
        if (i == len) {
            return true;
        }
    }
    return false;
}

/* az rest: one GET of an ARM path or of Microsoft Graph. */
static bool is_get(const json *az)
{
    static const char *const want[] = {"rest", "--method", "get", "--url"};
    const json *word = json_first(az);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++, word = json_next(word)) {
        if (json_string(word) == NULL || strcmp(json_string(word), want[i]) != 0) {
            return false;
        }
    }
    const char *url = json_string(word);
    return url != NULL && json_next(word) == NULL &&
           ((url[0] == '/' && url[1] != '/') || text_starts(url, "{graph}/") ||
            text_starts(url, "{id}/"));
}

/* Words, the last of which reads, and then options. */
static bool is_reading(const json *az, const json *words)
{
    const char *last = NULL;
    size_t count = 0;
    for (const json *w = json_first(az); w != NULL && json_string(w)[0] != '-'; w = json_next(w)) {
        last = json_string(w);
        count++;
        if (!plan_is_name(last)) {
            return false;
        }
    }
    return count >= 2 && has_string(json_get(words, "reading"), last);
}

typedef struct {
    const json *entry, *words, *loop;
    const char *name, *scope;
} checked;

static evpack_status bad(const checked *c, evpack_err *err, const char *what)
{
    return evpack_fail(err, EVPACK_E_MAPPING, "plan.json: '%.60s': %s",
                       c->name == NULL ? "" : c->name, what);
}

static evpack_status check_words(const checked *c, evpack_err *err)
{
    const json *az = json_get(c->entry, "az");
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    if (!json_is_array(az) || json_count(az) == 0 || json_count(az) > PLAN_WORDS_MAX) {
        return bad(c, err, "'az' is not a list of words");
    }
    for (const json *w = json_first(az); w != NULL; w = json_next(w)) {
        const char *word = json_string(w);
        if (word == NULL || !is_quotable(word) || word[0] == '\0' || word[0] == '@') {
            return bad(c, err, "a word is empty, too long, or holds what a script may not");
        }
        if (!placeholders_known(word, c->scope, c->loop)) {
            return bad(c, err, "a word holds a placeholder that is not known there");
        }
        buf_printf(&line, "%s ", word);
    }
    EVPACK_TRY(buf_status(&line, err));
    bool rest = strcmp(json_string(json_first(az)), "rest") == 0;
    if (rest ? !is_get(az) : !is_reading(az, c->words)) {
        return bad(c, err,
                   "a plan only reads: list, show, or 'rest --method get --url' of ARM or Graph");
    }
    if (json_is_true(json_get(c->entry, "pages")) && !rest) {
        return bad(c, err, "'pages' is for az rest; az pages its own lists");
    }
    for (const json *n = json_first(json_get(c->words, "never")); n != NULL; n = json_next(n)) {
        if (holds(buf_str(&line), json_string(n))) {
            return evpack_fail(err, EVPACK_E_MAPPING,
                               "plan.json: '%.60s': a plan never holds '%s': it returns secrets or"
                               " changes what is asked",
                               c->name, json_string(n));
        }
    }
    return EVPACK_OK;
}

/* A member that is absent, or a text that can be quoted. */
static bool fits(const json *entry, const char *name)
{
    const json *value = json_get(entry, name);
    return value == NULL || is_quotable(json_string(value));
}

static evpack_status check_loop(const json *loop, const json *words, evpack_err *err)
{
    checked c = {loop, words, loop, json_get_string(loop, "name"), "subscription"};
    if (!plan_is_name(c.name) || strchr(c.name, '-') != NULL || strcmp(c.name, "once") == 0 ||
        strcmp(c.name, "subscription") == 0) {
        return bad(&c, err,
                   "a loop needs a name of letters, digits and '_', not once or subscription");
    }
    const char *query = json_get_string(loop, "query");
    if (query == NULL || !is_quotable(query)) {
        return bad(&c, err, "'query' is not a JMESPath that a script may hold");
    }
    const json *values = json_get(loop, "values");
    for (const json *v = json_first(values); v != NULL; v = json_next(v)) {
        if (json_string(v) == NULL || !has_string(json_get(words, "values"), json_string(v))) {
            return bad(&c, err, "'values' holds a name that is not known");
        }
    }
    const char *subject = json_get_string(loop, "subject");
    if (json_count(values) == 0 ||
        (json_get(loop, "subject") != NULL && (subject == NULL || !is_quotable(subject) ||
                                               !placeholders_known(subject, c.scope, loop)))) {
        return bad(&c, err, "'values' or 'subject' cannot be read");
    }
    c.loop = NULL; /* its own words have no row yet */
    return check_words(&c, err);
}

static evpack_status check_command(const json *plan, const json *command, const json *words,
                                   evpack_err *err)
{
    checked c = {.entry = command,
                 .words = words,
                 .name = json_get_string(command, "id"),
                 .scope = json_get_string(command, "for")};
    if (!plan_is_name(c.name)) {
        return bad(&c, err, "a command needs an id of letters, digits, '-' and '_'");
    }
    c.loop = plan_loop(plan, c.scope);
    if (c.scope == NULL ||
        (c.loop == NULL && strcmp(c.scope, "once") != 0 && strcmp(c.scope, "subscription") != 0)) {
        return bad(&c, err, "'for' is not once, subscription, or the name of a loop");
    }
    if (!plan_is_name(json_get_string(command, "kind")) || !fits(command, "note")) {
        return bad(&c, err, "'kind' or 'note' cannot be read");
    }
    for (const json *o = json_next(command); o != NULL; o = json_next(o)) {
        const char *other = json_get_string(o, "id");
        if (other != NULL && strcmp(other, c.name) == 0) {
            return bad(&c, err, "the id stands twice");
        }
    }
    return check_words(&c, err);
}

typedef evpack_status (*plan_told)(void *ctx, const char *pointer, const char *text,
                                   evpack_err *err);

static evpack_status tell(plan_told told, void *ctx, const char *list, size_t i,
                          const evpack_err *fault, evpack_err *err)
{
    static const char head[] = "plan.json: ";
    if (fault->code != EVPACK_E_MAPPING) {
        return evpack_fail(err, fault->code, "%s", fault->text);
    }
    char pointer[40];
    (void)snprintf(pointer, sizeof pointer, "/%s/%zu", list, i);
    size_t skip = text_starts(fault->text, head) ? strlen(head) : 0;
    return told(ctx, pointer, fault->text + skip, err);
}

evpack_status plan_check_each(const json *plan, const json *words, plan_told told, void *ctx,
                              evpack_err *err)
{
    const json *loops = json_get(plan, "loops");
    const json *commands = json_get(plan, "commands");
    if (!json_is_array(loops) || !json_is_array(commands) || json_count(commands) == 0 ||
        json_count(commands) > PLAN_COMMANDS_MAX || json_count(loops) > PLAN_LOOPS_MAX) {
        return evpack_fail(err, EVPACK_E_MAPPING,
                           "plan.json: expected at most %d 'loops' and 1 to %d 'commands'",
                           PLAN_LOOPS_MAX, PLAN_COMMANDS_MAX);
    }
    size_t i = 0;
    for (const json *l = json_first(loops); l != NULL; l = json_next(l), i++) {
        evpack_err fault = {0};
        if (check_loop(l, words, &fault) != EVPACK_OK) {
            EVPACK_TRY(tell(told, ctx, "loops", i, &fault, err));
        } else if (plan_loop(plan, json_get_string(l, "name")) != l) {
            (void)evpack_fail(&fault, EVPACK_E_MAPPING, "plan.json: two loops have one name");
            EVPACK_TRY(tell(told, ctx, "loops", i, &fault, err));
        }
    }
    i = 0;
    for (const json *c = json_first(commands); c != NULL; c = json_next(c), i++) {
        evpack_err fault = {0};
        if (check_command(plan, c, words, &fault) != EVPACK_OK) {
            EVPACK_TRY(tell(told, ctx, "commands", i, &fault, err));
        }
    }
    return EVPACK_OK;
}

/* The first fault is the error. */
static evpack_status refuse(void *ctx, const char *pointer, const char *text, evpack_err *err)
{
    (void)ctx;
    (void)pointer;
    return evpack_fail(err, EVPACK_E_MAPPING, "plan.json: %s", text);
}

evpack_status plan_check(const json *plan, const json *words, evpack_err *err)
{
    return plan_check_each(plan, words, refuse, NULL, err);
}
