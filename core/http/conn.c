// SPDX-License-Identifier: Apache-2.0
// conn: a connection's phases, its one timer, its end.
#include "core/http/conn.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/http/request_private.h"
#include "core/http/serve_private.h"

void conn_set_phase(struct conn *c, enum conn_phase phase)
{
    c->phase = (uint8_t)phase;
}

void conn_close(struct conn *c)
{
    if (c->phase == CONN_CLOSED)
        return;
    conn_set_phase(c, CONN_CLOSED);
    timer_cancel(&c->timer);
    loop_undefer(&c->later);
    stream_close(c->stream);
}

void conn_finish(struct conn *c, bool linger)
{
    if (c->phase == CONN_CLOSED)
        return;
    conn_flush(c);
    stream_finish(c->stream);
    if (linger && !c->eof) {
        conn_set_phase(c, CONN_LINGER);
    } else if (stream_pending(c->stream)) {
        c->ending = true;
        conn_set_phase(c, CONN_FLUSH);
    } else {
        conn_close(c);
        return;
    }
    if (!c->running)
        conn_settle(c);
}

/* The answer is with the kernel, or in the batch. */
static void go_on(struct conn *c)
{
    struct request *r = c->request;
    bool rest = r && !r->body.complete;
    bool close = c->ending || (r && r->answer.close);
    if (rest && !close) {
        request_count(r);
        conn_set_phase(c, CONN_REST);
    } else {
        c->request = NULL;
        if (r)
            request_free(r);
        conn_set_phase(c, CONN_IDLE);
    }
    if (close)
        conn_finish(c, rest || (c->running ? c->in.n > 0 : c->kept != NULL));
    else if (!c->running)
        conn_continue(c);
}

void conn_answered(struct conn *c)
{
    if (c->phase == CONN_CLOSED)
        return;
    if (!stream_pending(c->stream)) {
        go_on(c);
        return;
    }
    conn_set_phase(c, CONN_FLUSH);
    if (!c->running)
        conn_settle(c);
}

static void on_later(void *arg)
{
    struct conn *c = arg;
    struct kept *k = c->kept;
    if (c->phase == CONN_CLOSED)
        return;
    c->in = k ? str_of(k->bytes.p + k->at, k->bytes.n - k->at) : (str){NULL, 0};
    conn_run(c);
}

void conn_continue(struct conn *c)
{
    loop_defer(c->serve->loop, &c->later, on_later, c);
}

/* Bytes are wanted while something can be done with them; while a handler works they tell that the
 * client is still there, until it sends more than was asked for. */
static bool wants_bytes(const struct conn *c)
{
    switch ((enum conn_phase)c->phase) {
    case CONN_IDLE:
        return !c->kept;
    case CONN_BUSY:
        if (c->request->body.complete)
            return !c->kept;
        return body_is_pulled(c->request);
    case CONN_FLUSH:
        return false;
    default:
        return true;
    }
}

static enum conn_wait wait_of(const struct conn *c)
{
    bool writing = stream_pending(c->stream) > 0;
    switch ((enum conn_phase)c->phase) {
    case CONN_HANDSHAKE:
        return WAIT_HANDSHAKE;
    case CONN_IDLE:
        return WAIT_IDLE;
    case CONN_HEAD:
        return WAIT_HEAD;
    case CONN_BODY:
        return WAIT_BODY;
    case CONN_BUSY:
        if (writing)
            return WAIT_WRITE;
        return body_is_pulled(c->request) ? WAIT_BODY : WAIT_NOTHING;
    case CONN_REST:
        return WAIT_REST;
    case CONN_FLUSH:
        return WAIT_WRITE;
    case CONN_LINGER:
        return writing ? WAIT_WRITE : WAIT_LINGER;
    case CONN_CLOSED:
        break;
    }
    return WAIT_NOTHING;
}

/* The kernel's buffers are large: what the peer acknowledged tells more than what left us. */
static int64_t taken_bytes(const struct conn *c)
{
    return c->given - (int64_t)stream_unacked(c->stream);
}

static uint64_t start_of_wait(struct conn *c)
{
    const struct serve_opts *o = &c->serve->opts;
    switch ((enum conn_wait)c->wait) {
    case WAIT_HANDSHAKE:
        return o->handshake_ms;
    case WAIT_IDLE:
        return o->idle_ms;
    case WAIT_HEAD:
        return o->head_ms;
    case WAIT_BODY:
        return (uint64_t)body_wait(c->request);
    case WAIT_REST:
        return o->body_grace_ms;
    case WAIT_WRITE:
        c->taken = taken_bytes(c);
        return o->write_ms;
    case WAIT_LINGER:
    case WAIT_NOTHING:
        break;
    }
    return SERVE_LINGER_MS;
}

static void on_timeout(void *arg);

static void set_wait(struct conn *c, enum conn_wait wait)
{
    if (c->wait == WAIT_BODY && wait != WAIT_BODY && c->request)
        body_wait_over(c->request);
    c->wait = (uint8_t)wait;
    c->wait_for = c->requests;
    if (wait == WAIT_NOTHING)
        timer_cancel(&c->timer);
    else
        timer_start(c->serve->loop, &c->timer, start_of_wait(c), on_timeout, c);
}

/* A peer that has ended its side gets what it asked for, and no new request is waited for. */
static bool ends_now(const struct conn *c)
{
    if (c->phase == CONN_IDLE)
        return !c->kept && (c->eof || c->serve->draining);
    return c->eof && (c->phase == CONN_HEAD || c->phase == CONN_REST);
}

