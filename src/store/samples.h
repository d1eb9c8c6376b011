/*
 * The samples of a case (review/sample.h draws them): what was asked, the population, the choice.
 * They are added once, and never changed.
 */
#ifndef EVPACK_STORE_SAMPLES_H
#define EVPACK_STORE_SAMPLES_H

#include "port/digest.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

/* Text is borrowed. */
typedef struct {
    int64_t id;
    int64_t run, snapshot;
    const char *label, *collected_at; /* of the snapshot; read only; NULL: not stated */
    const char *benchmark, *control_id;
    const char *service;  /* NULL: all */
    const char *statuses; /* words with commas */
    const char *strata;   /* none, status, subscription */
    const char *seed, *method;
    int64_t size, population, resources, items; /* items: read only */
    const unsigned char *population_sha256;     /* DIGEST_SIZE bytes */
    const char *drawn_at, *drawn_by;
    const char *evaluated_at; /* of the run; read only */
    bool older;               /* the case was mapped again since; read only */
} sample_row;

typedef struct {
    const char *name;
    int64_t population, size;
} sample_stratum;

typedef struct {
    int64_t ordinal; /* from 1 */
    const char *finding_id;
    const unsigned char *rank; /* DIGEST_SIZE bytes */
    const char *stratum, *status;
    const char *service; /* NULL: none */
    const char *tested, *source, *subject;
} sample_item;

/* Whether it was limited to no statuses. */
bool samples_all_statuses(const sample_row *row);

/* Within the open transaction. *id is the new sample's. */
evpack_status samples_add(store *s, const sample_row *row, int64_t *id,
                          evpack_err *err) EVPACK_MUST_USE;
evpack_status samples_add_stratum(store *s, int64_t sample, int64_t ordinal,
                                  const sample_stratum *one, evpack_err *err) EVPACK_MUST_USE;
evpack_status samples_add_item(store *s, int64_t sample, const sample_item *one,
                               evpack_err *err) EVPACK_MUST_USE;

/* Told one by one, in the order in which they were drawn; what is not EVPACK_OK ends the walk. */
typedef evpack_status (*samples_told)(void *ctx, const sample_row *row, evpack_err *err);
evpack_status samples_each(const store *s, samples_told told, void *ctx,
                           evpack_err *err) EVPACK_MUST_USE;
typedef evpack_status (*samples_told_stratum)(void *ctx, const sample_stratum *one,
                                              evpack_err *err);
evpack_status samples_each_stratum(const store *s, int64_t sample, samples_told_stratum told,
                                   void *ctx, evpack_err *err) EVPACK_MUST_USE;
typedef evpack_status (*samples_told_item)(void *ctx, const sample_item *one, evpack_err *err);
evpack_status samples_each_item(const store *s, int64_t sample, samples_told_item told, void *ctx,
                                evpack_err *err) EVPACK_MUST_USE;
evpack_status samples_count(const store *s, int64_t *out, evpack_err *err) EVPACK_MUST_USE;

#endif
