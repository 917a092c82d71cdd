// SPDX-License-Identifier: Apache-2.0
// lib_workday: working days of China: Monday to Friday, without the holidays and with the make-up
// days of a calendar {holidays = {"2026-10-01", …}, workdays = {"2026-10-10", …}}. Dates are texts
// "2026-11-23".
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/script/error.h"
#include "core/script/lib.h"

enum { DAYS_MAX = 2000, STEPS_MAX = 3660, DAY_MS = 86400000 };

struct calendar {
    size_t holiday_count, workday_count;
    int64_t holidays[DAYS_MAX], workdays[DAYS_MAX]; /* sorted */
};

static int by_day(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t check_day(lua_State *L, int arg)
{
    int64_t day = 0;
    if (!lib_read_day(lib_check_str(L, arg), &day))
        luaL_argerror(L, arg, "no date such as 2026-11-23");
    return day;
}

static size_t read_days(lua_State *L, int idx, const char *name, int64_t *out)
{
    size_t n = 0;
    if (lua_getfield(L, idx, name) != LUA_TNIL) {
        luaL_argcheck(L, lua_istable(L, -1), idx, name);
        n = (size_t)lua_rawlen(L, -1);
        luaL_argcheck(L, n <= DAYS_MAX, idx, "at most 2000 days");
        for (size_t i = 0; i < n; i++) {
            lua_rawgeti(L, -1, (lua_Integer)i + 1);
            bool fits =
                lua_type(L, -1) == LUA_TSTRING && lib_read_day(lib_check_str(L, -1), &out[i]);
            luaL_argcheck(L, fits, idx, "a day of the calendar is no date such as 2026-11-23");
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
    qsort(out, n, sizeof(*out), by_day);
    return n;
}

/* In a userdata: safe across raised errors. [-0, +1] */
static const struct calendar *read_calendar(lua_State *L, int idx)
{
    luaL_checktype(L, idx, LUA_TTABLE);
    struct calendar *c = lua_newuserdatauv(L, sizeof(*c), 0);
    c->holiday_count = read_days(L, idx, "holidays", c->holidays);
    c->workday_count = read_days(L, idx, "workdays", c->workdays);
    return c;
}

static bool has(const int64_t *days, size_t n, int64_t day)
{
    return bsearch(&day, days, n, sizeof(*days), by_day) != NULL;
}

static bool is_working(const struct calendar *c, int64_t day)
{
    if (has(c->workdays, c->workday_count, day))
        return true;
    if (has(c->holidays, c->holiday_count, day))
        return false;
    return ((day + 3) % 7 + 7) % 7 < 5; /* 1970-01-01 was a Thursday */
}

static int push_day(lua_State *L, int64_t day)
{
    struct civil c = clock_civil(day * DAY_MS, 0);
    lua_pushfstring(
        L, "%d-%s%d-%s%d", c.year, c.month < 10 ? "0" : "", c.month, c.day < 10 ? "0" : "", c.day);
    return 1;
}

/* workday.check(date, calendar) -> whether it is a working day */
static int check(lua_State *L)
{
    int64_t day = check_day(L, 1);
    lua_pushboolean(L, is_working(read_calendar(L, 2), day));
    return 1;
}

/* workday.add(date, days, calendar) -> the date so many working days later; 0: the date itself, or
 * the next working day */
static int add(lua_State *L)
{
    int64_t day = check_day(L, 1);
    lua_Integer n = luaL_checkinteger(L, 2);
    luaL_argcheck(L, n >= 0 && n <= DAYS_MAX, 2, "0 to 2000");
    const struct calendar *c = read_calendar(L, 3);
    int64_t left = n, last = day + STEPS_MAX;
    while (day < last && !(left == 0 && is_working(c, day)))
        left -= is_working(c, ++day) && left > 0;
    if (day == last)
        return error_raise(L, E_INVALID, "workday.add: the calendar has no working day for years");
    return push_day(L, day);
}

/* workday.count(from, to, calendar) -> working days after `from` up to `to`; negative the other way
 */
static int count(lua_State *L)
{
    int64_t from = check_day(L, 1), to = check_day(L, 2), n = 0;
    const struct calendar *c = read_calendar(L, 3);
    int64_t sign = from <= to ? 1 : -1, low = from <= to ? from : to, high = from <= to ? to : from;
    luaL_argcheck(L, high - low <= STEPS_MAX, 2, "more than ten years");
    while (low < high)
        n += is_working(c, ++low);
    lua_pushinteger(L, sign * n);
    return 1;
}

static const luaL_Reg functions[] = {
    {"add", add},
    {"check", check},
    {"count", count},
    {NULL, NULL},
};

int lib_workday_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
