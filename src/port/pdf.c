/*
 * libharu: pages and what is on them. Invariant: every byte of text that comes in is drawn, as
 * itself or as an escape, and the file repeats: dates are given, fonts are built in, and no clock
 * or locale is asked. Knows nothing of reports.
 */
#include "port/pdf_private.h"

#include "base/file.h"
#include "base/text.h"

#include <string.h>
#include <time.h>

static void on_error(HPDF_STATUS error, HPDF_STATUS detail, void *ctx)
{
    pdf *p = ctx;
    if (p->error == 0) {
        p->error = error;
        p->detail = detail;
    }
}

evpack_status pdf_fault(const pdf *p, evpack_err *err)
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
    digest_free(p->drawn);
    free(p);
}

static void draws(pdf *p, const void *data, size_t len)
{
    digest_update(p->drawn, data, len);
}

/* ISO 32000-1, 7.9.4. As libharu writes dates, not every reader takes them. */
static void set_date(pdf *p, int64_t at)
{
    time_t seconds = (time_t)at;
    struct tm tm = {0};
    (void)gmtime_r(&seconds, &tm);
    char date[40];
    (void)strftime(date, sizeof date, "D:%Y%m%d%H%M%S+00'00'", &tm);
    static const char *const keys[] = {"CreationDate", "ModDate"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        HPDF_Dict_Add(p->doc->info, keys[i], HPDF_String_New(p->doc->mmgr, date, NULL));
    }
    draws(p, date, strlen(date));
}

/* A text that is shown outside of pages, in p->visible: escaped like theirs, and cut where it is
 * longer than any reader shows (PDF/A-1 ends a string at 65,535 bytes). */
static const char *short_text(pdf *p, const char *text)
{
    enum { MOST = 1000 };
    buf_clear(&p->visible);
    size_t len = strlen(text);
    if (len > MOST) {
        size_t cut = 0;
        while (cut < MOST) {
            const size_t n = text_utf8_length(text + cut, len - cut);
            cut += n == 0 ? 1 : n;
        }
        pdf_visible(p, text, cut, &p->visible);
        buf_puts(&p->visible, "…");
    } else {
        pdf_visible(p, text, len, &p->visible);
    }
    return buf_str(&p->visible);
}

static void set_info(pdf *p, HPDF_InfoType type, const char *text)
{
    const char *shown = short_text(p, text);
    HPDF_SetInfoAttr(p->doc, type, shown);
    draws(p, shown, strlen(shown) + 1);
}

evpack_status pdf_new(const pdf_info *info, pdf **out, evpack_err *err)
{
    EVPACK_AUTO(pdf) p = calloc(1, sizeof *p);
    if (p == NULL) {
        return evpack_oom(err);
    }
    p->width = info->width;
    p->height = info->height;
    p->at = info->at;
    EVPACK_TRY(digest_new(&p->drawn, err));
    p->doc = HPDF_New(on_error, p);
    if (p->doc == NULL) {
        return evpack_oom(err);
    }
    HPDF_SetCompressionMode(p->doc, HPDF_COMP_ALL);
    HPDF_UseUTFEncodings(p->doc);
    HPDF_SetCurrentEncoder(p->doc, "UTF-8");
    for (int i = 0; i < PDF_FONTS; i++) {
        EVPACK_TRY(pdf_load_font(p, i, err));
    }
    set_info(p, HPDF_INFO_TITLE, info->title);
    set_info(p, HPDF_INFO_SUBJECT, info->subject);
    set_info(p, HPDF_INFO_CREATOR, info->creator);
    set_date(p, info->at);
    EVPACK_TRY(pdf_archive_begin(p, err));
    HPDF_SetPageMode(p->doc, HPDF_PAGE_MODE_USE_OUTLINE);
    if (p->error != 0) {
        return pdf_fault(p, err);
    }
    *out = EVPACK_MOVE(p);
    return EVPACK_OK;
}

size_t pdf_add_page(pdf *p)
{
    if (p->error == 0) {
        if (p->page != NULL) {
            pdf_pack_page(p, p->page);
        }
        p->page = HPDF_AddPage(p->doc);
        HPDF_Page_SetWidth(p->page, (HPDF_REAL)p->width);
        HPDF_Page_SetHeight(p->page, (HPDF_REAL)p->height);
    }
    draws(p, "\f", 1);
    return p->pages++;
}

void pdf_go(pdf *p, size_t page)
{
    HPDF_Page next = p->error == 0 ? HPDF_GetPageByIndex(p->doc, (HPDF_UINT)page) : NULL;
    if (next != NULL && next != p->page) {
        pdf_pack_page(p, p->page);
        p->page = next;
    }
}

size_t pdf_pages(const pdf *p)
{
    return p->pages;
}

static void use_fill(pdf *p, uint32_t colour)
{
    pdf_open_page(p);
    HPDF_Page_SetRGBFill(p->page, (HPDF_REAL)(colour >> 16 & 0xff) / 255,
                         (HPDF_REAL)(colour >> 8 & 0xff) / 255, (HPDF_REAL)(colour & 0xff) / 255);
}

