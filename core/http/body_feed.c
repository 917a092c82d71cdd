// SPDX-License-Identifier: Apache-2.0
// body_feed: bytes of the connection become a whole body, pulled bytes, parts of a form, or
// nothing.
#include "core/base/codec.h"
#include "core/http/conn.h"
#include "core/http/multipart.h"
#include "core/http/request_private.h"
#include "core/http/serve_private.h"

enum { FIELDS_BYTES = 256 << 10 };

void body_wait_over(struct request *r)
{
    struct body *b = &r->body;
    uint64_t now = loop_now_ms(r->serve->loop);
    if (b->waiting_since)
        b->credit_ms -= (int64_t)(now - b->waiting_since);
    b->waiting_since = 0;
}

int64_t body_wait(struct request *r)
{
    struct body *b = &r->body;
    body_wait_over(r);
    b->waiting_since = loop_now_ms(r->serve->loop);
    return b->credit_ms > 0 ? b->credit_ms : 0;
}

/* Each byte buys time, but not more than twice what there is at the beginning. */
static void credit(struct request *r, size_t bytes)
{
    struct body *b = &r->body;
    const struct serve_opts *o = &r->serve->opts;
    int64_t most = 2 * (int64_t)o->body_grace_ms;
    if (!bytes)
        return;
    b->continue_due = false;
    if (b->waiting_since)
        (void)body_wait(r); /* what was waited so far is taken off first */
    b->credit_ms += (int64_t)(bytes * 1000 / o->body_rate);
    if (b->credit_ms > most)
        b->credit_ms = most;
}

/* The client that waits for 100 is told to go on, once the body is really wanted. */
static void invite(struct request *r)
{
    if (!r->body.continue_due)
        return;
    r->body.continue_due = false;
    buf_append(conn_out(r->conn), STR("HTTP/1.1 100 Continue\r\n\r\n"));
    conn_send(r->conn, STR(""));
}

/* Goes on decoding. 0: *piece has bytes, or is empty when more must come; 1: the end; negative: it
 * is broken or too big. */
static int decode(struct request *r, str *in, str *piece)
{
    struct body *b = &r->body;
    size_t before = in->n;
    int rc = parser_body(&b->parser, in, piece);
    credit(r, before - in->n);
    b->got += piece->n;
    if (rc == 1)
        b->complete = true;
    if (rc >= 0 && b->got > b->limit)
        return E_TOO_BIG;
    return rc;
}

bool body_feed_whole(struct request *r, str *in)
{
    struct body *b = &r->body;
    str piece;
    int rc;
    if (!in->n) {
        invite(r);
        return false;
    }
    while ((rc = decode(r, in, &piece)) == 0 && piece.n)
        buf_append(&b->whole, piece);
    if (!rc)
        return false;
    if (rc == 1) {
        dispatch_whole(r);
        return true;
    }
    b->error = rc;
    response_error_status(r, rc == E_TOO_BIG ? 413 : 400, STR(""), STR(""), 0);
    return true;
}

bool body_feed_rest(struct request *r, str *in)
{
    struct conn *c = r->conn;
    str piece;
    int rc;
    r->body.limit = SIZE_MAX;
    while ((rc = decode(r, in, &piece)) == 0 && piece.n)
        ;
    if (!rc)
        return false;
    c->request = NULL;
    request_free(r);
    conn_set_phase(c, CONN_IDLE);
    if (rc < 0)
        conn_finish(c, true);
    return true;
}

bool body_is_pulled(const struct request *r)
{
    return r->body.read_done || r->body.part_done;
}

/* Answers the pull under way. */
static void give(struct request *r, int status, str bytes, const struct part *part)
{
    struct body *b = &r->body;
    void (*read_done)(void *, int, str) = b->read_done;
    void (*part_done)(void *, int, const struct part *) = b->part_done;
    b->read_done = NULL;
    b->part_done = NULL;
    if (read_done)
        read_done(b->arg, status, bytes);
    else if (part_done)
        part_done(b->arg, status, part);
}

void body_fail(struct request *r, int code)
{
    r->body.error = code;
    if (body_is_pulled(r))
        give(r, code, STR(""), NULL);
}

