/*
 * Helpers of the report tests. Invariant: a report is written through a real descriptor.
 */
#include "reported.h"

#include "support.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static int open_new(const char *name)
{
    int fd = open(test_path(name), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_msg(fd >= 0, "expected to open %s", name);
    return fd;
}

void reported(const store *s, const report_options *options, report_format format, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open_new("report.out");
    OK(report_write(s, options, format, fd, &err));
    test_read(test_path("report.out"), out);
}

static void to_text(const char *name, buf *out)
{
    char command[2048];
    (void)snprintf(command, sizeof command, "pdftotext -layout '%s' -", test_path(name));
    FILE *pipe = popen(command, "r"); /* NOLINT(cert-env33-c): a fixed command */
    ck_assert_ptr_nonnull(pipe);
    char block[4096];
    for (size_t n = fread(block, 1, sizeof block, pipe); n > 0;
         n = fread(block, 1, sizeof block, pipe)) {
        buf_append(out, block, n);
    }
    ck_assert_msg(pclose(pipe) == 0, "pdftotext failed; poppler-utils has it");
}

void reported_text(const store *s, const report_options *options, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open_new("text.pdf");
    OK(report_write(s, options, REPORT_PDF, fd, &err));
    to_text("text.pdf", out);
}

void reported_layout(layout *l, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open_new("layout.pdf");
    OK(layout_write(l, fd, &err));
    to_text("layout.pdf", out);
}

size_t reported_count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *p = strstr(text, part); p != NULL; p = strstr(p + 1, part)) {
        n++;
    }
    return n;
}

void reported_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "expected '%s' in the text", part);
}

void reported_squeeze(const char *text, buf *out)
{
    for (; *text != '\0'; text++) {
        if (!isspace((unsigned char)*text)) {
            buf_putc(out, *text);
        }
    }
}
