/*
 * A reviewer's words in a signature. Invariant: what is read is what cms_role_put and cms_hints_put
 * would write again, and shows as what it is. Refuses to judge whether it is true, or signed.
 *
 * Role: SEQUENCE { [0] SEQUENCE { SEQUENCE { title, SET { UTF8String } } } }. X.520's title is the
 * position or function of a person, which is what a role is; its bound of 64 characters is kept.
 * Statement: SEQUENCE { UTF8String, data }.
 */
#include "port/cms_statement.h"

#include "base/text.h"
#include "base/visible.h"

#include <string.h>

static const unsigned char oid_title[] = {0x55, 0x04, 0x0c};

bool cms_text_plain(const char *text, size_t len)
{
    if (text_utf8_check(text, len) != len) {
        return false;
    }
    for (size_t i = 0; i < len;) {
        size_t n = text_utf8_length(text + i, len - i);
        if (!visible_is(text_utf8_decode(text + i, n))) {
            return false;
        }
        i += n;
    }
    return true;
}

static size_t characters(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return count;
}

/* Not empty, not blank at an end, and plain. */
static bool sayable(const char *text, size_t len, size_t max)
{
    return len > 0 && len <= max && text[0] != ' ' && text[len - 1] != ' ' &&
           cms_text_plain(text, len);
}

static bool role_good(const char *text, size_t len)
{
    return sayable(text, len, CMS_ROLE_BYTES) && characters(text, len) <= CMS_ROLE_MAX;
}

evpack_status cms_statement_check(const char *role, const char *statement, evpack_err *err)
{
    if (!role_good(role, strlen(role))) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "the role is 1 to %d characters on one line, without blanks at its ends "
                           "and without characters that do not show",
                           CMS_ROLE_MAX);
    }
    if (!sayable(statement, strlen(statement), CMS_STATEMENT_MAX)) {
        return evpack_fail(err, EVPACK_E_USAGE,
                           "the statement is 1 to %d bytes on one line, without blanks at its ends "
                           "and without characters that do not show",
                           CMS_STATEMENT_MAX);
    }
    return EVPACK_OK;
}

void cms_role_put(buf *out, const char *role)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf part = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    der_put(&text, DER_UTF8, role, strlen(role));
    der_put(&body, DER_OID, oid_title, sizeof oid_title);
    der_wrap(&body, DER_SET, &text);
    der_wrap(&part, DER_SEQUENCE, &body);
    der_wrap(&body, DER_SEQUENCE, &part);
    der_wrap(&part, DER_CONTEXT_0, &body);
    der_wrap(out, DER_SEQUENCE, &part);
}

void cms_hints_put(buf *out, const char *statement)
{
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    der_put(&body, DER_UTF8, statement, strlen(statement));
    der_put(&body, DER_OID, cms_oid_data().data, cms_oid_data().len);
    der_wrap(out, DER_SEQUENCE, &body);
}

/* Down to the role's text; whether the rest is in the form is told by writing it again. */
static bool take_role(der_span value, der_span *text)
{
    der_span body;
    return der_take(&value, DER_SEQUENCE, &body) && der_take(&body, DER_CONTEXT_0, &body) &&
           der_take(&body, DER_SEQUENCE, &body) && der_take(&body, DER_SEQUENCE, &body) &&
           der_take(&body, DER_OID, NULL) && der_take(&body, DER_SET, &body) &&
           der_take(&body, DER_UTF8, text) && role_good((const char *)text->data, text->len);
}

static bool take_hints(der_span value, der_span *text)
{
    der_span body;
    return der_take(&value, DER_SEQUENCE, &body) && der_take(&body, DER_UTF8, text) &&
           sayable((const char *)text->data, text->len, CMS_STATEMENT_MAX);
}

static bool writes_again(const char *text, void (*put)(buf *, const char *), der_span value)
{
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    put(&again, text);
    return !again.failed && der_same(der_of(&again), value);
}

void cms_statement_read(const der_span values[CMS_KNOWN_ATTRIBUTES], cms_signer *who)
{
    der_span role;
    der_span statement;
    if (!take_role(values[CMS_SIGNER_ATTRIBUTES], &role) ||
        !take_hints(values[CMS_CONTENT_HINTS], &statement)) {
        return;
    }
    memcpy(who->role, role.data, role.len);
    who->role[role.len] = '\0';
    memcpy(who->statement, statement.data, statement.len);
    who->statement[statement.len] = '\0';
    if (!writes_again(who->role, cms_role_put, values[CMS_SIGNER_ATTRIBUTES]) ||
        !writes_again(who->statement, cms_hints_put, values[CMS_CONTENT_HINTS])) {
        who->role[0] = '\0';
        who->statement[0] = '\0';
    }
}
