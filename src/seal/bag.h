/*
 * The tag files of a package: a BagIt 1.0 bag (RFC 8493) in one strict form.
 *
 *   bagit.txt                two fixed lines
 *   bag-info.txt             "Label: value" lines, without continuation; External-Identifier (the
 *                            package id), Payload-Oxum and Bagging-Date once each; where the
 *                            package stands in its sequence (previous.h); what else a packager
 *                            says (package/baginfo.h) is not looked at
 *   manifest-sha256.txt      "HEX  PATH" lines for every file below data/
 *   tagmanifest-sha256.txt   the same for every other file, but itself and those in signatures/
 *   signatures/tagmanifest-sha256.txt.p7s
 *
 * Lines end with LF. Manifest lines have lower-case hex, two spaces and a path of names.h, and are
 * in ascending byte order of their paths, so that none comes twice. There is no fetch.txt and no
 * other manifest. (%-encoded paths cannot occur: a path has no '%', CR or LF.)
 */
#ifndef EVPACK_SEAL_BAG_H
#define EVPACK_SEAL_BAG_H

#include "port/digest.h"
#include "seal/names.h"

#define BAG_DECLARATION "bagit.txt"
#define BAG_INFO "bag-info.txt"
#define BAG_MANIFEST "manifest-sha256.txt"
#define BAG_TAG_MANIFEST "tagmanifest-sha256.txt"
#define BAG_SIGNATURE "signatures/tagmanifest-sha256.txt.p7s"
#define BAG_REVOCATION "revocation.pem" /* seal/revocation.h */
#define BAG_CUSTODY_LOG "data/custody-log.jsonl"

/* Labels in bag-info.txt, each with a number: values replaced by markers, files left out, and
 * secrets that were left in on purpose. data/redactions.json lists the first two. */
#define BAG_REDACTIONS "Redactions"
#define BAG_WITHHELD "Withheld-Files"
#define BAG_SECRETS_ALLOWED "Secrets-Allowed"

/* SHA-256, in lower-case hex, of the compressed data of all members of P.zip before bag-info.txt,
 * joined. Without it a changed bit of Deflate may mean the same bytes, and who can make the outer
 * signature anew could seal two files that hold the same members. Of no meaning in a folder. */
#define BAG_PACKED "Packed-SHA256"
/* The package's place in a sequence (previous.h). */
#define BAG_SEQUENCE "Package-Sequence"
#define BAG_PREVIOUS "Previous-Package-SHA256"
/* Only written: who packaged and why, and the period that the package speaks of. */
#define BAG_PACKAGED_BY "Packaged-By"
#define BAG_PACKAGING_REASON "Packaging-Reason"
#define BAG_PERIOD "Evpack-Period"

/* What bagit.txt says. */
#define BAG_DECLARATION_TEXT "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

/* Tag files are small; these are their caps in bytes. */
enum { BAG_INFO_MAX = 256 * 1024, BAG_TAG_MANIFEST_MAX = 64 * 1024, BAG_TAGS_MAX = 64 };
enum { BAG_SEQUENCE_MAX = 999999999 };

bool bag_is_payload(const char *path);
/* Why a tag file of this name may not be in a package, with the word; NULL when it may. */
const char *bag_tag_fault(const char *path, seal_reason *why);

void bag_manifest_put(buf *out, const unsigned char sha256[DIGEST_SIZE], const char *path);

/* Reads a manifest that is fed in pieces. line is called for each line, in order, and may stop the
 * reading by failing. EVPACK_E_INPUT names the line that is not in the form. */
typedef enum { BAG_PAYLOAD_LINES, BAG_TAG_LINES } bag_lines;
typedef evpack_status (*bag_line)(void *ctx, const char *path,
                                  const unsigned char sha256[DIGEST_SIZE], evpack_err *err);
typedef struct {
    bag_lines kind;
    bag_line line;
    void *ctx;
    uint64_t count;
    buf held; /* the line that is not complete yet */
    char before[MEMBER_PATH_MAX + 1];
    seal_reason fault; /* when feed or end answered EVPACK_E_INPUT */
} bag_reader;
void bag_reader_reset(bag_reader *r);
evpack_status bag_reader_feed(bag_reader *r, const void *data, size_t len,
                              evpack_err *err) EVPACK_MUST_USE;
evpack_status bag_reader_end(bag_reader *r, evpack_err *err) EVPACK_MUST_USE;

/* A line of bag-info.txt. */
typedef struct {
    const char *label;
    const char *value;
} bag_field;
/* EVPACK_E_INPUT when the field cannot be written on one line. */
evpack_status bag_field_put(buf *out, const bag_field *field, evpack_err *err) EVPACK_MUST_USE;

typedef struct {
    char id[MEMBER_ID_MAX + 1]; /* External-Identifier */
    uint64_t bytes;             /* Payload-Oxum */
    uint64_t files;
    uint64_t redactions, withheld, secrets_allowed; /* 0 where it says nothing of them */
    bool redacted;                                  /* it says how many redactions there are */
    bool has_packed;                                /* it says what the compressed data was */
    unsigned char packed[DIGEST_SIZE];              /* BAG_PACKED */
    seal_reason fault;                              /* when bag_info_read refused it */
    uint64_t sequence;                              /* Package-Sequence; 0: it says none */
    char previous[DIGEST_HEX];                      /* "" when it names none */
} bag_info;
evpack_status bag_info_read(const char *text, size_t len, bag_info *out,
                            evpack_err *err) EVPACK_MUST_USE;

#endif
