/*
 * Tables: columns with a fixed share of the width each, a head that is repeated on every page, a
 * thin rule below each row, and rows that are never split. Columns are data: "tables" in
 * reports/summary.layout.json.
 */
#ifndef EVPACK_REPORT_TABLE_H
#define EVPACK_REPORT_TABLE_H

#include "report/layout.h"
#include "report/texts.h"

enum { TABLE_COLUMNS = 12 };

typedef struct {
    layout *l;
    size_t count;
    layout_area at[TABLE_COLUMNS];
    layout_style style[TABLE_COLUMNS];
} table;

/* name: in the layout data. */
evpack_status table_open(layout *l, const char *name, table *out, evpack_err *err) EVPACK_MUST_USE;
/* heads_key: in the texts, an array with a text for each column. */
void table_head(const table *t, texts *words, const char *heads_key);
/* Composes a row, NULL for an empty cell; more may be drawn before table_row_end. */
double table_row(const table *t, const char *const *cells);
void table_row_end(const table *t, double height);
/* The row as a whole. */
void table_put(const table *t, const char *const *cells);
void table_end(const table *t);

#endif
