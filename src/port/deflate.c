/*
 * Deflating by zlib in parallel. Invariant: slots are filled, compressed and given to the sink in
 * one order, that of the input; a slot belongs to one thread at a time, as its state says. Knows
 * nothing of archives.
 */
#include "port/deflate.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#define ZLIB_CONST /* next_in points to const */
#include <zlib.h>

enum {
    BLOCK = 256 * 1024,
    DICTIONARY = 32 * 1024,
    OUT_MAX = BLOCK + BLOCK / 16 + 1024, /* more than deflateBound with a flush after it */
    LEVEL = 6,
    SLOTS = 8,
    THREADS_MAX = 7
};

typedef enum { FILLING, WAITING, RUNNING, DONE } slot_state;

typedef struct {
    unsigned char in[DICTIONARY + BLOCK];
    unsigned char out[OUT_MAX];
    size_t dictionary; /* bytes of in before the block */
    size_t len;        /* bytes of the block */
    size_t out_len;
    uint32_t crc;
    bool last;
    bool failed;
    deflate_kind kind;
    slot_state state;
    z_stream z;
    bool live;
} slot;

struct deflater {
    deflate_sink sink;
    void *ctx;
    slot *slots;
    deflate_kind kind;
    unsigned fill;    /* the slot that is being filled */
    unsigned oldest;  /* the first that was not given to the sink */
    unsigned pending; /* slots from oldest that are WAITING, RUNNING or DONE */
    uint32_t crc;
    pthread_mutex_t lock; /* guards state, oldest and stop */
    pthread_cond_t work, done;
    pthread_t threads[THREADS_MAX];
    unsigned thread_count;
    bool ready; /* lock and conditions are made */
    bool stop;
};

static void compress_slot(slot *s)
{
    const unsigned char *block = s->in + s->dictionary;
    s->crc = (uint32_t)crc32_z(0, block, s->len);
    s->failed =
        deflateReset(&s->z) != Z_OK ||
        deflateParams(&s->z, s->kind == DEFLATE_PLAIN ? 0 : LEVEL, Z_DEFAULT_STRATEGY) != Z_OK ||
        (s->dictionary > 0 && deflateSetDictionary(&s->z, s->in, (uInt)s->dictionary) != Z_OK);
    if (s->failed) {
        return;
    }
    s->z.next_in = block;
    s->z.avail_in = (uInt)s->len;
    s->z.next_out = s->out;
    s->z.avail_out = OUT_MAX;
    int result = deflate(&s->z, s->last ? Z_FINISH : Z_SYNC_FLUSH);
    s->failed =
        result != (s->last ? Z_STREAM_END : Z_OK) || s->z.avail_in != 0 || s->z.avail_out == 0;
    s->out_len = OUT_MAX - s->z.avail_out;
}

/* The oldest slot that waits for a thread; NULL when there is none. Called with the lock held. */
static slot *next_waiting(deflater *d)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        slot *s = &d->slots[(d->oldest + i) % SLOTS];
        if (s->state == WAITING) {
            return s;
        }
    }
    return NULL;
}

static void *work(void *arg)
{
    deflater *d = arg;
    (void)pthread_mutex_lock(&d->lock);
    while (!d->stop) {
        slot *s = next_waiting(d);
        if (s == NULL) {
            (void)pthread_cond_wait(&d->work, &d->lock);
            continue;
        }
        s->state = RUNNING;
        (void)pthread_mutex_unlock(&d->lock);
        compress_slot(s);
        (void)pthread_mutex_lock(&d->lock);
        s->state = DONE;
        (void)pthread_cond_signal(&d->done);
    }
    (void)pthread_mutex_unlock(&d->lock);
    return NULL;
}

void deflater_free(deflater *d)
{
    if (d == NULL) {
        return;
    }
    if (d->ready) {
        (void)pthread_mutex_lock(&d->lock);
        d->stop = true;
        (void)pthread_cond_broadcast(&d->work);
        (void)pthread_mutex_unlock(&d->lock);
        for (unsigned i = 0; i < d->thread_count; i++) {
            (void)pthread_join(d->threads[i], NULL);
        }
        (void)pthread_cond_destroy(&d->work);
        (void)pthread_cond_destroy(&d->done);
        (void)pthread_mutex_destroy(&d->lock);
    }
    for (unsigned i = 0; d->slots != NULL && i < SLOTS; i++) {
        if (d->slots[i].live) {
            (void)deflateEnd(&d->slots[i].z);
        }
    }
    free(d->slots);
    free(d);
}

