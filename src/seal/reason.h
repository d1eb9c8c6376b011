/*
 * Why a package is refused: stable words for machines, each with what it means. The list is the
 * only place where they stand; the words of signatures are in port/cms.h (cms_fault), those of
 * timestamps in port/tsp.h (tsp_fault).
 *
 * What reads a part of a package (zipread.h, names.h, bag.h, custody.h) says the word, since it
 * alone knows the fault; the verifier adds the word to its report with the sentence.
 */
#ifndef EVPACK_SEAL_REASON_H
#define EVPACK_SEAL_REASON_H

#define SEAL_REASONS(X)                                                                            \
    X(SEAL_SIGNATURE_MISSING, "signature-missing") /* no P.zip.p7s, or none inside */              \
    X(SEAL_SIGNER_DIFFERS, "signer-differs")       /* inside another signed than outside */        \
    /* -- ZIP: the file is not in the form of zipform.h -- */                                      \
    X(SEAL_ZIP_STRUCTURE, "zip-structure")           /* in none of the ways below */               \
    X(SEAL_ZIP_LEADING_BYTES, "zip-leading-bytes")   /* before the first member */                 \
    X(SEAL_ZIP_GAP, "zip-gap")                       /* bytes between two records */               \
    X(SEAL_ZIP_TRAILING_BYTES, "zip-trailing-bytes") /* after the end record */                    \
    X(SEAL_ZIP_TRUNCATED, "zip-truncated")           /* it ends inside a record */                 \
    X(SEAL_ZIP_END_RECORD, "zip-end-record") /* says another count or place, or is twice there */  \
    X(SEAL_ZIP_COMMENT, "zip-comment")       /* of an entry or of the file */                      \
    X(SEAL_ZIP_ENCRYPTED, "zip-encrypted")   /* a flag of encryption */                            \
    X(SEAL_ZIP_DESCRIPTOR, "zip-descriptor") /* sizes after the data (flag 3) */                   \
    X(SEAL_ZIP_FLAGS, "zip-flags")           /* any other flag */                                  \
    X(SEAL_ZIP_METHOD, "zip-method")         /* not Deflate: stored, bzip2, ... */                 \
    X(SEAL_ZIP_VERSION, "zip-version")       /* made by, or needed to extract */                   \
    X(SEAL_ZIP_TIME, "zip-time")             /* not 1980-01-01 */                                  \
    X(SEAL_ZIP_EXTRA_FIELD, "zip-extra-field")   /* one that evpack does not write */              \
    X(SEAL_ZIP_ZIP64, "zip-zip64")               /* where it is not needed, or missing */          \
    X(SEAL_ZIP_ATTRIBUTES, "zip-attributes")     /* a link, a folder, a device, another mode */    \
    X(SEAL_ZIP_DISK, "zip-disk")                 /* a number of a further disk */                  \
    X(SEAL_ZIP_FOLDER_ENTRY, "zip-folder-entry") /* a folder with an entry of its own */           \
    X(SEAL_ZIP_FACES_DIFFER, "zip-local-central-differ") /* name, size or CRC: two faces */        \
    X(SEAL_ZIP_OFFSET, "zip-offset")                     /* a central entry points elsewhere */    \
    X(SEAL_ZIP_ORDER, "zip-order")         /* central entries are missing, more, or reordered */   \
    X(SEAL_ZIP_DUPLICATE, "zip-duplicate") /* one member has two central entries */                \
    X(SEAL_ZIP_OVERLAP, "zip-overlap")     /* two central entries share bytes */                   \
    X(SEAL_ZIP_SIZE, "zip-size")           /* longer or shorter than it says */                    \
    X(SEAL_ZIP_CRC, "zip-crc")             /* not of these bytes */                                \
    X(SEAL_ZIP_DEFLATE, "zip-deflate")     /* a damaged stream, or one with bytes after its end */ \
    X(SEAL_ZIP_RATIO, "zip-ratio")         /* claims more than Deflate can hold */                 \
    X(SEAL_ZIP_TOO_LARGE, "zip-too-large") /* over a limit of zipread.h */                         \
    /* -- Names (base/member.h) -- */                                                              \
    X(SEAL_NAME_LONG, "member-name-long")            /* a path over 200 bytes */                   \
    X(SEAL_NAME_EMPTY, "member-name-empty")          /* an empty part: absolute, or "//" */        \
    X(SEAL_NAME_DOTS, "member-name-dots")            /* a part "." or ".." */                      \
    X(SEAL_NAME_CHARACTER, "member-name-character")  /* an unsafe one: \ % : NUL, not ASCII */     \
    X(SEAL_NAME_ENDS, "member-name-ends")            /* a space or dot at a part's end */          \
    X(SEAL_NAME_DEVICE, "member-name-device")        /* CON, NUL, COM1, ... */                     \
    X(SEAL_NAME_ALIAS, "member-name-alias")          /* another file's short name on Windows */    \
    X(SEAL_NAME_TWICE, "member-name-twice")          /* equal when letter case is ignored */       \
    X(SEAL_NAME_FOLDER, "member-name-folder")        /* a file where a folder is */                \
    X(SEAL_TOP_FOLDER_NAME, "top-folder-name")       /* is not a package id */                     \
    X(SEAL_OUTSIDE_TOP_FOLDER, "outside-top-folder") /* a second top folder, or none */            \
    /* -- The bag (bag.h) -- */                                                                    \
    X(SEAL_PACKAGE_STRUCTURE, "package-structure")     /* any other bag: not a bag's form */       \
    X(SEAL_MEMBER_ORDER, "member-order")               /* files are not in the one order */        \
    X(SEAL_TAG_FILE_MISSING, "tag-file-missing")       /* bagit.txt, a manifest, ... */            \
    X(SEAL_TAG_FILE_LARGE, "tag-file-large")           /* over its cap */                          \
    X(SEAL_TAG_FILE_MANY, "tag-file-many")             /* more than BAG_TAGS_MAX */                \
    X(SEAL_FETCH_FILE, "fetch-file")                   /* a fetch.txt */                           \
    X(SEAL_OTHER_MANIFEST, "other-manifest")           /* of another digest */                     \
    X(SEAL_SIGNATURES_FOLDER, "signatures-folder")     /* holds another file */                    \
    X(SEAL_BAGIT_DECLARATION, "bagit-declaration")     /* bagit.txt is not BagIt 1.0, UTF-8 */     \
    X(SEAL_BAG_INFO_MALFORMED, "bag-info-malformed")   /* a line or a value */                     \
    X(SEAL_BAG_INFO_REPEATED, "bag-info-repeated")     /* a label that counts, twice */            \
    X(SEAL_BAG_INFO_INCOMPLETE, "bag-info-incomplete") /* a needed label is not there */           \
    X(SEAL_PACKAGE_ID, "package-id")                   /* folder and bag-info.txt disagree */      \
    X(SEAL_PAYLOAD_OXUM, "payload-oxum")               /* count or size is not as stated */        \
    X(SEAL_MANIFEST, "manifest-malformed")             /* a line is not in the form */             \
    X(SEAL_MANIFEST_PATH, "manifest-path")             /* a path that no member can have */        \
    X(SEAL_MANIFEST_SCOPE, "manifest-scope") /* a path of the other manifest, or of none */        \
    X(SEAL_MANIFEST_ORDER, "manifest-order") /* lines out of order, or twice */                    \
    X(SEAL_PACKED, "packed-differs")         /* the same files, deflated in another way */         \
    X(SEAL_FILE_CHANGED, "file-changed")     /* other bytes than the manifest's */                 \
    X(SEAL_FILE_MISSING, "file-missing")     /* listed, not there */                               \
    X(SEAL_FILE_UNLISTED, "file-unlisted")   /* there, not listed */                               \
    X(SEAL_NOT_A_FILE, "not-a-regular-file") /* a link, a device, a pipe */                        \
    X(SEAL_CUSTODY_LOG, "custody-log")       /* its chain is broken */                             \
    X(SEAL_CUSTODY_MALFORMED, "custody-log-malformed") /* a line is no JSON with "prev" */         \
    X(SEAL_REVOCATION, "revocation-malformed")         /* revocation.pem is not in the form */     \
    /* -- Its place in a sequence (previous.h) -- */                                               \
    X(SEAL_SEQUENCE, "sequence-malformed")           /* number or hash of the one before */        \
    X(SEAL_PREVIOUS_DIFFERS, "previous-differs")     /* --previous: not the one it names */        \
    X(SEAL_CHANGED_WHILE_READ, "changed-while-read") /* two readings differ */                     \
    /* -- Who must have signed -- */                                                               \
    X(SEAL_REQUIRED_MISSING, "required-signer-missing")     /* --require: did not sign */          \
    X(SEAL_REQUIRED_UNTRUSTED, "required-signer-untrusted") /* --require: not a trusted one */     \
    X(SEAL_TOO_MANY_SIGNATURES, "too-many-signatures")      /* beside the package */               \
    X(SEAL_COULD_NOT_CHECK, "could-not-check")              /* undecided: reading failed */
typedef enum {
#define SEAL_REASON_NAME(name, text) name,
    SEAL_REASONS(SEAL_REASON_NAME)
#undef SEAL_REASON_NAME
} seal_reason;

#endif
