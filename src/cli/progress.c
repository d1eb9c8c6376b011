/*
 * Drawing the bar. Invariant: at most one line, at most ten times a second but for the begin of a
 * count, nothing but blanks is left of it, and no escape at all is written: a dumb terminal shows
 * it too. Only isatty and the width are asked of the system, before the verifier gives up its
 * rights.
 */
#include "cli/progress.h"

#include "base/visible.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE = 100, RATE_AFTER = 500, LEFT_AFTER = 1000, BAR = 16, LABEL_MIN = 8 };

static int64_t now_ms(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

cli_progress cli_progress_begin(void)
{
    const term look = term_look(STDERR_FILENO);
    return (cli_progress){.on = look.width > 0, .look = look, .since = now_ms()};
}

static void put_amount(double n, progress_unit unit, buf *out)
{
    static const char *const sizes[] = {"B", "kB", "MB", "GB", "TB"};
    if (unit != PROGRESS_BYTES) {
        buf_printf(out, "%.0f %s", n, unit == PROGRESS_TESTS ? "tests" : "findings");
        return;
    }
    size_t i = 0;
    for (; n >= 1000 && i + 1 < sizeof sizes / sizeof sizes[0]; i++) {
        n /= 1000;
    }
    buf_printf(out, i == 0 ? "%.0f %s" : "%.1f %s", n, sizes[i]);
}

static void put_left(double seconds, buf *out)
{
    long long s = seconds < 359999 ? (long long)(seconds + 0.5) : 359999;
    if (s >= 3600) {
        buf_printf(out, "  %lld:%02lld:%02lld left", s / 3600, s / 60 % 60, s % 60);
    } else {
        buf_printf(out, "  %lld:%02lld left", s / 60, s % 60);
    }
}

/* What stands right of the name. */
static void put_count(const cli_progress *p, int64_t now, buf *out)
{
    if (p->done == 0 && p->total == 0) {
        return;
    }
    const double done = (double)p->done;
    const double total = (double)p->total;
    const int64_t took = now - p->since;
    const double rate = took > 0 ? done * 1000 / (double)took : 0;
    if (p->total > 0) {
        buf_putc(out, '[');
        term_bar(&p->look, p->done, p->total, BAR, out);
        buf_printf(out, "] %3d %%", (int)(done / total * 100));
    } else {
        put_amount(done, p->unit, out);
    }
    if (took >= RATE_AFTER) {
        buf_puts(out, "  ");
        put_amount(rate, p->unit, out);
        buf_puts(out, "/s");
    }
    if (took >= LEFT_AFTER && p->total > 0 && rate > 0) {
        put_left((total - done) / rate, out);
    }
}

void cli_progress_line(const cli_progress *p, int64_t now, buf *out)
{
    const size_t width = p->look.width - 1; /* the last column wraps on some terminals */
    EVPACK_AUTO_VALUE(buf_reset) buf count = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf what = {0};
    put_count(p, now, &count);
    visible_append(&what, p->what, strlen(p->what), NULL, NULL);
    size_t columns = term_columns(buf_str(&count), count.len);
    size_t room = columns + 2 < width ? width - columns - 2 : 0;
    size_t shown = room < LABEL_MIN ? 0 : term_fit(buf_str(&what), what.len, room);
    size_t used = term_columns(buf_str(&what), shown);
    buf_append(out, buf_str(&what), shown);
    if (count.len > 0) {
        buf_puts(out, shown > 0 ? "  " : "");
        used += shown > 0 ? 2 : 0;
        size_t fit = term_fit(buf_str(&count), count.len, width - used);
        buf_append(out, buf_str(&count), fit);
    }
}

static void draw(cli_progress *p, int64_t now)
{
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    buf_putc(&line, '\r');
    cli_progress_line(p, now, &line);
    size_t columns = term_columns(buf_str(&line) + 1, line.len - 1);
    buf_printf(&line, "%*s", (int)(p->look.width - 1 - columns), "");
    p->next = now + PAUSE;
    p->drawn = true;
    if (!line.failed) {
        (void)fwrite(line.data, 1, line.len, stderr);
        (void)fflush(stderr);
    }
}

static void on_step(void *ctx, const char *what, progress_unit unit, uint64_t done, uint64_t total)
{
    cli_progress *p = ctx;
    const int64_t now = now_ms();
    const bool anew = p->done == 0 || done < p->done || unit != p->unit ||
                      (total != p->total && total > 0 && p->total > 0);
    p->since = anew ? now : p->since;
    if (what != NULL) {
        (void)snprintf(p->what, sizeof p->what, "%s", what);
    }
    p->unit = unit;
    p->done = done;
    p->total = done > total ? 0 : total; /* there is more than was thought */
    if (anew || now >= p->next) {
        draw(p, now);
    }
}

progress cli_progress_to(cli_progress *p)
{
    return (progress){.step = p->on ? on_step : NULL, .ctx = p};
}

void cli_progress_step(cli_progress *p, const char *what)
{
    if (p->on) {
        (void)snprintf(p->what, sizeof p->what, "%s", what);
        const int64_t now = now_ms();
        if (now >= p->next) {
            draw(p, now);
        }
    }
}

void cli_progress_stage(cli_progress *p, const char *what)
{
    p->done = p->total = 0;
    cli_progress_step(p, what);
}

void cli_progress_end(cli_progress *p)
{
    if (p->drawn) {
        (void)fprintf(stderr, "\r%*s\r", (int)p->look.width - 1, "");
        p->drawn = false;
        p->next = 0;
    }
}
