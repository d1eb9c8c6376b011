/*
 * Gathering a package. Invariant: every evidence file of the case and every file of the mapping
 * that was used is in the package, byte for byte, and the reports show the run that is packaged.
 * Refuses to know how a package is sealed.
 */
#include "package/package.h"

#include "base/embed.h"
#include "base/file.h"
#include "base/text.h"
#include "package/baginfo.h"
#include "package/redact.h"
#include "package/side.h"
#include "package/signer.h"
#include "port/digest.h"
#include "port/json.h"
#include "report/report.h"
#include "seal/previous.h"
#include "store/custody.h"
#include "store/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    store *s;
    const package_options *o;
    sealer *sealer;
    report_options report;
    char id[PACKAGE_ID];
    char evaluated_at[TEXT_TIME];
    char mapping_sha256[DIGEST_HEX];
    int64_t mapping;
    uint64_t sequence;
    previous_package previous; /* its SHA-256 is "" for a first package */
    secret_totals secrets;
    redaction *redaction;     /* NULL: nothing is redacted */
    buf revocation;           /* revocation.pem; empty: there is none */
    uint64_t packed, to_pack; /* bytes of evidence */
} packer;

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

static void step(const packer *p, const char *what)
{
    if (p->o->step != NULL) {
        p->o->step(p->o->ctx, what);
    }
}

static evpack_status read_run(packer *p, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) run = NULL;
    EVPACK_TRY(db_prepare(store_db(p->s),
                          "SELECT r.mapping_id, r.evaluated_at, lower(hex(m.sha256)),"
                          " r.evidence < (SELECT coalesce(max(id), 0) FROM evidence)"
                          " OR r.engagement_id IS NOT (SELECT max(id) FROM engagement)"
                          " FROM run r JOIN mapping m ON m.id = r.mapping_id"
                          " ORDER BY r.id DESC LIMIT 1",
                          &run, err));
    bool row = false;
    EVPACK_TRY(db_step(run, &row, err));
    if (!row) {
        return evpack_fail(err, EVPACK_E_CASE, "%s has no findings yet: run 'evpack map' first",
                           store_path(p->s));
    }
    if (db_int(run, 3) != 0) {
        return evpack_fail(
            err, EVPACK_E_CASE,
            "%s got evidence or an engagement after it was mapped: run 'evpack map' again",
            store_path(p->s));
    }
    p->mapping = db_int(run, 0);
    (void)snprintf(p->evaluated_at, sizeof p->evaluated_at, "%s", db_text_or_empty(run, 1));
    (void)snprintf(p->mapping_sha256, sizeof p->mapping_sha256, "%s", db_text_or_empty(run, 2));
    return EVPACK_OK;
}

/* Every evidence file in the order of its path in the package. */
static const char evidence_sql[] =
    "SELECT e.id, 'data/evidence/' || s.label || '/' || e.member AS path, c.size, c.sha256"
    " FROM evidence e JOIN snapshot s ON s.id = e.snapshot_id"
    " JOIN content c ON c.id = e.content_id ORDER BY path";

