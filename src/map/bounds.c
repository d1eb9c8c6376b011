/* The numbers. Invariant: each is a floor, and so much more for each subject of the case. */
#include "map/bounds.h"

enum { RULE_OPS = 500000, RULE_OPS_EACH = 20, VIEW_OPS = 1000000, VIEW_OPS_EACH = 100 };
enum { ONE_MS = 60000, ONE_MS_EACH = 2, RUN_MS = 600000, RUN_MS_EACH = 20 };
enum { ONE_MIB = 256, ONE_KIB_EACH = 16, RUN_MIB = 1024, RUN_KIB_EACH = 64 };

/* What a statement is left, when the run's share is used up: enough to fail. */
enum { DISK_LEAST = 1 << 20 };

static uint64_t bytes(int64_t subjects, uint64_t mib, uint64_t kib_each)
{
    return (mib << 20) + ((uint64_t)subjects * kib_each << 10);
}

evpack_status bounds_begin(const store *s, int64_t run_ms, map_bounds *b, evpack_err *err)
{
    EVPACK_TRY(db_value(store_db(s), "SELECT count(*) FROM subject", &b->subjects, err));
    b->until_ms = db_cpu_ms() + (run_ms != 0 ? run_ms : RUN_MS + b->subjects * RUN_MS_EACH);
    b->disk = db_disk(store_db(s)) + bytes(b->subjects, RUN_MIB, RUN_KIB_EACH);
    return EVPACK_OK;
}

void bounds_apply(const store *s, const map_bounds *b, bounds_of of, sandbox_options *options)
{
    const uint64_t subjects = (uint64_t)b->subjects;
    const uint64_t rule = RULE_OPS + subjects * RULE_OPS_EACH;
    const uint64_t view = VIEW_OPS + subjects * VIEW_OPS_EACH;
    const uint64_t twice = of == BOUNDS_SUBJECTS ? 2 : 1;
    uint64_t ops = of == BOUNDS_VIEW ? view : rule;
    options->ops = (b->ops != 0 ? b->ops : ops) * twice;
    options->cpu_ms = b->cpu_ms != 0 ? b->cpu_ms : ONE_MS + b->subjects * ONE_MS_EACH;
    options->until_ms = b->until_ms;
    uint64_t one = bytes(b->subjects, ONE_MIB, ONE_KIB_EACH);
    uint64_t used = db_disk(store_db(s));
    uint64_t left = used < b->disk ? b->disk - used : 0;
    options->disk = left < DISK_LEAST ? DISK_LEAST : left < one ? left : one;
}
