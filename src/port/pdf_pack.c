/*
 * Memory of long documents: libharu keeps what is drawn on a page as it was drawn until the
 * document is written, some 30 KiB for a full one. A page that is left is compressed at once, to a
 * tenth; who draws on it again (heads and feet) gets a second stream of contents. Invariant: the
 * page shows the same.
 */
#include "port/pdf_private.h"

static HPDF_STATUS write_filter(HPDF_Dict dict, HPDF_Stream stream)
{
    (void)dict;
    return HPDF_Stream_WriteStr(stream, "/Filter /FlateDecode\n");
}

static bool is_packed(HPDF_Dict contents)
{
    return contents->write_fn == write_filter;
}

void pdf_pack_page(pdf *p, HPDF_Page page)
{
    enum { PIECE = 2048 };
    HPDF_PageAttr attr = page->attr;
    HPDF_Dict contents = attr->contents;
    if (p->error != 0 || is_packed(contents)) {
        return;
    }
    HPDF_Stream small = HPDF_MemStream_New(p->doc->mmgr, PIECE);
    if (small == NULL) {
        return;
    }
    if (HPDF_Stream_WriteToStream(contents->stream, small, HPDF_STREAM_FILTER_FLATE_DECODE, NULL) !=
        HPDF_OK) {
        HPDF_Stream_Free(small);
        return;
    }
    HPDF_Stream_Free(contents->stream);
    contents->stream = small;
    contents->filter = HPDF_STREAM_FILTER_NONE; /* libharu is not to compress it again, */
    contents->write_fn = write_filter;          /* so it does not say that it is, either */
    attr->stream = small;
}

void pdf_open_page(pdf *p)
{
    HPDF_PageAttr attr = p->page->attr;
    if (is_packed(attr->contents)) {
        HPDF_Page_New_Content_Stream(p->page, NULL);
    }
}
