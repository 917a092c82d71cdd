// SPDX-License-Identifier: Apache-2.0
// lib: the modules that C gives to scripts, one file each. An opener pushes the module's table.
// [-0, +1]
#ifndef CORE_SCRIPT_LIB_H
#define CORE_SCRIPT_LIB_H

#include <lauxlib.h>
#include <lua.h>

#include "core/base/base.h"

int lib_bundle_open(lua_State *L);
int lib_captcha_open(lua_State *L);
int lib_client_open(lua_State *L);
int lib_config_open(lua_State *L);
int lib_crypto_open(lua_State *L);
int lib_html_open(lua_State *L);
int lib_http_open(lua_State *L);
int lib_job_open(lua_State *L);
int lib_json_open(lua_State *L);
int lib_log_open(lua_State *L);
int lib_qr_open(lua_State *L);
int lib_store_open(lua_State *L);
int lib_task_open(lua_State *L);
int lib_text_open(lua_State *L);
int lib_time_open(lua_State *L);
int lib_topics_open(lua_State *L);

/* Adds the functions over passwords to the table on top. [-0, +0] */
void lib_password_add(lua_State *L);

/* A string argument without copying; raises. Valid as long as the argument. */
static inline str lib_check_str(lua_State *L, int arg)
{
    size_t n;
    const char *p = luaL_checklstring(L, arg, &n);
    return str_of(p, n);
}

static inline void lib_push_str(lua_State *L, str s)
{
    lua_pushlstring(L, s.p ? s.p : "", s.n);
}

#endif
