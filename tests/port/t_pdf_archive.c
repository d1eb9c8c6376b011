/* port/pdf_archive: what PDF/A-1b asks for is there, escaped, and follows from what was drawn. That
 * a judge agrees is asked in tests/whole/pdfa.sh. */
#include "port/pdf.h"

#include "support.h"

#include <fcntl.h>
#include <string.h>

static void written(const char *title, const char *text, buf *out)
{
    evpack_err err = {0};
    const pdf_info info = {.title = title,
                           .subject = "s",
                           .creator = "c",
                           .at = 1795860000,
                           .width = 595,
                           .height = 842};
    EVPACK_AUTO(pdf) p = NULL;
    OK(pdf_new(&info, &p, &err));
    (void)pdf_add_page(p);
    const pdf_style style = {PDF_SANS, 10, 0};
    pdf_text(p, 50, 50, &style, text, strlen(text));
    EVPACK_AUTO_FD fd = open(test_path("a.pdf"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    OK(pdf_write(p, fd, &err));
    test_read(test_path("a.pdf"), out);
}

/* part in the bytes, after from; fails the test where it is not. */
static const char *has(const buf *file, const char *part)
{
    const char *at = memmem(file->data, file->len, part, strlen(part));
    ck_assert_msg(at != NULL, "expected '%s' in the file", part);
    return at;
}

START_TEST(what_a_reader_can_find)
{
    EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
    written("A & B <\"x\"> größe\x07\xf0\x9f\x98\x80", "text", &file);
    static const char *const parts[] = {"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
                                        "A &amp; B &lt;\"x\"&gt; größe⟨U+0007⟩⟨U+1F600⟩</rdf:li>",
                                        "<xmp:CreateDate>2026-11-28T10:00:00Z</xmp:CreateDate>",
                                        "(D:20261128100000+00'00')",
                                        "<pdfaid:part>1</pdfaid:part>",
                                        "<pdfaid:conformance>B</pdfaid:conformance>",
                                        "/GTS_PDFA1",
                                        "/CIDSet",
                                        "/CapHeight",
                                        "/ToUnicode",
                                        "/ID"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        (void)has(&file, parts[i]);
    }
    static const char *const never[] = {"/SMask", "/ExtGState",    "/JavaScript",
                                        "/URI",   "/EmbeddedFile", "/LZWDecode"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        ck_assert_msg(memmem(file.data, file.len, never[i], strlen(never[i])) == NULL,
                      "%s is in the file", never[i]);
    }
}
END_TEST

static void id_of(const buf *file, char out[80])
{
    const char *at = has(file, "/ID");
    memcpy(out, at, 79);
    out[79] = '\0';
}

START_TEST(the_identifier_follows_from_what_is_drawn)
{
    static const struct {
        const char *title, *text;
        bool same;
    } tried[] = {{"t", "one", true}, {"t", "one", true}, {"t", "two", false}, {"u", "one", false}};
    char first[80] = "";
    for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
        written(tried[i].title, tried[i].text, &file);
        char id[80];
        id_of(&file, id);
        if (i == 0) {
            memcpy(first, id, sizeof id);
        }
        ck_assert_msg((strcmp(first, id) == 0) == tried[i].same, "%zu: %s and %s", i, first, id);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {what_a_reader_can_find, the_identifier_follows_from_what_is_drawn,
                                  NULL};
    return test_main(test_suite("port/pdf_archive", tests));
}
