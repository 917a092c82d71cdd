// SPDX-License-Identifier: Apache-2.0
// lib: reading fields of option tables.
#include "core/script/lib.h"

str lib_field_str(lua_State *L, int idx, const char *name)
{
    str s = STR("");
    int type = lua_getfield(L, idx, name);
    if (type == LUA_TSTRING)
        s = lib_check_str(L, -1);
    else if (type != LUA_TNIL)
        luaL_error(L, "bad argument #%d (field '%s' is no string)", idx, name);
    lua_pop(L, 1);
    return s;
}

lua_Integer lib_field_int(
    lua_State *L, int idx, const char *name, lua_Integer initial, lua_Integer max)
{
    int whole = 1;
    lua_Integer n = initial;
    if (lua_getfield(L, idx, name) != LUA_TNIL)
        n = lua_tointegerx(L, -1, &whole);
    if (!whole || n < 0 || n > max)
        luaL_error(L, "bad argument #%d (field '%s': a whole number from 0 to %I)", idx, name,
            (LUAI_UACINT)max);
    lua_pop(L, 1);
    return n;
}