void conn_settle(struct conn *c)
{
    if (c->phase == CONN_CLOSED)
        return;
    if (ends_now(c)) {
        conn_finish(c, false);
        return;
    }
    bool pause = !wants_bytes(c);
    if (pause != c->paused) {
        c->paused = pause;
        if (pause)
            stream_pause(c->stream);
        else
            stream_resume(c->stream);
    }
    enum conn_wait wait = wait_of(c);
    if (wait != c->wait || wait == WAIT_IDLE || c->wait_for != c->requests)
        set_wait(c, wait);
}

static void body_timeout(struct conn *c)
{
    struct request *r = c->request;
    int64_t left = body_wait(r);
    if (left > 0) {
        timer_start(c->serve->loop, &c->timer, (uint64_t)left, on_timeout, c);
        return;
    }
    c->wait = WAIT_NOTHING;
    c->serve->stats.timeouts++;
    r->answer.close = true;
    if (c->phase == CONN_BUSY) {
        body_fail(r, E_TIMEOUT);
        return;
    }
    response_error_status(r, 408, STR(""), STR(""), 0);
}

/* A reader that takes a byte now and then is as good as gone. */
static void write_timeout(struct conn *c)
{
    const struct serve_opts *o = &c->serve->opts;
    int64_t least = (int64_t)o->write_ms * o->body_rate / 4000;
    if (taken_bytes(c) - c->taken > least) {
        set_wait(c, WAIT_WRITE);
        return;
    }
    c->serve->stats.timeouts++;
    conn_close(c);
}

static void on_timeout(void *arg)
{
    struct conn *c = arg;
    switch ((enum conn_wait)c->wait) {
    case WAIT_IDLE:
        conn_finish(c, false);
        break;
    case WAIT_HEAD:
        c->serve->stats.timeouts++;
        conn_refuse(c, 408);
        break;
    case WAIT_BODY:
        body_timeout(c);
        break;
    case WAIT_WRITE:
        write_timeout(c);
        break;
    case WAIT_HANDSHAKE:
    case WAIT_REST:
        c->serve->stats.timeouts++;
        conn_close(c);
        break;
    case WAIT_LINGER:
    case WAIT_NOTHING:
        conn_close(c);
        break;
    }
}

static void on_data(void *arg, str bytes)
{
    struct conn *c = arg;
    struct kept *k = c->kept;
    c->serve->stats.bytes_in += bytes.n;
    loop_undefer(&c->later);
    c->in = bytes;
    if (k) {
        buf_consume(&k->bytes, k->at);
        k->at = 0;
        buf_append(&k->bytes, bytes);
        c->in = buf_str(&k->bytes);
    }
    conn_run(c);
}

static void on_eof(struct conn *c)
{
    struct request *r = c->request;
    c->eof = true;
    switch ((enum conn_phase)c->phase) {
    case CONN_HANDSHAKE:
    case CONN_LINGER:
        conn_close(c);
        break;
    case CONN_BODY:
        response_error_status(r, 400, STR(""), STR(""), 0);
        break;
    case CONN_BUSY:
        if (r->route && r->route->flags & ROUTE_EVENTS)
            conn_close(c);
        else if (body_is_pulled(r))
            conn_continue(c);
        break;
    default:
        conn_settle(c);
        break;
    }
}

static void on_drained(struct conn *c)
{
    if (c->phase == CONN_FLUSH && c->ending)
        conn_close(c);
    else if (c->phase == CONN_FLUSH)
        go_on(c);
    else
        conn_settle(c);
    if (c->phase == CONN_BUSY)
        response_drained(c->request);
}

static void on_closed(struct conn *c)
{
    struct serve *s = c->serve;
    struct request *r = c->request;
    if (r) {
        request_lost(r);
        request_free(r);
    }
    c->in.n = 0;
    conn_keep(c);
    list_remove(&c->node);
    addresses_give(&s->addresses, c->address);
    free(c);
    serve_conn_gone(s);
}

static void on_event(void *arg, enum stream_event event, int status)
{
    struct conn *c = arg;
    (void)status;
    switch (event) {
    case STREAM_OPENED:
        if (c->phase == CONN_HANDSHAKE)
            conn_set_phase(c, CONN_IDLE);
        conn_settle(c);
        break;
    case STREAM_DRAINED:
        on_drained(c);
        break;
    case STREAM_EOF:
        on_eof(c);
        break;
    case STREAM_FAILED:
        conn_close(c);
        break;
    case STREAM_CLOSED:
        on_closed(c);
        break;
    }
}

static const struct stream_handler handler = {.data = on_data, .event = on_event};

bool conn_open(struct serve *s, int fd, const struct addr *peer, struct tlsctx *tls)
{
    struct conn *c = mem_zalloc(1, sizeof(*c));
    bool limited = !(s->opts.loopback_exempt && peer->is_loopback);
    c->serve = s;
    if (limited)
        c->address = addresses_take(&s->addresses, peer->group, s->opts.per_address);
    if (limited && !c->address) {
        close(fd);
        free(c);
        return false;
    }
    if (stream_open(&c->stream, s->opts.net, fd, peer, tls, &handler, c)) {
        addresses_give(&s->addresses, c->address);
        free(c);
        return false;
    }
    c->phase = tls ? CONN_HANDSHAKE : CONN_IDLE;
    list_push(&s->conns, &c->node);
    s->stats.connections++;
    conn_settle(c);
    return true;
}

void conn_drain(struct conn *c)
{
    struct request *r = c->request;
    if (c->phase == CONN_BUSY && r->answer.generator && r->route && r->route->flags & ROUTE_EVENTS)
        response_end(r);
    else if (c->phase == CONN_IDLE || c->phase == CONN_HANDSHAKE)
        conn_settle(c);
}