evpack_status deflater_new(unsigned threads, deflate_sink sink, void *ctx, deflater **out,
                           evpack_err *err)
{
    EVPACK_AUTO(deflater) d = calloc(1, sizeof *d);
    if (d == NULL || (d->slots = calloc(SLOTS, sizeof *d->slots)) == NULL) {
        return evpack_oom(err);
    }
    d->sink = sink;
    d->ctx = ctx;
    for (unsigned i = 0; i < SLOTS; i++) {
        slot *s = &d->slots[i];
        if (deflateInit2(&s->z, LEVEL, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
            return evpack_oom(err);
        }
        s->live = true;
    }
    if (pthread_mutex_init(&d->lock, NULL) != 0 || pthread_cond_init(&d->work, NULL) != 0 ||
        pthread_cond_init(&d->done, NULL) != 0) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "threads cannot be prepared");
    }
    d->ready = true;
    threads = threads > THREADS_MAX ? THREADS_MAX : threads;
    while (d->thread_count < threads &&
           pthread_create(&d->threads[d->thread_count], NULL, work, d) == 0) {
        d->thread_count++; /* with fewer threads than wished for it is slower, not wrong */
    }
    *out = EVPACK_MOVE(d);
    return EVPACK_OK;
}

/* Gives the oldest slot to the sink. Called when one is pending. */
static evpack_status sink_oldest(deflater *d, evpack_err *err)
{
    slot *s = &d->slots[d->oldest];
    (void)pthread_mutex_lock(&d->lock);
    if (s->state == WAITING) { /* no thread took it yet: be that thread */
        s->state = RUNNING;
        (void)pthread_mutex_unlock(&d->lock);
        compress_slot(s);
        (void)pthread_mutex_lock(&d->lock);
        s->state = DONE;
    }
    while (s->state != DONE) {
        (void)pthread_cond_wait(&d->done, &d->lock);
    }
    s->state = FILLING;
    d->oldest = (d->oldest + 1) % SLOTS;
    (void)pthread_mutex_unlock(&d->lock);
    d->pending--;
    if (s->failed) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "zlib could not compress");
    }
    d->crc = (uint32_t)crc32_combine(d->crc, s->crc, (z_off_t)s->len);
    return d->sink(d->ctx, s->out, s->out_len, err);
}

/* Hands the filled slot over and takes the next, with the end of this one as its dictionary. */
static evpack_status submit(deflater *d, bool last, evpack_err *err)
{
    slot *s = &d->slots[d->fill];
    s->last = last;
    s->kind = d->kind;
    (void)pthread_mutex_lock(&d->lock);
    s->state = WAITING;
    if (!last || d->pending > 0) { /* a small stream is quicker without another thread */
        (void)pthread_cond_signal(&d->work);
    }
    (void)pthread_mutex_unlock(&d->lock);
    d->pending++;
    d->fill = (d->fill + 1) % SLOTS;
    if (d->pending == SLOTS) {
        EVPACK_TRY(sink_oldest(d, err));
    }
    slot *next = &d->slots[d->fill];
    next->len = 0;
    next->dictionary = 0;
    if (!last) {
        next->dictionary = DICTIONARY;
        memcpy(next->in, s->in + s->dictionary + BLOCK - DICTIONARY, DICTIONARY);
    }
    return EVPACK_OK;
}

void deflater_kind(deflater *d, deflate_kind kind)
{
    d->kind = kind;
}

evpack_status deflater_write(deflater *d, const void *data, size_t len, evpack_err *err)
{
    const unsigned char *from = data;
    while (len > 0) {
        if (d->slots[d->fill].len == BLOCK) { /* only when more follows: the last is never empty */
            EVPACK_TRY(submit(d, false, err));
        }
        slot *s = &d->slots[d->fill];
        size_t n = BLOCK - s->len < len ? BLOCK - s->len : len;
        memcpy(s->in + s->dictionary + s->len, from, n);
        s->len += n;
        from += n;
        len -= n;
    }
    return EVPACK_OK;
}

evpack_status deflater_end(deflater *d, uint32_t *crc, evpack_err *err)
{
    EVPACK_TRY(submit(d, true, err));
    while (d->pending > 0) {
        EVPACK_TRY(sink_oldest(d, err));
    }
    *crc = d->crc;
    d->crc = 0;
    return EVPACK_OK;
}
