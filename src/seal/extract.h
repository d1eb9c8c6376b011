/*
 * Unpacks a package, only when it verifies. It is in the packager's program and not in
 * evpack-verify, which writes nothing.
 *
 * DIR takes the place of the package's top folder (DIR/bagit.txt, DIR/data/...), so that verify DIR
 * and the commands of VERIFY.txt work in it. It is all or nothing, as base/folder.h says.
 *
 * P.zip is verified first, as verify.h says. Then it is read once more, and written while it is
 * read: the file's SHA-256 must be the one that verified. At last what was written is verified as
 * an unpacked package where it lies, and only then gets its name.
 */
#ifndef EVPACK_SEAL_EXTRACT_H
#define EVPACK_SEAL_EXTRACT_H

#include "seal/verify.h"

/*
 * path is a P.zip; dir must not exist, and the folder that it will be in must. dir was made when
 * this returns EVPACK_OK and report->verdict is verified, and in no other case; report is that of
 * P.zip.
 *
 * EVPACK_OK with another verdict: the answer is no, as of seal_verify; a file that changed while it
 * was read is one (changed-while-read). EVPACK_E_IO: reading or writing failed, dir is there
 * already, or a signal came. EVPACK_E_USAGE: path is a folder. With an error the verdict is
 * undecided.
 */
evpack_status seal_extract(const char *path, const seal_options *options, const char *dir,
                           seal_report *report, evpack_err *err) EVPACK_MUST_USE;

#endif
