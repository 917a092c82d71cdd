// SPDX-License-Identifier: Apache-2.0
// conn_read: from bytes to requests: heads through gate and parser, bodies to whom they belong.
#include <stdlib.h>

#include "core/http/conn.h"
#include "core/http/request_private.h"
#include "core/http/serve_private.h"

/* Both readers must have seen the same message. */
static bool agrees(
    const struct gate *g, str head, const struct gate_framing *f, const struct parser_head *p)
{
    return str_eq(p->method, http_method_name((enum http_method)g->method)) &&
           str_eq(p->target, gate_str(head.p, g->target)) && p->minor == g->minor &&
           p->headers == g->count && p->length == f->length;
}

static void begin_request(struct conn *c, const struct gate *g)
{
    struct serve *s = c->serve;
    struct gate_framing f;
    struct parser parser;
    struct parser_head seen;
    str head = str_slice(c->in, 0, g->at);
    int status = gate_judge(g, head.p, &f);
    if (!status && (parser_head(&parser, head, &seen) || !agrees(g, head, &f, &seen)))
        status = 400;
    if (status) {
        conn_refuse(c, status);
        return;
    }
    struct request *r = request_new(c, g, head);
    c->in = str_slice(c->in, head.n, c->in.n);
    c->request = r;
    c->requests++;
    s->budget--;
    r->wants_close = f.close;
    r->body.length = f.length;
    r->body.complete = f.length == 0;
    if (!r->body.complete)
        r->body.parser = parser;
    r->body.continue_due = f.expects && !r->body.complete;
    r->body.credit_ms = s->opts.body_grace_ms;
    conn_set_phase(c, CONN_BUSY);
    dispatch(r);
}

/* False when bytes are missing, or it is others' turn. */
static bool take_head(struct conn *c)
{
    struct serve *s = c->serve;
    struct gate *g = &s->gate;
    if (c->phase == CONN_HEAD) {
        g = &c->kept->gate;
    } else if (stream_pending(c->stream)) {
        return false;
    } else if (!s->budget) {
        conn_continue(c);
        return false;
    } else {
        gate_init(g);
        c->gate_lent = true;
    }
    int rc = gate_feed(g, c->in, s->opts.head_limit);
    if (rc == GATE_MORE) {
        conn_set_phase(c, CONN_HEAD);
        return false;
    }
    c->gate_lent = false;
    if (rc == GATE_DONE)
        begin_request(c, g);
    else
        conn_refuse(c, rc);
    return true;
}

static bool step(struct conn *c)
{
    switch ((enum conn_phase)c->phase) {
    case CONN_IDLE:
    case CONN_HEAD:
        return c->in.n && take_head(c);
    case CONN_BODY:
        return body_feed_whole(c->request, &c->in);
    case CONN_BUSY:
        return body_feed_pull(c->request, &c->in);
    case CONN_REST:
        return body_feed_rest(c->request, &c->in);
    case CONN_LINGER:
        c->in.n = 0;
        return false;
    case CONN_HANDSHAKE:
    case CONN_FLUSH:
    case CONN_CLOSED:
        break;
    }
    return false;
}

static void drop_kept(struct conn *c)
{
    if (c->kept)
        buf_release(&c->kept->bytes);
    free(c->kept);
    c->kept = NULL;
}

static bool is_inside(const struct buf *b, str s)
{
    return b->p && s.p >= b->p && s.p <= b->p + b->n;
}

void conn_keep(struct conn *c)
{
    str rest = c->in;
    c->in = (str){NULL, 0};
    if (!rest.n || c->phase == CONN_CLOSED) {
        drop_kept(c);
        return;
    }
    if (!c->kept)
        c->kept = mem_zalloc(1, sizeof(*c->kept));
    struct kept *k = c->kept;
    if (is_inside(&k->bytes, rest))
        k->at = (size_t)(rest.p - k->bytes.p);
    else
        buf_append(&k->bytes, rest);
    if (c->gate_lent)
        k->gate = c->serve->gate;
    c->gate_lent = false;
}

void conn_run(struct conn *c)
{
    struct serve *s = c->serve;
    s->batch = c;
    s->budget = SERVE_PIPELINE;
    c->running = true;
    while (step(c))
        ;
    c->running = false;
    conn_flush(c);
    s->batch = NULL;
    if (c->request)
        body_keep(c->request);
    conn_keep(c);
    if (c->phase == CONN_IDLE && stream_pending(c->stream))
        conn_set_phase(c, CONN_FLUSH);
    conn_settle(c);
}