/* What the id is made of, beside the evidence: whatever else the package's bytes follow from. */
static evpack_status id_head(const packer *p, const cms_signer *who, buf *out, evpack_err *err)
{
    char at[TEXT_TIME];
    text_format_time(p->o->at, at);
    buf_printf(out, "%s\n%s\n%s\n%s\n%s\n", EVPACK_VERSION, p->mapping_sha256, p->evaluated_at, at,
               who->fingerprint);
    buf_printf(out, "%llu %s\n%s\n%s\n", (unsigned long long)p->sequence, p->previous.sha256,
               or_empty(p->o->by), or_empty(p->o->reason));
    if (p->o->cap > 0 || p->o->html_cap > 0) {
        buf_printf(out, "caps %lld %lld\n", (long long)p->o->cap, (long long)p->o->html_cap);
    }
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(p->s),
                          "SELECT lower(hex(sha256)) FROM custody_sealed"
                          " WHERE id = (SELECT max(id) FROM custody_sealed)"
                          " UNION ALL SELECT label || ' ' || coalesce(collected_at, '')"
                          " FROM snapshot ORDER BY 1",
                          &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            buf_printf(out, "%s\n", db_text_or_empty(rows, 0));
        }
    }
    if (p->revocation.len > 0) {
        unsigned char sha256[DIGEST_SIZE];
        char hex[DIGEST_HEX];
        EVPACK_TRY(digest_bytes(p->revocation.data, p->revocation.len, sha256, err));
        text_hex(sha256, sizeof sha256, hex);
        buf_printf(out, "revocation %s\n", hex);
    }
    const char *template = report_template_sha256(p->o->template);
    if (template != NULL) {
        buf_printf(out, "template %s\n", template);
    }
    if (p->redaction == NULL) {
        return buf_status(out, err);
    }
    buf_puts(out, "redacted\n");
    EVPACK_AUTO(db_stmt) secrets = NULL;
    EVPACK_TRY(db_prepare(store_db(p->s), "SELECT lower(hex(commitment)) FROM secret ORDER BY id",
                          &secrets, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(secrets, &row, err));
        if (row) {
            buf_printf(out, "%s\n", db_text_or_empty(secrets, 0));
        }
    }
    return buf_status(out, err);
}

static evpack_status make_id(packer *p, const cms_signer *who, evpack_err *err)
{
    EVPACK_AUTO(digest) d = NULL;
    EVPACK_TRY(digest_new(&d, err));
    EVPACK_AUTO_VALUE(buf_reset) buf head = {0};
    EVPACK_TRY(id_head(p, who, &head, err));
    digest_update(d, head.data, head.len);
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(p->s), evidence_sql, &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            size_t len = 0;
            const char *path = db_text_or_empty(rows, 1);
            digest_update(d, path, strlen(path) + 1);
            const void *sha = db_bytes(rows, 3, &len);
            digest_update(d, sha, len);
        }
    }
    unsigned char sha[DIGEST_SIZE];
    EVPACK_TRY(digest_final(d, sha, err));
    char hex[13];
    text_hex(sha, 6, hex);
    char at[TEXT_TIME];
    text_format_time(p->o->at, at);
    (void)snprintf(p->id, sizeof p->id, "evpack-%.4s%.2s%.2s-%s", at, at + 5, at + 8, hex);
    return EVPACK_OK;
}

/* What was written to a scratch file becomes a member. */
static evpack_status add_scratch(packer *p, const char *name, int fd, evpack_err *err)
{
    char path[REPORT_NAME + 8];
    (void)snprintf(path, sizeof path, "data/%s", name);
    step(p, path);
    return side_seal(p->sealer, path, fd, err);
}

static evpack_status add_part(packer *p, report_format format, unsigned part, evpack_err *err)
{
    char name[REPORT_NAME];
    step(p, report_part_name(format, part, name));
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(side_open(p->o->out, &fd, err));
    EVPACK_TRY(report_write(p->s, &p->report, format, part, fd, err));
    return add_scratch(p, name, fd, err);
}

/* Part by part in the byte order of their names: -10 before -2, and the first, which has no number,
 * last. */
static evpack_status add_report(packer *p, report_format format, evpack_err *err)
{
    unsigned parts = 1;
    EVPACK_TRY(report_parts(p->s, &p->report, format, &parts, err));
    char last[REPORT_NAME] = "";
    for (unsigned done = 0; done < parts; done++) {
        unsigned next = 0;
        char least[REPORT_NAME];
        for (unsigned part = 1; part <= parts; part++) {
            char name[REPORT_NAME];
            (void)report_part_name(format, part, name);
            if (strcmp(name, last) > 0 && (next == 0 || strcmp(name, least) < 0)) {
                memcpy(least, name, sizeof least);
                next = part;
            }
        }
        EVPACK_TRY(add_part(p, format, next, err));
        memcpy(last, least, sizeof last);
    }
    return EVPACK_OK;
}

static evpack_status add_redactions(packer *p, evpack_err *err)
{
    if (p->redaction == NULL) {
        return EVPACK_OK;
    }
    step(p, "redactions.json");
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(side_open(p->o->out, &fd, err));
    EVPACK_TRY(redaction_list(p->redaction, p->s, fd, err));
    return add_scratch(p, "redactions.json", fd, err);
}

