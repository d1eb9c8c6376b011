/* On top of the basic case: a sample of two findings, by status, with names that a tenant chose. */
#ifndef EVPACK_TESTS_SAMPLED_H
#define EVPACK_TESTS_SAMPLED_H

static const char sampled_sql[] =
    "INSERT INTO sample SELECT 1, max(id), 2, 'mcsb-v1', 'NS-2', NULL, 'pass,fail', 'status',"
    "  'seed<42>', 5, 9, 8, unhex32(5), 'sha256-rank', '2026-11-28T10:00:00Z', 'Ada' FROM run;"
    "INSERT INTO sample_stratum VALUES (1, 1, 'fail', 5, 1), (1, 2, 'pass', 4, 1);"
    "INSERT INTO sample_item VALUES (1, 1, '00000000-0000-5000-8000-000000000001', unhex32(6),"
    "  'fail', 'fail', 'azure-openai', 'Disable Public Network Access', 'rule',"
    "  '/subscriptions/1/evil</script>'), (1, 2, '00000000-0000-5000-8000-000000000002',"
    "  unhex32(7), 'pass', 'pass', NULL, 'Another', 'rule', '/subscriptions/1/b');";

#endif
