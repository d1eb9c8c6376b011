/*
 * Opening a template. Invariant: nothing of a folder is used that was not checked here, and what a
 * folder does not state is as built in. Refuses to know what the texts say and where they stand.
 */
#include "report/template.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/listing.h"
#include "base/text.h"
#include "port/image.h"
#include "report/layout_config.h"
#include "report/sections.h"
#include "report/template_merge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LANGUAGE = 16, PAGE = 24 };
static const char layout_name[] = "summary.layout.json";

typedef struct {
    char *name;  /* "logo.png" */
    char *shown; /* its path, for messages */
    buf bytes;
} part_file;

struct report_template {
    char *dir; /* NULL: built in */
    part_file files[REPORT_TEMPLATE_FILES];
    embed_file views[REPORT_TEMPLATE_FILES];
    size_t count;
    char language[LANGUAGE], page[PAGE];
    buf texts, layout; /* merged JSON */
    char sha256[DIGEST_HEX];
    bool wished;
};

void report_template_free(report_template *t)
{
    if (t == NULL) {
        return;
    }
    for (size_t i = 0; i < t->count; i++) {
        free(t->files[i].name);
        free(t->files[i].shown);
        buf_reset(&t->files[i].bytes);
    }
    free(t->dir);
    buf_reset(&t->texts);
    buf_reset(&t->layout);
    free(t);
}

/* Names ------------------------------------------------------------------------------------------
 */

static bool ends(const char *name, const char *ending)
{
    const size_t len = strlen(name);
    const size_t n = strlen(ending);
    return len > n && strcmp(name + len - n, ending) == 0;
}

/* Two or three letters, and maybe a region: "de", "pt-br". */
static bool is_language(const char *text, size_t len)
{
    const size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    if (letters < 2 || letters > 3) {
        return false;
    }
    return len == letters || (text[letters] == '-' && len - letters > 2 && len < LANGUAGE &&
                              strspn(text + letters + 1, "abcdefghijklmnopqrstuvwxyz0123456789") >=
                                  len - letters - 1);
}

static bool is_texts(const char *name)
{
    return text_starts(name, "summary.") && ends(name, ".json") &&
           is_language(name + 8, strlen(name) - strlen("summary..json"));
}

static const embed_file *built_in(const char *name)
{
    char path[80];
    (void)snprintf(path, sizeof path, "reports/%.60s", name);
    return embed_find(path);
}

static bool is_known(const char *name)
{
    const bool page = ends(name, ".html") || ends(name, ".css") || ends(name, ".js");
    return strcmp(name, "logo.png") == 0 || strcmp(name, layout_name) == 0 || is_texts(name) ||
           (page && built_in(name) != NULL);
}

static const embed_file *own(const report_template *t, const char *name)
{
    for (size_t i = 0; t != NULL && i < t->count; i++) {
        if (strcmp(t->files[i].name, name) == 0) {
            return &t->views[i];
        }
    }
    return NULL;
}

const embed_file *report_template_file(const report_template *t, const char *name)
{
    const embed_file *file = own(t, name);
    return file != NULL ? file : built_in(name);
}

const embed_file *report_template_logo(const report_template *t)
{
    return own(t, "logo.png");
}

const char *report_template_language(const report_template *t)
{
    return t == NULL ? "en" : t->language;
}

const char *report_template_page(const report_template *t)
{
    return t == NULL || t->page[0] == '\0' ? NULL : t->page;
}

bool report_template_is_firms(const report_template *t)
{
    return t != NULL && t->dir != NULL;
}

const char *report_template_sha256(const report_template *t)
{
    return t == NULL || !t->wished ? NULL : t->sha256;
}

/* Reading ----------------------------------------------------------------------------------------
 */

