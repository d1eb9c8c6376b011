/*
 * What makes the document PDF/A-1b: metadata that says the same as the Info dictionary, an
 * identifier, the colour space that RGB means, and fonts that say which of their characters are
 * there. libharu's own call for this is not usable: its identifier is a random one, its metadata is
 * not escaped, and it names wrong types. So the objects are made here, through libharu's installed
 * inner headers. Invariant: they follow from what was drawn alone.
 */
#include "port/pdf_private.h"

#include "base/embed.h"
#include "base/text.h"

#include <string.h>

enum { CIDS = 0x10000 };

static void put_xml(const char *text, buf *out)
{
    for (; *text != '\0'; text++) {
        const char *as = *text == '&'   ? "&amp;"
                         : *text == '<' ? "&lt;"
                         : *text == '>' ? "&gt;"
                                        : "";
        if (*as != '\0') {
            buf_puts(out, as);
        } else {
            buf_putc(out, *text);
        }
    }
}

/* <name>value</name>; language: as the one alternative of a text that could have several. */
static void put_property(const char *name, const char *value, bool language, buf *out)
{
    buf_printf(out, "<%s>%s", name, language ? "<rdf:Alt><rdf:li xml:lang=\"x-default\">" : "");
    put_xml(value, out);
    buf_printf(out, "%s</%s>\n", language ? "</rdf:li></rdf:Alt>" : "", name);
}

/* The text that the Info dictionary holds as UTF-16 or as it is: libharu keeps what it was given.
 */
static const char *info_of(const pdf *p, HPDF_InfoType type)
{
    const char *text = HPDF_GetInfoAttr(p->doc, type);
    return text == NULL ? "" : text;
}

/* The XMP packet (ISO 19005-1, 6.7): the same as the Info dictionary. */
static void put_metadata(const pdf *p, buf *out)
{
    char at[TEXT_TIME];
    text_format_time(p->at, at);
    buf_puts(out, "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
                  "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
                  "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
                  "<rdf:Description rdf:about=\"\""
                  " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
                  " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\""
                  " xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\""
                  " xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n");
    put_property("dc:title", info_of(p, HPDF_INFO_TITLE), true, out);
    put_property("dc:description", info_of(p, HPDF_INFO_SUBJECT), true, out);
    put_property("xmp:CreatorTool", info_of(p, HPDF_INFO_CREATOR), false, out);
    put_property("xmp:CreateDate", at, false, out);
    put_property("xmp:ModifyDate", at, false, out);
    put_property("pdf:Producer", info_of(p, HPDF_INFO_PRODUCER), false, out);
    put_property("pdfaid:part", "1", false, out);
    put_property("pdfaid:conformance", "B", false, out);
    buf_puts(out, "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>\n");
}

/* A stream object of the document with these bytes; NULL, and the document's error, on failure. */
static HPDF_Dict add_stream(pdf *p, const void *data, size_t len, bool compressed)
{
    HPDF_Dict dict = HPDF_DictStream_New(p->doc->mmgr, p->doc->xref);
    if (dict == NULL || HPDF_Stream_Write(dict->stream, data, (HPDF_UINT)len) != HPDF_OK) {
        return NULL;
    }
    dict->filter = compressed ? HPDF_STREAM_FILTER_FLATE_DECODE : HPDF_STREAM_FILTER_NONE;
    return dict;
}

static evpack_status add_metadata(pdf *p, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf xmp = {0};
    put_metadata(p, &xmp);
    EVPACK_TRY(buf_status(&xmp, err));
    HPDF_Dict stream =
        add_stream(p, xmp.data, xmp.len, false); /* to be read without a PDF reader */
    if (stream == NULL || HPDF_Dict_AddName(stream, "Type", "Metadata") != HPDF_OK ||
        HPDF_Dict_AddName(stream, "Subtype", "XML") != HPDF_OK ||
        HPDF_Dict_Add(p->doc->catalog, "Metadata", stream) != HPDF_OK) {
        return pdf_fault(p, err);
    }
    return EVPACK_OK;
}

static HPDF_STATUS add_text(const pdf *p, HPDF_Dict dict, const char *key, const char *text)
{
    return HPDF_Dict_Add(dict, key, HPDF_String_New(p->doc->mmgr, text, NULL));
}

