// SPDX-License-Identifier: Apache-2.0
// domainlib: arguments of the functions of trust and money.
#include "core/script/domainlib.h"

#include <lauxlib.h>

#include "core/domain/ticket.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/txlib.h"

static const char *const role_names[] = {
    "reviewer", "officer", "cashier", "admin", "counter", NULL};

const char *const *domainlib_role_names(void)
{
    return role_names;
}

struct store_tx *domainlib_tx(lua_State *L)
{
    struct txlib *h = txlib_check(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    arena_clear(&host_of(L)->scratch);
    return h->tx;
}

static unsigned role_bit(lua_State *L, str word)
{
    for (unsigned i = 0; role_names[i]; i++)
        if (str_eq(word, str_from(role_names[i])))
            return 1u << i;
    luaL_error(L, "there is no role \"%s\"", lua_pushlstring(L, word.p, word.n));
    return 0;
}

struct domain_actor domainlib_actor(lua_State *L)
{
    str as = lib_field_str(L, 2, "as");
    enum domain_role role = DOMAIN_APPLICANT;
    if (as.n && !str_eq(as, STR("applicant")))
        role = (enum domain_role)role_bit(L, as);
    return (struct domain_actor){lib_field_str(L, 2, "by"), role};
}

str domainlib_text(lua_State *L, const char *name)
{
    return lib_field_str(L, 2, name);
}

int64_t domainlib_number(lua_State *L, const char *name)
{
    return lib_field_int(L, 2, name, 0, LUA_MAXINTEGER);
}

bool domainlib_flag(lua_State *L, const char *name)
{
    lua_getfield(L, 2, name);
    bool flag = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return flag;
}

const str *domainlib_list(lua_State *L, const char *name, size_t max, size_t *count)
{
    int type = lua_getfield(L, 2, name);
    luaL_argcheck(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "a list of texts");
    *count = type == LUA_TNIL ? 0 : (size_t)lua_rawlen(L, -1);
    luaL_argcheck(L, *count <= max, 2, "too long a list");
    str *out = arena_zalloc(&host_of(L)->scratch, *count + 1, sizeof(*out));
    for (size_t i = 0; i < *count; i++) {
        luaL_argcheck(
            L, lua_rawgeti(L, -1, (lua_Integer)i + 1) == LUA_TSTRING, 2, "a list of texts");
        out[i] = lib_check_str(L, -1);
        lua_pop(L, 1); /* the list keeps it */
    }
    lua_pop(L, 1);
    return out;
}

unsigned domainlib_roles(lua_State *L, const char *name)
{
    size_t n;
    unsigned bits = 0;
    const str *words = domainlib_list(L, name, countof(role_names) - 1, &n);
    for (size_t i = 0; i < n; i++)
        bits |= role_bit(L, words[i]);
    return bits;
}

void domainlib_check(lua_State *L, int rc, const struct err *err)
{
    if (rc && err->code == rc)
        error_raise_err(L, err);
    if (rc)
        error_raise(L, rc == 1 ? E_NOT_FOUND : rc, "%s", err_text(rc == 1 ? E_NOT_FOUND : rc));
}

int domainlib_check_there(lua_State *L, int rc, const struct err *err)
{
    if (rc != 1)
        domainlib_check(L, rc, err);
    lua_pushboolean(L, rc == 0);
    return 1;
}

const uint8_t *domainlib_key(lua_State *L)
{
    str key = task_current(L)->gen->script->opts.ticket_key;
    if (key.n != TICKET_KEY)
        error_raise(L, E_UNSUPPORTED, "there is no ticket key: the signer is not configured");
    return (const uint8_t *)key.p;
}
