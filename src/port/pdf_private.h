/*
 * What the files that know libharu share: the document, its fonts, and what makes it PDF/A-1b.
 */
#ifndef EVPACK_PORT_PDF_PRIVATE_H
#define EVPACK_PORT_PDF_PRIVATE_H

#include "port/digest.h"
#include "port/pdf.h"

#include <hpdf.h>

struct pdf {
    HPDF_Doc doc;
    HPDF_Font fonts[PDF_FONTS];
    int16_t
        *widths[PDF_FONTS]; /* 1 more than the width in thousandths; 0: not asked; -1: no glyph */
    HPDF_Page page;
    size_t pages;
    HPDF_Outline chapter;
    HPDF_Image picture;
    double width, height;
    int64_t at;
    unsigned long error, detail; /* the first one */
    buf visible;
    digest *drawn; /* what the file's identifier follows from */
};

/* What libharu said is wrong. */
evpack_status pdf_fault(const pdf *p, evpack_err *err);

/* What libharu's own loader does, but from memory. */
evpack_status pdf_load_font(pdf *p, int which, evpack_err *err) EVPACK_MUST_USE;
/* text itself, or its escaped form in p->visible. */
const char *pdf_prepared(pdf *p, pdf_font font, const char *text, size_t *len);
/* For a size of 1. */
double pdf_width_of(pdf *p, pdf_font font, const char *text, size_t len);

/* Compresses what is on a page so far. */
void pdf_pack_page(pdf *p, HPDF_Page page);
/* To be called before something is drawn on the current page. */
void pdf_open_page(pdf *p);

/* What PDF/A-1b (ISO 19005-1) asks for beyond libharu: the output intent when the document is new,
 * and all else when everything is drawn. */
evpack_status pdf_archive_begin(pdf *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status pdf_archive_end(pdf *p, evpack_err *err) EVPACK_MUST_USE;

#endif
