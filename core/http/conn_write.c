// SPDX-License-Identifier: Apache-2.0
// conn_write: answers on their way out. Those of one turn gather in one buffer of the server and
// leave in one write.
#include "core/http/conn.h"
#include "core/http/request_private.h"
#include "core/http/response_private.h"
#include "core/http/serve_private.h"

enum { GATHER = 65536 };

struct buf *conn_out(struct conn *c)
{
    struct serve *s = c->serve;
    return s->batch == c ? &s->out : &s->side;
}

/* A broken connection is told by the stream's event. */
static void write_out(struct conn *c, struct buf *head, str body)
{
    const str pieces[2] = {buf_str(head), body};
    size_t n = head->n + body.n;
    const str *first = head->n ? pieces : pieces + 1;
    size_t count = (size_t)(head->n > 0) + (body.n > 0);
    if (n && c->phase != CONN_CLOSED && !stream_write(c->stream, first, count)) {
        c->given += (int64_t)n;
        c->serve->stats.bytes_out += n;
    }
    buf_clear(head);
    if (head->cap > GATHER * 4)
        buf_release(head);
}

void conn_send(struct conn *c, str body)
{
    struct buf *out = conn_out(c);
    if (c->request)
        c->request->sent_bytes += body.n;
    if (c->serve->batch == c && body.n <= SERVE_JOIN && out->n < GATHER)
        buf_append(out, body);
    else
        write_out(c, out, body);
}

void conn_flush(struct conn *c)
{
    struct serve *s = c->serve;
    if (s->batch == c && s->out.n)
        write_out(c, &s->out, STR(""));
}

static void put_refusal(struct conn *c, struct buf *out, int status)
{
    str text = http_status_text(status);
    response_status_line(out, status);
    buf_append(out, serve_date(c->serve));
    buf_append(out, STR("Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
                        "Content-Length: "));
    buf_append_u64(out, text.n + 1);
    buf_append(out, STR("\r\nCache-Control: no-store\r\n"));
    buf_append(out, c->serve->locked_policy);
    buf_append(out, c->serve->standard);
    buf_append(out, STR("\r\n"));
    buf_append(out, text);
    buf_append_byte(out, '\n');
}

void conn_refuse(struct conn *c, int status)
{
    struct serve *s = c->serve;
    s->stats.refused++;
    serve_stats_count(s->refused, status, 0);
    put_refusal(c, conn_out(c), status);
    conn_send(c, STR(""));
    conn_finish(c, true);
}
