/*
 * What is wrong in a mapping's files, and where: FILE:LINE:COLUMN. A fault of a rule or a view does
 * not end a run; what depends on it becomes an error finding that says the fault.
 */
#ifndef EVPACK_MAP_FAULTS_H
#define EVPACK_MAP_FAULTS_H

#include "map/files.h"
#include "port/json.h"

enum { FAULTS_MAX = 1000 };

typedef struct {
    char *path; /* in the mapping */
    unsigned line, column;
    char *text;
} map_fault;

typedef struct {
    map_fault *at; /* owned */
    size_t count;
    bool more;  /* there were more than FAULTS_MAX */
    bool again; /* SQLite threw the transaction away: begin anew, without the file named last */
} map_faults;
void faults_reset(map_faults *f);

/* A place in a file; line 0 stands for the file as a whole. */
typedef struct {
    const char *path;
    unsigned line, column;
} fault_place;

/* The same fault is kept once. */
evpack_status faults_add(map_faults *f, fault_place place, const char *text,
                         evpack_err *err) EVPACK_MUST_USE;
/* The first one of that file; NULL when it has none. */
const map_fault *faults_of(const map_faults *f, const char *path);
/* Appends "PATH:LINE:COLUMN: TEXT". */
void faults_say(const map_fault *f, buf *out);
/* By path and place. */
void faults_sort(map_faults *f);

/* A file of the mapping that must be JSON; EVPACK_E_MAPPING tells "PATH:LINE:COLUMN: what". */
evpack_status faults_parse(const mapping_file *file, json_doc **out,
                           evpack_err *err) EVPACK_MUST_USE;

/* The place of a byte of a text. Columns count bytes from 1, as in messages about JSON. */
fault_place faults_place(const char *path, const char *text, size_t at);
/* The place that a fault of SQL speaks of: at, when it is not -1; else that of the name which the
 * message refuses; else the first word of the statement. */
fault_place faults_sql_place(const char *path, const char *sql, int at, const char *message);

#endif
