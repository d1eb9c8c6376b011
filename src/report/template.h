/*
 * What a firm may change of the reports without C: the files of reports/ that a template folder
 * replaces or changes (reports/README.md). report.html, report.css and report.js replace the
 * built-in ones; summary.layout.json and summary.LANGUAGE.json state only the members that they
 * change; logo.png adds a logo.
 *
 * A folder is untrusted: its files and their bytes are capped, it may hold nothing but these files
 * (README.md, LICENSE and names that begin with a dot are passed over), and a member that the
 * built-in file does not have, another type, a {name} that the built-in text does not give, or a
 * page without the policy that keeps it offline is EVPACK_E_INPUT, with file and place. All is read
 * and checked when it is opened, so that no report is half made with it.
 */
#ifndef EVPACK_REPORT_TEMPLATE_H
#define EVPACK_REPORT_TEMPLATE_H

#include "base/embed.h"
#include "port/digest.h"
#include "port/json.h"

enum {
    REPORT_TEMPLATE_BYTES = 1 << 20, /* of a file */
    REPORT_TEMPLATE_FILES = 32,
    REPORT_TEMPLATE_TEXT = 8000, /* bytes of one text */
    REPORT_TEMPLATE_LOGO = 1500  /* pixels of a logo's side */
};

typedef struct report_template report_template;

typedef struct {
    const char *dir;      /* the folder; NULL: what is built in alone */
    const char *language; /* of the texts, "de" or "pt-br"; NULL: "en" */
    const char *page;     /* a size of summary.layout.json, "a4" or "letter"; NULL: the layout's */
} report_template_wish;

evpack_status report_template_open(const report_template_wish *wish, report_template **out,
                                   evpack_err *err) EVPACK_MUST_USE;
void report_template_free(report_template *t);
EVPACK_DEFINE_CLEANUP(report_template, report_template_free)

/* In all that follows a template of NULL is what is built in. What is given is borrowed. */

/* "report.html": the folder's file, else the built-in one, with a NUL after its bytes; its name is
 * what errors should say. NULL when neither is there. */
const embed_file *report_template_file(const report_template *t, const char *name);
/* A PNG of at most REPORT_TEMPLATE_LOGO pixels a side; NULL when there is none. */
const embed_file *report_template_logo(const report_template *t);
/* The texts of the language over the English ones, and the layout: JSON. Free it with json_free. */
evpack_status report_template_texts(const report_template *t, json_doc **out,
                                    evpack_err *err) EVPACK_MUST_USE;
evpack_status report_template_layout(const report_template *t, json_doc **out,
                                     evpack_err *err) EVPACK_MUST_USE;
const char *report_template_language(const report_template *t);
/* NULL: the layout's own. */
const char *report_template_page(const report_template *t);
/* Whether a folder was given: a page size alone is seen, and needs no word. */
bool report_template_is_firms(const report_template *t);
/* What the reports depend on beyond the program: a SHA-256 over names and bytes of the folder's
 * files that are used, the language and the page, in hex; NULL when nothing was wished. Where the
 * folder lies does not matter. */
const char *report_template_sha256(const report_template *t);

#endif