static void use_stroke(pdf *p, double thick, uint32_t colour)
{
    pdf_open_page(p);
    HPDF_Page_SetLineWidth(p->page, (HPDF_REAL)thick);
    HPDF_Page_SetRGBStroke(p->page, (HPDF_REAL)(colour >> 16 & 0xff) / 255,
                           (HPDF_REAL)(colour >> 8 & 0xff) / 255, (HPDF_REAL)(colour & 0xff) / 255);
}

/* turned: x and y are where it begins, and it goes up. */
static void put_text(pdf *p, pdf_point at, bool turned, const pdf_style *style, const char *text,
                     size_t len)
{
    enum { PIECE = 2000 }; /* libharu refuses very long strings; a line is never that long */
    const char *shown = pdf_prepared(p, style->font, text, &len);
    draws(p, shown, len);
    while (len > 0 && p->error == 0) {
        size_t n = 0;
        while (n < len && n + 4 <= PIECE) {
            n += text_utf8_length(shown + n, len - n);
        }
        char piece[PIECE + 1];
        memcpy(piece, shown, n);
        piece[n] = '\0';
        const HPDF_REAL x = (HPDF_REAL)at.x;
        const HPDF_REAL y = (HPDF_REAL)(p->height - at.y);
        use_fill(p, style->colour);
        HPDF_Page_BeginText(p->page);
        HPDF_Page_SetFontAndSize(p->page, p->fonts[style->font], (HPDF_REAL)style->size);
        if (turned) {
            HPDF_Page_SetTextMatrix(p->page, 0, 1, -1, 0, x, y);
            HPDF_Page_ShowText(p->page, piece);
        } else {
            HPDF_Page_TextOut(p->page, x, y, piece);
        }
        HPDF_Page_EndText(p->page);
        const double width = pdf_width_of(p, style->font, shown, n) * style->size;
        at.x += turned ? 0 : width;
        at.y -= turned ? width : 0;
        shown += n;
        len -= n;
    }
}

void pdf_text(pdf *p, double x, double y, const pdf_style *style, const char *text, size_t len)
{
    put_text(p, (pdf_point){x, y}, false, style, text, len);
}

void pdf_text_up(pdf *p, pdf_point at, const pdf_style *style, const char *text, size_t len)
{
    put_text(p, at, true, style, text, len);
}

