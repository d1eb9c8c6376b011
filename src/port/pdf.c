/*
 * libharu. Invariant: every byte of text that comes in is drawn, as itself or as an escape, and
 * the file repeats: dates are given, fonts are built in, and no clock or locale is asked. Knows
 * nothing of reports.
 *
 * Fonts come from memory through libharu's installed inner headers: its public calls read only
 * files. Widths are cached by code point, because measuring is most of the work.
 */
#include "port/pdf.h"

#include "base/embed.h"
#include "base/file.h"
#include "base/text.h"
#include "base/visible.h"

#include <hpdf.h>
#include <string.h>
#include <time.h>

enum { BMP = 0x10000, NO_GLYPH = -1, UNASKED = 0 };

struct pdf {
    HPDF_Doc doc;
    HPDF_Font fonts[PDF_FONTS];
    int16_t *widths[PDF_FONTS]; /* 1 more than the width in thousandths; UNASKED, NO_GLYPH */
    HPDF_Page page;
    size_t pages;
    HPDF_Outline chapter;
    double width, height;
    unsigned long error, detail; /* the first one */
    buf visible;
};

static const char *const font_files[PDF_FONTS] = {
    "fonts/DejaVuSans.ttf", "fonts/DejaVuSans-Bold.ttf", "fonts/DejaVuSansMono.ttf"};

static void on_error(HPDF_STATUS error, HPDF_STATUS detail, void *ctx)
{
    pdf *p = ctx;
    if (p->error == 0) {
        p->error = error;
        p->detail = detail;
    }
}

static evpack_status fault(const pdf *p, evpack_err *err)
{
    if (p->error == HPDF_FAILD_TO_ALLOC_MEM) {
        return evpack_oom(err);
    }
    return evpack_fail(err, EVPACK_E_INTERNAL, "libharu: error 0x%04lx, detail %lu", p->error,
                       p->detail);
}

void pdf_free(pdf *p)
{
    if (p == NULL) {
        return;
    }
    if (p->doc != NULL) {
        HPDF_Free(p->doc);
    }
    for (int i = 0; i < PDF_FONTS; i++) {
        free(p->widths[i]);
    }
    buf_reset(&p->visible);
    free(p);
}

/*
 * libharu's ToUnicode map says begincidrange where readers want beginbfrange. Codes are code
 * points, so the right map is the identity; a range may not cross a 256 boundary, nor a list hold
 * more than 100.
 */