static evpack_status read_file(report_template *t, int folder, const char *name, evpack_err *err)
{
    if (t->count == REPORT_TEMPLATE_FILES) {
        return evpack_fail(err, EVPACK_E_LIMIT, "%s: more than %d files", t->dir,
                           REPORT_TEMPLATE_FILES);
    }
    part_file *f = &t->files[t->count++];
    f->name = strdup(name);
    EVPACK_AUTO_VALUE(buf_reset) buf shown = {0};
    buf_printf(&shown, "%s/%s", t->dir, name);
    f->shown = buf_take(&shown);
    if (f->name == NULL || f->shown == NULL) {
        return evpack_oom(err);
    }
    EVPACK_AUTO_FD fd = -1;
    if (file_open_below(folder, name, &fd, err) != EVPACK_OK) {
        return evpack_context(err, "%s", t->dir);
    }
    uint64_t size = 0;
    EVPACK_TRY(file_size_fd(fd, &size, err));
    if (size > REPORT_TEMPLATE_BYTES) {
        return evpack_fail(err, EVPACK_E_LIMIT, "%s: more than %d bytes", f->shown,
                           REPORT_TEMPLATE_BYTES);
    }
    EVPACK_AUTO_CHARS bytes = malloc((size_t)size + 1);
    if (bytes == NULL) {
        return evpack_oom(err);
    }
    size_t got = 0;
    EVPACK_TRY(file_read_fd(fd, bytes, (size_t)size, &got, err));
    buf_append(&f->bytes, bytes, got);
    EVPACK_TRY(buf_status(&f->bytes, err));
    t->views[t->count - 1] =
        (embed_file){f->shown, (const unsigned char *)buf_str(&f->bytes), f->bytes.len};
    return EVPACK_OK;
}

static evpack_status read_folder(report_template *t, evpack_err *err)
{
    EVPACK_AUTO_FD folder = open(t->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be read as a template folder: %s", t->dir,
                           strerror(errno));
    }
    EVPACK_AUTO_VALUE(listing_reset) listing names = {0};
    EVPACK_TRY(listing_read(t->dir, &names, err));
    for (size_t i = 0; i < names.count; i++) {
        const char *name = listing_name(&names, i);
        if (name[0] == '.' || strcmp(name, "README.md") == 0 || strcmp(name, "LICENSE") == 0) {
            continue;
        }
        if (!is_known(name)) {
            return evpack_fail(err, EVPACK_E_INPUT,
                               "%s/%s: a template has no such file: expected report.html, "
                               "report.css, a report*.js that is built in, summary.layout.json, "
                               "summary.LANGUAGE.json or logo.png",
                               t->dir, name);
        }
        EVPACK_TRY(read_file(t, folder, name, err));
    }
    return EVPACK_OK;
}

/* Checking ---------------------------------------------------------------------------------------
 */

/* over on what *merged has; NULL changes nothing. */
static evpack_status merge_in(const embed_file *over, buf *merged, evpack_err *err)
{
    if (over == NULL) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(json_doc) base = NULL;
    EVPACK_AUTO(json_doc) top = NULL;
    EVPACK_TRY(json_parse(buf_str(merged), merged->len, false, &base, err));
    if (json_parse((const char *)over->data, over->len, false, &top, err) != EVPACK_OK) {
        return evpack_context(err, "%s", over->name);
    }
    if (!json_is_object(json_root(top))) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: expected a JSON object", over->name);
    }
    const template_merge_rule rule = {.file = over->name, .text_max = REPORT_TEMPLATE_TEXT};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    EVPACK_TRY(template_merge(json_root(base), json_root(top), &rule, &out, err));
    buf_clear(merged);
    buf_append(merged, out.data, out.len);
    return buf_status(merged, err);
}

static evpack_status start_from(const char *name, buf *merged, evpack_err *err)
{
    const embed_file *file = built_in(name);
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "reports/%s is not built in", name);
    }
    buf_append(merged, file->data, file->len);
    return buf_status(merged, err);
}

/* English, the folder's English, the language, the folder's language: each falls back on those
 * before it. All languages of the folder are checked, also those that are not asked for. */
static evpack_status load_texts(report_template *t, evpack_err *err)
{
    EVPACK_TRY(start_from("summary.en.json", &t->texts, err));
    EVPACK_TRY(merge_in(own(t, "summary.en.json"), &t->texts, err));
    bool found = strcmp(t->language, "en") == 0;
    if (!found) {
        char name[40];
        (void)snprintf(name, sizeof name, "summary.%s.json", t->language);
        found = built_in(name) != NULL || own(t, name) != NULL;
        EVPACK_TRY(merge_in(built_in(name), &t->texts, err));
        EVPACK_TRY(merge_in(own(t, name), &t->texts, err));
    }
    for (size_t i = 0; i < t->count; i++) {
        if (is_texts(t->files[i].name)) {
            EVPACK_AUTO_VALUE(buf_reset) buf tried = {0};
            EVPACK_TRY(start_from("summary.en.json", &tried, err));
            EVPACK_TRY(merge_in(&t->views[i], &tried, err));
        }
    }
    return found ? EVPACK_OK
                 : evpack_fail(err, EVPACK_E_USAGE,
                               "the language '%s' is not known: expected 'en', or a template with "
                               "summary.%s.json",
                               t->language, t->language);
}

