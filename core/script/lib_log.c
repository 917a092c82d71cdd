// SPDX-License-Identifier: Apache-2.0
// lib_log: lines of the program's log from scripts. Values are strings, integers and booleans;
// personal data goes through the masking kinds by the ending of the name: phone, id_number, _name;
// what looks like a mobile or an identity number in other texts is masked too.
#include "core/base/log.h"

#include "core/script/lib.h"

enum { FIELDS_MAX = 12, TEXT_MAX = 2000 };

static enum log_kind kind_of(str key)
{
    if (str_ends(key, STR("phone")))
        return LOG_KIND_PHONE;
    if (str_ends(key, STR("id_number")))
        return LOG_KIND_ID_NUMBER;
    return str_ends(key, STR("_name")) ? LOG_KIND_NAME : LOG_KIND_TEXT;
}

/* The field of the pair at -2, -1; the key stays valid as long as the table. */
static struct log_field read_field(lua_State *L)
{
    const char *key = lua_tostring(L, -2);
    if (lua_isinteger(L, -1))
        return LOG_INT(key, lua_tointeger(L, -1));
    str text = lua_isstring(L, -1) ? lib_check_str(L, -1)
                                   : str_from(lua_toboolean(L, -1) ? "true" : "false");
    return (struct log_field){key, kind_of(str_from(key)), str_slice(text, 0, TEXT_MAX), 0};
}

static int write_line(lua_State *L, enum log_level level)
{
    struct log_field fields[FIELDS_MAX];
    size_t n = 0;
    const char *message = luaL_checkstring(L, 1);
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
            luaL_argcheck(
                L, lua_type(L, -2) == LUA_TSTRING && n < FIELDS_MAX, 2, "at most 12 named values");
            luaL_argcheck(
                L, lua_type(L, -1) != LUA_TTABLE, 2, "values are strings, numbers and booleans");
            if (lua_type(L, -1) == LUA_TNUMBER && !lua_isinteger(L, -1)) {
                luaL_argerror(L, 2, "numbers are integers");
            }
            fields[n++] = read_field(L);
        }
    }
    log_write(level, message, fields, n);
    return 0;
}

/* log.debug(message, fields) */
static int log_debug_line(lua_State *L)
{
    return write_line(L, LOG_DEBUG);
}

/* log.info(message, fields) */
static int log_info_line(lua_State *L)
{
    return write_line(L, LOG_INFO);
}

/* log.warn(message, fields) */
static int log_warn_line(lua_State *L)
{
    return write_line(L, LOG_WARN);
}

/* log.error(message, fields) */
static int log_error_line(lua_State *L)
{
    return write_line(L, LOG_ERROR);
}

static const luaL_Reg functions[] = {
    {"debug", log_debug_line},
    {"error", log_error_line},
    {"info", log_info_line},
    {"warn", log_warn_line},
    {NULL, NULL},
};

int lib_log_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