void body_keep(struct request *r)
{
    struct body *b = &r->body;
    bool own = b->held.p && b->piece.p >= b->held.p && b->piece.p <= b->held.p + b->held.n;
    if (!b->piece.n) {
        buf_release(&b->held);
        b->piece = (str){NULL, 0};
    } else if (!own) {
        buf_clear(&b->held);
        buf_append(&b->held, b->piece);
        b->piece = buf_str(&b->held);
    }
}

void body_release(struct body *b)
{
    buf_release(&b->held);
    buf_release(&b->field);
}

/* Fills the piece when it is used up. 0: it has bytes, 1: the body is complete, 2: more must come.
 */
static int refill(struct request *r, str *in)
{
    struct body *b = &r->body;
    if (b->piece.n)
        return 0;
    if (b->complete)
        return 1;
    int rc = decode(r, in, &b->piece);
    if (rc < 0) {
        b->piece.n = 0;
        return rc;
    }
    r->serve->stats.upload_bytes += b->piece.n;
    return b->piece.n ? 0 : rc ? 1 : 2;
}

/* Nothing is at hand: whether that answers the pull. */
static bool go_without(struct request *r, int rc)
{
    struct body *b = &r->body;
    if (rc == 2 && !r->conn->eof) {
        invite(r);
        return false;
    }
    if (rc == 1 && (!b->multipart || b->parts_over))
        give(r, 1, STR(""), NULL);
    else if (rc == 1)
        body_fail(r, E_PARSE);
    else
        body_fail(r, rc == 2 ? E_PROTOCOL : rc);
    return true;
}

static bool feed_stream(struct request *r, str *in)
{
    int rc = refill(r, in);
    if (rc)
        return go_without(r, rc);
    str piece = r->body.piece;
    r->body.piece.n = 0;
    give(r, 0, piece, NULL);
    return true;
}

/* An ordinary field is complete. */
static int end_field(struct request *r)
{
    struct body *b = &r->body;
    str value = arena_str(&r->arena, buf_str(&b->field));
    buf_clear(&b->field);
    if (!codec_is_utf8(value))
        return E_PARSE;
    return request_form_add(r, arena_str(&r->arena, b->multipart->name), value);
}

static int add_to_field(struct request *r, str bytes)
{
    buf_append(&r->body.field, bytes);
    return r->body.field.n + arena_size(&r->arena) > FIELDS_BYTES ? E_TOO_BIG : 0;
}

static int begin_part(struct request *r)
{
    struct body *b = &r->body;
    const struct multipart *m = b->multipart;
    if (!m->is_file)
        return 0;
    b->in_file = true;
    b->part = (struct part){m->name, m->filename, m->content_type};
    give(r, 0, STR(""), &b->part);
    return 1;
}

/* What an event means for the pull: 0: it waits on, 1: it was answered, negative: it fails. */
static int take_event(struct request *r, int event, str bytes)
{
    struct body *b = &r->body;
    bool reading = b->read_done != NULL;
    switch (event) {
    case MULTIPART_PART:
        return begin_part(r);
    case MULTIPART_DATA:
        if (!b->in_file)
            return add_to_field(r, bytes);
        if (reading)
            give(r, 0, bytes, NULL);
        return reading;
    case MULTIPART_PART_END:
        if (!b->in_file)
            return end_field(r);
        b->in_file = false;
        return 0;
    case MULTIPART_END:
        b->parts_over = true;
        return 0;
    default:
        return event;
    }
}

static bool feed_parts(struct request *r, str *in)
{
    struct body *b = &r->body;
    str bytes;
    for (;;) {
        if (b->read_done && !b->in_file) {
            give(r, 1, STR(""), NULL);
            return true;
        }
        int rc = refill(r, in);
        if (rc)
            return go_without(r, rc);
        rc = take_event(r, multipart_next(b->multipart, &b->piece, &bytes), bytes);
        if (rc < 0)
            body_fail(r, rc);
        if (rc)
            return true;
    }
}

bool body_feed_pull(struct request *r, str *in)
{
    struct body *b = &r->body;
    if (!body_is_pulled(r))
        return false;
    if (b->error) {
        body_fail(r, b->error);
        return true;
    }
    if (b->multipart)
        return feed_parts(r, in);
    if (b->kind == BODY_STREAM)
        return feed_stream(r, in);
    give(r, 1, STR(""), NULL); /* an urlencoded form has no parts */
    return true;
}
