/* report/layout: blocks stay whole, headings stay with what follows, nothing is lost. */
#include "report/layout.h"

#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static const layout_info info = {.title = "t", .subject = "s", .creator = "c", .at = 1};

static layout *new_layout(void)
{
    evpack_err err = {0};
    layout *l = NULL;
    OK(layout_new(&info, &l, &err));
    return l;
}

START_TEST(blocks_are_not_split)
{
    EVPACK_AUTO(layout) l = new_layout();
    double height = layout_room(l) * 0.4;
    for (int i = 0; i < 5; i++) {
        layout_begin(l);
        (void)layout_text(l, (layout_area){.width = 100}, STYLE_BODY, "x");
        layout_end(l, height, 0);
        ck_assert_uint_eq(layout_page(l), (size_t)i / 2);
    }
}
END_TEST

START_TEST(keeping_goes_to_the_next_page)
{
    EVPACK_AUTO(layout) l = new_layout();
    layout_begin(l);
    layout_end(l, layout_room(l) - 30, 0);
    layout_heading(l, "Heading", 40, true);
    ck_assert_uint_eq(layout_page(l), 1);
    layout_begin(l);
    layout_end(l, layout_room(l) - 100, 0);
    layout_section(l, "Section", 200);
    ck_assert_uint_eq(layout_page(l), 2);
}
END_TEST

/* A text of many pages: every word is there, in order. */
START_TEST(tall_blocks_flow)
{
    EVPACK_AUTO(layout) l = new_layout();
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    for (int i = 0; i < 4000; i++) {
        buf_printf(&text, "w%d ", i);
    }
    layout_paragraph(l, STYLE_BODY, buf_str(&text), 0);
    ck_assert_uint_gt(layout_page(l), 2);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    reported_layout(l, &out);
    const char *at = buf_str(&out);
    for (int i = 0; i < 4000; i++) {
        char word[16];
        (void)snprintf(word, sizeof word, "w%d", i);
        at = strstr(at, word);
        ck_assert_msg(at != NULL, "%s is not there", word);
        at += strlen(word);
    }
}
END_TEST

START_TEST(headers_are_repeated)
{
    EVPACK_AUTO(layout) l = new_layout();
    layout_begin(l);
    double y = layout_text(l, (layout_area){.width = 200}, STYLE_HEAD, "HEADER");
    layout_end_header(l, y, 20);
    for (int i = 0; i < 150; i++) {
        layout_paragraph(l, STYLE_BODY, "row", 0);
    }
    size_t pages = layout_page(l) + 1;
    ck_assert_uint_ge(pages, 3);
    layout_drop_header(l);
    layout_new_page(l);
    layout_paragraph(l, STYLE_BODY, "after", 0);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    reported_layout(l, &out);
    ck_assert_uint_eq(reported_count(buf_str(&out), "HEADER"), pages);
    ck_assert_uint_eq(reported_count(buf_str(&out), "row"), 150);
}
END_TEST

static void page_text(void *ctx, size_t page, size_t pages, buf *out)
{
    (void)ctx;
    buf_printf(out, "P%zu/%zu", page, pages);
}

START_TEST(furniture_and_contents)
{
    EVPACK_AUTO(layout) l = new_layout();
    layout_new_page(l);
    double y = layout_top(l);
    layout_new_page(l);
    layout_section(l, "First section", 100);
    layout_new_page(l);
    layout_new_page(l);
    layout_section(l, "Second section", 100);
    layout_contents(l, 1, y);
    layout_furnish(l, "HEAD", "FOOT", page_text, NULL);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    reported_layout(l, &out);
    const char *text = buf_str(&out);
    ck_assert_uint_eq(reported_count(text, "FOOT"), 5);
    ck_assert_uint_eq(reported_count(text, "HEAD"), 4); /* not on the cover */
    reported_has(text, "P1/5");
    reported_has(text, "P5/5");
    /* In the contents, as a title, and in the heads of the pages that it is on. */
    ck_assert_uint_eq(reported_count(text, "First section"), 1 + 1 + 2);
    ck_assert_uint_eq(reported_count(text, "Second section"), 1 + 1 + 1);
}
END_TEST

