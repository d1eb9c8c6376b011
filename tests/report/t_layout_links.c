/* report/layout_links: an area leads to the first place of its name, wherever that is. */
#include "report/layout_links.h"

#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static const pdf_info info = {
    .title = "t", .subject = "s", .creator = "c", .at = 1, .width = 400, .height = 500};

/* How often part stands in what qpdf shows of the file. */
static size_t shown(pdf *p, const char *part)
{
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open(test_path("l.pdf"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    OK(pdf_write(p, fd, &err));
    char command[2048];
    (void)snprintf(command, sizeof command, "qpdf --qdf --object-streams=disable '%s' -",
                   test_path("l.pdf"));
    FILE *pipe = popen(command, "r"); /* NOLINT(cert-env33-c): a fixed command */
    ck_assert_ptr_nonnull(pipe);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    char block[4096];
    for (size_t n = fread(block, 1, sizeof block, pipe); n > 0;
         n = fread(block, 1, sizeof block, pipe)) {
        for (size_t i = 0; i < n; i++) {
            buf_putc(&out, block[i] == '\0' ? '0' : block[i]);
        }
    }
    ck_assert_msg(pclose(pipe) == 0, "qpdf failed");
    size_t count = 0;
    for (const char *at = strstr(buf_str(&out), part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

START_TEST(names_meet_places)
{
    evpack_err err = {0};
    EVPACK_AUTO(pdf) p = NULL;
    OK(pdf_new(&info, &p, &err));
    for (int i = 0; i < 3; i++) {
        (void)pdf_add_page(p);
    }
    EVPACK_AUTO_VALUE(layout_links_reset) layout_links l = {0};
    const pdf_box area = {10, 20, 30, 40};
    layout_links_jump(&l, "later", 0, area);
    layout_links_jump(&l, "nowhere", 0, area);
    layout_links_jump(&l, "later", 2, area);
    layout_links_place(&l, "other", 1, 77);
    layout_links_place(&l, "later", 1, 123);
    layout_links_place(&l, "later", 2, 321);
    layout_links_draw(&l, p);
    ck_assert(!l.failed);
    ck_assert_uint_eq(shown(p, "/Subtype /Link"), 2);
    ck_assert_uint_eq(shown(p, "  377\n"), 2); /* 500 - 123, of the first place */
}
END_TEST

START_TEST(many)
{
    evpack_err err = {0};
    EVPACK_AUTO(pdf) p = NULL;
    OK(pdf_new(&info, &p, &err));
    (void)pdf_add_page(p);
    EVPACK_AUTO_VALUE(layout_links_reset) layout_links l = {0};
    for (int i = 0; i < 500; i++) {
        char name[24];
        (void)snprintf(name, sizeof name, "finding %d", i);
        layout_links_place(&l, name, 0, i % 2 == 0 ? 150 : 200);
        layout_links_jump(&l, name, 0, (pdf_box){1, 2, 3, 4});
    }
    layout_links_draw(&l, p);
    ck_assert_uint_eq(shown(p, "  350\n"), 250);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {names_meet_places, many, NULL};
    return test_main(test_suite("report/layout_links", tests));
}
