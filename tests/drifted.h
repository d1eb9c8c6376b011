/*
 * On top of the basic case: October's first account is in November's export, too, where each of its
 * findings that failed passes, each that passed fails, and the others are unknown.
 */
#ifndef EVPACK_TESTS_DRIFTED_H
#define EVPACK_TESTS_DRIFTED_H

static const char drifted_sql[] =
    "INSERT INTO record SELECT 100, 4, kind, subject, id_given, type, name, scope, parent, "
    "complete,"
    "  normalised, pointer, start, length, body, document FROM record WHERE id = 1;"
    "INSERT INTO subject SELECT 2, subject, 100, kind, complete FROM record WHERE id = 100;"
    "INSERT INTO finding(test_id, record_id, status, reason, need)"
    "  SELECT test_id, 100, CASE status WHEN 1 THEN 2 WHEN 2 THEN 1 ELSE 6 END, reason, need"
    "    FROM finding WHERE record_id = 1;";

#endif
