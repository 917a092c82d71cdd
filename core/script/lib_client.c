// SPDX-License-Identifier: Apache-2.0
// lib_client: outgoing HTTPS to the hosts that the configuration allows.
#include <stdlib.h>

#include "core/base/codec.h"
#include "core/client/client.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"

enum { HEADERS_MAX = 32, TIMEOUT_MAX_MS = 60000, LIMIT_DEFAULT = 1 << 20, LIMIT_MAX = 16 << 20 };

struct call {
    struct op op;
    struct client_op *client;
    int status;
    long code;
    struct buf headers, body;
    char cause[160];
};

/* "Name: value" lines; of equal names the first. Fills the table on top. */
static void push_headers(lua_State *L, str lines)
{
    struct buf *out = &host_of(L)->out;
    while (lines.n) {
        str value = str_cut(&lines, '\n');
        if (str_index(value, ':') < 0)
            continue;
        str name = str_cut(&value, ':');
        buf_clear(out);
        for (size_t i = 0; i < name.n; i++)
            buf_append_byte(
                out, name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] | 32) : name.p[i]);
        if (value.n && value.p[value.n - 1] == '\r')
            value.n--;
        lib_push_str(L, buf_str(out));
        lua_pushvalue(L, -1);
        if (lua_rawget(L, -3) == LUA_TNIL) {
            lua_pop(L, 1);
            lib_push_str(L, str_trim(value));
            lua_rawset(L, -3);
        } else {
            lua_pop(L, 2);
        }
    }
}

static int push_result(lua_State *L, struct op *op)
{
    const struct call *c = container_of(op, struct call, op);
    if (c->status)
        return error_raise(L, c->status, "%s", c->cause[0] ? c->cause : err_text(c->status));
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, c->code);
    lua_setfield(L, -2, "status");
    lib_push_str(L, buf_str(&c->body));
    lua_setfield(L, -2, "body");
    lua_createtable(L, 0, 8);
    push_headers(L, buf_str(&c->headers));
    lua_setfield(L, -2, "headers");
    return 1;
}

static void done(void *arg, const struct client_result *r)
{
    struct call *c = arg;
    c->status = r->status;
    c->code = r->code;
    buf_append(&c->headers, r->headers);
    buf_append(&c->body, r->body);
    size_t n = str_from(r->cause).n;
    str cause = str_slice(str_from(r->cause), 0, n < sizeof(c->cause) ? n : sizeof(c->cause) - 1);
    if (str_to_c(cause, c->cause, sizeof(c->cause)))
        c->cause[0] = 0;
    task_wake(&c->op);
}

static void cancel(struct op *op)
{
    client_cancel(container_of(op, struct call, op)->client);
}

static void free_call(struct op *op)
{
    struct call *c = container_of(op, struct call, op);
    buf_release(&c->headers);
    buf_release(&c->body);
    free(c);
}

/* The strings stay where they are in the table of headers. */
static size_t read_headers(lua_State *L, struct client_header *out)
{
    size_t n = 0;
    if (lua_getfield(L, 1, "headers") == LUA_TNIL)
        return 0;
    luaL_argcheck(L, lua_istable(L, -1), 1, "headers: a table");
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        luaL_argcheck(L,
            lua_type(L, -2) == LUA_TSTRING && lua_type(L, -1) == LUA_TSTRING && n < HEADERS_MAX, 1,
            "headers: at most 32 texts by name");
        out[n++] = (struct client_header){lib_check_str(L, -2), lib_check_str(L, -1)};
    }
    return n;
}

static struct client *client_of(lua_State *L)
{
    struct client *c = task_waiting(L)->gen->script->opts.client;
    if (!c)
        error_raise(L, E_UNSUPPORTED, "outgoing calls are not configured");
    return c;
}

static int fail_start(lua_State *L, int rc)
{
    if (rc == E_DENIED)
        return error_raise(L, rc, "client.request: the host is not allowed by the configuration");
    return error_raise(L, rc, "client.request: %s", err_text(rc));
}

/* client.request{method, url, headers, body, timeout, limit} -> {status, headers, body}; waits.
 * Raises E_DENIED for a host that is not allowed, E_UNREACHABLE, E_TIMEOUT, E_PROTOCOL, E_TOO_BIG
 */
static int request(lua_State *L)
{
    struct client *client = client_of(L);
    struct client_header headers[HEADERS_MAX];
    luaL_checktype(L, 1, LUA_TTABLE);
    struct client_request r = {.method = lib_field_str(L, 1, "method"),
        .url = lib_field_str(L, 1, "url"),
        .body = lib_field_str(L, 1, "body"),
        .headers = headers,
        .timeout_ms = (unsigned)lib_field_int(L, 1, "timeout", 15000, TIMEOUT_MAX_MS),
        .response_limit = (size_t)lib_field_int(L, 1, "limit", LIMIT_DEFAULT, LIMIT_MAX)};
    r.header_count = read_headers(L, headers);
    if (!r.method.n)
        r.method = r.body.n ? STR("POST") : STR("GET");
    struct call *c = mem_zalloc(1, sizeof(*c));
    c->op = (struct op){.push = push_result, .cancel = cancel, .free = free_call};
    int rc = client_fetch(client, &r, done, c, &c->client);
    if (!rc)
        return task_await(L, &c->op);
    free_call(&c->op);
    return fail_start(L, rc);
}

static const luaL_Reg functions[] = {
    {"request", request},
    {NULL, NULL},
};

int lib_client_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