/* For the evidence index. */
static bool tell_redacted(void *ctx, int64_t evidence_id, report_redacted *out)
{
    const packer *p = ctx;
    const redacted_file *file = redaction_of(p->redaction, evidence_id);
    if (file != NULL) {
        *out = (report_redacted){file->withheld != NULL, file->sha256, file->size};
    }
    return file != NULL;
}

static evpack_status write_chunk(void *ctx, const void *data, size_t len, evpack_err *err)
{
    packer *p = ctx;
    p->packed += len;
    progress_tell(store_watched(p->s), NULL, PROGRESS_BYTES, p->packed, p->to_pack);
    return sealer_write(p->sealer, data, len, err);
}

static evpack_status add_evidence(packer *p, evpack_err *err)
{
    int64_t bytes = 0; /* before redaction: for who watches */
    EVPACK_TRY(db_value(store_db(p->s),
                        "SELECT sum(c.size) FROM evidence e JOIN content c ON c.id = e.content_id",
                        &bytes, err));
    p->to_pack = (uint64_t)bytes;
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(p->s), evidence_sql, &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (!row) {
            break;
        }
        const char *path = db_text_or_empty(rows, 1);
        int64_t id = db_int(rows, 0);
        const redacted_file *file = redaction_of(p->redaction, id);
        if (file != NULL && file->withheld != NULL) {
            continue;
        }
        step(p, path);
        uint64_t size = file != NULL ? file->size : (uint64_t)db_int(rows, 2);
        EVPACK_TRY(sealer_begin(p->sealer, path, size, err));
        EVPACK_TRY(file != NULL ? redaction_write(p->s, id, write_chunk, p, err)
                                : evidence_read(p->s, id, write_chunk, p, err));
        EVPACK_TRY(sealer_end(p->sealer, err));
    }
    return EVPACK_OK;
}

static evpack_status add_mapping(packer *p, evpack_err *err)
{
    step(p, "data/mapping");
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(p->s),
                          "SELECT 'data/mapping/' || path AS member, bytes FROM mapping_file"
                          " WHERE mapping_id = ? ORDER BY member",
                          &rows, err));
    EVPACK_TRY(db_bind(rows, err, "i", p->mapping));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            size_t len = 0;
            const void *bytes = db_bytes(rows, 1, &len);
            EVPACK_TRY(sealer_add(p->sealer, db_text_or_empty(rows, 0), bytes, len, err));
        }
    }
    return EVPACK_OK;
}

static bool leaves_secrets_in(const packer *p)
{
    return p->o->secrets == PACKAGE_SECRETS_ALLOW && p->secrets.secrets > 0;
}

/* VERIFY.txt with the package's own names in its commands. */
static evpack_status add_instructions(packer *p, evpack_err *err)
{
    const embed_file *file = embed_find("reports/VERIFY.txt");
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "reports/VERIFY.txt is not built in");
    }
    char n[3][24];
    bool redacted = p->redaction != NULL;
    uint64_t values = redacted ? redaction_count(p->redaction) : 0;
    uint64_t withheld = redacted ? redaction_withheld(p->redaction) : 0;
    (void)snprintf(n[0], sizeof n[0], "%llu", (unsigned long long)values);
    (void)snprintf(n[1], sizeof n[1], "%llu", (unsigned long long)withheld);
    (void)snprintf(n[2], sizeof n[2], "%lld", (long long)p->secrets.secrets);
    const struct {
        const char *mark, *text;
    } marks[] = {{"{{package_id}}", p->id}, {"{{zip_name}}", "P.zip"}, {"{{redactions}}", n[0]},
                 {"{{withheld}}", n[1]},    {"{{secrets}}", n[2]},     {"{{redacted}}", ""},
                 {"{{allowed}}", ""},       {"{{listed}}", ""}};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    const char *at = (const char *)file->data;
    for (const char *end = at + file->len; at < end;) {
        /* A line that begins with one of these is only for such a package. */
        if ((text_starts(at, "{{redacted}}") && !redacted) ||
            (text_starts(at, "{{allowed}}") && !leaves_secrets_in(p)) ||
            (text_starts(at, "{{listed}}") && p->revocation.len == 0)) {
            at += strcspn(at, "\n") + 1;
            continue;
        }
        size_t m = 0;
        while (m < sizeof marks / sizeof marks[0] && !text_starts(at, marks[m].mark)) {
            m++;
        }
        if (m < sizeof marks / sizeof marks[0]) {
            buf_puts(&text, marks[m].text);
            at += strlen(marks[m].mark);
        } else {
            buf_putc(&text, *at++);
        }
    }
    EVPACK_TRY(buf_status(&text, err));
    return sealer_add(p->sealer, "VERIFY.txt", buf_str(&text), text.len, err);
}

