/*
 * See oscal_read.h. Invariant: it reads what was written to a file, and knows nothing of the
 * writer.
 */
#include "oscal_read.h"

#include "support.h"

#include <string.h>

json_doc *oscal_parse(store *s, const report_options *o, buf *text)
{
    evpack_err err = {0};
    json_doc *doc = NULL;
    reported(s, o, REPORT_OSCAL, text);
    OK(json_parse(text->data, text->len, false, &doc, &err));
    return doc;
}

const json *oscal_document(json_doc *doc)
{
    return json_get(json_root(doc), "assessment-results");
}

const json *oscal_result(json_doc *doc)
{
    const json *all = json_get(oscal_document(doc), "results");
    ck_assert_uint_eq(json_count(all), 1);
    return json_first(all);
}

const char *oscal_prop_of(const json *of, const char *name)
{
    return json_get_string(oscal_with(json_get(of, "props"), "name", name), "value");
}

const json *oscal_with(const json *list, const char *member, const char *value)
{
    for (const json *one = json_first(list); one != NULL; one = json_next(one)) {
        const char *came = json_get_string(one, member);
        if (came != NULL && strcmp(came, value) == 0) {
            return one;
        }
    }
    return NULL;
}

const json *oscal_resources(json_doc *doc)
{
    return json_get(json_get(oscal_document(doc), "back-matter"), "resources");
}

const json *oscal_linked(json_doc *doc, const char *href)
{
    ck_assert_msg(href[0] == '#', "expected a link inside, came %s", href);
    const json *one = oscal_with(oscal_resources(doc), "uuid", href + 1);
    ck_assert_msg(one != NULL, "%s leads nowhere", href);
    return one;
}
