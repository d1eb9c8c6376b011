/* seal/custody: the chain breaks where a line was changed, dropped, put in or moved. */
#include "seal/custody.h"

#include "support.h"

#include <string.h>

enum { LINES = 5 };

static void make(buf lines[LINES])
{
    evpack_err err = {0};
    char prev[DIGEST_HEX] = "0000000000000000000000000000000000000000000000000000000000000000";
    for (size_t i = 0; i < LINES; i++) {
        buf_printf(&lines[i], "{\"seq\":%zu,\"detail\":{\"prev\":1},\"prev\":\"%s\"}", i + 1, prev);
        OK(digest_bytes_hex(lines[i].data, lines[i].len, prev, &err));
    }
}

static evpack_status read_text(const buf *lines, const size_t *order, size_t count, size_t step,
                               evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf all = {0};
    for (size_t i = 0; i < count; i++) {
        buf_append(&all, lines[order[i]].data, lines[order[i]].len);
        buf_putc(&all, '\n');
    }
    EVPACK_AUTO_VALUE(custody_reader_reset) custody_reader r = {0};
    for (size_t at = 0; at < all.len; at += step) {
        size_t n = all.len - at < step ? all.len - at : step;
        EVPACK_TRY(custody_reader_feed(&r, all.data + at, n, err));
    }
    return custody_reader_end(&r, err);
}

START_TEST(chains)
{
    static const struct {
        size_t order[LINES + 1];
        size_t count;
        const char *part;
    } rows[] = {
        {{0}, 0, NULL},           {{0, 1, 2, 3, 4}, 5, NULL},
        {{0, 1, 2}, 3, NULL}, /* the end cannot be missed here; the signature covers it */
        {{1, 2}, 2, "line 1"},    {{0, 2}, 2, "line 2: \"prev\" is not"},
        {{0, 1, 1}, 3, "line 3"}, {{0, 2, 1}, 3, "line 2"},
    };
    evpack_err err = {0};
    buf lines[LINES] = {{0}};
    make(lines);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t step = 1; step < 2000; step += 700) {
            evpack_status status = read_text(lines, rows[i].order, rows[i].count, step, &err);
            if (rows[i].part == NULL) {
                OK(status);
            } else {
                ck_assert_int_eq(status, EVPACK_E_INPUT);
                ck_assert_ptr_nonnull(strstr(err.text, rows[i].part));
            }
        }
    }
    static const size_t whole[] = {0, 1, 2, 3, 4};
    lines[2].data[7] = '9';
    FAILS(read_text(lines, whole, 5, 100, &err), EVPACK_E_INPUT, "line 4");
    for (size_t i = 0; i < LINES; i++) {
        buf_reset(&lines[i]);
    }
}
END_TEST

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
START_TEST(lines_that_are_none)
{
    static const struct {
        const char *line;
        const char *part;
    } rows[] = {
        {"", "line 1"},
        {"[]", "expected a JSON object"},
        {"{}", "one string \"prev\""},
        {"{\"prev\":0}", "one string \"prev\""},
        {"{\"prev\":\"" ZEROS "\",\"prev\":\"" ZEROS "\"}", "one string \"prev\""},
        {"{\"Prev\":\"" ZEROS "\"}", "one string \"prev\""},
        {"{\"prev\":\"" ZEROS "\"} x", "line 1"},
        {"{\"prev\":\"" ZEROS "0\"}", "is not the SHA-256"},
    };
    evpack_err err = {0};
    static const size_t order[] = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
        buf_puts(&line, rows[i].line);
        FAILS(read_text(&line, order, 1, 100, &err), EVPACK_E_INPUT, rows[i].part);
    }
    EVPACK_AUTO_VALUE(custody_reader_reset) custody_reader r = {0};
    OK(custody_reader_feed(&r, "{", 1, &err));
    FAILS(custody_reader_end(&r, &err), EVPACK_E_INPUT, "does not end with LF");
    static char big[2 * 1024 * 1024];
    memset(big, ' ', sizeof big);
    FAILS(custody_reader_feed(&r, big, sizeof big, &err), EVPACK_E_INPUT, "longer than 1 MiB");
}
END_TEST

