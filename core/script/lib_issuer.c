// SPDX-License-Identifier: Apache-2.0
// lib_issuer: the signer, and what a certificate request is good for.
#include <stdlib.h>

#include "core/base/codec.h"
#include "core/crypto/hash.h"
#include "core/issuer/client.h"
#include "core/loop/work.h"
#include "core/pki/csr.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/value.h"

enum { ANSWER_DEPTH = 6 };

struct call {
    struct op op;
    struct issuer_ask *ask;
    const char *list;       /* member of the result whose elements hold bytes in base64 */
    const char *body_field; /* where the body goes; "": it is the result itself */
    int code;
    struct buf message, where, result, body;
};

/* The member at the top's `name` from base64 to bytes. */
static void decode_field(lua_State *L, const char *name)
{
    struct buf *out = &host_of(L)->out;
    if (lua_getfield(L, -1, name) == LUA_TSTRING) {
        buf_clear(out);
        if (codec_unbase64(out, lib_check_str(L, -1)) == 0) {
            lib_push_str(L, buf_str(out));
            lua_setfield(L, -3, name);
        }
    }
    lua_pop(L, 1);
}

static void decode_list(lua_State *L, const char *list)
{
    static const char *const fields[] = {"certificate", "root", "root_crl", "der"};
    lua_getfield(L, -1, list);
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TTABLE; i++) {
        for (size_t k = 0; k < countof(fields); k++)
            decode_field(L, fields[k]);
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
}

static int push_answer(lua_State *L, struct op *op)
{
    const struct call *c = container_of(op, struct call, op);
    const struct json *root;
    struct arena *scratch = &host_of(L)->scratch;
    if (c->code && c->where.n)
        return error_raise_reason(L, c->code, c->where.p, c->message.p);
    if (c->code)
        return error_raise(L, c->code, "%s", c->message.n ? c->message.p : err_text(c->code));
    if (c->body_field && !*c->body_field) {
        lib_push_str(L, buf_str(&c->body));
        return 1;
    }
    arena_clear(scratch);
    if (json_parse(buf_str(&c->result), ANSWER_DEPTH, scratch, &root, NULL))
        return error_raise(L, E_PROTOCOL, "the signer's answer cannot be read");
    value_push_json(L, root);
    if (c->body_field && c->body.n) {
        lib_push_str(L, buf_str(&c->body));
        lua_setfield(L, -2, c->body_field);
    }
    if (c->list)
        decode_list(L, c->list);
    return 1;
}

/* With a NUL behind it. */
static void keep_text(struct buf *to, str s)
{
    buf_append(to, s);
    buf_append_byte(to, 0);
    to->n--;
}

static void done(void *arg, const struct message_answer *a)
{
    struct call *c = arg;
    struct json_writer w = {.out = &c->result};
    c->code = a->code;
    keep_text(&c->message, a->message);
    keep_text(&c->where, a->where);
    buf_append(&c->body, a->body);
    if (a->result)
        json_put_value(&w, a->result);
    task_wake(&c->op);
}

static void cancel(struct op *op)
{
    issuer_client_cancel(container_of(op, struct call, op)->ask);
}

static void free_call(struct op *op)
{
    struct call *c = container_of(op, struct call, op);
    buf_release(&c->message);
    buf_release(&c->where);
    buf_release(&c->result);
    buf_release(&c->body);
    free(c);
}

static int ask(lua_State *L, const struct message_request *r, const char *list, const char *body)
{
    struct issuer_client *client = task_waiting(L)->gen->script->opts.issuer;
    if (!client)
        return error_raise(L, E_UNSUPPORTED, "there is no signer");
    struct call *c = mem_zalloc(1, sizeof(*c));
    c->op = (struct op){.push = push_answer, .cancel = cancel, .free = free_call};
    c->list = list;
    c->body_field = body;
    int rc = issuer_client_ask(client, r, done, c, &c->ask);
    if (!rc)
        return task_await(L, &c->op);
    free_call(&c->op);
    return error_raise(L, rc, "the signer was not asked: %s", err_text(rc));
}

/* issuer.issue{ticket, csr} -> {der, serial, ticket, authority, sha256, not_before, not_after};
 * waits. The same again for the same ticket and key */
static int issue(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    const struct message_request r = {.op = MESSAGE_ISSUE,
        .voucher = lib_field_str(L, 1, "ticket"),
        .body = lib_field_str(L, 1, "csr")};
    return ask(L, &r, NULL, "der");
}

/* issuer.revoke{order} -> {serial, state, at, crl_number}; waits */
static int revoke(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    const struct message_request r = {
        .op = MESSAGE_REVOKE, .voucher = lib_field_str(L, 1, "order")};
    return ask(L, &r, NULL, NULL);
}