/* In ascending byte order of the members' paths, as the sealer wants them. */
static evpack_status add_all(packer *p, evpack_err *err)
{
    EVPACK_TRY(add_instructions(p, err));
    EVPACK_TRY(add_report(p, REPORT_CUSTODY, err));
    EVPACK_TRY(add_report(p, REPORT_DECISIONS, err));
    EVPACK_TRY(add_report(p, REPORT_INDEX, err));
    EVPACK_TRY(add_evidence(p, err));
    EVPACK_TRY(add_report(p, REPORT_CSV, err));
    EVPACK_TRY(add_report(p, REPORT_JSON, err));
    EVPACK_TRY(add_report(p, REPORT_SCHEMA, err));
    EVPACK_TRY(add_mapping(p, err));
    EVPACK_TRY(add_report(p, REPORT_OSCAL, err));
    EVPACK_TRY(add_report(p, REPORT_RECONCILIATION, err));
    EVPACK_TRY(add_redactions(p, err));
    EVPACK_TRY(add_report(p, REPORT_HTML, err));
    EVPACK_TRY(add_report(p, REPORT_PDF, err));
    return p->revocation.len == 0
               ? EVPACK_OK
               : sealer_add(p->sealer, BAG_REVOCATION, p->revocation.data, p->revocation.len, err);
}

static evpack_status log_it(packer *p, const package_result *r, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf detail = {0};
    buf_printf(&detail,
               "{\"package_id\":\"%s\",\"sha256\":\"%s\",\"signer_sha256\":\"%s\","
               "\"sequence\":%llu",
               r->id, r->sealed.sha256, r->sealed.signer.fingerprint,
               (unsigned long long)p->sequence);
    if (p->previous.sha256[0] != '\0') {
        buf_printf(&detail, ",\"previous_sha256\":\"%s\"", p->previous.sha256);
    }
    if (p->redaction != NULL) {
        buf_printf(&detail, ",\"redactions\":%llu,\"withheld\":%llu",
                   (unsigned long long)r->redactions, (unsigned long long)r->withheld);
    } else if (leaves_secrets_in(p)) {
        buf_printf(&detail, ",\"secrets_allowed\":%lld", (long long)p->secrets.secrets);
    }
    buf_putc(&detail, '}');
    EVPACK_TRY(buf_status(&detail, err));
    custody_event event = {.event = "package",
                           .by = p->o->by,
                           .reason = p->o->reason,
                           .detail = buf_str(&detail),
                           .at = p->o->at};
    EVPACK_TRY(store_begin(p->s, err));
    EVPACK_TRY(custody_add(p->s, &event, err));
    return store_commit(p->s, err);
}

/* The case will get an event: that it can be written is better known before than after. */
static evpack_status check_writable(store *s, evpack_err *err)
{
    evpack_status status = store_begin(s, err);
    store_rollback(s);
    return status == EVPACK_OK ? status : evpack_context(err, "%s", store_path(s));
}

