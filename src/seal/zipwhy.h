/*
 * Why the directory at a ZIP file's end is not the one that its members ask for. zipread compares
 * digests alone, so that its memory does not grow with the file; only when they differ the file is
 * read once more, to say which record it was and what is wrong with it.
 */
#ifndef EVPACK_SEAL_ZIPWHY_H
#define EVPACK_SEAL_ZIPWHY_H

#include "seal/zipform.h"

/* size is the file's; central, where its central directory begins. The members before it were found
 * good. Never an answer of yes: what cannot be told is SEAL_ZIP_STRUCTURE. */
seal_reason zipwhy(int fd, uint64_t size, uint64_t central);

#endif