/* A log that carries one of one line. between stands inside that line, where JSON takes spaces. */
static evpack_status read_carried(const char *between, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf inner = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf all = {0};
    char sha[DIGEST_HEX];
    char prev[DIGEST_HEX];
    buf_printf(&inner, "{\"event\":\"map\",%s\"prev\":\"" ZEROS "\"}", between);
    EVPACK_TRY(digest_bytes_hex(inner.data, inner.len, sha, err));
    buf_printf(&all,
               "{\"event\":\"receive\",\"detail\":{\"lines\":1,\"log_sha256\":\"%s\"},"
               "\"prev\":\"" ZEROS "\"}",
               sha);
    EVPACK_TRY(digest_bytes_hex(all.data, all.len, prev, err));
    buf_puts(&all, "\n{\"event\":\"received\",\"detail\":{\"received\":");
    buf_json_string(&all, inner.data, inner.len);
    buf_printf(&all, "},\"prev\":\"%s\"}\n", prev);
    EVPACK_AUTO_VALUE(custody_reader_reset) custody_reader r = {0};
    EVPACK_TRY(custody_reader_feed(&r, all.data, all.len, err));
    return custody_reader_end(&r, err);
}

START_TEST(a_carried_line_is_one)
{
    evpack_err err = {0};
    OK(read_carried("", &err));
    OK(read_carried(" ", &err));
    FAILS(read_carried("\n", &err), EVPACK_E_INPUT, "line 2: a line of the log that was received");
}
END_TEST

/* A line with its chain; prev goes on to the next. */
static void put_line(buf *log, char prev[DIGEST_HEX], const char *event, const char *detail)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    buf_printf(&line, "{\"event\":\"%s\",\"detail\":%s,\"prev\":\"%s\"}", event, detail, prev);
    OK(digest_bytes_hex(line.data, line.len, prev, &err));
    buf_printf(log, "%s\n", buf_str(&line));
}

/* What is bent in a log that carries another of two lines. */
typedef struct {
    const char *head; /* instead of "lines":2,"log_sha256":its own */
    int lines;        /* how many are carried */
    bool bent;        /* a letter of the second is another */
    bool between;     /* another event comes before the last */
    const char *part; /* NULL: it is good */
} carried;

static void make_carried(const carried *how, buf *out)
{
    char inner[DIGEST_HEX] = ZEROS;
    char outer[DIGEST_HEX] = ZEROS;
    EVPACK_AUTO_VALUE(buf_reset) buf log = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf head = {0};
    put_line(&log, inner, "collect", "{}");
    put_line(&log, inner, "map", "{}");
    put_line(out, outer, "map", "{\"received\":7}"); /* of another event it means nothing */
    buf_printf(&head, "{\"lines\":2,\"log_sha256\":\"%s\"}", inner);
    put_line(out, outer, "receive", how->head == NULL ? buf_str(&head) : how->head);
    char *line = log.data;
    for (int i = 0; i < how->lines; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf detail = {0};
        const size_t len = strcspn(line, "\n");
        if (how->bent && i == 1) {
            line[len - 30] = line[len - 30] == 'a' ? 'b' : 'a';
        }
        buf_puts(&detail, "{\"received\":");
        buf_json_string(&detail, line, len);
        buf_putc(&detail, '}');
        if (how->between && i == 1) {
            put_line(out, outer, "map", "{}");
        }
        put_line(out, outer, "received", buf_str(&detail));
        line += i == 0 ? len + 1 : 0;
    }
    put_line(out, outer, "package", "{}");
}