/* So that a list that no paper can have shows now, with the file that states it. */
static evpack_status check_sections(const report_template *t, const json *root, evpack_err *err)
{
    size_t order[SECTIONS];
    size_t count = 0;
    const embed_file *file = own(t, layout_name);
    const evpack_status status =
        sections_order(json_get(root, "sections"), sections_known(), SECTIONS, order, &count, err);
    return status == EVPACK_OK ? EVPACK_OK
                               : evpack_context(err, "%s", file == NULL ? layout_name : file->name);
}

static evpack_status load_layout(report_template *t, evpack_err *err)
{
    EVPACK_TRY(start_from(layout_name, &t->layout, err));
    EVPACK_TRY(merge_in(own(t, layout_name), &t->layout, err));
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(json_parse(buf_str(&t->layout), t->layout.len, false, &doc, err));
    EVPACK_TRY(check_sections(t, json_root(doc), err));
    const json *sizes = json_get(json_root(doc), "sizes");
    if (t->page[0] == '\0' || json_get(sizes, t->page) != NULL) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf known = {0};
    for (const json *e = json_first(sizes); e != NULL; e = json_next(e)) {
        buf_printf(&known, "%s'%s'", known.len == 0 ? "" : ", ", json_name(e));
    }
    return evpack_fail(err, EVPACK_E_USAGE, "the page '%s' is not known: expected one of %s",
                       t->page, buf_str(&known));
}

static evpack_status refuse_page(const embed_file *page, size_t at, const char *what,
                                 evpack_err *err)
{
    uint64_t line = 0;
    uint64_t column = 0;
    text_line((const char *)page->data, at, &line, &column);
    return evpack_fail(err, EVPACK_E_INPUT, "%s:%llu:%llu: %s", page->name,
                       (unsigned long long)line, (unsigned long long)column, what);
}

/* Whether a tag fetches and runs nothing, also without a policy. */
static bool is_harmless(const char *tag)
{
    static const char *const whole[] = {"<!doctype html>", "<html>", "<head>",
                                        "<meta charset=\"utf-8\">"};
    static const char lang[] = "<html lang=\"";
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        if (strncmp(tag, whole[i], strlen(whole[i])) == 0) {
            return true;
        }
    }
    if (strncmp(tag, lang, sizeof lang - 1) != 0) {
        return false;
    }
    tag += sizeof lang - 1;
    return strncmp(tag + strspn(tag, "abcdefghijklmnopqrstuvwxyz-{}"), "\">", 2) == 0;
}

/* Before the policy there may stand only what is harmless without it. */
static evpack_status check_page(const embed_file *page, evpack_err *err)
{
    static const char policy[] =
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{{csp}}\">";
    const char *text = (const char *)page->data;
    if (page->len == 0 || memchr(text, '\0', page->len) != NULL ||
        text_utf8_check(text, page->len) != page->len) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: expected UTF-8 text", page->name);
    }
    const char *at = strstr(text, policy);
    if (at == NULL || strstr(at + 1, "{{csp}}") != strstr(at, "{{csp}}") ||
        strstr(strstr(at, "{{csp}}") + 1, "{{csp}}") != NULL) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: expected, once, %s", page->name, policy);
    }
    for (const char *tag = strchr(text, '<'); tag < at; tag = strchr(tag + 1, '<')) {
        if (!is_harmless(tag)) {
            return refuse_page(page, (size_t)(tag - text),
                               "before the Content-Security-Policy only doctype, html, head and "
                               "the charset may stand",
                               err);
        }
    }
    return EVPACK_OK;
}

