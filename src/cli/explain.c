/*
 * What a verification proves, in plain words. Invariant: a check is told only when the report says
 * that it held. Refuses to know any check or reason by name.
 */
#include "cli/explain.h"

#include "base/embed.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* The next line of the data file, from *at; len 0 at its end. */
static explain_part next_line(const char **at, const char *end)
{
    const char *from = *at;
    const char *stop = memchr(from, '\n', (size_t)(end - from));
    stop = stop == NULL ? end : stop;
    *at = stop == end ? end : stop + 1;
    return (explain_part){from, (size_t)(stop - from)};
}

/* Cuts "FIRST | " off rest; what is left when there is none is all. */
static explain_part cut(explain_part *rest)
{
    static const char bar[] = " | ";
    const char *found = memmem(rest->text, rest->len, bar, strlen(bar));
    explain_part first = {rest->text, found == NULL ? rest->len : (size_t)(found - rest->text)};
    size_t used = found == NULL ? rest->len : first.len + strlen(bar);
    *rest = (explain_part){rest->text + used, rest->len - used};
    return first;
}

typedef void (*line_visit)(void *ctx, explain_part head, const explain_line *line);

static void each_line(line_visit visit, void *ctx)
{
    const embed_file *file = embed_find("src/cli/explain.txt");
    if (file == NULL) {
        return;
    }
    const char *at = (const char *)file->data;
    for (const char *end = at + file->len; at < end;) {
        explain_part rest = next_line(&at, end);
        if (rest.len > 0 && rest.text[0] != '#') {
            explain_part head = cut(&rest);
            explain_line line = {{cut(&rest), rest}};
            visit(ctx, head, &line);
        }
    }
}

static bool is(explain_part part, const char *text)
{
    return part.len == strlen(text) && memcmp(part.text, text, part.len) == 0;
}

typedef struct {
    const char *head;
    explain_line *out;
    bool found;
} search;

static void match(void *ctx, explain_part head, const explain_line *line)
{
    search *s = ctx;
    if (!s->found && is(head, s->head)) {
        *s->out = *line;
        s->found = true;
    }
}

bool explain_find(const char *kind, const char *word, explain_line *out)
{
    char head[128];
    (void)snprintf(head, sizeof head, "%s%s%s", kind, word[0] == '\0' ? "" : " ", word);
    search s = {.head = head, .out = out};
    each_line(match, &s);
    return s.found;
}

/* JSON ----------------------------------------------------------------------------------------- */

static void put(buf *out, const char *key, explain_part part)
{
    buf_printf(out, ",\"%s\":", key);
    buf_json_string(out, part.text, part.len);
}

typedef struct {
    buf *out; /* NULL: to standard output */
    size_t count;
} list;

static void nothing(void *ctx, explain_part head, const explain_line *line)
{
    list *l = ctx;
    if (!is(head, "nothing")) {
        return;
    }
    if (l->out == NULL) {
        (void)printf("  - %.*s\n", (int)line->part[0].len, line->part[0].text);
    } else {
        buf_puts(l->out, l->count++ == 0 ? "" : ",");
        buf_json_string(l->out, line->part[0].text, line->part[0].len);
    }
}

/* Whether the reason before it has the same code: it is explained once. */
static bool is_repeated(const seal_report *r, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (strcmp(r->reasons[i].code, r->reasons[at].code) == 0) {
            return true;
        }
    }
    return false;
}

void explain_put(buf *out, const seal_report *r, sandbox_state sandbox)
{
    explain_line line;
    size_t count = 0;
    buf_puts(out, ",\"explain\":{\"checks\":[");
    for (seal_check c = 0; c < SEAL_CHECK_COUNT; c++) {
        if (report_has_held(r, c) && explain_find("check", seal_check_text(c), &line)) {
            buf_printf(out, "%s{\"check\":\"%s\"", count++ == 0 ? "" : ",", seal_check_text(c));
            put(out, "title", line.part[0]);
            put(out, "proves", line.part[1]);
            buf_putc(out, '}');
        }
    }
    buf_puts(out, "],\"reasons\":[");
    count = 0;
    for (size_t i = 0; i < r->reason_count; i++) {
        const char *code = r->reasons[i].code;
        if (!is_repeated(r, i) && explain_find("reason", code, &line)) {
            buf_printf(out, "%s{\"code\":\"%s\"", count++ == 0 ? "" : ",", code);
            put(out, "means", line.part[0]);
            put(out, "next", line.part[1]);
            buf_putc(out, '}');
        }
    }
    if (explain_find("sandbox", sandbox_text(sandbox), &line)) {
        buf_puts(out, "],\"sandbox\":");
        buf_json_string(out, line.part[0].text, line.part[0].len);
        buf_puts(out, ",\"nothing_proves\":[");
    } else {
        buf_puts(out, "],\"nothing_proves\":[");
    }
    list l = {.out = out};
    each_line(nothing, &l);
    buf_puts(out, "]}");
}

/* Text ----------------------------------------------------------------------------------------- */

void explain_print(const seal_report *r, sandbox_state sandbox)
{
    explain_line line;
    (void)printf("What was checked and held, and what that proves:\n");
    size_t count = 0;
    for (seal_check c = 0; c < SEAL_CHECK_COUNT; c++) {
        if (report_has_held(r, c) && explain_find("check", seal_check_text(c), &line)) {
            (void)printf("  %.*s\n    %.*s\n", (int)line.part[0].len, line.part[0].text,
                         (int)line.part[1].len, line.part[1].text);
            count++;
        }
    }
    if (count == 0) {
        (void)printf("  nothing\n");
    }
    if (r->reason_count > 0) {
        (void)printf("What the reasons mean, and what to do next:\n");
    }
    for (size_t i = 0; i < r->reason_count; i++) {
        if (!is_repeated(r, i) && explain_find("reason", r->reasons[i].code, &line)) {
            (void)printf("  %s\n    %.*s\n    %.*s\n", r->reasons[i].code, (int)line.part[0].len,
                         line.part[0].text, (int)line.part[1].len, line.part[1].text);
        }
    }
    if (explain_find("sandbox", sandbox_text(sandbox), &line)) {
        (void)printf("How it was read:\n  %.*s\n", (int)line.part[0].len, line.part[0].text);
    }
    (void)printf("What nothing here proves:\n");
    list l = {.out = NULL};
    each_line(nothing, &l);
}
