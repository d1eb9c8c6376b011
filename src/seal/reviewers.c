/*
 * Reviewers' signatures beside a package. Invariant: what the report repeats of a reviewer's words
 * was signed by a certificate that is trusted; every file that counts as such a signature either
 * holds or gives a reason. Refuses to know what is in the package.
 */
#include "seal/reviewers.h"

#include "base/file.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    char *name; /* of the file, without its folder */
    cms_check *check;
    cms_signer who;
    evpack_status status; /* of reading it */
    evpack_err err;
} review;

struct reviewers {
    review items[SEAL_REVIEWERS_MAX];
    size_t count;
    bool more; /* than there is room for */
};

void reviewers_free(reviewers *r)
{
    for (size_t i = 0; r != NULL && i < r->count; i++) {
        cms_check_free(r->items[i].check);
        free(r->items[i].name);
    }
    free(r);
}

bool reviewers_name_is(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c >= 0x80 || (!isalnum(c) && c != '_' && c != '-')) {
            return false;
        }
    }
    return len > 0 && len <= SEAL_REVIEWER_NAME;
}

/* The part of a file's name that is NAME, if it is BASE.NAME.p7s and NAME has no dot. */
static bool is_review(const char *file, const char *base, const char **name, size_t *len)
{
    static const char end[] = ".p7s";
    size_t before = strlen(base);
    size_t all = strlen(file);
    if (strncmp(file, base, before) != 0 || all < before + 1 + strlen(end) || file[before] != '.' ||
        strcmp(file + all - strlen(end), end) != 0) {
        return false;
    }
    *name = file + before + 1;
    *len = all - before - 1 - strlen(end);
    return memchr(*name, '.', *len) == NULL;
}

static evpack_status gather(reviewers *r, DIR *dir, const char *base, evpack_err *err)
{
    for (;;) {
        errno = 0;
        const struct dirent *e = readdir(dir);
        if (e == NULL) {
            return errno == 0 ? EVPACK_OK
                              : evpack_fail(err, EVPACK_E_IO, "the folder cannot be read: %s",
                                            strerror(errno));
        }
        const char *name = NULL;
        size_t len = 0;
        if (!is_review(e->d_name, base, &name, &len)) {
            continue;
        }
        if (r->count == SEAL_REVIEWERS_MAX) {
            r->more = true;
            return EVPACK_OK;
        }
        review *item = &r->items[r->count];
        item->name = strdup(e->d_name);
        if (item->name == NULL) {
            return evpack_oom(err);
        }
        r->count++;
        if (!reviewers_name_is(name, len)) {
            item->status = EVPACK_E_NO;
            item->who.fault = CMS_MALFORMED;
            (void)evpack_fail(&item->err, EVPACK_E_NO,
                              "the part of its name before .p7s is not 1 to %d of the letters A-Z "
                              "and a-z, digits, _ and -",
                              SEAL_REVIEWER_NAME);
        }
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const review *)a)->name, ((const review *)b)->name);
}

static void read_one(review *item, const char *folder)
{
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    buf_printf(&path, "%s%s", folder, item->name);
    item->status = buf_status(&path, &item->err);
    if (item->status == EVPACK_OK) {
        item->status = file_read(buf_str(&path), REVIEWERS_FILE_MAX, &der, &item->err);
    }
    if (item->status == EVPACK_E_LIMIT) {
        item->status = EVPACK_E_NO;
        item->who.fault = CMS_MALFORMED;
    }
    if (item->status == EVPACK_OK) {
        item->status = cms_check_new(buf_str(&der), der.len, &item->check, &item->who, &item->err);
    }
    if (item->status == EVPACK_OK && item->who.statement[0] == '\0') {
        item->status = EVPACK_E_NO;
        item->who.fault = CMS_ATTRIBUTES;
        (void)evpack_fail(&item->err, EVPACK_E_NO,
                          "it says no role and statement, as a reviewer's signature does");
    }
}

