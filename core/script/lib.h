// SPDX-License-Identifier: Apache-2.0
// lib: the modules that C gives to scripts, one file each. An opener pushes the module's table.
// [-0, +1]
#ifndef CORE_SCRIPT_LIB_H
#define CORE_SCRIPT_LIB_H

#include <lauxlib.h>
#include <lua.h>

#include "core/base/base.h"

int lib_blob_open(lua_State *L);
int lib_bundle_open(lua_State *L);
int lib_captcha_open(lua_State *L);
int lib_client_open(lua_State *L);
int lib_config_open(lua_State *L);
int lib_crypto_open(lua_State *L);
int lib_domain_open(lua_State *L);
int lib_html_open(lua_State *L);
int lib_http_open(lua_State *L);
int lib_issuer_open(lua_State *L);
int lib_job_open(lua_State *L);
int lib_json_open(lua_State *L);
int lib_limit_open(lua_State *L);
int lib_log_open(lua_State *L);
int lib_checker_open(lua_State *L);
int lib_mail_open(lua_State *L);
int lib_pdf_open(lua_State *L);
int lib_qr_open(lua_State *L);
int lib_store_open(lua_State *L);
int lib_task_open(lua_State *L);
int lib_text_open(lua_State *L);
int lib_time_open(lua_State *L);
int lib_topics_open(lua_State *L);
int lib_workday_open(lua_State *L);

/* Add the functions over passwords, and http.events, to the table on top. [-0, +0] */
void lib_password_add(lua_State *L);
void lib_topics_add_events(lua_State *L);

/* Add the methods of trust and of money to the methods of tx on top. [-0, +0] */
void lib_domain_add(lua_State *L);
void lib_money_add(lua_State *L);

/* Reads "2026-11-23" as days since 1970-01-01; false when there is no such day. */
bool lib_read_day(str s, int64_t *day);

/* A string argument without copying; raises. Valid as long as the argument. */
static inline str lib_check_str(lua_State *L, int arg)
{
    size_t n;
    const char *p = luaL_checklstring(L, arg, &n);
    return str_of(p, n);
}

/* A field of the table at idx as text, empty when it is absent; raises for another type. Valid as
 * long as the table. [-0, +0] */
str lib_field_str(lua_State *L, int idx, const char *name);
/* As a whole number from 0 to max; raises outside. [-0, +0] */
lua_Integer lib_field_int(
    lua_State *L, int idx, const char *name, lua_Integer initial, lua_Integer max);

static inline void lib_push_str(lua_State *L, str s)
{
    lua_pushlstring(L, s.p ? s.p : "", s.n);
}

#endif
