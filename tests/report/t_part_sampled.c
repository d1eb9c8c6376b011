/* report/part_sampled: a sample is printed as it was kept, and marked when it is of an older run.
 */
#include "case.h"
#include "report/part.h"
#include "reported.h"
#include "sampled.h"
#include "support.h"

#include <string.h>

static void squeezed(store *s, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    reported_squeeze(buf_str(&b), out);
}

START_TEST(no_sample_no_section)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    squeezed(s, &b);
    ck_assert_uint_eq(reported_count(buf_str(&b), "sha256-rank"), 0);
}
END_TEST

START_TEST(a_sample_is_printed_whole)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, sampled_sql);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    squeezed(s, &b);
    static const char *const parts[] = {"Sample1:NS-2,2findings",
                                        "9findingson8resources",
                                        "seed<42>",
                                        "2drawn,5askedfor",
                                        "fail:1of5;pass:1of4",
                                        "Ada",
                                        "evil</script>",
                                        "00000000-0000-5000-8000-000000000002",
                                        "Initials",
                                        "pass,fail"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        reported_has(buf_str(&b), parts[i]);
    }
    ck_assert_uint_eq(reported_count(buf_str(&b), "Drawnfromanolderrun"), 0);
    case_sql(s, "INSERT INTO run(mapping_id, evaluated_at, tool_version, evidence)"
                " SELECT mapping_id, evaluated_at, tool_version, evidence FROM run LIMIT 1");
    buf_clear(&b);
    squeezed(s, &b);
    reported_has(buf_str(&b), "Drawnfromanolderrun");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {no_sample_no_section, a_sample_is_printed_whole, NULL};
    return test_main(test_suite("report/part_sampled", tests));
}