/* The lines of bag-info.txt beside those that every bag has. */
static evpack_status say_info(const packer *p, baginfo *b, evpack_err *err)
{
    EVPACK_TRY(baginfo_place(b, p->sequence, p->previous.sha256, err));
    if (or_empty(p->o->by)[0] != '\0') {
        EVPACK_TRY(baginfo_add(b, BAG_PACKAGED_BY, p->o->by, err));
    }
    if (or_empty(p->o->reason)[0] != '\0') {
        EVPACK_TRY(baginfo_add(b, BAG_PACKAGING_REASON, p->o->reason, err));
    }
    EVPACK_TRY(baginfo_add(b, "Evpack-Evaluated-At", p->evaluated_at, err));
    EVPACK_TRY(baginfo_add(b, "Evpack-Mapping-SHA256", p->mapping_sha256, err));
    EVPACK_TRY(baginfo_scope(b, p->s, err));
    if (p->redaction != NULL) {
        EVPACK_TRY(baginfo_number(b, BAG_REDACTIONS, redaction_count(p->redaction), err));
        return baginfo_number(b, BAG_WITHHELD, redaction_withheld(p->redaction), err);
    }
    return leaves_secrets_in(p)
               ? baginfo_number(b, BAG_SECRETS_ALLOWED, (uint64_t)p->secrets.secrets, err)
               : EVPACK_OK;
}

static evpack_status seal(packer *p, const pki_signer *signer, package_result *result,
                          evpack_err *err)
{
    cms_signer who;
    cms_signer_of(signer, &who);
    EVPACK_TRY(read_run(p, err));
    EVPACK_TRY(make_id(p, &who, err));
    (void)snprintf(result->id, sizeof result->id, "%s", p->id);
    p->report =
        (report_options){.package_id = p->id,
                         .signer = who.subject,
                         .at = p->o->at,
                         .cap = p->o->cap,
                         .html_cap = p->o->html_cap,
                         .template = p->o->template,
                         .rows = p->o->rows,
                         .redacted = tell_redacted,
                         .redacted_ctx = p,
                         .formats = (REPORT_BIT(REPORT_FORMATS) - 1) & ~REPORT_BIT(REPORT_SARIF)};
    EVPACK_AUTO(sealer) sealing = NULL;
    EVPACK_TRY(sealer_open(p->o->out, p->id, &sealing, err));
    p->sealer = sealing;
    EVPACK_TRY(add_all(p, err));
    step(p, PACKAGE_LAST);
    EVPACK_AUTO_VALUE(baginfo_reset) baginfo lines = {0};
    EVPACK_TRY(say_info(p, &lines, err));
    if (p->redaction != NULL) {
        result->redactions = redaction_count(p->redaction);
        result->withheld = redaction_withheld(p->redaction);
    }
    const sealer_identity identity = {.signer = signer,
                                      .at = p->o->at,
                                      .fields = lines.at,
                                      .field_count = lines.count,
                                      .watch = store_watched(p->s)};
    return sealer_finish(sealing, &identity, &result->sealed, err);
}

/* Secrets ----------------------------------------------------------------------------------------
 */

static evpack_status refuse(const packer *p, evpack_err *err)
{
    const secret_totals *t = &p->secrets;
    if (t->secrets > 0 && p->o->secret != NULL) {
        EVPACK_TRY(secret_each(p->s, 0, p->o->secret, p->o->ctx, err));
    }
    if (t->secrets > 0) {
        return evpack_fail(err, EVPACK_E_CASE,
                           "%s holds %lld secrets in %lld files: --redact replaces them in the "
                           "package, --allow-secrets leaves them in ('evpack status' lists them)",
                           store_path(p->s), (long long)t->secrets, (long long)t->files);
    }
    return evpack_fail(err, EVPACK_E_CASE,
                       "%s has %lld files that nobody looked through for secrets, because an older "
                       "evpack collected them: collect them into a new case, or package with "
                       "--allow-secrets",
                       store_path(p->s), (long long)t->unseen);
}

/* Whether the log that will be sealed ends with this very decision. */
static evpack_status is_decided(packer *p, const char *detail, bool *yes, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) last = NULL;
    EVPACK_TRY(db_prepare(store_db(p->s),
                          "SELECT line FROM custody_sealed ORDER BY id DESC LIMIT 1", &last, err));
    bool row = false;
    EVPACK_TRY(db_step(last, &row, err));
    *yes = false;
    if (!row) {
        return EVPACK_OK;
    }
    size_t len = 0;
    const char *line = db_bytes(last, 0, &len);
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(json_parse(line, len, false, &doc, err));
    const char *event = json_get_string(json_root(doc), "event");
    const char *by = json_get_string(json_root(doc), "by");
    const char *reason = json_get_string(json_root(doc), "reason");
    *yes = event != NULL && strcmp(event, "secrets") == 0 &&
           strcmp(or_empty(by), or_empty(p->o->by)) == 0 &&
           strcmp(or_empty(reason), or_empty(p->o->reason)) == 0 && strstr(line, detail) != NULL;
    return EVPACK_OK;
}

