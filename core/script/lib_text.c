// SPDX-License-Identifier: Apache-2.0
// lib_text: pure functions over texts, for system code and business rules alike. Each is bounded.
#include <string.h>

#include "core/base/codec.h"
#include "core/script/error.h"
#include "core/script/host.h"
#include "core/script/lib.h"
#include "core/script/value.h"

enum { TEXT_MAX = 64 << 10, SPLIT_MAX = 1000 };

static str bounded(lua_State *L, int arg)
{
    str s = lib_check_str(L, arg);
    luaL_argcheck(L, s.n <= TEXT_MAX, arg, "text too long");
    return s;
}

static int fail_match(lua_State *L, const struct err *err)
{
    if (host_of(L)->kind == HOST_GENERATION)
        return error_raise_err(L, err);
    return luaL_error(L, "%s", err->message);
}

/* text.matches(s, pattern) -> boolean; the pattern fits the whole text */
static int matches(lua_State *L)
{
    struct regex_match m;
    struct err err = {0};
    str s = lib_check_str(L, 1), pattern = lib_check_str(L, 2);
    int rc = regex_run(&host_of(L)->regex, pattern, s, true, &m, &err);
    if (rc < 0)
        return fail_match(L, &err);
    lua_pushboolean(L, rc == 0);
    return 1;
}

/* text.capture(s, pattern) -> list of groups (the whole match without groups; false where none)|nil
 */
static int capture(lua_State *L)
{
    struct regex_match m;
    struct err err = {0};
    str s = lib_check_str(L, 1), pattern = lib_check_str(L, 2);
    int rc = regex_run(&host_of(L)->regex, pattern, s, false, &m, &err);
    if (rc < 0)
        return fail_match(L, &err);
    if (rc)
        return 0;
    int first = m.count > 1 ? 1 : 0;
    lua_createtable(L, m.count - first, 0);
    for (int i = first; i < m.count; i++) {
        if (m.from[i] > m.to[i])
            lua_pushboolean(L, 0);
        else
            lib_push_str(L, str_slice(s, m.from[i], m.to[i]));
        lua_rawseti(L, -2, i - first + 1);
    }
    return 1;
}

static bool is_space(int32_t cp)
{
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xa0 || cp == 0x3000 ||
           (cp >= 0x2000 && cp <= 0x200b) || cp == 0xfeff;
}

/* The half-width form of a full-width ASCII character or space. */
static int32_t narrow(int32_t cp)
{
    if (cp >= 0xff01 && cp <= 0xff5e)
        return cp - 0xfee0;
    return cp == 0x3000 ? ' ' : cp;
}

static void push_trimmed(lua_State *L, str s)
{
    size_t at = 0, from = s.n, to = 0;
    for (size_t before = 0; at < s.n; before = at) {
        int32_t cp = codec_utf8_next(s, &at);
        if (is_space(cp))
            continue;
        if (from > before)
            from = before;
        to = at;
    }
    lib_push_str(L, from < to ? str_slice(s, from, to) : STR(""));
}

/* text.trim(s) -> string, without white space of any script at both ends */
static int trim(lua_State *L)
{
    push_trimmed(L, bounded(L, 1));
    return 1;
}

/* text.normalize(s) -> string: full-width letters, digits and spaces made half-width, trimmed,
 * control characters out */
static int normalize(lua_State *L)
{
    str s = bounded(L, 1);
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    for (size_t at = 0; at < s.n;) {
        int32_t cp = narrow(codec_utf8_next(s, &at));
        if (cp == '\n' || cp == '\t' || (cp >= 0x20 && cp != 0x7f && cp != 0xfeff && cp != 0x200b))
            codec_utf8_put(out, (uint32_t)cp);
    }
    push_trimmed(L, buf_str(out));
    return 1;
}

/* text.length(s) -> characters, or nil when it is not UTF-8 */
static int length(lua_State *L)
{
    str s = bounded(L, 1);
    lua_Integer n = 0;
    for (size_t at = 0; at < s.n; n++)
        if (codec_utf8_next(s, &at) < 0)
            return 0;
    lua_pushinteger(L, n);
    return 1;
}

/* text.sub(s, from, to) -> characters from..to, counted from 1 */
static int sub(lua_State *L)
{
    str s = bounded(L, 1);
    lua_Integer from = luaL_checkinteger(L, 2), to = luaL_optinteger(L, 3, TEXT_MAX), n = 0;
    size_t begin = s.n, end = s.n;
    luaL_argcheck(L, from >= 1, 2, "counts from 1");
    for (size_t at = 0; at < s.n;) {
        size_t before = at;
        (void)codec_utf8_next(s, &at);
        if (++n == from)
            begin = before;
        if (n == to)
            end = at;
    }
    lib_push_str(L, begin < end && to >= from ? str_slice(s, begin, end) : STR(""));
    return 1;
}

/* text.split(s, separator) -> list of at most 1000 parts */
static int split(lua_State *L)
{
    str s = bounded(L, 1), separator = lib_check_str(L, 2);
    luaL_argcheck(L, separator.n > 0, 2, "empty");
    lua_createtable(L, 4, 0);
    for (lua_Integer i = 1;; i++) {
        ptrdiff_t at = str_find(s, separator);
        if (i == SPLIT_MAX && at >= 0)
            return luaL_error(L, "too many parts");
        lib_push_str(L, at < 0 ? s : str_slice(s, 0, (size_t)at));
        lua_rawseti(L, -2, i);
        if (at < 0)
            return 1;
        s = str_slice(s, (size_t)at + separator.n, s.n);
    }
}

/* text.replace(s, needle, with) -> string; plain, every occurrence */
static int replace(lua_State *L)
{
    str s = bounded(L, 1), needle = lib_check_str(L, 2), with = bounded(L, 3);
    luaL_argcheck(L, needle.n > 0, 2, "empty");
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    for (ptrdiff_t at; (at = str_find(s, needle)) >= 0;
         s = str_slice(s, (size_t)at + needle.n, s.n)) {
        buf_append(out, str_slice(s, 0, (size_t)at));
        buf_append(out, with);
        if (out->n > TEXT_MAX * 4)
            return luaL_error(L, "result too long");
    }
    buf_append(out, s);
    lib_push_str(L, buf_str(out));
    return 1;
}

/* text.starts(s, prefix) -> boolean */
static int starts(lua_State *L)
{
    lua_pushboolean(L, str_starts(lib_check_str(L, 1), lib_check_str(L, 2)));
    return 1;
}

/* text.ends(s, suffix) -> boolean */
static int ends(lua_State *L)
{
    lua_pushboolean(L, str_ends(lib_check_str(L, 1), lib_check_str(L, 2)));
    return 1;
}

static const luaL_Reg functions[] = {
    {"capture", capture},
    {"ends", ends},
    {"length", length},
    {"matches", matches},
    {"normalize", normalize},
    {"replace", replace},
    {"split", split},
    {"starts", starts},
    {"sub", sub},
    {"trim", trim},
    {NULL, NULL},
};

int lib_text_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