/* What RGB means (ISO 19005-1, 6.2.2). */
evpack_status pdf_archive_begin(pdf *p, evpack_err *err)
{
    static const char name[] = "sRGB IEC61966-2.1";
    const embed_file *profile = embed_find("colour/sRGB.icc");
    if (profile == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "colour/sRGB.icc is not built in");
    }
    HPDF_Dict stream = add_stream(p, profile->data, profile->len, true);
    HPDF_Dict intent = HPDF_Dict_New(p->doc->mmgr);
    HPDF_Array intents = HPDF_Array_New(p->doc->mmgr);
    if (stream == NULL || intent == NULL || intents == NULL ||
        HPDF_Dict_AddNumber(stream, "N", 3) != HPDF_OK ||
        HPDF_Dict_Add(p->doc->catalog, "OutputIntents", intents) != HPDF_OK ||
        HPDF_Array_Add(intents, intent) != HPDF_OK ||
        HPDF_Dict_AddName(intent, "Type", "OutputIntent") != HPDF_OK ||
        HPDF_Dict_AddName(intent, "S", "GTS_PDFA1") != HPDF_OK ||
        add_text(p, intent, "OutputConditionIdentifier", name) != HPDF_OK ||
        add_text(p, intent, "Info", name) != HPDF_OK ||
        add_text(p, intent, "RegistryName", "http://www.color.org") != HPDF_OK ||
        HPDF_Dict_Add(intent, "DestOutputProfile", stream) != HPDF_OK) {
        return pdf_fault(p, err);
    }
    return EVPACK_OK;
}

/* One bit for each character that the embedded part of the font holds (ISO 19005-1, 6.3.5). */
static evpack_status add_cid_set(pdf *p, HPDF_FontDef def, evpack_err *err)
{
    HPDF_TTFontDefAttr attr = def->attr;
    unsigned char bits[CIDS / 8] = {0x80}; /* 0 is always there */
    for (unsigned cid = 1; cid < CIDS; cid++) {
        const unsigned glyph = HPDF_TTFontDef_GetGlyphid(def, (HPDF_UINT16)cid);
        if (glyph != 0 && glyph < attr->num_glyphs && attr->glyph_tbl.flgs[glyph] != 0) {
            bits[cid / 8] = (unsigned char)(bits[cid / 8] | 0x80U >> cid % 8);
        }
    }
    HPDF_Dict stream = add_stream(p, bits, sizeof bits, true);
    if (stream == NULL || HPDF_Dict_Add(def->descriptor, "CIDSet", stream) != HPDF_OK) {
        return pdf_fault(p, err);
    }
    return EVPACK_OK;
}

static evpack_status mend_font(pdf *p, HPDF_Font font, evpack_err *err)
{
    HPDF_FontAttr attr = font->attr;
    HPDF_Dict inner = attr->descendant_font;
    HPDF_FontDef def = attr->fontdef;
    if (inner == NULL || font->before_write_fn == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "libharu: a font without its inner one");
    }
    /* Makes the descriptor, which libharu else makes while it writes; the second time it does
     * nothing. */
    if (font->before_write_fn(font) != HPDF_OK || def->descriptor == NULL ||
        HPDF_Dict_AddNumber(def->descriptor, "CapHeight", def->cap_height) != HPDF_OK) {
        return pdf_fault(p, err);
    }
    HPDF_Dict system = HPDF_Dict_GetItem(inner, "CIDSystemInfo", HPDF_OCLASS_DICT);
    if (system == NULL || add_text(p, system, "Ordering", "Identity") != HPDF_OK) {
        return pdf_fault(p, err);
    }
    return add_cid_set(p, def, err);
}

/* Two times the same: the file was never changed. */
static evpack_status add_id(pdf *p, evpack_err *err)
{
    enum { ID = 16 };
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_TRY(digest_final(p->drawn, sha256, err));
    HPDF_Array id = HPDF_Array_New(p->doc->mmgr);
    if (id == NULL || HPDF_Dict_Add(p->doc->trailer, "ID", id) != HPDF_OK) {
        return pdf_fault(p, err);
    }
    for (int i = 0; i < 2; i++) {
        if (HPDF_Array_Add(id, HPDF_Binary_New(p->doc->mmgr, sha256, ID)) != HPDF_OK) {
            return pdf_fault(p, err);
        }
    }
    return EVPACK_OK;
}

evpack_status pdf_archive_end(pdf *p, evpack_err *err)
{
    for (int i = 0; i < PDF_FONTS; i++) {
        EVPACK_TRY(mend_font(p, p->fonts[i], err));
    }
    EVPACK_TRY(add_metadata(p, err));
    return add_id(p, err);
}
