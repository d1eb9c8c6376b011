/*
 * What looks like a package: a ZIP file with TOP/bagit.txt and TOP/data/evidence-index.csv, or one
 * that begins as evpack's do and has PATH.p7s beside it; a folder with bagit.txt and
 * data/evidence-index.csv. What looks so is received as a package or refused (received.h), never
 * taken for any other archive or folder; to have its bytes as evidence all the same, one collects
 * the folder that it stands in.
 */
#ifndef EVPACK_REVIEW_RECOGNISE_H
#define EVPACK_REVIEW_RECOGNISE_H

#include "base/err.h"

#include <stdbool.h>

/* A path that cannot be read does not look so: who opens it will say why. */
evpack_status recognise_package(const char *path, bool *yes, evpack_err *err) EVPACK_MUST_USE;

#endif
