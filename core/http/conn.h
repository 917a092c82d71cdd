// SPDX-License-Identifier: Apache-2.0
// conn: one connection: bytes in, one request at a time, answers out in order, one timer.
//
// An idle connection holds no buffers. Owned by the server; private to core/http.
#ifndef CORE_HTTP_CONN_H
#define CORE_HTTP_CONN_H

#include "core/base/buf.h"
#include "core/http/gate.h"
#include "core/loop/timer.h"
#include "core/net/stream.h"

struct address;
struct request;
struct serve;

enum conn_phase {
    CONN_HANDSHAKE, /* TLS is not finished */
    CONN_IDLE,      /* between requests */
    CONN_HEAD,      /* a head has begun */
    CONN_BODY,      /* the whole body is read before the handler runs */
    CONN_BUSY,      /* the handler has the request */
    CONN_REST,      /* answered; the rest of the body is thrown away */
    CONN_FLUSH,     /* answered; the kernel has not taken everything yet */
    CONN_LINGER,    /* our side has ended; what still comes is thrown away */
    CONN_CLOSED
};

/* What the one timer is for. */
enum conn_wait {
    WAIT_NOTHING,
    WAIT_HANDSHAKE,
    WAIT_IDLE,
    WAIT_HEAD,
    WAIT_BODY,
    WAIT_REST,
    WAIT_WRITE,
    WAIT_LINGER
};

/* Bytes that came and are not used yet, and how far the gate got in them. */
struct kept {
    struct buf bytes;
    size_t at;
    struct gate gate;
};

struct conn {
    struct list node; /* in the server's list */
    struct serve *serve;
    struct stream *stream;
    struct request *request; /* the one at work */
    struct kept *kept;       /* NULL while there is nothing */
    str in;                  /* during a turn: what came, or what was kept */
    struct address *address; /* whom it counts for */
    struct timer timer;
    struct loop_deferred later; /* goes on with what is kept */
    int64_t given;              /* bytes handed to the stream */
    int64_t taken;              /* of them, with the peer when the write timer was set */
    uint32_t requests;
    uint32_t wait_for; /* the request that the timer was set in */
    uint8_t phase;
    uint8_t wait;
    bool gate_lent; /* the begun head was read with the server's gate */
    bool running;   /* a turn is under way: conn_run looks again when a callback returns */
    bool paused;
    bool eof;    /* the peer sends no more */
    bool ending; /* closed when everything is written */
};

/* Takes the descriptor. Returns false when it is closed already. */
bool conn_open(struct serve *s, int fd, const struct addr *peer, struct tlsctx *tls);
/* Cuts it; its request is told at the end of the turn. */
void conn_close(struct conn *c);
/* For a drain: closes it if it is idle, ends its event stream. */
void conn_drain(struct conn *c);

/* conn_write.c */
/* Where the head of an answer is written; send it before anything else happens. */
struct buf *conn_out(struct conn *c);
/* Sends what was written there, and `body` behind it. */
void conn_send(struct conn *c, str body);
/* Ends a turn: what gathered goes out in one write. */
void conn_flush(struct conn *c);
/* Refuses a head: one short answer, then the end. */
void conn_refuse(struct conn *c, int status);

/* conn_read.c: goes on as far as the bytes at hand reach. */
void conn_run(struct conn *c);
/* Keeps what a turn left over. */
void conn_keep(struct conn *c);

/* conn.c */
/* The answer is complete: the connection goes to the next request, or to its end. */
void conn_answered(struct conn *c);
/* Ends our side once everything is written; `linger`: the peer may still be sending. */
void conn_finish(struct conn *c, bool linger);
void conn_set_phase(struct conn *c, enum conn_phase phase);
/* Matches reading and the timer to what is waited for. */
void conn_settle(struct conn *c);
/* Goes on at the end of the turn. */
void conn_continue(struct conn *c);

#endif
