/* port/pdf_pack: a page that was left and is drawn on again shows all of it, and takes less room.
 */
#include "port/pdf.h"

#include "support.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

static const pdf_info info = {
    .title = "t", .subject = "s", .creator = "c", .at = 1, .width = 400, .height = 500};
static const pdf_style style = {PDF_SANS, 10, 0};

static void put(pdf *p, double y, const char *text)
{
    pdf_text(p, 20, y, &style, text, strlen(text));
}

START_TEST(pages_left_and_met_again)
{
    evpack_err err = {0};
    EVPACK_AUTO(pdf) p = NULL;
    OK(pdf_new(&info, &p, &err));
    for (int i = 0; i < 3; i++) {
        (void)pdf_add_page(p);
        put(p, 100, "body");
    }
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < 3; i++) {
            pdf_go(p, i);
            put(p, 20 + 20 * round, round == 0 ? "head" : "foot");
            pdf_rule(p, 20, 30, 100, 1, 0);
        }
    }
    EVPACK_AUTO_FD fd = open(test_path("a.pdf"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    OK(pdf_write(p, fd, &err));
    char command[2048];
    (void)snprintf(command, sizeof command, "qpdf --check '%s' >&2 && pdftotext '%s' -",
                   test_path("a.pdf"), test_path("a.pdf"));
    FILE *pipe = popen(command, "r"); /* NOLINT(cert-env33-c): a fixed command */
    ck_assert_ptr_nonnull(pipe);
    char text[1024];
    text[fread(text, 1, sizeof text - 1, pipe)] = '\0';
    ck_assert_msg(pclose(pipe) == 0, "qpdf --check or pdftotext failed");
    static const char *const words[] = {"body", "head", "foot"};
    for (size_t k = 0; k < 3; k++) {
        size_t count = 0;
        for (const char *at = strstr(text, words[k]); at != NULL; at = strstr(at + 1, words[k])) {
            count++;
        }
        ck_assert_msg(count == 3, "expected '%s' on 3 pages, found it %zu times in %s", words[k],
                      count, text);
    }
}
END_TEST

/* 200 full pages: far below the 30 KiB a page that libharu would keep. */
START_TEST(memory)
{
#ifdef __SANITIZE_ADDRESS__
    return; /* whose allocator does not count like this */
#else
    evpack_err err = {0};
    EVPACK_AUTO(pdf) p = NULL;
    OK(pdf_new(&info, &p, &err));
    const size_t before = mallinfo2().uordblks;
    for (int i = 0; i < 200; i++) {
        (void)pdf_add_page(p);
        for (int line = 0; line < 60; line++) {
            put(p, 8 * line, "a line of a page that is as full as pages are, with eighty letters");
        }
    }
    const size_t used = mallinfo2().uordblks - before;
    ck_assert_msg(used < (size_t)200 * 12000, "200 pages take %zu bytes", used);
#endif
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {pages_left_and_met_again, memory, NULL};
    return test_main(test_suite("port/pdf_pack", tests));
}