static evpack_status mend_unicode_map(pdf *p, HPDF_Font font, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf map = {0};
    buf_puts(&map, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
                   "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
                   "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
                   "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
    for (unsigned high = 0; high < 256; high++) {
        if (high % 100 == 0) {
            buf_printf(&map, "%u beginbfrange\n", 256 - high < 100 ? 256 - high : 100);
        }
        buf_printf(&map, "<%02X00> <%02XFF> <%02X00>\n", high, high, high);
        if (high % 100 == 99 || high == 255) {
            buf_puts(&map, "endbfrange\n");
        }
    }
    buf_puts(&map, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    EVPACK_TRY(buf_status(&map, err));
    HPDF_Dict old = HPDF_Dict_GetItem(font, "ToUnicode", HPDF_OCLASS_DICT);
    if (old == NULL || old->stream == NULL) {
        return fault(p, err);
    }
    HPDF_MemStream_FreeData(old->stream);
    if (HPDF_Stream_Write(old->stream, (const HPDF_BYTE *)map.data, (HPDF_UINT)map.len) !=
        HPDF_OK) {
        return fault(p, err);
    }
    return EVPACK_OK;
}

/* What libharu's own loader does, but from memory. */
static evpack_status load_font(pdf *p, int which, evpack_err *err)
{
    const embed_file *file = embed_find(font_files[which]);
    if (file == NULL || file->len > UINT32_MAX) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s is not built in", font_files[which]);
    }
    HPDF_UINT len = (HPDF_UINT)file->len;
    HPDF_Stream stream = HPDF_MemStream_New(p->doc->mmgr, len);
    if (stream == NULL) {
        return fault(p, err);
    }
    if (HPDF_Stream_Write(stream, file->data, len) != HPDF_OK) {
        HPDF_Stream_Free(stream);
        return fault(p, err);
    }
    HPDF_FontDef def = HPDF_TTFontDef_Load(p->doc->mmgr, stream, HPDF_TRUE); /* owns the stream */
    if (def == NULL) {
        return fault(p, err);
    }
    if (HPDF_List_Add(p->doc->fontdef_list, def) != HPDF_OK) {
        HPDF_FontDef_Free(def);
        return fault(p, err);
    }
    char tag[] = "EVPKAA";
    tag[5] = (char)('A' + which);
    HPDF_TTFontDef_SetTagName(def, tag);
    p->fonts[which] = HPDF_GetFont(p->doc, def->base_font, "UTF-8");
    p->widths[which] = calloc(BMP, sizeof(int16_t));
    if (p->widths[which] == NULL) {
        return evpack_oom(err);
    }
    return p->fonts[which] == NULL ? fault(p, err) : mend_unicode_map(p, p->fonts[which], err);
}

static void set_date(pdf *p, int64_t at)
{
    time_t seconds = (time_t)at;
    struct tm tm = {0};
    (void)gmtime_r(&seconds, &tm);
    HPDF_Date date = {.year = tm.tm_year + 1900,
                      .month = tm.tm_mon + 1,
                      .day = tm.tm_mday,
                      .hour = tm.tm_hour,
                      .minutes = tm.tm_min,
                      .seconds = tm.tm_sec,
                      .ind = 'Z'};
    HPDF_SetInfoDateAttr(p->doc, HPDF_INFO_CREATION_DATE, date);
    HPDF_SetInfoDateAttr(p->doc, HPDF_INFO_MOD_DATE, date);
}

evpack_status pdf_new(const pdf_info *info, pdf **out, evpack_err *err)
{
    EVPACK_AUTO(pdf) p = calloc(1, sizeof *p);
    if (p == NULL) {
        return evpack_oom(err);
    }
    p->width = info->width;
    p->height = info->height;
    p->doc = HPDF_New(on_error, p);
    if (p->doc == NULL) {
        return evpack_oom(err);
    }
    HPDF_SetCompressionMode(p->doc, HPDF_COMP_ALL);
    HPDF_UseUTFEncodings(p->doc);
    HPDF_SetCurrentEncoder(p->doc, "UTF-8");
    for (int i = 0; i < PDF_FONTS; i++) {
        EVPACK_TRY(load_font(p, i, err));
    }
    HPDF_SetInfoAttr(p->doc, HPDF_INFO_TITLE, info->title);
    HPDF_SetInfoAttr(p->doc, HPDF_INFO_SUBJECT, info->subject);
    HPDF_SetInfoAttr(p->doc, HPDF_INFO_CREATOR, info->creator);
    set_date(p, info->at);
    HPDF_SetPageMode(p->doc, HPDF_PAGE_MODE_USE_OUTLINE);
    if (p->error != 0) {
        return fault(p, err);
    }
    *out = EVPACK_MOVE(p);
    return EVPACK_OK;
}

size_t pdf_add_page(pdf *p)
{
    if (p->error == 0) {
        p->page = HPDF_AddPage(p->doc);
        HPDF_Page_SetWidth(p->page, (HPDF_REAL)p->width);
        HPDF_Page_SetHeight(p->page, (HPDF_REAL)p->height);
    }
    return p->pages++;
}

void pdf_go(pdf *p, size_t page)
{
    if (p->error == 0) {
        p->page = HPDF_GetPageByIndex(p->doc, (HPDF_UINT)page);
    }
}

size_t pdf_pages(const pdf *p)
{
    return p->pages;
}

/* The width of a glyph in thousandths of the size; NO_GLYPH when the font has none. */
static int glyph_width(pdf *p, pdf_font font, uint32_t c)
{
    if (c >= BMP) {
        return NO_GLYPH;
    }
    int16_t *known = &p->widths[font][c];
    if (*known == UNASKED) {
        HPDF_FontAttr attr = p->fonts[font]->attr;
        bool has = HPDF_TTFontDef_GetGlyphid(attr->fontdef, (HPDF_UINT16)c) != 0;
        int width = has ? HPDF_Font_GetUnicodeWidth(p->fonts[font], (HPDF_UNICODE)c) : 0;
        *known = (int16_t)(has ? width + 1 : NO_GLYPH);
    }
    return *known == NO_GLYPH ? NO_GLYPH : *known - 1;
}

/* Whether all three fonts have it: text is made visible before its font is chosen. */
static bool has_glyph(void *ctx, uint32_t c)
{
    pdf *p = ctx;
    for (int i = 0; i < PDF_FONTS; i++) {
        if (glyph_width(p, (pdf_font)i, c) == NO_GLYPH) {
            return false;
        }
    }
    return true;
}

static bool is_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] < 0x20 || text[i] > 0x7e) {
            return false;
        }
    }
    return true;
}

void pdf_visible(pdf *p, const char *text, size_t len, buf *out)
{
    if (is_plain(text, len)) {
        buf_append(out, text, len);
    } else {
        visible_append(out, text, len, has_glyph, p);
    }
}

/* Whether text is visible as it is. The escapes' brackets pass: escaping them twice would change
 * what was made visible already. */
static bool shows(pdf *p, pdf_font font, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t n = text_utf8_length(text + i, len - i);
        uint32_t c = n == 0 ? 0 : text_utf8_decode(text + i, n);
        if (n == 0 || !(visible_is(c) || c == 0x27e8 || c == 0x27e9) ||
            glyph_width(p, font, c) == NO_GLYPH) {
            return false;
        }
        i += n;
    }
    return true;
}

