// SPDX-License-Identifier: Apache-2.0
// lib_http: declaring routes, and reading requests.
#include "core/http/body.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/route.h"
#include "core/script/state.h"
#include "core/script/value.h"
#include "core/script/web.h"

/* Pushes what a getter of core/http found: 0 a value, 1 none. */
static int push_found(lua_State *L, int rc, str value, const char *what)
{
    if (rc < 0)
        return error_raise(
            L, rc, "%s '%s' is broken or given more than once", what, lua_tostring(L, 2));
    if (rc)
        lua_pushnil(L);
    else
        lib_push_str(L, value);
    return 1;
}

/* request:method() -> "GET" */
static int method(lua_State *L)
{
    lib_push_str(L, http_method_name(request_method(web_check(L))));
    return 1;
}

/* request:path() -> decoded path */
static int path(lua_State *L)
{
    lib_push_str(L, request_path(web_check(L)));
    return 1;
}

/* request:target() -> path and query as they were sent */
static int target(lua_State *L)
{
    lib_push_str(L, request_target(web_check(L)));
    return 1;
}

/* request:param(name) -> value of a {name} segment */
static int param(lua_State *L)
{
    struct request *r = web_check(L);
    lib_push_str(L, request_param(r, lib_check_str(L, 2)));
    return 1;
}

/* request:query(name) -> value|nil */
static int query(lua_State *L)
{
    struct request *r = web_check(L);
    str value;
    int rc = request_query_get(r, lib_check_str(L, 2), &value);
    return push_found(L, rc, value, "query parameter");
}

/* request:header(name) -> value|nil */
static int header(lua_State *L)
{
    str value = request_header(web_check(L), lib_check_str(L, 2));
    if (value.p)
        lib_push_str(L, value);
    else
        lua_pushnil(L);
    return 1;
}

/* request:cookie(name) -> value|nil */
static int cookie(lua_State *L)
{
    struct request *r = web_check(L);
    str value;
    int rc = request_cookie(r, lib_check_str(L, 2), &value);
    return push_found(L, rc == E_INVALID ? 1 : rc, value, "cookie");
}

/* request:field(name) -> value of a form field|nil */
static int field(lua_State *L)
{
    struct request *r = web_check(L);
    str value;
    int rc = request_form_get(r, lib_check_str(L, 2), &value);
    return push_found(L, rc, value, "field");
}

/* request:fields() -> {name = value}, of equal names the first */
static int fields(lua_State *L)
{
    size_t n;
    const struct pair *pairs = request_form(web_check(L), &n);
    lua_createtable(L, 0, (int)n);
    for (size_t i = n; i-- > 0;) {
        lib_push_str(L, pairs[i].name);
        lib_push_str(L, pairs[i].value);
        lua_rawset(L, -3);
    }
    return 1;
}

/* request:field_list(name) -> all values of the name, in order */
static int field_list(lua_State *L)
{
    size_t n;
    const struct pair *pairs = request_form(web_check(L), &n);
    str name = lib_check_str(L, 2);
    lua_Integer found = 0;
    lua_createtable(L, 4, 0);
    for (size_t i = 0; i < n; i++)
        if (str_eq(pairs[i].name, name)) {
            lib_push_str(L, pairs[i].value);
            lua_rawseti(L, -2, ++found);
        }
    return 1;
}

/* request:body() -> string */
static int body(lua_State *L)
{
    lib_push_str(L, request_body(web_check(L)));
    return 1;
}

/* request:body_json() -> value; raises E_PARSE, or E_UNSUPPORTED for another type */
static int body_json(lua_State *L)
{
    struct request *r = web_check(L);
    const struct json *root;
    struct err err = {0};
    if (!str_eq(request_content_type(r), STR("application/json")))
        return error_raise_reason(
            L, E_UNSUPPORTED, "content_type", "请求内容必须是 application/json");
    int rc = json_parse(request_body(r), VALUE_DEPTH, request_arena(r), &root, &err);
    if (rc)
        return error_raise(L, rc, "JSON: %s", err.message);
    value_push_json(L, root);
    return 1;
}

/* request:peer() -> client's address */
static int peer(lua_State *L)
{
    lib_push_str(L, request_peer(web_check(L)));
    return 1;
}

/* request:id() -> 16 hexadecimal digits, the same as in the log */
static int id(lua_State *L)
{
    lib_push_str(L, request_id(web_check(L)));
    return 1;
}

/* request:nonce() -> nonce for script elements */
static int nonce(lua_State *L)
{
    lib_push_str(L, request_nonce(web_check(L)));
    return 1;
}

/* request:wants_json() -> boolean */
static int wants_json(lua_State *L)
{
    lua_pushboolean(L, request_wants_json(web_check(L)));
    return 1;
}

/* request:is_tls() -> boolean */
static int is_tls(lua_State *L)
{
    lua_pushboolean(L, request_is_tls(web_check(L)));
    return 1;
}

static const luaL_Reg methods[] = {
    {"body", body},
    {"body_json", body_json},
    {"cookie", cookie},
    {"field", field},
    {"field_list", field_list},
    {"fields", fields},
    {"header", header},
    {"id", id},
    {"is_tls", is_tls},
    {"method", method},
    {"nonce", nonce},
    {"param", param},
    {"path", path},
    {"peer", peer},
    {"query", query},
    {"target", target},
    {"wants_json", wants_json},
    {NULL, NULL},
};

void web_push_methods(lua_State *L)
{
    luaL_newlib(L, methods);
    web_add_answers(L);
    web_add_uploads(L);
    web_add_parts(L);
    web_add_blobs(L);
}

/* http.get(pattern, handler, options) */
static int declare_get(lua_State *L)
{
    route_declare(L, HTTP_GET);
    return 0;
}

/* http.post(pattern, handler, options) */
static int declare_post(lua_State *L)
{
    route_declare(L, HTTP_POST);
    return 0;
}

/* http.put(pattern, handler, options) */
static int declare_put(lua_State *L)
{
    route_declare(L, HTTP_PUT);
    return 0;
}

/* http.patch(pattern, handler, options) */
static int declare_patch(lua_State *L)
{
    route_declare(L, HTTP_PATCH);
    return 0;
}

/* http.delete(pattern, handler, options) */
static int declare_delete(lua_State *L)
{
    route_declare(L, HTTP_DELETE);
    return 0;
}

static const luaL_Reg functions[] = {
    {"delete", declare_delete},
    {"get", declare_get},
    {"patch", declare_patch},
    {"post", declare_post},
    {"put", declare_put},
    {NULL, NULL},
};

int lib_http_open(lua_State *L)
{
    luaL_newlib(L, functions);
    lib_topics_add_events(L);
    return 1;
}
