// SPDX-License-Identifier: Apache-2.0
// scenario_http: what a scenario can call: http.get, http.post, http.request, sleep, check; and the
// answers it gets.
#include <lauxlib.h>
#include <string.h>

#include "bench/load/response.h"
#include "bench/load/scenario_private.h"

static const char answer_meta[] = "bench.answer";

static void append_escaped(struct buf *out, str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' ||
                     c == '.' || c == '_' || c == '*';
        if (plain)
            buf_append_byte(out, (char)c);
        else if (c == ' ')
            buf_append_byte(out, '+');
        else {
            const char escape[3] = {'%', hex[c >> 4], hex[c & 15]};
            buf_append(out, str_of(escape, 3));
        }
    }
}

/* Appends the value at idx as text, numbers included. */
static void append_text(lua_State *L, int idx, struct buf *out)
{
    size_t n = 0;
    const char *p = luaL_tolstring(L, idx, &n);
    buf_append(out, str_of(p, n));
    lua_pop(L, 1);
}

static void append_form_part(lua_State *L, int idx, struct buf *out)
{
    size_t n = 0;
    const char *p = luaL_tolstring(L, idx, &n);
    append_escaped(out, str_of(p, n));
    lua_pop(L, 1);
}

/* The pair at -2 and -1. */
static void append_pair(lua_State *L, struct buf *out)
{
    if (out->n)
        buf_append_byte(out, '&');
    append_form_part(L, -2, out);
    buf_append_byte(out, '=');
    append_form_part(L, -1, out);
}

/* {{name, value}, …} in order, or {name = value}. [-0, +0] */
static void append_form(lua_State *L, int idx, struct buf *out)
{
    lua_Integer n = (lua_Integer)lua_rawlen(L, idx);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, idx, i);
        lua_geti(L, -1, 1);
        lua_geti(L, -2, 2);
        append_pair(L, out);
        lua_pop(L, 3);
    }
    if (n)
        return;
    lua_pushnil(L);
    while (lua_next(L, idx)) {
        append_pair(L, out);
        lua_pop(L, 1);
    }
}

static void append_header(struct buf *out, str name, str value)
{
    buf_append(out, name);
    buf_append(out, STR(": "));
    buf_append(out, value);
    buf_append(out, STR("\r\n"));
}

