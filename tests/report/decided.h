/*
 * An engagement for the basic case, made by SQL: what was decided is known to the row.
 */
#ifndef EVPACK_TESTS_DECIDED_H
#define EVPACK_TESTS_DECIDED_H

/* On top of basic.sql: two exceptions (one in force, which excuses the fail of record 2 in test 12;
 * one that ended, with a name that a spreadsheet would run), an exemption that matches nothing, and
 * an attestation that answers the manual findings of records 1 (pass) and 2 (fail) in test 15. */
#define DECIDED_SQL                                                                                \
    "INSERT INTO snapshot(id, label, imported_at, tool_version, role) VALUES"                      \
    " (9, 'engagement', '2026-11-20T09:30:00Z', '0.1.0', 'engagement');"                           \
    "INSERT INTO content VALUES (90, unhex32(90), 300), (91, unhex32(91), 23);"                    \
    "INSERT INTO evidence(id, snapshot_id, content_id, path, member, kind, encoding, shape,"       \
    " completeness, records) VALUES (90, 9, 90, 'x.json', 'x.json', 'exception', 'utf-8',"         \
    " 'object', 'whole', 4), (91, 9, 91, 'minutes.pdf', 'minutes.pdf', 'unrecognised', 'binary',"  \
    " 'none', 'unrecognised', 0);"                                                                 \
    "INSERT INTO record(id, evidence_id, kind, subject, complete, normalised, pointer, start,"     \
    " length, body) VALUES"                                                                        \
    " (901, 90, 'exception', 'exception:X-1', 1, 0, '/exceptions/0', 10, 50, '{}'),"               \
    " (902, 90, 'exception', 'exception:X-2', 1, 0, '/exceptions/1', 70, 50, '{}'),"               \
    " (903, 90, 'attestation', 'attestation:A-1', 1, 0, '/attestations/0', 130, 50, '{}'),"        \
    " (904, 90, 'policy-exemption', '/subscriptions/1/providers/e/waiver', 1, 0, '/0', 190, 50,"   \
    "  '{}');"                                                                                     \
    "INSERT INTO decision SELECT max(id), 901, 'exception', 'X-1', 'subscription 1', 'NS-2',"      \
    " 'Ann Approver', 'Own Er', 'Because <b>of</b> it.', 'T-1', '2026-01-01', '2027-01-01', NULL," \
    " 'in-force', 1, 1, NULL FROM run;"                                                            \
    "INSERT INTO decision SELECT max(id), 902, 'exception', 'X-2', 'resource /r', 'rule r',"       \
    " '=cmd|x', NULL, NULL, NULL, '2025-01-01', '2026-01-01', NULL, 'expired', 2, 0,"              \
    " 'It ended (2026-01-01) and decides nothing.' FROM run;"                                      \
    "INSERT INTO decision SELECT max(id), 903, 'attestation', 'A-1', 'subscription 1', 'IM-3',"    \
    " 'Rev Iewer (CISO)', NULL, 'The plan.', NULL, '2026-11-01', NULL, 'pass', 'in-force', 2, 2,"  \
    " NULL FROM run;"                                                                              \
    "INSERT INTO decision SELECT max(id), 904, 'exemption', "                                      \
    "'/subscriptions/1/providers/e/waiver',"                                                       \
    " '/subscriptions/1', '/a', NULL, NULL, 'Tests', NULL, NULL, NULL, 'Waiver', 'unmatched', 0, " \
    "0,"                                                                                           \
    " NULL FROM run;"                                                                              \
    "INSERT INTO decision SELECT 1, 901, 'exception', 'OLD RUN', '', '', NULL, NULL, NULL, NULL,"  \
    " NULL, NULL, NULL, 'expired', 0, 0, NULL;"                                                    \
    "UPDATE finding SET status = 7, raw = 2, decided = 901, evidence = '[901]', reason ="          \
    " 'Open. Exempt until 2027-01-01: exception X-1.' WHERE test_id = 12 AND record_id = 2;"       \
    "INSERT INTO test(id, run_id, feature_id, source) SELECT 800, max(id), 5, 'attestation' FROM"  \
    " run;"                                                                                        \
    "INSERT INTO test(id, run_id, source, control) SELECT 801, max(id), 'exception', 2 FROM run;"  \
    "INSERT INTO test(id, run_id, source) SELECT 802, max(id), 'attestation' FROM run;"            \
    "INSERT INTO finding(test_id, record_id, status, reason, evidence, raw, decided)"              \
    " SELECT 800, record_id, record_id, 'By attestation of Rev Iewer (CISO) on 2026-11-01.',"      \
    " '[903,{\"file\":91}]', 5, 903 FROM finding WHERE test_id = 15 AND record_id <= 2;"           \
    "DELETE FROM finding WHERE test_id = 15 AND record_id <= 2;"                                   \
    "INSERT INTO finding(test_id, record_id, status, reason) VALUES"                               \
    " (801, 902, 2, 'Exception X-2 ended.'), (802, 903, 5, 'Attestation to look at.')"

#endif
