// SPDX-License-Identifier: Apache-2.0
// clock: time sources and civil dates (days algorithm: Howard Hinnant, "chrono-Compatible Low-Level
// Date Algorithms").
#define _GNU_SOURCE
#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char DAY_NAMES[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char MONTH_NAMES[12][4] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static uint64_t clock_read_ns(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t clock_mono_ns(void)
{
    return clock_read_ns(CLOCK_MONOTONIC);
}

uint64_t clock_mono_ms(void)
{
    return clock_mono_ns() / 1000000u;
}

int64_t clock_wall_ms(void)
{
    return (int64_t)(clock_read_ns(CLOCK_REALTIME) / 1000000u);
}

uint64_t clock_thread_ns(void)
{
    return clock_read_ns(CLOCK_THREAD_CPUTIME_ID);
}

static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static void civil_from_days(int64_t z, struct civil *c)
{
    z += 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    c->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c->year = (int)(yoe + era * 400 + (c->month <= 2));
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

struct civil clock_civil(int64_t ms, int offset_minutes)
{
    ms += (int64_t)offset_minutes * 60000;
    int64_t days = floor_div(ms, 86400000);
    int64_t rest = ms - days * 86400000;
    struct civil c = {0};
    civil_from_days(days, &c);
    c.hour = (int)(rest / 3600000);
    c.minute = (int)(rest / 60000 % 60);
    c.second = (int)(rest / 1000 % 60);
    c.millisecond = (int)(rest % 1000);
    return c;
}

int64_t clock_from_civil(const struct civil *c, int offset_minutes)
{
    int64_t months = (int64_t)c->year * 12 + (c->month - 1);
    int64_t year = floor_div(months, 12);
    int64_t days = days_from_civil(year, months - year * 12 + 1, 1) + c->day - 1;
    int64_t seconds = ((days * 24 + c->hour) * 60 + c->minute - offset_minutes) * 60 + c->second;
    return seconds * 1000 + c->millisecond;
}

size_t clock_rfc3339(int64_t ms, int offset_minutes, char out[30])
{
    struct civil c = clock_civil(ms, offset_minutes);
    char text[64];
    int ahead = offset_minutes < 0 ? -offset_minutes : offset_minutes;
    int n = snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03d%c%02d:%02d",
        c.year % 10000, c.month, c.day, c.hour, c.minute, c.second, c.millisecond,
        offset_minutes < 0 ? '-' : '+', ahead / 60 % 24, ahead % 60);
    memcpy(out, text, 29);
    out[29] = '\0';
    return (size_t)(n < 29 ? n : 29);
}

size_t clock_http_date(int64_t ms, char out[30])
{
    struct civil c = clock_civil(ms, 0);
    int64_t days = floor_div(ms, 86400000);
    int64_t weekday = ((days + 4) % 7 + 7) % 7;
    char text[64];
    (void)snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d GMT", DAY_NAMES[weekday],
        c.day, MONTH_NAMES[c.month - 1], c.year % 10000, c.hour, c.minute, c.second);
    memcpy(out, text, 29);
    out[29] = '\0';
    return 29;
}

static int digits_at(str s, size_t at, size_t n, int *out)
{
    uint64_t v;
    if (str_to_u64(str_slice(s, at, at + n), &v))
        return E_PARSE;
    *out = (int)v;
    return 0;
}

static int month_at(str s, size_t at)
{
    for (int m = 0; m < 12; m++)
        if (str_eq(str_slice(s, at, at + 3), str_from(MONTH_NAMES[m])))
            return m + 1;
    return 0;
}

int clock_parse_http_date(str s, int64_t *ms)
{
    struct civil c = {0};
    if (s.n != 29 || !str_ends(s, STR(" GMT")) || !str_eq(str_slice(s, 3, 5), STR(", ")))
        return E_PARSE;
    if (s.p[7] != ' ' || s.p[11] != ' ' || s.p[16] != ' ' || s.p[19] != ':' || s.p[22] != ':')
        return E_PARSE;
    if (digits_at(s, 5, 2, &c.day) || digits_at(s, 12, 4, &c.year) ||
        digits_at(s, 17, 2, &c.hour) || digits_at(s, 20, 2, &c.minute) ||
        digits_at(s, 23, 2, &c.second))
        return E_PARSE;
    c.month = month_at(s, 8);
    if (!c.month || c.day < 1 || c.day > 31 || c.hour > 23 || c.minute > 59 || c.second > 60)
        return E_PARSE;
    *ms = clock_from_civil(&c, 0);
    return 0;
}