/* What a style or a script ends at in a page. */
static evpack_status check_inner(const embed_file *file, const char *end, evpack_err *err)
{
    const char *text = (const char *)file->data;
    if (memchr(text, '\0', file->len) != NULL || text_utf8_check(text, file->len) != file->len) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: expected UTF-8 text", file->name);
    }
    const char *at = strcasestr(text, end);
    return at == NULL ? EVPACK_OK
                      : refuse_page(file, (size_t)(at - text), "would end itself in the page", err);
}

static evpack_status check_files(const report_template *t, evpack_err *err)
{
    for (size_t i = 0; i < t->count; i++) {
        const embed_file *file = &t->views[i];
        const char *name = t->files[i].name;
        if (ends(name, ".html")) {
            EVPACK_TRY(check_page(file, err));
        } else if (ends(name, ".css")) {
            EVPACK_TRY(check_inner(file, "</style", err));
        } else if (ends(name, ".js")) {
            EVPACK_TRY(check_inner(file, "</script", err));
        } else if (strcmp(name, "logo.png") == 0) {
            EVPACK_AUTO_VALUE(image_reset) image logo = {0};
            if (image_read(file->data, file->len, REPORT_TEMPLATE_LOGO, &logo, err) != EVPACK_OK) {
                return evpack_context(err, "%s", file->name);
            }
        }
    }
    return EVPACK_OK;
}

static evpack_status take_digest(report_template *t, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf all = {0};
    buf_printf(&all, "evpack-template-1\nlanguage %s\npage %s\n", t->language, t->page);
    for (size_t i = 0; i < t->count; i++) {
        char hex[DIGEST_HEX];
        EVPACK_TRY(digest_bytes_hex(t->views[i].data, t->views[i].len, hex, err));
        buf_printf(&all, "%s  %s\n", hex, t->files[i].name);
    }
    EVPACK_TRY(buf_status(&all, err));
    return digest_bytes_hex(all.data, all.len, t->sha256, err);
}

evpack_status report_template_open(const report_template_wish *wish, report_template **out,
                                   evpack_err *err)
{
    const char *language = wish->language == NULL ? "en" : wish->language;
    if (!is_language(language, strlen(language))) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "'%.40s' is no language: expected a code such as 'en' or 'pt-br'",
                           language);
    }
    if (wish->page != NULL && (wish->page[0] == '\0' || strlen(wish->page) >= PAGE)) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "the page '%.40s' is not known: expected 'a4' or 'letter'", wish->page);
    }
    EVPACK_AUTO(report_template) t = calloc(1, sizeof *t);
    if (t == NULL) {
        return evpack_oom(err);
    }
    t->wished = wish->dir != NULL || wish->language != NULL || wish->page != NULL;
    (void)snprintf(t->language, sizeof t->language, "%s", language);
    (void)snprintf(t->page, sizeof t->page, "%s", wish->page == NULL ? "" : wish->page);
    if (wish->dir != NULL) {
        t->dir = strdup(wish->dir);
        if (t->dir == NULL) {
            return evpack_oom(err);
        }
        EVPACK_TRY(read_folder(t, err));
    }
    EVPACK_TRY(check_files(t, err));
    EVPACK_TRY(load_texts(t, err));
    EVPACK_TRY(load_layout(t, err));
    EVPACK_TRY(take_digest(t, err));
    layout_config tried; /* so that a number that no page can have shows now */
    EVPACK_TRY(layout_config_load(t, &tried, err));
    json_free(tried.doc);
    *out = EVPACK_MOVE(t);
    return EVPACK_OK;
}

/* JSON -------------------------------------------------------------------------------------------
 */

static evpack_status parse(const buf *merged, const char *name, json_doc **out, evpack_err *err)
{
    const embed_file *file = built_in(name);
    const bool none = merged == NULL || merged->len == 0;
    if (none && file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "reports/%s is not built in", name);
    }
    const char *text = none ? (const char *)file->data : buf_str(merged);
    if (json_parse(text, none ? file->len : merged->len, false, out, err) != EVPACK_OK) {
        return evpack_context(err, "reports/%s", name);
    }
    return EVPACK_OK;
}

evpack_status report_template_texts(const report_template *t, json_doc **out, evpack_err *err)
{
    return parse(t == NULL ? NULL : &t->texts, "summary.en.json", out, err);
}

evpack_status report_template_layout(const report_template *t, json_doc **out, evpack_err *err)
{
    return parse(t == NULL ? NULL : &t->layout, layout_name, out, err);
}
