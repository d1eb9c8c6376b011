/*
 * Gathering a package. Invariant: every evidence file of the case and every file of the mapping
 * that was used is in the package, byte for byte, and the reports show the run that is packaged.
 * Refuses to know how a package is sealed.
 */
#include "package/package.h"

#include "base/embed.h"
#include "base/file.h"
#include "base/text.h"
#include "port/digest.h"
#include "report/report.h"
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
} packer;

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
        return evpack_fail(err, EVPACK_E_CASE,
                           "%s got evidence after it was mapped: run 'evpack map' again",
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

/* A file without a name beside the package: reports are as large as the case. */
static evpack_status open_scratch(const packer *p, int *fd, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf folder = {0};
    const char *slash = strrchr(p->o->out, '/');
    buf_append(&folder, p->o->out, slash == NULL ? 0 : (size_t)(slash - p->o->out) + 1);
    buf_puts(&folder, ".");
    EVPACK_TRY(buf_status(&folder, err));
    *fd = open(buf_str(&folder), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (*fd >= 0) {
        return EVPACK_OK;
    }
    buf_truncate(&folder, folder.len - 1);
    buf_puts(&folder, ".evpack-XXXXXX");
    EVPACK_TRY(buf_status(&folder, err));
    *fd = mkostemp(folder.data, O_CLOEXEC);
    if (*fd < 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: no file can be made beside it: %s", p->o->out,
                           strerror(errno));
    }
    (void)unlink(buf_str(&folder));
    return EVPACK_OK;
}

static evpack_status copy_fd(packer *p, int fd, evpack_err *err)
{
    enum { BLOCK = 256 << 10 };
    EVPACK_AUTO_CHARS block = malloc(BLOCK);
    if (block == NULL) {
        return evpack_oom(err);
    }
    for (size_t got = BLOCK; got == BLOCK;) {
        EVPACK_TRY(file_read_fd(fd, block, BLOCK, &got, err));
        EVPACK_TRY(sealer_write(p->sealer, block, got, err));
    }
    return EVPACK_OK;
}

static evpack_status add_report(packer *p, report_format format, evpack_err *err)
{
    step(p, report_name(format));
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(open_scratch(p, &fd, err));
    EVPACK_TRY(report_write(p->s, &p->report, format, fd, err));
    uint64_t size = 0;
    EVPACK_TRY(file_size_fd(fd, &size, err));
    if (lseek(fd, 0, SEEK_SET) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "a report cannot be read back: %s", strerror(errno));
    }
    char path[64];
    (void)snprintf(path, sizeof path, "data/%s", report_name(format));
    EVPACK_TRY(sealer_begin(p->sealer, path, size, err));
    EVPACK_TRY(copy_fd(p, fd, err));
    return sealer_end(p->sealer, err);
}

static evpack_status write_chunk(void *ctx, const void *data, size_t len, evpack_err *err)
{
    return sealer_write(ctx, data, len, err);
}

static evpack_status add_evidence(packer *p, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(p->s), evidence_sql, &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (!row) {
            break;
        }
        const char *path = db_text_or_empty(rows, 1);
        step(p, path);
        EVPACK_TRY(sealer_begin(p->sealer, path, (uint64_t)db_int(rows, 2), err));
        EVPACK_TRY(evidence_read(p->s, db_int(rows, 0), write_chunk, p->sealer, err));
        EVPACK_TRY(sealer_end(p->sealer, err));
    }
    return EVPACK_OK;
}

static evpack_status add_mapping(packer *p, evpack_err *err)
{
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

/* VERIFY.txt with the package's own names in its commands. */
static evpack_status add_instructions(packer *p, evpack_err *err)
{
    const embed_file *file = embed_find("reports/VERIFY.txt");
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "reports/VERIFY.txt is not built in");
    }
    static const char id_mark[] = "{{package_id}}";
    static const char zip_mark[] = "{{zip_name}}";
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    const char *at = (const char *)file->data;
    for (const char *end = at + file->len; at < end;) {
        if (text_starts(at, id_mark)) {
            buf_puts(&text, p->id);
            at += strlen(id_mark);
        } else if (text_starts(at, zip_mark)) {
            buf_puts(&text, "P.zip");
            at += strlen(zip_mark);
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
    EVPACK_TRY(add_report(p, REPORT_INDEX, err));
    EVPACK_TRY(add_evidence(p, err));
    EVPACK_TRY(add_report(p, REPORT_CSV, err));
    EVPACK_TRY(add_report(p, REPORT_JSON, err));
    EVPACK_TRY(add_report(p, REPORT_RECONCILIATION, err));
    EVPACK_TRY(add_mapping(p, err));
    EVPACK_TRY(add_report(p, REPORT_HTML, err));
    return add_report(p, REPORT_PDF, err);
}

static evpack_status log_it(packer *p, const package_result *r, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf detail = {0};
    buf_printf(&detail, "{\"package_id\":\"%s\",\"sha256\":\"%s\",\"signer_sha256\":\"%s\"}", r->id,
               r->sealed.sha256, r->sealed.signer.fingerprint);
    EVPACK_TRY(buf_status(&detail, err));
    custody_event event = {
        .event = "package", .by = p->o->by, .detail = buf_str(&detail), .at = p->o->at};
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

static evpack_status seal(packer *p, const pki_signer *signer, package_result *result,
                          evpack_err *err)
{
    cms_signer who;
    cms_signer_of(signer, &who);
    EVPACK_TRY(read_run(p, err));
    EVPACK_TRY(make_id(p, &who, err));
    (void)snprintf(result->id, sizeof result->id, "%s", p->id);
    p->report = (report_options){
        .package_id = p->id, .signer = who.subject, .at = p->o->at, .cap = p->o->cap};
    EVPACK_AUTO(sealer) sealing = NULL;
    EVPACK_TRY(sealer_open(p->o->out, p->id, &sealing, err));
    p->sealer = sealing;
    EVPACK_TRY(add_all(p, err));
    step(p, "sealing and verifying");
    const bag_field fields[] = {{"Evpack-Evaluated-At", p->evaluated_at},
                                {"Evpack-Mapping-SHA256", p->mapping_sha256}};
    const sealer_identity identity = {
        .signer = signer, .at = p->o->at, .fields = fields, .field_count = 2};
    return sealer_finish(sealing, &identity, &result->sealed, err);
}

evpack_status package_write(store *s, const package_options *options, package_result *result,
                            evpack_err *err)
{
    *result = (package_result){0};
    packer p = {.s = s, .o = options};
    EVPACK_AUTO(pki_signer) signer = NULL;
    EVPACK_TRY(pki_signer_load(&options->files, options->at, &signer, err));
    EVPACK_TRY(check_writable(s, err));
    /* All parts show one state of the case, also when another evpack maps it meanwhile. */
    EVPACK_TRY(store_begin_reading(s, err));
    evpack_status status = seal(&p, signer, result, err);
    store_rollback(s);
    EVPACK_TRY(status);
    return log_it(&p, result, err);
}
