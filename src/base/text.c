/*
 * Small text rules. Invariant: the same bytes in give the same bytes out whatever the locale, the
 * time zone or the machine. The calendar is computed here (proleptic Gregorian) because timegm and
 * strptime follow the environment or are not in C11.
 */
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void text_hex(const void *data, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *bytes = data;
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = text_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool text_unhex(const char *hex, size_t hex_len, void *out, size_t len)
{
    if (hex_len != 2 * len) {
        return false;
    }
    unsigned char *bytes = out;
    for (size_t i = 0; i < len; i++) {
        int high = hex_value(hex[2 * i]);
        int low = hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i] = (unsigned char)(high * 16 + low);
    }
    return true;
}

static bool continuation(const unsigned char *p, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return false;
        }
    }
    return true;
}

size_t text_utf8_length(const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text;
    if (len == 0) {
        return 0;
    }
    if (p[0] < 0x80) {
        return 1;
    }
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || n > len || !continuation(p, n)) {
        return 0;
    }
    bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
    bool surrogate = p[0] == 0xed && p[1] > 0x9f;
    bool beyond = p[0] == 0xf4 && p[1] > 0x8f;
    return overlong || surrogate || beyond ? 0 : n;
}

size_t text_utf8_check(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len) {
        size_t n = text_utf8_length(text + i, len - i);
        if (n == 0) {
            return i;
        }
        i += n;
    }
    return len;
}

uint32_t text_utf8_decode(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    if (n == 1) {
        return p[0];
    }
    uint32_t value = p[0] & (0xffU >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        value = value << 6 | (p[i] & 0x3fU);
    }
    return value;
}

void text_line(const char *text, size_t offset, uint64_t *line, uint64_t *column)
{
    size_t start = 0;
    *line = 1;
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            ++*line;
            start = i + 1;
        }
    }
    *column = offset - start + 1;
}

char text_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

void text_lower_bytes(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        text[i] = text_lower(text[i]);
    }
}

bool text_same(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return false;
    }
    while (*a != '\0' && text_lower(*a) == text_lower(*b)) {
        a++;
        b++;
    }
    return text_lower(*a) == text_lower(*b);
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Days since 1970-01-01 of a proleptic Gregorian date. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int digits(const char *text, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* The zone at p in minutes; false when it is none, or something follows. */
static bool zone(const char *p, int64_t *minutes)
{
    if ((*p == 'Z' || *p == 'z') && p[1] == '\0') {
        *minutes = 0;
        return true;
    }
    if ((*p != '+' && *p != '-') || strlen(p) != 6 || p[3] != ':') {
        return false;
    }
    int hours = digits(p + 1, 2);
    int mins = digits(p + 4, 2);
    if (hours < 0 || hours > 23 || mins < 0 || mins > 59) {
        return false;
    }
    int64_t away = (int64_t)hours * 60 + mins;
    *minutes = *p == '-' ? -away : away;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* 9999-12-31T23:59:59Z: four digits of year cannot say more. */
static const int64_t TEXT_TIME_LAST = 253402300799;

static bool parse_time(const char *text, int64_t *out)
{
    size_t len = strlen(text);
    if (len < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') ||
        text[13] != ':' || text[16] != ':') {
        return false;
    }
    int year = digits(text, 4);
    int month = digits(text + 5, 2);
    int day = digits(text + 8, 2);
    int hour = digits(text + 11, 2);
    int minute = digits(text + 14, 2);
    int second = digits(text + 17, 2);
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
        hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
        return false;
    }
    const char *p = text + 19;
    if (*p == '.') {
        size_t n = strspn(p + 1, "0123456789");
        if (n == 0) {
            return false;
        }
        p += 1 + n;
    }
    int64_t offset = 0;
    if (!zone(p, &offset)) {
        return false;
    }
    *out = days_from_civil(year, month, day) * 86400 + ((int64_t)hour * 60 + minute) * 60 + second -
           offset * 60;
    return *out >= 0 && *out <= TEXT_TIME_LAST;
}

evpack_status text_parse_time(const char *text, int64_t *out, evpack_err *err)
{
    if (!parse_time(text, out)) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "'%.40s' is not an RFC 3339 time such as 2026-11-22T08:00:00Z", text);
    }
    return EVPACK_OK;
}

evpack_status text_parse_day(const char *text, bool end, int64_t *out, evpack_err *err)
{
    char whole[TEXT_TIME];
    if (strlen(text) != strlen("2026-01-31")) {
        return text_parse_time(text, out, err);
    }
    (void)snprintf(whole, sizeof whole, "%s%s", text, end ? "T23:59:59Z" : "T00:00:00Z");
    return text_parse_time(whole, out, err);
}

void text_format_time(int64_t seconds, char out[TEXT_TIME])
{
    int64_t days = seconds / 86400;
    int64_t rest = seconds % 86400;
    int64_t z = days + 719468;
    int64_t era = z / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int64_t day = doy - (153 * mp + 2) / 5 + 1;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;
    int64_t year = yoe + era * 400 + (month <= 2);
    (void)snprintf(out, TEXT_TIME, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)(year % 10000),
                   (int)month, (int)day, (int)(rest / 3600), (int)(rest / 60 % 60),
                   (int)(rest % 60));
}

int64_t text_now(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec;
}
