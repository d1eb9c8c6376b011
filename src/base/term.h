/*
 * What a terminal can show: colours, block characters, so many columns. Text for people is written
 * to a buf with a term at hand; {0} is plain: no escape, ASCII, and no width, so that what goes
 * into a file or a pipe is the same everywhere.
 */
#ifndef EVPACK_BASE_TERM_H
#define EVPACK_BASE_TERM_H

#include "base/buf.h"

typedef struct {
    bool colour;
    bool blocks;    /* it shows UTF-8 */
    unsigned width; /* columns; 0: it is no terminal */
} term;

enum { TERM_NARROW = 40, TERM_USUAL = 80, TERM_WIDE = 400 };

/* What the descriptor is. Colours want a terminal, TERM that is not "dumb", and no NO_COLOR; the
 * width is COLUMNS, else the terminal's own, within TERM_NARROW and TERM_WIDE. */
term term_look(int fd);

typedef enum { TERM_BOLD, TERM_DIM, TERM_RED, TERM_GREEN, TERM_YELLOW, TERM_BLUE } term_style;
/* Until term_end. Nothing without colour. */
void term_begin(const term *t, term_style style, buf *out);
void term_end(const term *t, buf *out);
/* The style of a finding's status, or of a document's completeness. */
term_style term_style_of(const char *word);

/* part of whole as a bar of so many columns, filled up with blanks. What is not nothing shows, and
 * what is not all does not look like it. */
void term_bar(const term *t, uint64_t part, uint64_t whole, unsigned columns, buf *out);
/* Columns that visible text (base/visible.h) takes. */
size_t term_columns(const char *text, size_t len);
/* Bytes of the text that fit into so many columns. */
size_t term_fit(const char *text, size_t len, size_t columns);
/* Appends visible text in lines of t's width (TERM_USUAL without one), broken at blanks; a word
 * that is too long overflows, so that it can be copied; the first stands at column `at`, where the
 * cursor is, the others after that many blanks. Ends with '\n'. */
void term_wrap(const term *t, const char *text, size_t len, size_t at, buf *out);

#endif
