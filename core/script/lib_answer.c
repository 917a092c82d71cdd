// SPDX-License-Identifier: Apache-2.0
// lib_answer: the methods of a request that give its answer.
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/template.h"
#include "core/script/value.h"
#include "core/script/web.h"

static int check_status(lua_State *L, int arg)
{
    lua_Integer status = luaL_checkinteger(L, arg);
    luaL_argcheck(L, status >= 200 && status <= 599, arg, "status 200 to 599");
    return (int)status;
}

static int send(lua_State *L, struct request *r, int status, const char *type, str body)
{
    response_status(r, status);
    response_type(r, str_from(type));
    web_answered(L);
    response_send(r, body);
    return 0;
}

/* request:json(status, value) */
static int answer_json(lua_State *L)
{
    struct request *r = web_answer(L);
    int status = check_status(L, 2);
    struct buf *out = &host_of(L)->out;
    const char *why;
    luaL_checkany(L, 3);
    buf_clear(out);
    int rc = value_to_json(L, 3, false, NULL, out, &why);
    if (rc)
        return error_raise(L, E_SCRIPT, "request:json: %s", why);
    return send(L, r, status, "application/json", buf_str(out));
}

/* request:html(status, view, data) */
static int answer_html(lua_State *L)
{
    struct request *r = web_answer(L);
    int status = check_status(L, 2);
    str view = lib_check_str(L, 3);
    luaL_checktype(L, 4, LUA_TTABLE);
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    template_render(L, view, 4, out);
    return send(L, r, status, "text/html; charset=utf-8", buf_str(out));
}

/* request:text(status, text) */
static int answer_text(lua_State *L)
{
    struct request *r = web_answer(L);
    int status = check_status(L, 2);
    return send(L, r, status, "text/plain; charset=utf-8", lib_check_str(L, 3));
}

/* Bytes of a type that scripts may send; the list keeps page types with their templates. */
static const char *const types[] = {"application/json", "application/octet-stream",
    "application/ocsp-response", "application/pdf", "application/pem-certificate-chain",
    "application/pkix-cert", "application/pkix-crl", "image/jpeg", "image/png", "image/svg+xml",
    "text/calendar; charset=utf-8", "text/csv; charset=utf-8", "text/plain; charset=utf-8", NULL};

/* request:bytes(status, type, bytes) */
static int answer_bytes(lua_State *L)
{
    struct request *r = web_answer(L);
    int status = check_status(L, 2);
    int type = luaL_checkoption(L, 3, NULL, types);
    return send(L, r, status, types[type], lib_check_str(L, 4));
}

/* request:empty(status) */
static int answer_empty(lua_State *L)
{
    struct request *r = web_answer(L);
    response_status(r, check_status(L, 2));
    web_answered(L);
    response_send_empty(r);
    return 0;
}

/* request:redirect(path, status): 303 unless given; to this server only */
static int redirect(lua_State *L)
{
    struct request *r = web_answer(L);
    str to = lib_check_str(L, 2);
    luaL_argcheck(L,
        to.n > 0 && to.p[0] == '/' && (to.n < 2 || (to.p[1] != '/' && to.p[1] != '\\')), 2,
        "a path of this server");
    response_status(r, lua_isnoneornil(L, 3) ? 303 : check_status(L, 3));
    web_answered(L);
    if (response_redirect(r, to))
        response_error(r, E_SCRIPT, STR(""), STR(""));
    return 0;
}

/* request:problem(status, detail, members): RFC 9457, or the error page for browsers */
static int problem(lua_State *L)
{
    struct request *r = web_answer(L);
    int status = check_status(L, 2);
    str detail = lib_check_str(L, 3), members = STR("");
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    if (!lua_isnoneornil(L, 4)) {
        luaL_checktype(L, 4, LUA_TTABLE);
        const char *why;
        int rc = value_to_json(L, 4, true, NULL, out, &why);
        if (rc)
            return error_raise(L, E_SCRIPT, "request:problem: %s", why);
        members = out->n > 2 && out->p[0] == '{' ? str_slice(buf_str(out), 1, out->n - 1) : STR("");
    }
    web_answered(L);
    response_error_status(r, status, detail, members, status == 429 || status == 503 ? 5 : 0);
    return 0;
}

/* request:set_header(name, value) */
static int set_header(lua_State *L)
{
    struct request *r = web_answer(L);
    int rc = response_header(r, lib_check_str(L, 2), lib_check_str(L, 3));
    if (rc)
        return error_raise(L, rc, "header '%s' cannot be set so", lua_tostring(L, 2));
    return 0;
}

static bool flag(lua_State *L, const char *name)
{
    lua_getfield(L, 2, name);
    bool v = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return v;
}

/* request:set_cookie{name, value, max_age, readable, strict} */
static int set_cookie(lua_State *L)
{
    struct request *r = web_answer(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    struct cookie c = {.readable = flag(L, "readable"), .same_strict = flag(L, "strict")};
    lua_getfield(L, 2, "name");
    lua_getfield(L, 2, "value");
    lua_getfield(L, 2, "max_age");
    c.name = lib_check_str(L, -3);
    c.value = lib_check_str(L, -2);
    c.max_age = luaL_optinteger(L, -1, 0);
    int rc = response_cookie(r, &c);
    if (rc)
        return error_raise(L, rc, "cookie '%s' cannot be set so", c.name.p);
    return 0;
}

static const luaL_Reg methods[] = {
    {"bytes", answer_bytes},
    {"empty", answer_empty},
    {"html", answer_html},
    {"json", answer_json},
    {"problem", problem},
    {"redirect", redirect},
    {"set_cookie", set_cookie},
    {"set_header", set_header},
    {"text", answer_text},
    {NULL, NULL},
};

void web_add_answers(lua_State *L)
{
    luaL_setfuncs(L, methods, 0);
}
