/*
 * The blocks of a page. Invariant: a block that is returned was JSON, and held no markup.
 */
#include "paged.h"

#include "reported.h"
#include "support.h"

#include <string.h>

void paged(const store *s, const report_options *options, buf *page)
{
    reported(s, options, REPORT_HTML, page);
}

json_doc *paged_block(const char *page, const char *attribute, size_t n)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf open = {0};
    buf_printf(&open, "<script type=\"application/json\" %s>", attribute);
    const char *at = strstr(page, buf_str(&open));
    for (size_t k = 0; at != NULL && k < n; k++) {
        at = strstr(at + 1, buf_str(&open));
    }
    if (at == NULL) {
        return NULL;
    }
    at += open.len;
    const char *end = strchr(at, '<');
    ck_assert_msg(end != NULL && strncmp(end, "</script>", 9) == 0,
                  "expected the block %s to end at its own tag", attribute);
    json_doc *doc = NULL;
    OK(json_parse(at, (size_t)(end - at), false, &doc, &err));
    return doc;
}

json_doc *paged_data(const store *s, const report_options *options)
{
    EVPACK_AUTO_VALUE(buf_reset) buf page = {0};
    paged(s, options, &page);
    json_doc *doc = paged_block(buf_str(&page), "id=\"data\"", 0);
    ck_assert_msg(doc != NULL, "expected a block id=\"data\"");
    return doc;
}
