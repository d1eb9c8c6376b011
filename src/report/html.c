/*
 * Putting report.html together. Invariant: nothing but the template's own text is markup. Knows
 * where the pieces go; the island's contents are island.c's.
 */
#include "report/html.h"

#include "port/digest.h"
#include "report/island.h"

#include <string.h>

/* The script, in the order in which its files are joined. */
static const char *const scripts[] = {"report.js", "report.overview.js", "report.findings.js"};

typedef struct {
    const embed_file *page, *style, *logo;
    buf script;
    const char *language;
    texts *words;
    model *m;
    report_out o;
} html;

static void html_reset(html *h)
{
    buf_reset(&h->script);
    model_free(h->m);
    texts_free(h->words);
    report_out_reset(&h->o);
}

static evpack_status find(const report_template *t, const char *name, const embed_file **out,
                          evpack_err *err)
{
    *out = report_template_file(t, name);
    return *out != NULL ? EVPACK_OK
                        : evpack_fail(err, EVPACK_E_INTERNAL, "reports/%s is not built in", name);
}

static evpack_status join_scripts(html *h, const report_template *t, evpack_err *err)
{
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        const embed_file *file = NULL;
        EVPACK_TRY(find(t, scripts[i], &file, err));
        buf_append(&h->script, file->data, file->len);
        buf_putc(&h->script, '\n');
    }
    return buf_status(&h->script, err);
}

static void put_base64(const unsigned char *data, size_t len, buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        unsigned long bits = (unsigned long)data[i] << 16;
        bits |= i + 1 < len ? (unsigned long)data[i + 1] << 8 : 0;
        bits |= i + 2 < len ? data[i + 2] : 0;
        buf_putc(out, digits[bits >> 18 & 63]);
        buf_putc(out, digits[bits >> 12 & 63]);
        const size_t have = len - i; /* of these three bytes; what is missing is told by '=' */
        buf_append(out, have > 1 ? &digits[bits >> 6 & 63] : "=", 1);
        buf_append(out, have > 2 ? &digits[bits & 63] : "=", 1);
    }
}

static evpack_status put_hash(const void *data, size_t len, buf *out, evpack_err *err)
{
    unsigned char sha[DIGEST_SIZE];
    EVPACK_TRY(digest_bytes(data, len, sha, err));
    buf_puts(out, "'sha256-");
    put_base64(sha, sizeof sha, out);
    buf_putc(out, '\'');
    return EVPACK_OK;
}

static evpack_status put_policy(const html *h, buf *out, evpack_err *err)
{
    buf_puts(out, "default-src 'none'; style-src ");
    EVPACK_TRY(put_hash(h->style->data, h->style->len, out, err));
    buf_puts(out, "; script-src ");
    EVPACK_TRY(put_hash(h->script.data, h->script.len, out, err));
    if (h->logo != NULL) {
        buf_puts(out, "; img-src data:");
    }
    buf_puts(out, "; base-uri 'none'; form-action 'none'");
    return EVPACK_OK;
}

static void put_escaped(const char *text, buf *out)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            buf_puts(out, "&amp;");
            break;
        case '<':
            buf_puts(out, "&lt;");
            break;
        case '"':
            buf_puts(out, "&quot;");
            break;
        default:
            buf_putc(out, *text);
        }
    }
}

static void put_logo(const html *h, buf *out)
{
    if (h->logo != NULL) {
        buf_puts(out, "<img class=\"logo\" alt=\"\" src=\"data:image/png;base64,");
        put_base64(h->logo->data, h->logo->len, out);
        buf_puts(out, "\">");
    }
}

/* One {{name}} of the template. */
static evpack_status put_part(html *h, const store *s, const report_options *options,
                              const char *name, size_t len, evpack_err *err)
{
    buf *b = &h->o.b;
    if (len == 3 && memcmp(name, "csp", 3) == 0) {
        return put_policy(h, b, err);
    }
    if (len == 3 && memcmp(name, "css", 3) == 0) {
        buf_append(b, h->style->data, h->style->len);
    } else if (len == 2 && memcmp(name, "js", 2) == 0) {
        buf_append(b, h->script.data, h->script.len);
    } else if (len == 5 && memcmp(name, "title", 5) == 0) {
        put_escaped(texts_get(h->words, "html.kicker"), b);
    } else if (len == 4 && memcmp(name, "lang", 4) == 0) {
        put_escaped(h->language, b);
    } else if (len == 4 && memcmp(name, "logo", 4) == 0) {
        put_logo(h, b);
    } else if (len == 8 && memcmp(name, "noscript", 8) == 0) {
        put_escaped(texts_get(h->words, "html.noscript"), b);
    } else if (len == 4 && memcmp(name, "skip", 4) == 0) {
        put_escaped(texts_get(h->words, "html.skip"), b);
    } else if (len == 4 && memcmp(name, "data", 4) == 0) {
        const island_source source = {
            .s = s, .options = options, .m = h->m, .words = h->words, .out = &h->o};
        return island_write(&source, err);
    } else {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: {{%.*s}} is not known", h->page->name,
                           (int)(len < 40 ? len : 40), name);
    }
    return EVPACK_OK;
}

static evpack_status put_page(html *h, const store *s, const report_options *options,
                              evpack_err *err)
{
    const char *p = (const char *)h->page->data;
    static const char *const needed[] = {"{{csp}}", "{{css}}", "{{data}}", "{{js}}"};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (strstr(p, needed[i]) == NULL) {
            return evpack_fail(err, EVPACK_E_INPUT, "%s: %s is missing", h->page->name, needed[i]);
        }
    }
    for (const char *open = strstr(p, "{{"); open != NULL; open = strstr(p, "{{")) {
        const char *close = strstr(open, "}}");
        if (close == NULL) {
            return evpack_fail(err, EVPACK_E_INPUT, "%s: }} is missing", h->page->name);
        }
        buf_append(&h->o.b, p, (size_t)(open - p));
        EVPACK_TRY(put_part(h, s, options, open + 2, (size_t)(close - open - 2), err));
        p = close + 2;
    }
    buf_puts(&h->o.b, p);
    return EVPACK_OK;
}

evpack_status report_html_write(const store *s, const report_options *options, int fd,
                                evpack_err *err)
{
    EVPACK_AUTO_VALUE(html_reset) html h = {.o = {.fd = fd}};
    const report_template *t = options->template;
    EVPACK_TRY(find(t, "report.html", &h.page, err));
    EVPACK_TRY(find(t, "report.css", &h.style, err));
    EVPACK_TRY(join_scripts(&h, t, err));
    h.logo = report_template_logo(t);
    h.language = report_template_language(t);
    EVPACK_TRY(texts_load(t, &h.words, err));
    EVPACK_TRY(model_load(s, &h.m, err));
    EVPACK_TRY(put_page(&h, s, options, err));
    EVPACK_TRY(texts_status(h.words, err));
    return report_out_end(&h.o, err);
}
