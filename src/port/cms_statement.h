/*
 * What a signer says of the content, as two signed attributes (see cms.h): the role and the
 * statement. Each is written in one form; what is in another form reads as not said.
 */
#ifndef EVPACK_PORT_CMS_STATEMENT_H
#define EVPACK_PORT_CMS_STATEMENT_H

#include "port/cms_form.h"

/* Whether a text shows as what it is: no control, direction mark or the like, and good UTF-8. */
bool cms_text_plain(const char *text, size_t len);

/* EVPACK_E_USAGE with the reason when cms_sign_say would refuse them. */
evpack_status cms_statement_check(const char *role, const char *statement,
                                  evpack_err *err) EVPACK_MUST_USE;
/* Append the value of the attribute. */
void cms_role_put(buf *out, const char *role);
void cms_hints_put(buf *out, const char *statement);
/* Fills who->role and who->statement; both or, where either is not in the form, neither. */
void cms_statement_read(const der_span values[CMS_KNOWN_ATTRIBUTES], cms_signer *who);

#endif
