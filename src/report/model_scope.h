/*
 * The part of the model that speaks of the evidence rather than of findings: snapshots,
 * subscriptions, kinds, completeness, gaps, custody. Only model.c calls it.
 */
#ifndef EVPACK_REPORT_MODEL_SCOPE_H
#define EVPACK_REPORT_MODEL_SCOPE_H

#include "report/model.h"

/* assessed_tests: ids of tests, with commas, whose findings together name every assessed record. */
evpack_status model_load_scope(const store *s, const char *assessed_tests, model *m,
                               evpack_err *err) EVPACK_MUST_USE;

/* A new zeroed element at the end of an array in the model's arena; NULL when memory ran out. */
void *model_push(arena *a, void *array, size_t *count, size_t size);

#endif