START_TEST(hostile_text_is_shown)
{
    EVPACK_AUTO(layout) l = new_layout();
    layout_paragraph(l, STYLE_BODY,
                     "a\xe2\x80\xae"
                     "b\nc\xf0\x9f\x98\x80",
                     0);
    layout_paragraph(l, STYLE_BODY, "", 0);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    reported_layout(l, &out);
    reported_has(buf_str(&out), "a⟨U+202E⟩b⟨U+000A⟩c⟨U+1F600⟩");
}
END_TEST

/* A link stands where its block was placed, and leads to a heading of a later page. */
START_TEST(links_and_anchors)
{
    EVPACK_AUTO(layout) l = new_layout();
    layout_begin(l);
    layout_link(l, (pdf_box){0, 0, 50, 10}, "control NS-2");
    layout_link(l, (pdf_box){0, 20, 50, 10}, "control that has no place");
    layout_end(l, 40, 0);
    layout_new_page(l);
    layout_anchor(l, "control NS-2");
    layout_heading(l, "NS-2", 40, true);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    reported_layout(l, &out);
    reported_has(buf_str(&out), "NS-2");
    EVPACK_AUTO_VALUE(buf_reset) buf raw = {0};
    test_read(test_path("layout.pdf"), &raw);
    size_t links = 0;
    for (size_t i = 0; i + 5 < raw.len; i++) {
        links += memcmp(raw.data + i, "/Link", 5) == 0 ? 1 : 0;
    }
    ck_assert_uint_eq(links, 1);
}
END_TEST

/* The logo stands in the top margin and moves nothing. */
START_TEST(logo_polygon_and_upright_text)
{
    evpack_err err = {0};
    const report_template_wish wish = {.dir = TEST_SOURCE_ROOT "/fixtures/template"};
    EVPACK_AUTO(report_template) firm = NULL;
    OK(report_template_open(&wish, &firm, &err));
    layout_info branded = info;
    branded.template = firm;
    EVPACK_AUTO(layout) l = NULL;
    OK(layout_new(&branded, &l, &err));
    const double before = layout_top(l);
    layout_logo(l);
    ck_assert_double_eq_tol(layout_top(l), before, 0.001);
    layout_begin(l);
    const pdf_point corners[] = {{0, 0}, {10, 0}, {5, 10}};
    layout_polygon(l, corners, 3, 0xff0000);
    layout_text_up(l, 100, 150, STYLE_CELL, "Upwards");
    layout_end(l, 160, 0);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    reported_layout(l, &out);
    EVPACK_AUTO_VALUE(buf_reset) buf squeezed = {0};
    reported_squeeze(buf_str(&out), &squeezed);
    reported_has(buf_str(&squeezed), "Upwards");
    EVPACK_AUTO_VALUE(buf_reset) buf raw = {0};
    test_read(test_path("layout.pdf"), &raw);
    ck_assert_ptr_nonnull(memmem(raw.data, raw.len, "/Subtype /Image", 15));
}
END_TEST

START_TEST(right_alignment_and_numbers)
{
    EVPACK_AUTO(layout) l = new_layout();
    ck_assert_double_gt(layout_text_width(l, STYLE_BODY, "wide"), 10);
    ck_assert_double_eq_tol(layout_text_width(l, STYLE_CELL, "1"),
                            layout_text_width(l, STYLE_CELL, "8"), 0.001);
    ck_assert_ptr_nonnull(layout_data(l, "tables"));
    ck_assert_ptr_null(layout_data(l, "nothing"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {blocks_are_not_split,
                                  keeping_goes_to_the_next_page,
                                  tall_blocks_flow,
                                  headers_are_repeated,
                                  furniture_and_contents,
                                  hostile_text_is_shown,
                                  links_and_anchors,
                                  logo_polygon_and_upright_text,
                                  right_alignment_and_numbers,
                                  NULL};
    return test_main(test_suite("report/layout", tests));
}
