/*
 * The table of secrets.json. Invariant: every kind, form and test that a rule names is there, or
 * the table is refused: it is built in, so that would be a fault of ours. Refuses to know any text.
 */
#include "collect/secrets_private.h"

#include "base/embed.h"

#include <string.h>

static evpack_status bad(evpack_err *err, const char *what)
{
    return evpack_fail(err, EVPACK_E_INTERNAL, "src/collect/secrets.json: %s", what);
}

void secrets_free(secrets *s)
{
    if (s != NULL) {
        prefilter_free(s->filter);
        arena_reset(&s->text);
        json_free(s->doc);
        free(s);
    }
}

static evpack_status read_list(secrets *s, const json *from, secrets_list *out, evpack_err *err)
{
    out->at = arena_alloc(&s->text, (json_count(from) + 1) * sizeof *out->at);
    EVPACK_TRY(arena_status(&s->text, err));
    for (const json *e = json_first(from); e != NULL; e = json_next(e)) {
        if (!json_is_string(e)) {
            return bad(err, "expected a list of texts");
        }
        out->at[out->count++] = json_string(e);
    }
    return out->count > 0 ? EVPACK_OK : bad(err, "a list is missing or empty");
}

static evpack_status read_form(secrets *s, const char *name, const secrets_form **out,
                               evpack_err *err)
{
    static const char *const classes[] = {[CLASS_HEX] = "hex",
                                          [CLASS_BASE62] = "base62",
                                          [CLASS_BASE64] = "base64",
                                          [CLASS_TOKEN] = "token",
                                          [CLASS_TEXT] = "text"};
    const json *from = json_get(json_get(json_root(s->doc), "forms"), name);
    const char *class = json_get_string(from, "class");
    secrets_form *form = arena_alloc(&s->text, sizeof *form);
    EVPACK_TRY(arena_status(&s->text, err));
    for (unsigned c = CLASS_HEX; class != NULL && c <= CLASS_TEXT; c++) {
        if (strcmp(classes[c], class) == 0) {
            form->class = (secrets_class)c;
        }
    }
    if (form->class == 0) {
        return bad(err, "a form is not there, or of no known class");
    }
    form->min = (size_t)json_number(json_get(from, "min"));
    form->max = (size_t)json_number(json_get(from, "max"));
    const json *number = json_get(from, "entropy");
    form->entropy = number == NULL ? 0 : json_number(number);
    number = json_get(from, "bytes");
    form->bytes = number == NULL ? 0 : (size_t)json_number(number);
    form->mixed = json_is_true(json_get(from, "mixed"));
    form->strong = json_is_true(json_get(from, "strong"));
    *out = form;
    return EVPACK_OK;
}

static evpack_status read_forms(secrets *s, const json *from, secrets_rule *rule, evpack_err *err)
{
    const char *only = json_get_string(from, "form");
    if (only != NULL) {
        return read_form(s, only, &rule->forms[rule->form_count++], err);
    }
    for (const json *e = json_first(json_get(from, "forms")); e != NULL; e = json_next(e)) {
        if (rule->form_count == SECRETS_FORMS || !json_is_string(e)) {
            return bad(err, "a rule has too many forms");
        }
        EVPACK_TRY(read_form(s, json_string(e), &rule->forms[rule->form_count++], err));
    }
    return EVPACK_OK;
}

/* Equal words are one. */
static evpack_status read_word(secrets *s, const json *from, secrets_rule *rule, evpack_err *err)
{
    const char *word = json_get_string(from, "word");
    bool exact = json_is_true(json_get(from, "exact"));
    if (word == NULL || strlen(word) < 2) {
        return bad(err, "a rule has no word");
    }
    for (rule->word = 0; rule->word < s->word_count; rule->word++) {
        const prefilter_word *w = &s->words[rule->word];
        if (strcmp(w->text, word) == 0 && w->exact == exact) {
            return EVPACK_OK;
        }
    }
    s->words[s->word_count++] = (prefilter_word){word, exact};
    return EVPACK_OK;
}

static evpack_status read_names(secrets *s, const json *from, secrets_rule *rule, evpack_err *err)
{
    const json *list = json_get(from, "names");
    rule->names = arena_alloc(&s->text, (json_count(list) + 1) * sizeof *rule->names);
    EVPACK_TRY(arena_status(&s->text, err));
    for (const json *e = json_first(list); e != NULL; e = json_next(e)) {
        const char *name = json_string(e);
        if (name == NULL || *name == '\0' || strpbrk(name, "_-") != NULL) {
            return bad(err, "a name is no text, or has '_' or '-'");
        }
        bool whole = *name == '=';
        name += whole;
        rule->names[rule->name_count++] = (secrets_name){name, strlen(name), whole};
    }
    return EVPACK_OK;
}

