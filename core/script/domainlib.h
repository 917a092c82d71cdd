// SPDX-License-Identifier: Apache-2.0
// domainlib: what the bindings of core/domain share. Every function takes one table; `by` is the
// account that acts (absent: the system) and `as` the role it acts in ("applicant" unless told).
#ifndef CORE_SCRIPT_DOMAINLIB_H
#define CORE_SCRIPT_DOMAINLIB_H

#include <lua.h>

#include "core/domain/domain.h"

/* The transaction at argument 1; argument 2 must be a table. Clears host.scratch. */
struct store_tx *domainlib_tx(lua_State *L);
/* by and as of the table at argument 2; raises for a word that is no role. */
struct domain_actor domainlib_actor(lua_State *L);
/* A text of the table at argument 2; empty when absent. */
str domainlib_text(lua_State *L, const char *name);
/* A whole number of it, 0 when absent; raises below 0. */
int64_t domainlib_number(lua_State *L, const char *name);
bool domainlib_flag(lua_State *L, const char *name);
/* The bits of role words in the list `name`. */
unsigned domainlib_roles(lua_State *L, const char *name);
/* Texts of the list `name` of the table at argument 2, in host.scratch. */
const str *domainlib_list(lua_State *L, const char *name, size_t max, size_t *count);
/* Raises what a function of core/domain returned, unless it is 0. */
void domainlib_check(lua_State *L, int rc, const struct err *err);
/* The same where 1 means "nothing there": pushes whether there was something. [-0, +1] */
int domainlib_check_there(lua_State *L, int rc, const struct err *err);
/* The key of tickets and orders; raises without. */
const uint8_t *domainlib_key(lua_State *L);
/* "reviewer" …, NULL-ended, in the order of the bits. Static. */
const char *const *domainlib_role_names(void);

#endif
