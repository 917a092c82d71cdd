// SPDX-License-Identifier: Apache-2.0
// lib_time: milliseconds since 1970 UTC, and the calendar at +08:00.
#include <stdio.h>

#include "core/base/clock.h"
#include "core/script/error.h"
#include "core/script/lib.h"

enum { CHINA = 480, DAY_MS = 86400000 };

static const char *const names[] = {
    "year", "month", "day", "hour", "minute", "second", "millisecond"};

/* time.now() -> milliseconds */
static int now(lua_State *L)
{
    lua_pushinteger(L, clock_wall_ms());
    return 1;
}

/* time.rfc3339(ms) -> "2026-11-23T16:20:50.123+08:00" */
static int rfc3339(lua_State *L)
{
    char out[30];
    size_t n = clock_rfc3339(luaL_checkinteger(L, 1), CHINA, out);
    lua_pushlstring(L, out, n);
    return 1;
}

/* time.date(ms) -> "2026-11-23" */
static int date(lua_State *L)
{
    struct civil c = clock_civil(luaL_checkinteger(L, 1), CHINA);
    lua_pushfstring(
        L, "%d-%s%d-%s%d", c.year, c.month < 10 ? "0" : "", c.month, c.day < 10 ? "0" : "", c.day);
    return 1;
}

/* time.text(ms) -> "2026年11月23日 16:20" */
static int text(lua_State *L)
{
    struct civil c = clock_civil(luaL_checkinteger(L, 1), CHINA);
    char out[64];
    int n = snprintf(
        out, sizeof(out), "%d年%d月%d日 %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
    lua_pushlstring(L, out, (size_t)n);
    return 1;
}

/* time.civil(ms) -> {year, month, day, hour, minute, second, millisecond, weekday}; weekday 1 is
 * Monday */
static int civil(lua_State *L)
{
    lua_Integer ms = luaL_checkinteger(L, 1);
    struct civil c = clock_civil(ms, CHINA);
    const int values[] = {c.year, c.month, c.day, c.hour, c.minute, c.second, c.millisecond};
    lua_createtable(L, 0, 8);
    for (size_t i = 0; i < countof(values); i++) {
        lua_pushinteger(L, values[i]);
        lua_setfield(L, -2, names[i]);
    }
    int64_t local = ms + (int64_t)CHINA * 60000, day = local / 86400000 - (local % 86400000 < 0);
    lua_pushinteger(L, ((day + 3) % 7 + 7) % 7 + 1); /* 1970-01-01 was a Thursday */
    lua_setfield(L, -2, "weekday");
    return 1;
}

static int field(lua_State *L, const char *name, int fallback)
{
    lua_getfield(L, 1, name);
    lua_Integer v = luaL_optinteger(L, -1, fallback);
    lua_pop(L, 1);
    luaL_argcheck(L, v >= -1000000 && v <= 1000000, 1, "field out of range");
    return (int)v;
}

/* time.from_civil{year, month, day, hour, minute, second} -> milliseconds; fields may overflow
 * (month 13, day 0) */
static int from_civil(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    struct civil c = {field(L, "year", 1970), field(L, "month", 1), field(L, "day", 1),
        field(L, "hour", 0), field(L, "minute", 0), field(L, "second", 0),
        field(L, "millisecond", 0)};
    lua_pushinteger(L, clock_from_civil(&c, CHINA));
    return 1;
}

bool lib_read_day(str s, int64_t *day)
{
    char text[11];
    int y, m, d, n = 0;
    if (s.n != 10 || str_to_c(s, text, sizeof(text)) ||
        sscanf(text, "%4d-%2d-%2d%n", &y, &m, &d, &n) != 3 || n != 10)
        return false;
    for (int i = 0; i < 10; i++)
        if ((i == 4 || i == 7) != (text[i] == '-') ||
            (text[i] != '-' && (text[i] < '0' || text[i] > '9')))
            return false;
    const struct civil c = {.year = y, .month = m, .day = d};
    int64_t ms = clock_from_civil(&c, 0);
    struct civil back = clock_civil(ms, 0);
    *day = (ms - (ms % DAY_MS + DAY_MS) % DAY_MS) / DAY_MS;
    return back.year == y && back.month == m && back.day == d;
}

/* time.parse_date("2026-11-23") -> milliseconds of its first moment at +08:00, or nil when there is
 * no such day */
static int parse_date(lua_State *L)
{
    int64_t day;
    if (!lib_read_day(lib_check_str(L, 1), &day))
        return 0;
    lua_pushinteger(L, day * DAY_MS - (int64_t)CHINA * 60000);
    return 1;
}

static const luaL_Reg functions[] = {
    {"civil", civil},
    {"date", date},
    {"from_civil", from_civil},
    {"now", now},
    {"parse_date", parse_date},
    {"rfc3339", rfc3339},
    {"text", text},
    {NULL, NULL},
};

int lib_time_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
