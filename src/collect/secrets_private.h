/*
 * What the files of the secret scanner share. No other file may include it.
 *
 * Texts here are decoded: bytes of UTF-8 or of one half of UTF-16, with JSON's escapes undone at
 * every depth. A quote that was escaped is none of '"' but SECRETS_QUOTE_1 (\"), SECRETS_QUOTE_2
 * (\\\") or SECRETS_QUOTE_3 (deeper), so that a string ends with the quote that it began with. NUL
 * stands for what is not text: nothing reaches over it.
 */
#ifndef EVPACK_COLLECT_SECRETS_PRIVATE_H
#define EVPACK_COLLECT_SECRETS_PRIVATE_H

#include "base/arena.h"
#include "collect/prefilter.h"
#include "collect/secrets.h"
#include "port/json.h"

enum { SECRETS_QUOTE_1 = 1, SECRETS_QUOTE_2 = 2, SECRETS_QUOTE_3 = 3, SECRETS_FORMS = 4 };

typedef enum {
    CLASS_HEX = 1,
    CLASS_BASE62,
    CLASS_BASE64, /* '=' only at the end */
    CLASS_TOKEN,  /* letters, digits and + / = _ . ~ % - */
    CLASS_TEXT    /* no control characters */
} secrets_class;

typedef struct {
    secrets_class class;
    size_t min, max; /* characters */
    double entropy;  /* at least so many bits a character, by the characters' own frequency */
    size_t bytes;    /* base64 of exactly so many; 0: any */
    bool mixed;      /* has digits, or is long and has both letter cases */
    bool strong;     /* what a password policy would take */
} secrets_form;

typedef struct {
    const char *text;
    size_t len;
    bool whole; /* all of the identifier, not only its end */
} secrets_name;

typedef enum {
    TEST_NAMES,
    TEST_TOKEN,
    TEST_JWT,
    TEST_PEM,
    TEST_ENTRA,
    TEST_GITHUB,
    TEST_USERINFO,
    TEST_BEARER,
    TEST_BESIDE
} secrets_test;

/* Where its word stands, its test is made. Rules come in the order of their rank. */
typedef struct {
    secrets_test test;
    const char *kind, *words;
    size_t word; /* number among the words */
    const secrets_form *forms[SECRETS_FORMS];
    size_t form_count;
    secrets_name *names; /* TEST_NAMES */
    size_t name_count;
    bool members;       /* an object's string members are the values */
    bool equals;        /* only NAME=VALUE */
    size_t length;      /* TEST_TOKEN: exactly so many characters; 0: as the form says */
    const char *member; /* TEST_BESIDE: the name of the member beside it */
} secrets_rule;

typedef struct {
    const char **at;
    size_t count;
} secrets_list;

/* From the first rule of a word to behind the last; others may stand between. */
typedef struct {
    size_t from, to;
} secrets_range;

struct secrets {
    json_doc *doc;
    arena text;
    prefilter_word *words;
    size_t word_count;
    prefilter *filter;
    secrets_rule *rules;
    size_t rule_count;
    secrets_range *of_word; /* where in rules those of a word stand */
    secrets_list whole, within, wraps, begins, holds;
};

/* A stretch of decoded text around a word at `at`, and who is told what is found. */
typedef struct secrets_window {
    const secrets *table;
    const char *text;
    size_t len, at;
    void (*hit)(void *ctx, size_t start, size_t end, const secrets_rule *rule);
    void *ctx;
} secrets_window;

/* secrets_forms.c */
bool secrets_in_class(secrets_class class, char c);
bool secrets_form_takes(const secrets_form *form, const char *value, size_t len);
bool secrets_is_placeholder(const secrets *table, const char *value, size_t len);
/* Tells the value when a form of the rule takes it, and it stands for nothing else. */
void secrets_try(const secrets_window *w, const secrets_rule *rule, size_t start, size_t end);

/* secrets_names.c: an identifier that holds the word, and the value that it names. */
bool secrets_is_quote(char c);
void secrets_names(const secrets_window *w, size_t word);
/* The value of the member of that name (letter case, '_' and '-' aside) in the object around
 * `inside`. */
void secrets_member(const secrets_window *w, const secrets_rule *rule, size_t inside);

/* secrets_tests.c: values that are known by themselves. */
void secrets_test_rule(const secrets_window *w, const secrets_rule *rule);

#endif