static void append_headers(lua_State *L, int idx, struct buf *out)
{
    if (lua_getfield(L, idx, "headers") == LUA_TTABLE) {
        lua_pushnil(L);
        while (lua_next(L, -2)) {
            append_text(L, -2, out);
            buf_append(out, STR(": "));
            append_text(L, -1, out);
            buf_append(out, STR("\r\n"));
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

static void append_cookies(lua_State *L, int cookies, struct buf *out)
{
    str before = STR("Cookie: ");
    lua_pushnil(L);
    while (lua_next(L, cookies)) {
        buf_append(out, before);
        append_text(L, -2, out);
        buf_append_byte(out, '=');
        append_text(L, -1, out);
        before = STR("; ");
        lua_pop(L, 1);
    }
    if (before.n == 2)
        buf_append(out, STR("\r\n"));
}

/* The field as a str that the table keeps alive, `absent` if it is nil. */
static str field(lua_State *L, int idx, const char *name, str absent)
{
    str value = absent;
    int type = lua_getfield(L, idx, name);
    if (type == LUA_TSTRING)
        value.p = lua_tolstring(L, -1, &value.n);
    else if (type != LUA_TNIL)
        luaL_error(L, "%s of a request must be text", name);
    lua_pop(L, 1);
    return value;
}

/* Appends body and its type; true if there is one. The body of a form is built in place. */
static bool read_body(lua_State *L, int idx, struct buf *body, str *type)
{
    *type = (str){0};
    bool found = false;
    if (lua_getfield(L, idx, "form") == LUA_TTABLE) {
        append_form(L, lua_gettop(L), body);
        *type = STR("application/x-www-form-urlencoded");
        found = true;
    }
    lua_pop(L, 1);
    if (found)
        return true;
    str json = field(L, idx, "json", (str){0}), plain = field(L, idx, "body", (str){0});
    if (json.p)
        *type = STR("application/json");
    buf_append(body, json.p ? json : plain);
    return json.p || plain.p;
}

static void append_head(lua_State *L, int idx, int cookies, struct buf *out, str method)
{
    struct scenario *s = scenario_of(L);
    str path = field(L, idx, "path", (str){0});
    if (!path.n || path.p[0] != '/')
        luaL_error(L, "a request needs a path that begins with /");
    buf_append(out, method);
    buf_append_byte(out, ' ');
    buf_append(out, path);
    buf_append(out, STR(" HTTP/1.1\r\n"));
    append_header(out, STR("Host"), str_from(s->host));
    if (!str_eq(method, STR("GET")) && !str_eq(method, STR("HEAD")))
        append_header(out, STR("Origin"), str_from(s->origin));
    if (cookies)
        append_cookies(L, cookies, out);
    append_headers(L, idx, out);
    if (s->opts->close)
        append_header(out, STR("Connection"), STR("close"));
}

void http_build(lua_State *L, int idx, int cookies, struct buf *out, struct planned *planned)
{
    luaL_checktype(L, idx, LUA_TTABLE);
    str method = field(L, idx, "method", STR("GET")), type;
    lua_getfield(L, idx, "expect");
    *planned = (struct planned){
        .no_body = str_eq(method, STR("HEAD")), .expect = (int)luaL_optinteger(L, -1, 0)};
    lua_pop(L, 1);
    buf_clear(out);
    append_head(L, idx, cookies, out, method);
    struct buf *body = &scenario_of(L)->body;
    buf_clear(body);
    if (read_body(L, idx, body, &type)) {
        if (type.n)
            append_header(out, STR("Content-Type"), type);
        buf_printf(out, "Content-Length: %zu\r\n", body->n);
    }
    buf_append(out, STR("\r\n"));
    buf_append(out, buf_str(body));
    planned->bytes = buf_str(out);
}

/* -- http.request{ method, path, headers, form | json | body, expect } -> answer */
static int request(lua_State *L)
{
    struct script *s = script_of(L);
    if (!s)
        return luaL_error(L, "requests are made in setup and journey only");
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->cookies_ref);
    s->step = (struct script_step){.want = SCRIPT_REQUEST};
    http_build(L, 1, lua_gettop(L), &s->bytes, &s->step.request);
    return lua_yield(L, 0);
}

static int request_as(lua_State *L, const char *method)
{
    const char *path = luaL_checkstring(L, 1);
    if (lua_isnoneornil(L, 2)) {
        lua_settop(L, 1);
        lua_newtable(L);
    }
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_pushstring(L, path);
    lua_setfield(L, 2, "path");
    lua_pushstring(L, method);
    lua_setfield(L, 2, "method");
    lua_settop(L, 2);
    lua_remove(L, 1);
    return request(L);
}

/* -- http.get(path, options|nil) -> answer */
static int get(lua_State *L)
{
    return request_as(L, "GET");
}

/* -- http.post(path, options) -> answer */
static int post(lua_State *L)
{
    return request_as(L, "POST");
}

/* -- sleep(milliseconds) */
static int sleep_for(lua_State *L)
{
    struct script *s = script_of(L);
    lua_Number ms = luaL_checknumber(L, 1);
    luaL_argcheck(L, s != NULL, 1, "only in setup and journey");
    luaL_argcheck(L, ms >= 0 && ms <= 600000, 1, "0 to 600000 milliseconds");
    s->step = (struct script_step){.want = SCRIPT_SLEEP, .sleep_ms = (unsigned)ms};
    return lua_yield(L, 0);
}

/* -- check(condition, message): raises unless true */
static int check(lua_State *L)
{
    if (lua_toboolean(L, 1))
        return 0;
    return luaL_error(L, "%s", luaL_optstring(L, 2, "a check failed"));
}

/* The attribute's value in a tag, without unescaping; p NULL if it is not there. */
static str attribute(str tag, str name)
{
    char pattern[80];
    if (name.n > sizeof(pattern) - 4)
        return (str){0};
    pattern[0] = ' ';
    memcpy(pattern + 1, name.p, name.n);
    memcpy(pattern + 1 + name.n, "=\"", 2);
    ptrdiff_t at = str_find(tag, str_of(pattern, name.n + 3));
    if (at < 0)
        return (str){0};
    str rest = str_slice(tag, (size_t)at + name.n + 3, tag.n);
    return str_cut(&rest, '"');
}

/* -- answer:input(name) -> value of the first <input> of that name|nil */
static int input(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    str name = str_from(luaL_checkstring(L, 2));
    str rest = field(L, 1, "body", (str){0});
    for (ptrdiff_t at = str_find(rest, STR("<input")); at >= 0;
         at = str_find(rest, STR("<input"))) {
        rest = str_slice(rest, (size_t)at + 6, rest.n);
        str tag = str_cut(&rest, '>');
        if (!str_eq(attribute(tag, STR("name")), name))
            continue;
        str value = attribute(tag, STR("value"));
        lua_pushlstring(L, value.p ? value.p : "", value.n);
        return 1;
    }
    lua_pushnil(L);
    return 1;
}

static bool is_removal(str attributes)
{
    while (attributes.n) {
        str one = str_trim(str_cut(&attributes, ';'));
        if (str_eq_nocase(one, STR("max-age=0")))
            return true;
    }
    return false;
}

static void keep_cookie(lua_State *L, int cookies, str line)
{
    str pair = str_cut(&line, ';');
    str name = str_trim(str_cut(&pair, '='));
    lua_pushlstring(L, name.p, name.n);
    if (is_removal(line))
        lua_pushnil(L);
    else
        lua_pushlstring(L, pair.p ? pair.p : "", pair.n);
    lua_rawset(L, cookies);
}

static void set_header(lua_State *L, str name, str value)
{
    luaL_Buffer b;
    char *lower = luaL_buffinitsize(L, &b, name.n);
    for (size_t i = 0; i < name.n; i++)
        lower[i] = name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] | 32) : name.p[i];
    luaL_pushresultsize(&b, name.n);
    lua_pushlstring(L, value.p ? value.p : "", value.n);
    lua_rawset(L, -3);
}

void http_push_answer(lua_State *L, const struct answer *answer, int cookies)
{
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, answer->status);
    lua_setfield(L, -2, "status");
    lua_pushlstring(L, answer->body.p ? answer->body.p : "", answer->body.n);
    lua_setfield(L, -2, "body");
    lua_newtable(L);
    str lines = response_lines(answer->head), name, value;
    while (response_next_header(&lines, &name, &value)) {
        if (str_eq_nocase(name, STR("set-cookie")))
            keep_cookie(L, cookies, value);
        set_header(L, name, value);
    }
    lua_setfield(L, -2, "headers");
    luaL_setmetatable(L, answer_meta);
}

void http_open(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"get", get}, {"post", post}, {"request", request}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"input", input}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_setglobal(L, "http");
    lua_register(L, "sleep", sleep_for);
    lua_register(L, "check", check);
    luaL_newmetatable(L, answer_meta);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