/* issuer.crl(authority, known) -> {authority, number, this_update, next_update, age_percent, der};
 * no der when its number is the known one; waits */
static int crl(lua_State *L)
{
    const struct message_request r = {.op = MESSAGE_CRL,
        .authority = lua_isnoneornil(L, 1) ? STR("") : lib_check_str(L, 1),
        .number = (uint64_t)luaL_optinteger(L, 2, 0)};
    return ask(L, &r, NULL, "der");
}

/* issuer.ocsp(request) -> response; waits */
static int ocsp(lua_State *L)
{
    const struct message_request r = {.op = MESSAGE_OCSP, .body = lib_check_str(L, 1)};
    return ask(L, &r, NULL, "");
}

/* issuer.chain() -> {authorities = {{name, certificate, root, root_crl}, …}}; waits */
static int chain(lua_State *L)
{
    const struct message_request r = {.op = MESSAGE_CHAIN};
    return ask(L, &r, "authorities", NULL);
}

/* issuer.changes(seq) -> {changes = {{seq, at, event, serial, ticket, state, der, …}, …}, seq,
 * more}: what happened behind a sequence number; waits */
static int changes(lua_State *L)
{
    lua_Integer since = luaL_checkinteger(L, 1);
    luaL_argcheck(L, since >= 0, 1, "a sequence number");
    const struct message_request r = {.op = MESSAGE_CHANGES, .number = (uint64_t)since};
    return ask(L, &r, "changes", NULL);
}

/* issuer.status() -> {trouble, seq, issued, refused, authorities, …}; waits */
static int status(lua_State *L)
{
    const struct message_request r = {.op = MESSAGE_STATUS};
    return ask(L, &r, NULL, NULL);
}

/* A request being looked at. */
struct look {
    struct op op;
    struct work_op work;
    struct arena arena;
    str input;
    struct csr csr;
    struct err err;
    int status;
};

static void run_look(void *arg)
{
    struct look *l = arg;
    l->status = csr_parse(l->input, &l->arena, &l->csr, &l->err);
}

static void look_done(void *arg, int rc)
{
    struct look *l = arg;
    if (rc)
        l->status = err_set(&l->err, rc, "%s", err_text(rc));
    task_wake(&l->op);
}

static void cancel_look(struct op *op)
{
    work_cancel(op->script->opts.work, &container_of(op, struct look, op)->work);
}

static void free_look(struct op *op)
{
    struct look *l = container_of(op, struct look, op);
    arena_release(&l->arena);
    free(l);
}

static void push_hex(lua_State *L, str bytes, const char *name)
{
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    codec_hex(out, bytes);
    lib_push_str(L, buf_str(out));
    lua_setfield(L, -2, name);
}

static int push_look(lua_State *L, struct op *op)
{
    const struct look *l = container_of(op, struct look, op);
    uint8_t digest[HASH_SIZE];
    if (l->status && l->err.where[0])
        return error_raise_reason(L, l->status, l->err.where, l->err.message);
    if (l->status)
        return error_raise_err(L, &l->err);
    lua_createtable(L, 0, 4);
    hash_sha256(l->csr.spki, digest);
    push_hex(L, str_of(digest, sizeof(digest)), "spki_sha256");
    push_hex(L, str_of(l->csr.key_id, sizeof(l->csr.key_id)), "key_id");
    lua_pushstring(L, pk_kind_name(pk_kind(l->csr.key)));
    lua_setfield(L, -2, "kind");
    lua_pushinteger(L, pk_bits(l->csr.key));
    lua_setfield(L, -2, "bits");
    return 1;
}

/* issuer.read_request(csr) -> {spki_sha256, key_id, kind, bits}; checks it on the pool, waits.
 * Raises with details.reason "csr.…" */
static int read_request(lua_State *L)
{
    struct work *work = task_waiting(L)->gen->script->opts.work;
    str input = lib_check_str(L, 1);
    if (input.n > CSR_TEXT_MAX)
        return error_raise_reason(L, E_TOO_BIG, "csr.too_big", "the request is too long");
    struct look *l = mem_zalloc(1, sizeof(*l));
    l->op = (struct op){.push = push_look, .cancel = cancel_look, .free = free_look};
    l->input = arena_str(&l->arena, input);
    int rc = work_start(work, &l->work, WORK_SIGN, run_look, look_done, l);
    if (!rc)
        return task_await(L, &l->op);
    free_look(&l->op);
    return error_raise(L, rc, "too many requests wait to be checked");
}

static const luaL_Reg functions[] = {
    {"chain", chain},
    {"changes", changes},
    {"crl", crl},
    {"issue", issue},
    {"ocsp", ocsp},
    {"read_request", read_request},
    {"revoke", revoke},
    {"status", status},
    {NULL, NULL},
};

int lib_issuer_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
