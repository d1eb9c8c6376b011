/*
 * `evpack sample`: draws findings for a reviewer to look at by hand, so that anybody can draw the
 * same ones again.
 *
 * The population is the findings of the newest run under one control, in one snapshot of the
 * tenant, and of those the ones with the given service and statuses. The method, sha256-rank:
 *   1. the ids of the population are ordered as bytes; the digest that is kept is the SHA-256 of
 *      them, each with a newline after it;
 *   2. the rank of an id is SHA-256(SEED "\n" ID), without a newline at the end;
 *   3. the n ids with the smallest ranks are the sample.
 * With strata each stratum that has findings gives one, and the rest of n is divided in proportion
 * to what is left of each, by largest remainder (of equal ones the first by name); within a stratum
 * the smallest ranks are taken. Since the ranks of ids are as good as random for who did not choose
 * the seed after looking, this is random selection (ISA 530, Appendix 4 (a); PCAOB AS 2315,
 * paragraph 24), and with strata a stratified one (ISA 530, Appendix 1).
 *
 * What it does not do: it does not say how large a sample should be, and projects no rate of
 * deviation; from strata of unequal chances no rate follows without weights.
 */
#ifndef EVPACK_REVIEW_SAMPLE_H
#define EVPACK_REVIEW_SAMPLE_H

#include "store/findings.h"

#define SAMPLE_METHOD "sha256-rank"

enum { SAMPLE_SIZE_MAX = 10000, SAMPLE_SEED_MAX = 200, SAMPLE_STRATA_MAX = 5000 };

typedef enum { SAMPLE_PLAIN, SAMPLE_BY_STATUS, SAMPLE_BY_SUBSCRIPTION } sample_strata;

typedef struct {
    const char *control_id;
    const char *benchmark; /* slug; NULL: the first with that control in the benchmarks' order */
    const char *service;   /* slug; NULL: all */
    const char *snapshot;  /* label; NULL: the newest of the tenant */
    unsigned statuses;     /* FINDINGS_ONLY bits */
    sample_strata strata;
    int64_t size; /* more than the population: all of it is the sample */
    const char *seed;
    const char *by, *reason; /* for the custody log; NULL: nobody says */
    int64_t now;
} sample_options;

/* Draws, and adds sample and custody event to the case in one transaction. *id: the sample's.
 * EVPACK_E_USAGE: there is no such control, snapshot or population, or size is less than the
 * strata. EVPACK_E_CASE: the case was not mapped. */
evpack_status sample_draw(store *s, const sample_options *options, int64_t *id,
                          evpack_err *err) EVPACK_MUST_USE;

/* How n is divided: population and, on return, size of each of count strata. n is at least count
 * and at most their sum. For tests. */
typedef struct {
    const char *name;
    int64_t population, size;
} sample_share;
evpack_status sample_divide(sample_share *at, size_t count, int64_t n,
                            evpack_err *err) EVPACK_MUST_USE;

#endif
