// SPDX-License-Identifier: Apache-2.0
// response_stream: answers that come piece by piece. The generator is called at the end of a turn
// only, when the kernel has taken the last piece.
#include <stdio.h>

#include "core/http/conn.h"
#include "core/http/request_private.h"
#include "core/http/response_private.h"
#include "core/http/serve_private.h"

static void finish(struct request *r)
{
    struct answer *a = &r->answer;
    struct conn *c = r->conn;
    const struct generator *g = a->generator;
    a->generator = NULL;
    r->serve->stats.streams--;
    g->stop(a->arg, a->cut ? E_CLOSED : 0);
    if (!a->cut)
        conn_answered(c);
}

static void proceed(void *arg)
{
    struct request *r = arg;
    struct answer *a = &r->answer;
    if (!a->generator)
        return;
    if (a->ended || a->cut) {
        finish(r);
        return;
    }
    if (stream_pending(r->conn->stream)) {
        conn_settle(r->conn); /* the write timer runs; response_drained goes on */
        return;
    }
    a->due = true;
    a->generator->proceed(a->arg);
}

static void call_later(struct request *r)
{
    loop_defer(r->serve->loop, &r->later, proceed, r);
}

void response_drained(struct request *r)
{
    if (r->answer.generator && !r->answer.due)
        call_later(r);
}

void response_cut(struct request *r)
{
    struct answer *a = &r->answer;
    if (!a->generator)
        return;
    a->cut = true;
    loop_undefer(&r->later);
    finish(r);
}

void response_stream(struct request *r, int64_t length, const struct generator *g, void *arg)
{
    struct answer *a = &r->answer;
    if (a->sent)
        return;
    a->sent = true;
    a->generator = g;
    a->arg = arg;
    a->length = length;
    a->chunked = length < 0 && r->minor == 1;
    a->close = response_must_close(r, true) || (length < 0 && r->minor == 0);
    r->gone = NULL;
    r->serve->stats.streams++;
    response_head_write(r, conn_out(r->conn), length);
    conn_send(r->conn, STR(""));
    if (r->method == HTTP_HEAD)
        a->ended = true;
    call_later(r);
}

static void send_piece(struct request *r, str bytes)
{
    struct buf *out = conn_out(r->conn);
    char size[24];
    if (r->answer.chunked) {
        (void)snprintf(size, sizeof(size), "%zx\r\n", bytes.n);
        buf_append(out, str_from(size));
        buf_append(out, bytes);
        buf_append(out, STR("\r\n"));
        bytes = STR("");
    }
    conn_send(r->conn, bytes);
}

void response_write(struct request *r, str bytes)
{
    struct answer *a = &r->answer;
    if (!a->generator || !a->due || a->ended || r->method == HTTP_HEAD)
        return;
    a->due = false;
    if (a->length >= 0 && (int64_t)bytes.n > a->length - a->written)
        bytes.n = (size_t)(a->length - a->written);
    a->written += (int64_t)bytes.n;
    if (bytes.n)
        send_piece(r, bytes);
    call_later(r);
}

void response_end(struct request *r)
{
    struct answer *a = &r->answer;
    if (!a->generator || a->ended)
        return;
    a->ended = true;
    a->complete = true;
    if (a->length >= 0 && a->written < a->length) {
        response_abort(r);
        return;
    }
    if (a->chunked && r->method != HTTP_HEAD) {
        buf_append(conn_out(r->conn), STR("0\r\n\r\n"));
        conn_send(r->conn, STR(""));
    }
    call_later(r);
}

void response_abort(struct request *r)
{
    conn_close(r->conn);
}