evpack_status reviewers_find(const char *zip_path, reviewers **out, seal_report *report,
                             evpack_err *err)
{
    EVPACK_AUTO(reviewers) r = calloc(1, sizeof *r);
    EVPACK_AUTO_VALUE(buf_reset) buf folder = {0};
    const char *slash = strrchr(zip_path, '/');
    const char *base = slash == NULL ? zip_path : slash + 1;
    buf_append(&folder, zip_path, (size_t)(base - zip_path));
    if (r == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(buf_status(&folder, err));
    DIR *dir = opendir(folder.len == 0 ? "." : buf_str(&folder));
    if (dir == NULL) {
        report_not_covered(report, "Reviewers' signatures: the folder of the package cannot be "
                                   "listed, so nobody looked for them.");
        *out = EVPACK_MOVE(r);
        return EVPACK_OK;
    }
    evpack_status status = gather(r, dir, base, err);
    (void)closedir(dir);
    EVPACK_TRY(status);
    qsort(r->items, r->count, sizeof r->items[0], by_name);
    for (size_t i = 0; i < r->count; i++) {
        if (r->items[i].status == EVPACK_OK) {
            read_one(&r->items[i], buf_str(&folder));
        }
    }
    *out = EVPACK_MOVE(r);
    return EVPACK_OK;
}

void reviewers_update(reviewers *r, const void *data, size_t len)
{
    for (size_t i = 0; r != NULL && i < r->count; i++) {
        if (r->items[i].check != NULL) {
            cms_check_update(r->items[i].check, data, len);
        }
    }
}

static void tell(const review *item, seal_report *report)
{
    seal_reviewer *told = &report->reviewers[report->reviewer_count++];
    evpack_err shown = {0}; /* the name of a file is anyone's */
    (void)evpack_fail(&shown, EVPACK_OK, "%.250s", item->name);
    (void)snprintf(told->file, sizeof told->file, "%.250s", shown.text);
    told->signer = item->who;
    if (!item->who.trusted) {
        told->signer.role[0] = '\0';
        told->signer.statement[0] = '\0';
    }
}

evpack_status reviewers_judge(reviewers *r, const unsigned char sha256[DIGEST_SIZE],
                              const seal_options *options, seal_report *report, evpack_err *err)
{
    if (r->more) {
        (void)report_no(report, SEAL_TOO_MANY_SIGNATURES,
                        "more than %d reviewers' signatures lie beside the package",
                        SEAL_REVIEWERS_MAX);
    }
    for (size_t i = 0; i < r->count; i++) {
        review *item = &r->items[i];
        if (item->status == EVPACK_OK) {
            item->status = cms_check_final(item->check, sha256, options->trust, options->now,
                                           &item->who, &item->err);
        }
        tell(item, report);
        if (item->status == EVPACK_E_NO) {
            (void)report_signature(report, item->who.fault, item->name, &item->err);
        } else if (item->status != EVPACK_OK) {
            *err = item->err;
            return evpack_context(err, "%s", item->name);
        }
    }
    return EVPACK_OK;
}

/* A fingerprint may be typed with colons and in capitals, as other tools print it. */
static bool same_fingerprint(const char *typed, const char *fingerprint)
{
    size_t i = 0;
    for (; *typed != '\0' && i + 1 < DIGEST_HEX; typed++) {
        if (*typed != ':' && tolower((unsigned char)*typed) != fingerprint[i++]) {
            return false;
        }
    }
    return *typed == '\0' && i + 1 == DIGEST_HEX;
}

static bool is_signer(const cms_signer *who, const char *required)
{
    return who->fingerprint[0] != '\0' &&
           (strcmp(who->subject, required) == 0 || same_fingerprint(required, who->fingerprint));
}

static bool require(const char *required, seal_report *report)
{
    bool signed_by = report->has_signer && is_signer(&report->signer, required);
    bool trusted = signed_by && report->signer.trusted;
    for (size_t i = 0; i < report->reviewer_count && !trusted; i++) {
        const cms_signer *who = &report->reviewers[i].signer;
        if (is_signer(who, required)) {
            signed_by = true;
            trusted = who->trusted;
        }
    }
    if (signed_by && !trusted) {
        (void)report_no(report, SEAL_REQUIRED_UNTRUSTED,
                        "%.300s must have signed, and there is such a signature, but it does not "
                        "hold or its certificate is not trusted",
                        required);
    } else if (!signed_by) {
        (void)report_no(report, SEAL_REQUIRED_MISSING, "%.300s must have signed, and has not%s",
                        required,
                        report->folder ? "; reviewers' signatures cover P.zip, not a folder" : "");
    }
    return signed_by && trusted;
}

void reviewers_require(const seal_options *options, seal_report *report)
{
    bool all = options->required_count > 0;
    for (size_t i = 0; i < options->required_count; i++) {
        all = require(options->required[i], report) && all;
    }
    if (all) {
        report_held(report, SEAL_CHECK_REQUIRED);
    }
}
