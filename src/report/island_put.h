/*
 * What the files of the island share: writing JSON members, and moving them into the page as blocks
 * that no value can end. Only island*.c includes it.
 */
#ifndef EVPACK_REPORT_ISLAND_PUT_H
#define EVPACK_REPORT_ISLAND_PUT_H

#include "report/island.h"
#include "store/needs.h"

/* Rows of a list beside the findings (disagreements, decisions, files left out of scope …), and
 * never more than html_cap: the page says how many there are. */
enum { ISLAND_LIST = 500 };

typedef struct {
    const island_source *from;
    needs *needs;
    int64_t *tests; /* ids, by their index in the island */
    size_t test_count;
    char **labels; /* of snapshots: the tenant's, then others that findings have */
    size_t label_count;
    buf b; /* JSON that still may hold '<' */
} island;

void island_reset(island *i);
int64_t island_list(const island *i);

evpack_status island_label(island *i, const char *label, evpack_err *err) EVPACK_MUST_USE;

void island_string(buf *b, const char *text);
/* ,"name":"text"; nothing for NULL. The first member of an object goes without the comma. */
void island_member(buf *b, const char *name, const char *text);
void island_number(buf *b, const char *name, int64_t n);
/* ,"name": of a value that follows. */
void island_name(buf *b, const char *name);

/* Moves what gathered in b into the page. '<' stands in JSON only inside strings, and becomes
 * \u003c. */
void island_flush(island *i, buf *b);
/* A block of the page: <script type="application/json" id|class="name">, and its end. What stands
 * between is flushed. */
void island_block(island *i, const char *kind, const char *name);
void island_block_end(island *i);

#endif