START_TEST(logs_that_are_carried)
{
    static const carried all[] = {
        {.lines = 2},
        {.lines = 1, .part = "line 4: expected the next line of the log that was received"},
        {.lines = 3, .part = "line 5: it is no line of a log that was received"},
        {.lines = 2, .bent = true, .part = "line 4: the log that was received: line 2: \"prev\""},
        {.lines = 2, .between = true, .part = "line 4: expected the next line"},
        {.lines = 2,
         .head = "{\"lines\":2,\"log_sha256\":\"" ZEROS "\"}",
         .part = "line 4: the received log does not end with the line"},
        {.lines = 0, .head = "{\"lines\":0,\"log_sha256\":\"" ZEROS "\"}"},
        {.lines = 0,
         .head = "{\"lines\":0,\"log_sha256\":\"1" ZEROS "\"}",
         .part = "line 2: expected \"lines\" and \"log_sha256\""},
        {.lines = 2, .head = "{\"lines\":2}", .part = "line 2: expected \"lines\""},
        {.lines = 2, .head = "{\"lines\":-1,\"log_sha256\":\"" ZEROS "\"}", .part = "line 2"},
        {.lines = 2, .head = "{\"lines\":1.5,\"log_sha256\":\"" ZEROS "\"}", .part = "line 2"},
        {.lines = 2, .head = "7", .part = "line 2"}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf log = {0};
        EVPACK_AUTO_VALUE(custody_reader_reset) custody_reader r = {0};
        make_carried(&all[i], &log);
        evpack_status status = custody_reader_feed(&r, log.data, log.len, &err);
        status = status == EVPACK_OK ? custody_reader_end(&r, &err) : status;
        ck_assert_msg((status == EVPACK_OK) == (all[i].part == NULL), "row %zu: came '%s'", i,
                      err.text);
        if (all[i].part != NULL) {
            ck_assert_int_eq(status, EVPACK_E_INPUT);
            ck_assert_int_eq(r.fault, SEAL_CUSTODY_LOG);
            ck_assert_msg(strstr(err.text, all[i].part) != NULL, "row %zu: expected '%s' in '%s'",
                          i, all[i].part, err.text);
        }
    }
}
END_TEST

/* It ends in the middle of one. */
START_TEST(a_carried_log_that_ends_early)
{
    evpack_err err = {0};
    char prev[DIGEST_HEX] = ZEROS;
    EVPACK_AUTO_VALUE(buf_reset) buf log = {0};
    EVPACK_AUTO_VALUE(custody_reader_reset) custody_reader r = {0};
    put_line(&log, prev, "receive", "{\"lines\":2,\"log_sha256\":\"" ZEROS "\"}");
    OK(custody_reader_feed(&r, log.data, log.len, &err));
    FAILS(custody_reader_end(&r, &err), EVPACK_E_INPUT, "before the last line of the log");
    ck_assert_int_eq(r.fault, SEAL_CUSTODY_LOG);
}
END_TEST

/* Each level holds the one inside as a line of its own; nobody receives so often. */
START_TEST(too_deep)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf log = {0};
    char prev[DIGEST_HEX] = ZEROS;
    put_line(&log, prev, "map", "{}");
    evpack_status status = EVPACK_OK;
    int depth = 0;
    for (; status == EVPACK_OK && depth < 2 * CUSTODY_DEPTH_MAX; depth++) {
        EVPACK_AUTO_VALUE(buf_reset) buf next = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf head = {0};
        char outer[DIGEST_HEX] = ZEROS;
        size_t lines = 0;
        for (const char *c = buf_str(&log); *c != '\0'; c++) {
            lines += *c == '\n';
        }
        buf_printf(&head, "{\"lines\":%zu,\"log_sha256\":\"%s\"}", lines, prev);
        put_line(&next, outer, "receive", buf_str(&head));
        for (const char *line = buf_str(&log); *line != '\0'; line = strchr(line, '\n') + 1) {
            EVPACK_AUTO_VALUE(buf_reset) buf detail = {0};
            buf_puts(&detail, "{\"received\":");
            buf_json_string(&detail, line, strcspn(line, "\n"));
            buf_putc(&detail, '}');
            put_line(&next, outer, "received", buf_str(&detail));
        }
        buf_reset(&log);
        log = next;
        next = (buf){0};
        memcpy(prev, outer, sizeof prev);
        EVPACK_AUTO_VALUE(custody_reader_reset) custody_reader r = {0};
        status = custody_reader_feed(&r, log.data, log.len, &err);
    }
    ck_assert_int_eq(status, EVPACK_E_INPUT);
    ck_assert_msg(depth > 8 && depth <= CUSTODY_DEPTH_MAX + 1, "expected an end, came %d: %s",
                  depth, err.text);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {chains,
                                  lines_that_are_none,
                                  a_carried_line_is_one,
                                  logs_that_are_carried,
                                  a_carried_log_that_ends_early,
                                  too_deep,
                                  NULL};
    return test_main(test_suite("seal/custody", tests));
}
