/*
 * The words of the reports: reports/summary.en.json, and what a template or another language puts
 * over it (report/template.h). C asks for a text by its place ("cover.kicker"), fills {names} in,
 * and holds no prose of its own.
 *
 * A text that is missing is a fault of the build: it shows as its own key, and texts_status tells.
 */
#ifndef EVPACK_REPORT_TEXTS_H
#define EVPACK_REPORT_TEXTS_H

#include "port/json.h"
#include "report/template.h"

typedef struct texts texts;
/* t: NULL for what is built in. */
evpack_status texts_load(const report_template *t, texts **out, evpack_err *err) EVPACK_MUST_USE;
void texts_free(texts *t);
EVPACK_DEFINE_CLEANUP(texts, texts_free)

/* The text at a dotted key; borrowed. Never NULL. */
const char *texts_get(texts *t, const char *key);
/* The array or object at a key, for walking with port/json; NULL when it is not there. */
const json *texts_node(texts *t, const char *key);
/* Appends what is at a key as JSON, with '<' written \u003c: it may stand in a page's script. */
void texts_json(texts *t, const char *key, buf *out);
/* "GROUP.WORD.word" and the like: the report's word for one of the case's. An unknown word stands
 * for itself. */
const char *texts_word(texts *t, const char *group, const char *word, const char *member);
/*
 * Appends the text at key with {name} replaced. What follows is pairs of name and value, ended by
 * NULL: texts_fill(t, &b, "common.more", "n", "3", NULL).
 */
void texts_fill(texts *t, buf *out, const char *key, ...) __attribute__((sentinel));
evpack_status texts_status(const texts *t, evpack_err *err) EVPACK_MUST_USE;

/* 2200000 → "2,200,000". */
enum { TEXTS_NUMBER = 32 };
const char *texts_number(int64_t n, char out[TEXTS_NUMBER]);
/* "2026-11-22T08:00:00Z" → "2026-11-22 08:00:00 UTC"; anything else stays. */
const char *texts_time(const char *rfc3339, char out[TEXTS_NUMBER]);

#endif
