// SPDX-License-Identifier: Apache-2.0
// error: the one error style of scripts: a raised table {code = "E_DENIED", message = "…", where =
// "file:line", details = table|nil}. Absence is nil and no error.
#ifndef CORE_SCRIPT_ERROR_H
#define CORE_SCRIPT_ERROR_H

#include <lua.h>

#include "core/base/base.h"

/* Creates the metatable of error objects. [-0, +0] */
void error_open(lua_State *L);
/* Raises an error object naming the Lua line that called the running C function. Returns only in
 * form. */
int error_raise(lua_State *L, int code, const char *format, ...) printf_like(3, 4);
/* The same with details = {reason = "word"}: a refusal that scripts tell apart by the word. */
int error_raise_reason(lua_State *L, int code, const char *reason, const char *message);
/* Raises what a core function reported. */
int error_raise_err(lua_State *L, const struct err *err);
/* The Lua function fail(code, message, details). */
int error_fail(lua_State *L);

/* What an error value says: the code (E_SCRIPT for anything but an error object), the sentence and
 * where it rose. Borrowed from the value; never runs a metamethod. May raise memory errors. [-0,
 * +3] */
struct error_view {
    int code;
    str message;
    str where;
    bool meant; /* raised by error_raise or fail with a code that is the caller's matter */
};
struct error_view error_read(lua_State *L, int idx);

/* Splits "file:line: sentence" of the Lua parser or luaL_error into err; returns code. */
int error_split(struct err *err, int code, str message);

#endif