static double width_of(pdf *p, pdf_font font, const char *text, size_t len)
{
    long sum = 0;
    for (size_t i = 0; i < len;) {
        size_t n = text_utf8_length(text + i, len - i);
        int width = n == 0 ? 0 : glyph_width(p, font, text_utf8_decode(text + i, n));
        sum += width == NO_GLYPH ? 0 : width;
        i += n == 0 ? 1 : n;
    }
    return (double)sum / 1000;
}

/* text itself, or its escaped form in p->visible. */
static const char *prepared(pdf *p, pdf_font font, const char *text, size_t *len)
{
    if (shows(p, font, text, *len)) {
        return text;
    }
    buf_clear(&p->visible);
    pdf_visible(p, text, *len, &p->visible);
    *len = p->visible.len;
    return buf_str(&p->visible);
}

double pdf_text_width(pdf *p, pdf_font font, double size, const char *text, size_t len)
{
    const char *shown = prepared(p, font, text, &len);
    return width_of(p, font, shown, len) * size;
}

static void use_fill(pdf *p, uint32_t colour)
{
    HPDF_Page_SetRGBFill(p->page, (HPDF_REAL)(colour >> 16 & 0xff) / 255,
                         (HPDF_REAL)(colour >> 8 & 0xff) / 255, (HPDF_REAL)(colour & 0xff) / 255);
}

static void use_stroke(pdf *p, double thick, uint32_t colour)
{
    HPDF_Page_SetLineWidth(p->page, (HPDF_REAL)thick);
    HPDF_Page_SetRGBStroke(p->page, (HPDF_REAL)(colour >> 16 & 0xff) / 255,
                           (HPDF_REAL)(colour >> 8 & 0xff) / 255, (HPDF_REAL)(colour & 0xff) / 255);
}

void pdf_text(pdf *p, double x, double y, const pdf_style *style, const char *text, size_t len)
{
    enum { PIECE = 2000 }; /* libharu refuses very long strings; a line is never that long */
    const char *shown = prepared(p, style->font, text, &len);
    while (len > 0 && p->error == 0) {
        size_t n = 0;
        while (n < len && n + 4 <= PIECE) {
            n += text_utf8_length(shown + n, len - n);
        }
        char piece[PIECE + 1];
        memcpy(piece, shown, n);
        piece[n] = '\0';
        use_fill(p, style->colour);
        HPDF_Page_BeginText(p->page);
        HPDF_Page_SetFontAndSize(p->page, p->fonts[style->font], (HPDF_REAL)style->size);
        HPDF_Page_TextOut(p->page, (HPDF_REAL)x, (HPDF_REAL)(p->height - y), piece);
        HPDF_Page_EndText(p->page);
        x += width_of(p, style->font, shown, n) * style->size;
        shown += n;
        len -= n;
    }
}

/* The end of the word at i. */
static size_t word_end(const char *text, size_t len, size_t i)
{
    while (i < len && text[i] != ' ') {
        i++;
    }
    return i;
}

/* Cuts a word that is wider than room: after the last '/' or ',' that fits, else after what fits.
 * At least one character is taken when must. */
static size_t cut_word(pdf *p, pdf_font font, const char *word, size_t len, double room, bool must)
{
    double width = 0;
    size_t fits = 0;
    size_t slash = 0;
    while (fits < len) {
        size_t n = text_utf8_length(word + fits, len - fits);
        n = n == 0 ? 1 : n;
        double more = width + width_of(p, font, word + fits, n);
        if (more > room) {
            break;
        }
        width = more;
        fits += n;
        slash = word[fits - 1] == '/' || word[fits - 1] == ',' ? fits : slash;
    }
    if (slash > 1) { /* a lone leading slash is no good place */
        return slash;
    }
    if (!must) {
        return 0;
    }
    if (fits == 0 && len > 0) {
        fits = text_utf8_length(word, len);
        fits = fits == 0 ? 1 : fits;
    }
    return fits;
}

pdf_line_cut pdf_cut(pdf *p, pdf_font font, double size, const char *text, size_t len, double width)
{
    double room = width / size;
    size_t end = 0; /* of what is drawn */
    double used = 0;
    size_t i = 0;
    while (i < len) {
        size_t first = i;
        while (first < len && text[first] == ' ') {
            first++;
        }
        size_t word = i == 0 ? 0 : first; /* spaces at the text's own start belong to its word */
        size_t stop = word_end(text, len, first);
        double more = width_of(p, font, text + end, stop - end);
        if (used + more <= room) {
            used += more;
            end = stop;
            i = stop;
            continue;
        }
        double gap = width_of(p, font, text + end, word - end);
        double whole = width_of(p, font, text + word, stop - word);
        if (whole > room) {
            bool must = end == 0;
            size_t cut = cut_word(p, font, text + word, stop - word, room - used - gap, must);
            if (cut > 0) {
                used += gap + width_of(p, font, text + word, cut);
                return (pdf_line_cut){word + cut, word + cut, used * size};
            }
        }
        return (pdf_line_cut){end, word, used * size};
    }
    return (pdf_line_cut){end, len, used * size};
}

