/* seal/previous: the number of a package and the hash of the one before: read, judged, shown. */
#include "seal/previous.h"

#include "base/text.h"
#include "seal/verify.h"
#include "support.h"

#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OTHER "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static fixture_key key;

/* A package with further lines in bag-info.txt; sha256 may be NULL. */
static const char *make(const char *name, const char *lines, char sha256[DIGEST_HEX])
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    raw_default(&raw, signer);
    raw.more_info = lines;
    raw_reseal(&raw, signer);
    const char *path = test_path(name);
    raw_write(&raw, path, signer);
    raw_free(&raw);
    if (sha256 != NULL) {
        EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
        test_read(path, &bytes);
        OK(digest_bytes_hex(buf_str(&bytes), bytes.len, sha256, &err));
    }
    return path;
}

static seal_report judged(const char *path, const char *previous)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&key);
    seal_options options = {.trust = trust, .now = text_now(), .previous = previous};
    seal_report r;
    OK(seal_verify(path, &options, &r, &err));
    return r;
}

static bool says(const seal_report *r, const char *part)
{
    for (size_t i = 0; i < r->not_covered_count; i++) {
        if (strstr(r->not_covered[i], part) != NULL) {
            return true;
        }
    }
    return false;
}

static void refused(const seal_report *r, const char *code, const char *part)
{
    ck_assert_msg(r->verdict == SEAL_NOT_VERIFIED && r->reason_count == 1 &&
                      strcmp(r->reasons[0].code, code) == 0 &&
                      strstr(r->reasons[0].text, part) != NULL,
                  "expected %s with '%s' alone, came %s, %zu reasons, first %s: %s", code, part,
                  seal_verdict_text(r->verdict), r->reason_count,
                  r->reason_count == 0 ? "none" : r->reasons[0].code,
                  r->reason_count == 0 ? "" : r->reasons[0].text);
}

START_TEST(a_sequence_is_shown_and_compared)
{
    char first[DIGEST_HEX];
    const char *one = make("1.zip", "Package-Sequence: 1\n", first);
    char lines[200];
    (void)snprintf(lines, sizeof lines, "Package-Sequence: 2\nPrevious-Package-SHA256: %s\n",
                   first);
    const char *two = make("2.zip", lines, NULL);
    seal_report r = judged(one, NULL);
    ck_assert(r.verdict == SEAL_VERIFIED && r.sequence == 1 && r.previous[0] == '\0');
    ck_assert(says(&r, "a later package") && !says(&r, "--previous"));
    r = judged(two, NULL);
    ck_assert(r.verdict == SEAL_VERIFIED && r.sequence == 2 && !r.previous_met);
    ck_assert_str_eq(r.previous, first);
    ck_assert(says(&r, "--previous") && says(&r, "a later package"));
    r = judged(two, one);
    ck_assert(r.verdict == SEAL_VERIFIED && r.previous_met);
    ck_assert(says(&r, "Whether the package before it verifies"));
    r = judged(two, two);
    refused(&r, "previous-differs", "is not the package before this one");
    r = judged(one, two);
    refused(&r, "previous-differs", "names no package before it");
    r = judged(make("0.zip", NULL, NULL), one);
    refused(&r, "previous-differs", "names no package before it");
    ck_assert(r.sequence == 0 && !says(&r, "a later package"));
}
END_TEST

/* What cannot be read is no answer, and what does not verify is not compared. */
START_TEST(undecided_and_refused)
{
    evpack_err err = {0};
    char first[DIGEST_HEX];
    const char *one = make("1.zip", "Package-Sequence: 1\n", first);
    char lines[200];
    (void)snprintf(lines, sizeof lines, "Package-Sequence: 2\nPrevious-Package-SHA256: %s\n",
                   first);
    const char *two = make("2.zip", lines, NULL);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&key);
    seal_options options = {
        .trust = trust, .now = text_now(), .previous = test_path("nothing.zip")};
    seal_report r;
    FAILS(seal_verify(two, &options, &r, &err), EVPACK_E_IO, "nothing.zip");
    ck_assert(r.verdict == SEAL_UNDECIDED);
    options.previous = test_dir();
    ck_assert(seal_verify(two, &options, &r, &err) != EVPACK_OK && r.verdict == SEAL_UNDECIDED);
    ck_assert_int_eq(truncate(two, 300), 0);
    r = judged(two, one);
    ck_assert(r.verdict == SEAL_NOT_VERIFIED && !r.previous_met && r.sequence == 0);
}
END_TEST

