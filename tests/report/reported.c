/*
 * Helpers of the report tests. Invariant: a report is written through a real descriptor.
 */
#include "reported.h"

#include "case.h"

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
    reported_part(s, options, format, 1, out);
}

void reported_part(const store *s, const report_options *options, report_format format,
                   unsigned part, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open_new("report.out");
    OK(report_write(s, options, format, part, fd, &err));
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
    OK(report_write(s, options, REPORT_PDF, 1, fd, &err));
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

void reported_engagement(store *s)
{
    case_sql(
        s, "INSERT INTO snapshot(id, label, imported_at, tool_version, role) VALUES"
           " (90, 'engagement', '2026-11-20T10:00:00Z', '0.1.0', 'engagement');"
           "INSERT INTO content VALUES (90, unhex32(90), 700);"
           "INSERT INTO evidence(id, snapshot_id, content_id, path, member, kind, encoding, shape,"
           " completeness, records) VALUES (90, 90, 90, 'engagement.json', 'engagement.json',"
           " 'engagement', 'utf-8', 'object', 'whole', 1);"
           "INSERT INTO record(id, evidence_id, kind, subject, name, complete, normalised, pointer,"
           " start, length, body) VALUES (90, 90, 'engagement', 'engagement:R-1', 'T', 1, 0, '', 0,"
           " 700, '{\"evpack_engagement\":1,\"reference\":\"R-1\",\"client\":\"Client"
           " </script>\",\"auditor\":\"An auditor\",\"period\":{\"start\":\"2026-01-01\",\"end\":"
           "\"2026-12-31\"},\"scope\":{\"exclude\":[{\"tag\":\"env\",\"value\":\"lab\",\"reason\":"
           "\"no data\"},{\"subscription\":\"22222222-2222-4222-8222-222222222222\"}]},"
           "\"assurance\":[{\"id\":\"A\",\"name\":\"A report\",\"standard\":\"SOC 2\",\"period\":"
           "{\"start\":\"2026-01-01\",\"end\":\"2026-06-30\"},\"file\":\"soc.pdf\"}]}');"
           "INSERT INTO engagement VALUES (1, '2026-11-20T10:00:00Z', 90);"
           "INSERT INTO engagement_file VALUES (1, 90, 'engagement');"
           "UPDATE run SET engagement_id = 1, evidence = 90 WHERE id = (SELECT max(id) FROM run);"
           "DELETE FROM run_parameter;"
           "INSERT INTO run_parameter SELECT max(id), 'cmk_required', 'true', 1 FROM run;"
           "INSERT INTO run_parameter SELECT max(id), 'limit', '', 0 FROM run;"
           "DELETE FROM finding WHERE record_id IN (4, 5, 8);"
           "INSERT INTO scoped_out SELECT (SELECT max(id) FROM run), id, 'Left out ' || name FROM"
           " record WHERE id IN (4, 5, 8);"
           "INSERT INTO scope_open SELECT max(id), 9, 'Nobody knows its tags.' FROM run");
}
