// SPDX-License-Identifier: Apache-2.0
// lib_mail: one mail to one address, through the server that the configuration names. Business
// sends mail from jobs, so that it is recorded with the data and tried again.
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/client/client.h"
#include "core/crypto/token.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/message.h"
#include "core/script/state.h"

enum { TEXT_MAX = 256 << 10, TIMEOUT_MS = 30000 };

struct sending {
    struct op op;
    struct client_op *client;
    int status;
    long code;
    char cause[160];
};

static int push_sent(lua_State *L, struct op *op)
{
    const struct sending *s = container_of(op, struct sending, op);
    if (s->status)
        return error_raise(L, s->status, "mail.send: %s", s->cause);
    return 0;
}

static void done(void *arg, const struct client_result *r)
{
    struct sending *s = arg;
    s->status = r->status;
    s->code = r->code;
    str cause = str_from(*r->cause ? r->cause : err_text(r->status));
    if (str_to_c(str_slice(cause, 0, sizeof(s->cause) - 1), s->cause, sizeof(s->cause)))
        s->cause[0] = 0;
    task_wake(&s->op);
}

static void cancel(struct op *op)
{
    client_cancel(container_of(op, struct sending, op)->client);
}

static void free_sending(struct op *op)
{
    free(container_of(op, struct sending, op));
}

static const struct script_opts *opts_of(lua_State *L)
{
    const struct script_opts *o = &task_waiting(L)->gen->script->opts;
    if (!o->client || !o->mail.url.n)
        error_raise(L, E_UNSUPPORTED, "mail is not configured");
    return o;
}

/* The text in host.out. */
static str write_message(lua_State *L, const struct script_mail *conf, str to)
{
    struct buf *out = &host_of(L)->out, id = {0};
    token_id(&id);
    const struct message m = {.from = conf->from,
        .from_name = conf->from_name,
        .to = to,
        .subject = lib_field_str(L, 1, "subject"),
        .text = lib_field_str(L, 1, "text"),
        .id = buf_str(&id),
        .at_ms = clock_wall_ms()};
    buf_clear(out);
    int rc = m.text.n > TEXT_MAX ? E_TOO_BIG : message_write(&m, out);
    buf_release(&id);
    if (rc)
        error_raise(L, rc, "mail.send: %s", err_text(rc));
    return buf_str(out);
}

/* mail.send{to, subject, text}; waits until the mail server has taken it. Raises E_INVALID for an
 * address that is none, E_UNREACHABLE, E_TIMEOUT, E_PROTOCOL when it was refused */
static int send_mail(lua_State *L)
{
    const struct script_opts *o = opts_of(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    (void)lib_field_str(L, 1, "subject"), (void)lib_field_str(L, 1, "text");
    str to = lib_field_str(L, 1, "to");
    const struct client_mail mail = {.url = o->mail.url,
        .user = o->mail.user,
        .password = o->mail.password,
        .from = o->mail.from,
        .to = &to,
        .to_count = 1,
        .message = write_message(L, &o->mail, to),
        .timeout_ms = TIMEOUT_MS};
    struct sending *s = mem_zalloc(1, sizeof(*s));
    s->op = (struct op){.push = push_sent, .cancel = cancel, .free = free_sending};
    int rc = client_send_mail(o->client, &mail, done, s, &s->client);
    if (!rc)
        return task_await(L, &s->op);
    free(s);
    return error_raise(L, rc, "mail.send: %s", err_text(rc));
}

static const luaL_Reg functions[] = {
    {"send", send_mail},
    {NULL, NULL},
};

int lib_mail_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