void pdf_rule(pdf *p, double x, double y, double width, double thick, uint32_t colour)
{
    pdf_line(p, (pdf_point){x, y}, (pdf_point){x + width, y}, thick, colour);
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

void pdf_polygon(pdf *p, const pdf_point *corners, size_t count, uint32_t colour)
{
    if (p->error != 0 || count < 3) {
        return;
    }
    use_fill(p, colour);
    HPDF_Page_MoveTo(p->page, (HPDF_REAL)corners[0].x, (HPDF_REAL)(p->height - corners[0].y));
    for (size_t i = 1; i < count; i++) {
        HPDF_Page_LineTo(p->page, (HPDF_REAL)corners[i].x, (HPDF_REAL)(p->height - corners[i].y));
    }
    HPDF_Page_Fill(p->page);
}

void pdf_line(pdf *p, pdf_point from, pdf_point to, double thick, uint32_t colour)
{
    if (p->error != 0) {
        return;
    }
    use_stroke(p, thick, colour);
    HPDF_Page_MoveTo(p->page, (HPDF_REAL)from.x, (HPDF_REAL)(p->height - from.y));
    HPDF_Page_LineTo(p->page, (HPDF_REAL)to.x, (HPDF_REAL)(p->height - to.y));
    HPDF_Page_Stroke(p->page);
}

void pdf_set_picture(pdf *p, const unsigned char *rgb, unsigned width, unsigned height)
{
    if (p->error == 0) {
        p->picture = HPDF_LoadRawImageFromMem(p->doc, rgb, width, height, HPDF_CS_DEVICE_RGB, 8);
        draws(p, rgb, (size_t)3 * width * height);
    }
}

void pdf_picture(pdf *p, pdf_box box)
{
    if (p->error == 0 && p->picture != NULL) {
        pdf_open_page(p);
        HPDF_Page_DrawImage(p->page, p->picture, (HPDF_REAL)box.x,
                            (HPDF_REAL)(p->height - box.y - box.height), (HPDF_REAL)box.width,
                            (HPDF_REAL)box.height);
    }
}

/* [page /XYZ 0 top 0], in the object that it belongs to: PDF/A-1 readers refuse one apart. The last
 * 0 keeps the reader's own zoom. */
static void add_place(pdf *p, HPDF_Dict to, size_t page, double y)
{
    HPDF_Array place = HPDF_Array_New(p->doc->mmgr);
    const double top = y < 0 ? p->height : p->height - y;
    if (HPDF_Dict_Add(to, "Dest", place) == HPDF_OK) {
        HPDF_Array_Add(place, HPDF_GetPageByIndex(p->doc, (HPDF_UINT)page));
        HPDF_Array_AddName(place, "XYZ");
        HPDF_Array_AddNumber(place, 0);
        HPDF_Array_AddReal(place, (HPDF_REAL)top);
        HPDF_Array_AddNumber(place, 0);
    }
}

void pdf_outline(pdf *p, unsigned level, const char *title, size_t page, double y)
{
    if (p->error != 0) {
        return;
    }
    const char *shown = short_text(p, title);
    HPDF_Outline one = HPDF_CreateOutline(p->doc, level == 0 ? NULL : p->chapter, shown,
                                          HPDF_GetEncoder(p->doc, "UTF-8"));
    if (one == NULL) {
        return;
    }
    draws(p, shown, strlen(shown));
    add_place(p, one, page, y);
    if (level == 0) {
        HPDF_Outline_SetOpened(one, HPDF_FALSE);
        p->chapter = one;
    }
}

static HPDF_Array add_array(pdf *p, HPDF_Dict to, const char *key)
{
    HPDF_Array array = HPDF_Array_New(p->doc->mmgr);
    return HPDF_Dict_Add(to, key, array) == HPDF_OK ? array : NULL;
}

void pdf_link(pdf *p, pdf_box area, size_t page, double to_y)
{
    if (p->error != 0) {
        return;
    }
    HPDF_Dict link = HPDF_Dict_New(p->doc->mmgr);
    if (link == NULL || HPDF_Xref_Add(p->doc->xref, link) != HPDF_OK) {
        return;
    }
    const double edges[] = {area.x, p->height - area.y - area.height, area.x + area.width,
                            p->height - area.y};
    HPDF_Array rect = add_array(p, link, "Rect");
    HPDF_Array border = add_array(p, link, "Border");
    for (int i = 0; i < 4; i++) {
        HPDF_Array_AddReal(rect, (HPDF_REAL)edges[i]);
    }
    for (int i = 0; i < 3; i++) {
        HPDF_Array_AddNumber(border, 0);
    }
    HPDF_Dict_AddName(link, "Type", "Annot");
    HPDF_Dict_AddName(link, "Subtype", "Link");
    HPDF_Dict_AddNumber(link, "F", 4); /* printed; PDF/A-1 wants it said (ISO 19005-1, 6.5.3) */
    HPDF_Dict_AddName(link, "H", "N");
    add_place(p, link, page, to_y);
    HPDF_Array links = HPDF_Dict_GetItem(p->page, "Annots", HPDF_OCLASS_ARRAY);
    HPDF_Array_Add(links != NULL ? links : add_array(p, p->page, "Annots"), link);
}

typedef struct {
    int fd;
    size_t len;
    evpack_err err;
    HPDF_BYTE block[65536];
} writer;

static evpack_status flush(writer *w)
{
    const size_t len = w->len;
    w->len = 0;
    return file_write_fd(w->fd, w->block, len, &w->err);
}

static HPDF_STATUS on_write(HPDF_Stream stream, const HPDF_BYTE *data, HPDF_UINT len)
{
    writer *w = stream->attr;
    while (len > 0) {
        const size_t room = sizeof w->block - w->len;
        const HPDF_UINT n = len < room ? len : (HPDF_UINT)room;
        memcpy(w->block + w->len, data, n);
        w->len += n;
        data += n;
        len -= n;
        if (w->len == sizeof w->block && flush(w) != EVPACK_OK) {
            return HPDF_FILE_IO_ERROR;
        }
    }
    return HPDF_OK;
}

/* Straight to the file: libharu's own calls keep a second copy of everything, or open by name. */
static evpack_status write_objects(pdf *p, writer *w, evpack_err *err)
{
    HPDF_Stream stream = HPDF_CallbackWriter_New(p->doc->mmgr, on_write, w);
    if (stream == NULL) {
        return pdf_fault(p, err);
    }
    /* Four bytes above 127 say that the file is binary (ISO 19005-1, 6.1.2). */
    const bool good = HPDF_Stream_WriteStr(stream, "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n") == HPDF_OK &&
                      HPDF_Dict_Add(p->doc->trailer, "Root", p->doc->catalog) == HPDF_OK &&
                      HPDF_Dict_Add(p->doc->trailer, "Info", p->doc->info) == HPDF_OK &&
                      HPDF_Xref_WriteToStream(p->doc->xref, stream, NULL) == HPDF_OK;
    HPDF_Stream_Free(stream);
    if (w->err.code != EVPACK_OK) {
        *err = w->err;
        return err->code;
    }
    return good && p->error == 0 ? EVPACK_OK : pdf_fault(p, err);
}

evpack_status pdf_write(pdf *p, int fd, evpack_err *err)
{
    if (p->error != 0) {
        return pdf_fault(p, err);
    }
    if (p->visible.failed) {
        return evpack_oom(err);
    }
    EVPACK_TRY(pdf_archive_end(p, err));
    writer *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return evpack_oom(err);
    }
    w->fd = fd;
    evpack_status status = write_objects(p, w, err);
    if (status == EVPACK_OK && flush(w) != EVPACK_OK) {
        *err = w->err;
        status = err->code;
    }
    free(w);
    return status;
}
