/*
 * verify --explain: what each check that held proves, what each reason means and what to do next,
 * and what no check here can prove. The sentences are data, explain.txt: a new check or code needs
 * one line there and none here.
 */
#ifndef EVPACK_CLI_EXPLAIN_H
#define EVPACK_CLI_EXPLAIN_H

#include "base/sandbox.h"
#include "seal/report.h"

/* A part of explain.txt; not ended by NUL. */
typedef struct {
    const char *text;
    size_t len; /* 0: there is none */
} explain_part;
/* The parts of the first line that begins with "KIND WORD | ", or with "KIND | " when word is "".
 */
typedef struct {
    explain_part part[2];
} explain_line;
bool explain_find(const char *kind, const char *word, explain_line *out);

/* Appends ,"explain":{...} to a JSON object. */
void explain_put(buf *out, const seal_report *r, sandbox_state sandbox);
void explain_print(const seal_report *r, sandbox_state sandbox);

#endif