void pdf_rule(pdf *p, double x, double y, double width, double thick, uint32_t colour)
{
    if (p->error != 0) {
        return;
    }
    use_stroke(p, thick, colour);
    HPDF_Page_MoveTo(p->page, (HPDF_REAL)x, (HPDF_REAL)(p->height - y));
    HPDF_Page_LineTo(p->page, (HPDF_REAL)(x + width), (HPDF_REAL)(p->height - y));
    HPDF_Page_Stroke(p->page);
}

static void outline_box(pdf *p, const pdf_box *box)
{
    HPDF_Page_Rectangle(p->page, (HPDF_REAL)box->x, (HPDF_REAL)(p->height - box->y - box->height),
                        (HPDF_REAL)box->width, (HPDF_REAL)box->height);
}

void pdf_fill(pdf *p, pdf_box box, uint32_t colour)
{
    if (p->error != 0) {
        return;
    }
    use_fill(p, colour);
    outline_box(p, &box);
    HPDF_Page_Fill(p->page);
}

void pdf_frame(pdf *p, pdf_box box, double thick, uint32_t colour)
{
    if (p->error != 0) {
        return;
    }
    use_stroke(p, thick, colour);
    outline_box(p, &box);
    HPDF_Page_Stroke(p->page);
}

static HPDF_Destination place(pdf *p, size_t page, double y)
{
    HPDF_Page target = HPDF_GetPageByIndex(p->doc, (HPDF_UINT)page);
    HPDF_Destination to = HPDF_Page_CreateDestination(target);
    double top = y < 0 ? p->height : p->height - y;
    HPDF_Destination_SetXYZ(to, 0, (HPDF_REAL)top, 1);
    /* Zoom 0 keeps the reader's own zoom; the call above does not take it. */
    HPDF_Real zoom = to == NULL ? NULL : HPDF_Array_GetItem(to, 4, HPDF_OCLASS_REAL);
    if (zoom != NULL) {
        zoom->value = 0;
    }
    return to;
}

void pdf_outline(pdf *p, unsigned level, const char *title, size_t page, double y)
{
    if (p->error != 0) {
        return;
    }
    size_t len = strlen(title);
    buf_clear(&p->visible);
    pdf_visible(p, title, len, &p->visible);
    HPDF_Outline one = HPDF_CreateOutline(p->doc, level == 0 ? NULL : p->chapter,
                                          buf_str(&p->visible), HPDF_GetEncoder(p->doc, "UTF-8"));
    if (one == NULL) {
        return;
    }
    HPDF_Outline_SetDestination(one, place(p, page, y));
    if (level == 0) {
        HPDF_Outline_SetOpened(one, HPDF_FALSE);
        p->chapter = one;
    }
}

void pdf_link(pdf *p, pdf_box area, size_t page, double to_y)
{
    if (p->error != 0) {
        return;
    }
    HPDF_Rect rect = {.left = (HPDF_REAL)area.x,
                      .bottom = (HPDF_REAL)(p->height - area.y - area.height),
                      .right = (HPDF_REAL)(area.x + area.width),
                      .top = (HPDF_REAL)(p->height - area.y)};
    HPDF_Annotation link = HPDF_Page_CreateLinkAnnot(p->page, rect, place(p, page, to_y));
    HPDF_LinkAnnot_SetBorderStyle(link, 0, 0, 0);
    HPDF_LinkAnnot_SetHighlightMode(link, HPDF_ANNOT_NO_HIGHTLIGHT);
}

evpack_status pdf_write(pdf *p, int fd, evpack_err *err)
{
    if (p->error != 0 || HPDF_SaveToStream(p->doc) != HPDF_OK || p->error != 0) {
        return p->visible.failed ? evpack_oom(err) : fault(p, err);
    }
    HPDF_ResetStream(p->doc);
    for (;;) {
        HPDF_BYTE block[65536];
        HPDF_UINT32 len = sizeof block;
        HPDF_STATUS status = HPDF_ReadFromStream(p->doc, block, &len);
        if (status != HPDF_OK && status != HPDF_STREAM_EOF) {
            return fault(p, err);
        }
        if (len > 0) {
            EVPACK_TRY(file_write_fd(fd, block, len, err));
        }
        if (status == HPDF_STREAM_EOF || len < sizeof block) {
            return EVPACK_OK;
        }
    }
}
