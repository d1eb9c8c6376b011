/*
 * collect/engagement_text: the preparer's files are read strictly, and what is wrong is told with
 * its place. The files of fixtures/engagement are held against their schemas by another checker,
 * too (tests/whole/schemas.sh).
 */
#include "collect/engagement_text.h"

#include "base/text.h"
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define FOLDER TEST_SOURCE_ROOT "/fixtures/engagement/"

/* The cells of a line, ended in place. */
static void cut_line(char *line, char *cells[5])
{
    for (int i = 0; i < 5; i++) {
        cells[i] = line;
        line += strcspn(line, "\t");
        if (*line != '\0') {
            *line++ = '\0';
        }
    }
}

/* Where the message should say that the fault is. */
static void place_of(const buf *file, const char *pointer, char out[64])
{
    const size_t mark = file->len > 3 && memcmp(file->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    const jptr_value text = {file->data + mark, file->len - mark};
    jptr_value at = {0};
    char above[200];
    (void)snprintf(above, sizeof above, "%s", pointer);
    while (!jptr_find(text, above, &at)) {
        ck_assert_msg(above[0] != '\0', "%s is nowhere", pointer);
        *strrchr(above, '/') = '\0';
    }
    uint64_t line = 0;
    uint64_t column = 0;
    text_line(text.text, (size_t)(at.text - text.text), &line, &column);
    (void)snprintf(out, 64, ":%llu:%llu: %s", (unsigned long long)line, (unsigned long long)column,
                   pointer);
}

static void read_one(char *const cells[5])
{
    evpack_err err = {0};
    char path[300];
    (void)snprintf(path, sizeof path, FOLDER "%s", cells[0]);
    EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
    test_read(path, &file);
    EVPACK_AUTO_VALUE(engagement_text_reset) engagement_text t = {0};
    evpack_status status =
        engagement_text_of(file.data, file.len, "here/x.json", cells[1], &t, &err);
    if (strcmp(cells[2], "yes") == 0) {
        ck_assert_msg(status == EVPACK_OK, "%s: expected ok, came '%s'", cells[0], err.text);
        return;
    }
    char place[64];
    if (strcmp(cells[2], "text") == 0) {
        (void)snprintf(place, sizeof place, ":%s: ", cells[3]);
    } else {
        place_of(&file, cells[3], place);
    }
    ck_assert_msg(status == EVPACK_E_INPUT, "%s: expected a fault, came ok", cells[0]);
    ck_assert_msg(strncmp(err.text, "here/x.json:", 12) == 0 && strstr(err.text, place) != NULL &&
                      strstr(err.text, cells[4]) != NULL,
                  "%s: expected '%s' and '%s' in '%s'", cells[0], place, cells[4], err.text);
    ck_assert_msg(strstr(err.text, "the case is as it was") != NULL,
                  "%s: expected what to do in '%s'", cells[0], err.text);
}

START_TEST(each_file_is_taken_or_refused_at_its_place)
{
    EVPACK_AUTO_VALUE(buf_reset) buf table = {0};
    test_read(FOLDER "expected.tsv", &table);
    unsigned lines = 0;
    for (char *line = table.data; *line != '\0'; lines++) {
        char *next = line + strcspn(line, "\n");
        *next = '\0';
        char *cells[5];
        cut_line(line, cells);
        read_one(cells);
        line = next + 1;
    }
    ck_assert_uint_gt(lines, 50);
}
END_TEST

START_TEST(values_are_found_with_their_offsets_behind_a_mark)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(engagement_text_reset) engagement_text t = {0};
    static const char text[] = "\xef\xbb\xbf{\"evpack_engagement\": 1,\n \"reference\": \"A\"}";
    OK(engagement_text_of(text, sizeof text - 1, "x", "engagement", &t, &err));
    jptr_value v = {0};
    ck_assert(engagement_text_find(&t, "/reference", &v));
    ck_assert_uint_eq(engagement_text_offset(&t, v), (uint64_t)(strstr(text, "\"A\"") - text));
    ck_assert(!engagement_text_find(&t, "/title", &v));
    ck_assert_int_eq(engagement_text_fail(&t, "/reference/no", &err, "is %s", "odd"),
                     EVPACK_E_INPUT);
    ck_assert_msg(strstr(err.text, "x:2:15: /reference/no: is odd; ") != NULL, "came '%s'",
                  err.text);
}
END_TEST

/* Every byte of a small file, left out or turned: taken or refused, and never anything else. */
START_TEST(damage_is_refused_or_harmless)
{
    static const char text[] = "{\"evpack_exceptions\":1,\"exceptions\":[{\"id\":\"A\",\"scope\":"
                               "{\"tag\":\"a\",\"value\":\"b\"},\"rule\":\"x\",\"owner\":\"o\","
                               "\"approver\":\"p\",\"reason\":\"r\",\"granted\":\"2026-01-01\","
                               "\"expires\":\"2026-02-01\"}]}";
    unsigned refused = 0;
    for (size_t i = 0; i < sizeof text - 1; i++) {
        for (int way = 0; way < 3; way++) {
            evpack_err err = {0};
            char bytes[sizeof text];
            memcpy(bytes, text, sizeof text);
            size_t len = sizeof text - 1;
            if (way == 0) {
                memmove(bytes + i, bytes + i + 1, len - i);
                len--;
            } else {
                bytes[i] = (char)(way == 1 ? '\0' : bytes[i] ^ 0x80);
            }
            EVPACK_AUTO_VALUE(engagement_text_reset) engagement_text t = {0};
            evpack_status status = engagement_text_of(bytes, len, "x", "exceptions", &t, &err);
            ck_assert_msg(status == EVPACK_OK || status == EVPACK_E_INPUT,
                          "byte %zu, way %d: came '%s'", i, way, err.text);
            refused += status != EVPACK_OK;
        }
    }
    ck_assert_uint_gt(refused, 500);
}
END_TEST

START_TEST(a_file_that_is_too_large_is_refused)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf big = {0};
    while (big.len <= ENGAGEMENT_TEXT_MAX) {
        buf_append(&big, "                                                                ", 64);
    }
    EVPACK_AUTO_FD fd = open(test_file("big.json", big.data, big.len), O_RDONLY);
    EVPACK_AUTO_VALUE(engagement_text_reset) engagement_text t = {0};
    FAILS(engagement_text_read(fd, "big.json", "engagement", &t, &err), EVPACK_E_LIMIT,
          "larger than 16 MiB");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {each_file_is_taken_or_refused_at_its_place,
                                  values_are_found_with_their_offsets_behind_a_mark,
                                  damage_is_refused_or_harmless,
                                  a_file_that_is_too_large_is_refused, NULL};
    return test_main(test_suite("collect/engagement_text", tests));
}
