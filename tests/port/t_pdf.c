/* port/pdf: text is measured, cut and drawn whole, and the bytes repeat. */
#include "port/pdf.h"

#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const pdf_info info = {.title = "Größe ⟨x⟩",
                              .subject = "s",
                              .creator = "c",
                              .at = 1795860000,
                              .width = 595,
                              .height = 842};

static pdf *new_pdf(void)
{
    evpack_err err = {0};
    pdf *p = NULL;
    OK(pdf_new(&info, &p, &err));
    (void)pdf_add_page(p);
    return p;
}

static void write_pdf(pdf *p, const char *name, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open(test_path(name), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    OK(pdf_write(p, fd, &err));
    test_read(test_path(name), out);
}

static void draw(pdf *p)
{
    const pdf_style style = {PDF_SANS, 10, 0x123456};
    pdf_text(p, 50, 50, &style, "Text – größe", strlen("Text – größe"));
    pdf_fill(p, (pdf_box){50, 60, 100, 10}, 0xff0000);
    pdf_frame(p, (pdf_box){50, 80, 100, 10}, 0.5, 0x00ff00);
    pdf_rule(p, 50, 100, 100, 1, 0x0000ff);
    size_t second = pdf_add_page(p);
    ck_assert_uint_eq(second, 1);
    pdf_outline(p, 0, "Größe", 0, 40);
    pdf_outline(p, 1, "below", second, 40);
    pdf_go(p, 0);
    pdf_link(p, (pdf_box){50, 50, 100, 20}, second, 40);
    ck_assert_uint_eq(pdf_pages(p), 2);
}

START_TEST(bytes_repeat)
{
    EVPACK_AUTO_VALUE(buf_reset) buf first = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf second = {0};
    EVPACK_AUTO(pdf) a = new_pdf();
    draw(a);
    write_pdf(a, "a.pdf", &first);
    ck_assert_int_eq(setenv("TZ", "Pacific/Kiritimati", 1), 0);
    tzset();
    EVPACK_AUTO(pdf) b = new_pdf();
    draw(b);
    write_pdf(b, "b.pdf", &second);
    ck_assert_uint_eq(first.len, second.len);
    ck_assert_int_eq(memcmp(first.data, second.data, first.len), 0);
    ck_assert_int_eq(memcmp(first.data, "%PDF-", 5), 0);
}
END_TEST

/* What qpdf shows of a file, with its streams. */
static void opened(const char *name, buf *out)
{
    char command[2048];
    (void)snprintf(command, sizeof command, "qpdf --qdf --object-streams=disable '%s' -",
                   test_path(name));
    FILE *pipe = popen(command, "r"); /* NOLINT(cert-env33-c): a fixed command */
    ck_assert_ptr_nonnull(pipe);
    char block[4096];
    for (size_t n = fread(block, 1, sizeof block, pipe); n > 0;
         n = fread(block, 1, sizeof block, pipe)) {
        for (size_t i = 0; i < n; i++) {
            buf_putc(out, block[i] == '\0' ? '0' : block[i]);
        }
    }
    ck_assert_msg(pclose(pipe) == 0, "qpdf failed");
}

START_TEST(what_is_drawn_is_in_the_file)
{
    EVPACK_AUTO(pdf) p = new_pdf();
    const pdf_point corners[] = {{10, 20}, {30, 20}, {20, 40}};
    pdf_polygon(p, corners, 3, 0xff0000);
    pdf_line(p, corners[0], corners[2], 2, 0x00ff00);
    const pdf_style style = {PDF_BOLD, 9, 0};
    pdf_text_up(p, corners[1], &style, "up", 2);
    pdf_picture(p, (pdf_box){1, 2, 3, 4}); /* there is none yet */
    const unsigned char rgb[] = {255, 0, 0, 0, 0, 255};
    pdf_set_picture(p, rgb, 2, 1);
    pdf_picture(p, (pdf_box){100, 200, 20, 10});
    EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
    write_pdf(p, "shapes.pdf", &file);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    opened("shapes.pdf", &out);
    static const char *const parts[] = {
        "10 822 m\n30 822 l\n20 802 l\nf\n",      /* 842 high, from the bottom */
        "2 w\n0 1 0 RG\n10 822 m\n20 802 l\nS\n", /* the line */
        "0 1 -1 0 30 822 Tm",                     /* a quarter turned */
        "20 0 0 10 100 632 cm",                   /* the picture's place */
        "/Subtype /Image"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        ck_assert_msg(strstr(buf_str(&out), parts[i]) != NULL, "expected '%s' in %s", parts[i],
                      buf_str(&out));
    }
    ck_assert_ptr_null(strstr(buf_str(&out), "/SMask"));
}
END_TEST

/* Titles of any length and kind: cut where they are longer than readers show, and never broken. */
START_TEST(long_titles)
{
    EVPACK_AUTO(pdf) p = new_pdf();
    EVPACK_AUTO_VALUE(buf_reset) buf title = {0};
    for (int i = 0; i < 40000; i++) {
        buf_puts(&title, "\xf0\x9f\x98\x80");
    }
    pdf_outline(p, 0, buf_str(&title), 0, 0);
    EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
    write_pdf(p, "titles.pdf", &file);
    ck_assert_uint_lt(file.len, 400000);
}
END_TEST

/* A line longer than libharu takes at once. */
START_TEST(very_long_lines)
{
    EVPACK_AUTO(pdf) p = new_pdf();
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    for (int i = 0; i < 60000; i++) {
        buf_puts(&text, "ä");
    }
    const pdf_style style = {PDF_SANS, 10, 0};
    pdf_text(p, 50, 50, &style, text.data, text.len);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    write_pdf(p, "long.pdf", &out);
    ck_assert_uint_gt(out.len, 1000);
}
END_TEST

START_TEST(a_descriptor_that_cannot_be_written)
{
    EVPACK_AUTO(pdf) p = new_pdf();
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    FAILS(pdf_write(p, fd, &err), EVPACK_E_IO, "writing failed");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {bytes_repeat,    what_is_drawn_is_in_the_file,        long_titles,
                                  very_long_lines, a_descriptor_that_cannot_be_written, NULL};
    return test_main(test_suite("port/pdf", tests));
}