/* Once for one state of the case, so that packaging it again gives the same package. */
static evpack_status log_decision(packer *p, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf detail = {0};
    buf_printf(&detail, "{\"decision\":\"%s\",\"secrets\":%lld,\"files\":%lld,\"unseen\":%lld}",
               p->o->secrets == PACKAGE_SECRETS_REDACT ? "redact" : "allow",
               (long long)p->secrets.secrets, (long long)p->secrets.files,
               (long long)p->secrets.unseen);
    EVPACK_TRY(buf_status(&detail, err));
    bool decided = false;
    EVPACK_TRY(is_decided(p, buf_str(&detail), &decided, err));
    if (decided) {
        return EVPACK_OK;
    }
    const custody_event event = {.event = "secrets",
                                 .by = p->o->by,
                                 .reason = p->o->reason,
                                 .detail = buf_str(&detail),
                                 .at = p->o->at};
    EVPACK_TRY(store_begin(p->s, err));
    evpack_status status = custody_add(p->s, &event, err);
    if (status != EVPACK_OK) {
        store_rollback(p->s);
        return status;
    }
    return store_commit(p->s, err);
}

static evpack_status decide(packer *p, evpack_err *err)
{
    EVPACK_TRY(secret_count(p->s, &p->secrets, err));
    bool any = p->secrets.secrets > 0 || p->secrets.unseen > 0;
    bool redact = p->o->secrets == PACKAGE_SECRETS_REDACT;
    if (any && (p->o->secrets == PACKAGE_SECRETS_REFUSE || (redact && p->secrets.unseen > 0))) {
        if (redact) {
            p->secrets.secrets = 0; /* what stands in the way is what nobody looked at */
        }
        return refuse(p, err);
    }
    if (redact) {
        EVPACK_TRY(redaction_plan(p->s, &p->redaction, err));
        any = any || redaction_withheld(p->redaction) > 0;
    }
    if (redact && !any) {
        redaction_free(p->redaction);
        p->redaction = NULL;
    }
    return any && p->o->secrets != PACKAGE_SECRETS_REFUSE ? log_decision(p, err) : EVPACK_OK;
}

/* Its place in the sequence. */
static evpack_status follow(packer *p, evpack_err *err)
{
    if (p->o->previous != NULL) {
        EVPACK_TRY(previous_read(p->o->previous, &p->previous, err));
    }
    p->sequence = p->previous.sequence + 1;
    return EVPACK_OK;
}

static void packer_reset(packer *p)
{
    redaction_free(p->redaction);
    buf_reset(&p->revocation);
}

evpack_status package_write(store *s, const package_options *options, package_result *result,
                            evpack_err *err)
{
    *result = (package_result){0};
    EVPACK_AUTO_VALUE(packer_reset) packer p = {.s = s, .o = options};
    EVPACK_TRY(custody_check_words(options->by, options->reason, err));
    EVPACK_AUTO(pki_signer) signer = NULL;
    EVPACK_TRY(signer_load(&options->files, options->at, &signer, err));
    EVPACK_TRY(signer_lists(signer, options->crls, options->crl_count, &p.revocation, err));
    EVPACK_TRY(follow(&p, err));
    result->sequence = p.sequence;
    EVPACK_TRY(check_writable(s, err));
    EVPACK_TRY(read_run(&p, err));
    EVPACK_TRY(decide(&p, err));
    /* All parts show one state of the case, also when another evpack maps it meanwhile. */
    EVPACK_TRY(store_begin_reading(s, err));
    evpack_status status = seal(&p, signer, result, err);
    store_rollback(s);
    EVPACK_TRY(status);
    return log_it(&p, result, err);
}
