/*
 * Fonts of the PDF: loading, widths, what shows, where lines end. Invariant: a text that is
 * measured here is drawn as wide by libharu. Knows nothing of pages.
 *
 * Fonts come from memory through libharu's installed inner headers: its public calls read only
 * files. Widths are cached by code point, because measuring is most of the work.
 */
#include "port/pdf_private.h"

#include "base/embed.h"
#include "base/text.h"
#include "base/visible.h"

#include <string.h>

enum { BMP = 0x10000, NO_GLYPH = -1, UNASKED = 0 };

static const char *const font_files[PDF_FONTS] = {
    "fonts/DejaVuSans.ttf", "fonts/DejaVuSans-Bold.ttf", "fonts/DejaVuSansMono.ttf"};

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
        return pdf_fault(p, err);
    }
    HPDF_MemStream_FreeData(old->stream);
    if (HPDF_Stream_Write(old->stream, (const HPDF_BYTE *)map.data, (HPDF_UINT)map.len) !=
        HPDF_OK) {
        return pdf_fault(p, err);
    }
    return EVPACK_OK;
}

evpack_status pdf_load_font(pdf *p, int which, evpack_err *err)
{
    const embed_file *file = embed_find(font_files[which]);
    if (file == NULL || file->len > UINT32_MAX) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s is not built in", font_files[which]);
    }
    HPDF_UINT len = (HPDF_UINT)file->len;
    HPDF_Stream stream = HPDF_MemStream_New(p->doc->mmgr, len);
    if (stream == NULL) {
        return pdf_fault(p, err);
    }
    if (HPDF_Stream_Write(stream, file->data, len) != HPDF_OK) {
        HPDF_Stream_Free(stream);
        return pdf_fault(p, err);
    }
    HPDF_FontDef def = HPDF_TTFontDef_Load(p->doc->mmgr, stream, HPDF_TRUE); /* owns the stream */
    if (def == NULL) {
        return pdf_fault(p, err);
    }
    if (HPDF_List_Add(p->doc->fontdef_list, def) != HPDF_OK) {
        HPDF_FontDef_Free(def);
        return pdf_fault(p, err);
    }
    char tag[] = "EVPKAA";
    tag[5] = (char)('A' + which);
    HPDF_TTFontDef_SetTagName(def, tag);
    p->fonts[which] = HPDF_GetFont(p->doc, def->base_font, "UTF-8");
    p->widths[which] = calloc(BMP, sizeof(int16_t));
    if (p->widths[which] == NULL) {
        return evpack_oom(err);
    }
    return p->fonts[which] == NULL ? pdf_fault(p, err) : mend_unicode_map(p, p->fonts[which], err);
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

double pdf_width_of(pdf *p, pdf_font font, const char *text, size_t len)
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

const char *pdf_prepared(pdf *p, pdf_font font, const char *text, size_t *len)
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
    const char *shown = pdf_prepared(p, font, text, &len);
    return pdf_width_of(p, font, shown, len) * size;
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
        double more = width + pdf_width_of(p, font, word + fits, n);
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
        double more = pdf_width_of(p, font, text + end, stop - end);
        if (used + more <= room) {
            used += more;
            end = stop;
            i = stop;
            continue;
        }
        double gap = pdf_width_of(p, font, text + end, word - end);
        double whole = pdf_width_of(p, font, text + word, stop - word);
        if (whole > room) {
            bool must = end == 0;
            size_t cut = cut_word(p, font, text + word, stop - word, room - used - gap, must);
            if (cut > 0) {
                used += gap + pdf_width_of(p, font, text + word, cut);
                return (pdf_line_cut){word + cut, word + cut, used * size};
            }
        }
        return (pdf_line_cut){end, word, used * size};
    }
    return (pdf_line_cut){end, len, used * size};
}