START_TEST(a_folder_has_its_place_too)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    char first[DIGEST_HEX];
    char one[4096]; /* test_path's own is used again */
    (void)snprintf(one, sizeof one, "%s", make("1.zip", "Package-Sequence: 1\n", first));
    char lines[200];
    (void)snprintf(lines, sizeof lines, "Package-Sequence: 2\nPrevious-Package-SHA256: %s\n",
                   first);
    raw_package raw;
    raw_default(&raw, signer);
    raw.more_info = lines;
    raw_reseal(&raw, signer);
    const char *folder = raw_unpack(&raw, "P");
    raw_free(&raw);
    seal_report r = judged(folder, one);
    ck_assert(r.verdict == SEAL_VERIFIED && r.previous_met && r.sequence == 2);
    r = judged(folder, make("other.zip", NULL, NULL));
    refused(&r, "previous-differs", "is not the package before this one");
}
END_TEST

/* Under good signatures: a packager that writes another form is told from damage. */
START_TEST(other_forms_are_refused)
{
    static const struct {
        const char *lines, *part;
    } rows[] = {
        {"Package-Sequence: 0\n", "Package-Sequence cannot be read"},
        {"Package-Sequence: 01\n", "Package-Sequence cannot be read"},
        {"Package-Sequence: -1\n", "Package-Sequence cannot be read"},
        {"Package-Sequence: two\n", "Package-Sequence cannot be read"},
        {"Package-Sequence: 1000000000\n", "Package-Sequence cannot be read"},
        {"Package-Sequence: 2\n", "expected Previous-Package-SHA256"},
        {"Package-Sequence: 1\nPrevious-Package-SHA256: " OTHER "\n",
         "expected Previous-Package-SHA256"},
        {"Previous-Package-SHA256: " OTHER "\n", "expected Previous-Package-SHA256"},
        {"Package-Sequence: 2\nPrevious-Package-SHA256: " OTHER "0\n",
         "Previous-Package-SHA256 cannot be read"},
        {"Package-Sequence: 2\nPrevious-Package-SHA256: A123456789abcdef0123456789abcdef0123456789"
         "abcdef0123456789abcdef\n",
         "Previous-Package-SHA256 cannot be read"},
        {"Package-Sequence: 2\nPrevious-Package-SHA256: \n",
         "Previous-Package-SHA256 cannot be read"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        evpack_err err = {0};
        previous_package p;
        const char *path = make("x.zip", rows[i].lines, NULL);
        seal_report r = judged(path, NULL);
        refused(&r, "sequence-malformed", rows[i].part);
        ck_assert(r.sequence == 0 && r.previous[0] == '\0');
        FAILS(previous_read(path, &p, &err), EVPACK_E_INPUT, rows[i].part);
    }
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&key);
    fixture_refused(make("y.zip", "Package-Sequence: 1\npackage-sequence: 1\n", NULL), trust,
                    "bag-info-repeated", "more than once");
}
END_TEST

START_TEST(the_one_before_is_read_strictly)
{
    evpack_err err = {0};
    char sha256[DIGEST_HEX];
    previous_package p;
    const char *path =
        make("1.zip", "Package-Sequence: 41\nPrevious-Package-SHA256: " OTHER "\n", sha256);
    OK(previous_read(path, &p, &err));
    ck_assert_uint_eq(p.sequence, 41);
    ck_assert_str_eq(p.sha256, sha256);
    ck_assert_str_eq(p.id, FIXTURE_ID);
    FAILS(previous_read(make("0.zip", NULL, NULL), &p, &err), EVPACK_E_INPUT,
          "says no Package-Sequence");
    FAILS(previous_read(make("last.zip",
                             "Package-Sequence: 999999999\nPrevious-Package-SHA256: " OTHER "\n",
                             NULL),
                        &p, &err),
          EVPACK_E_INPUT, "no Package-Sequence is left");
    FAILS(previous_read(test_text_file("t.zip", "no zip"), &p, &err), EVPACK_E_INPUT,
          "is no package that another can follow");
    FAILS(previous_read(test_path("nothing.zip"), &p, &err), EVPACK_E_IO, "nothing.zip");
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    raw_default(&raw, signer);
    raw_remove(&raw, BAG_INFO);
    raw_write(&raw, test_path("n.zip"), NULL);
    raw_free(&raw);
    FAILS(previous_read(test_path("n.zip"), &p, &err), EVPACK_E_INPUT, "no bag-info.txt");
    raw_default(&raw, signer);
    memcpy(raw.id, "another", sizeof "another");
    raw_write(&raw, test_path("a.zip"), NULL);
    raw_free(&raw);
    FAILS(previous_read(test_path("a.zip"), &p, &err), EVPACK_E_INPUT, "its top folder is another");
    ck_assert_msg(p.sequence == 41, "expected what was read before to stay");
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &key);
    const TTest *const tests[] = {a_sequence_is_shown_and_compared, undecided_and_refused,
                                  a_folder_has_its_place_too,       other_forms_are_refused,
                                  the_one_before_is_read_strictly,  NULL};
    return test_main(test_suite("seal/previous", tests));
}