static evpack_status read_rule(secrets *s, const json *from, secrets_test test, evpack_err *err)
{
    secrets_rule *rule = &s->rules[s->rule_count++];
    rule->test = test;
    rule->kind = json_get_string(from, "kind");
    rule->words = rule->kind == NULL
                      ? NULL
                      : json_get_string(json_get(json_root(s->doc), "kinds"), rule->kind);
    if (rule->words == NULL) {
        return bad(err, "a rule's kind is not there");
    }
    EVPACK_TRY(read_word(s, from, rule, err));
    EVPACK_TRY(read_forms(s, from, rule, err));
    EVPACK_TRY(read_names(s, from, rule, err));
    rule->members = json_is_true(json_get(from, "members"));
    rule->equals = json_is_true(json_get(from, "equals"));
    const json *length = json_get(from, "length");
    rule->length = length == NULL ? 0 : (size_t)json_number(length);
    rule->member = json_get_string(from, "member");
    return EVPACK_OK;
}

static evpack_status test_of(const json *from, secrets_test *out, evpack_err *err)
{
    static const char *const tests[] = {
        [TEST_JWT] = "jwt",       [TEST_PEM] = "pem",           [TEST_ENTRA] = "entra",
        [TEST_GITHUB] = "github", [TEST_USERINFO] = "userinfo", [TEST_BEARER] = "bearer",
        [TEST_BESIDE] = "beside"};
    const char *name = json_get_string(from, "test");
    for (unsigned t = TEST_JWT; name != NULL && t <= TEST_BESIDE; t++) {
        if (strcmp(tests[t], name) == 0) {
            *out = (secrets_test)t;
            return EVPACK_OK;
        }
    }
    return bad(err, "a rule's test is not known");
}

/* What is known by itself ranks before what is known by its name. */
static evpack_status read_rules(secrets *s, evpack_err *err)
{
    const json *root = json_root(s->doc);
    const json *names = json_get(root, "names");
    const json *tokens = json_get(root, "tokens");
    const json *tests = json_get(root, "tests");
    size_t count = json_count(names) + json_count(tokens) + json_count(tests);
    s->rules = arena_alloc(&s->text, (count + 1) * sizeof *s->rules);
    s->words = arena_alloc(&s->text, (count + 1) * sizeof *s->words);
    EVPACK_TRY(arena_status(&s->text, err));
    for (const json *e = json_first(tests); e != NULL; e = json_next(e)) {
        secrets_test test = TEST_NAMES;
        EVPACK_TRY(test_of(e, &test, err));
        EVPACK_TRY(read_rule(s, e, test, err));
    }
    for (const json *e = json_first(tokens); e != NULL; e = json_next(e)) {
        EVPACK_TRY(read_rule(s, e, TEST_TOKEN, err));
    }
    for (const json *e = json_first(names); e != NULL; e = json_next(e)) {
        EVPACK_TRY(read_rule(s, e, TEST_NAMES, err));
    }
    return EVPACK_OK;
}

/* Most of a text's words are none of a rule's: each looks at its own rules alone. */
static evpack_status find_ranges(secrets *s, evpack_err *err)
{
    s->of_word = arena_alloc(&s->text, (s->word_count + 1) * sizeof *s->of_word);
    if (s->of_word == NULL) {
        return evpack_oom(err);
    }
    for (size_t i = 0; i < s->word_count; i++) {
        s->of_word[i] = (secrets_range){s->rule_count, 0};
    }
    for (size_t i = 0; i < s->rule_count; i++) {
        secrets_range *range = &s->of_word[s->rules[i].word];
        range->from = i < range->from ? i : range->from;
        range->to = i + 1;
    }
    return EVPACK_OK;
}

evpack_status secrets_load(secrets **out, evpack_err *err)
{
    const embed_file *file = embed_find("src/collect/secrets.json");
    if (file == NULL) {
        return bad(err, "it is not built in");
    }
    EVPACK_AUTO(secrets) s = calloc(1, sizeof *s);
    if (s == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(json_parse((const char *)file->data, file->len, false, &s->doc, err));
    const json *none = json_get(json_root(s->doc), "placeholders");
    EVPACK_TRY(read_list(s, json_get(none, "whole"), &s->whole, err));
    EVPACK_TRY(read_list(s, json_get(none, "within"), &s->within, err));
    EVPACK_TRY(read_list(s, json_get(none, "wraps"), &s->wraps, err));
    EVPACK_TRY(read_list(s, json_get(none, "begins"), &s->begins, err));
    EVPACK_TRY(read_list(s, json_get(none, "holds"), &s->holds, err));
    EVPACK_TRY(read_rules(s, err));
    EVPACK_TRY(find_ranges(s, err));
    EVPACK_TRY(prefilter_new(s->words, s->word_count, &s->filter, err));
    *out = EVPACK_MOVE(s);
    return EVPACK_OK;
}
