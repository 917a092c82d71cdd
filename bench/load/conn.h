// SPDX-License-Identifier: Apache-2.0
// conn: one client connection, plain or TLS, over a libuv loop. Owns its socket; keeps bytes that
// its owner did not consume and bytes that the kernel did not take. Does not know HTTP.
#ifndef BENCH_LOAD_CONN_H
#define BENCH_LOAD_CONN_H

#include <uv.h>

#include "core/base/buf.h"

enum conn_end {
    CONN_END_PEER,    /* the peer ended it in order */
    CONN_END_CONNECT, /* it could not be made */
    CONN_END_TLS,     /* the handshake or a record failed */
    CONN_END_BROKEN   /* reset, or another error of the socket */
};

/* What all connections share. */
struct conn_pool;

struct conn_pool_opts {
    uv_loop_t *loop;
    const char *address; /* numeric IPv4 or IPv6 */
    uint16_t port;
    bool tls;         /* certificates are not verified, sessions are not resumed */
    unsigned sources; /* over 1: so many addresses of 127.0.0.0/8 take turns as source */
};

must_use int conn_pool_open(
    struct conn_pool **out, const struct conn_pool_opts *opts, struct err *err);
/* All connections must be closed and the loop have turned since. */
void conn_pool_close(struct conn_pool *p);

struct conn_events {
    void (*opened)(void *arg); /* handshake included */
    /* Bytes in order; returns how many it used, the rest is given again with more behind it. May
     * close the connection. */
    size_t (*data)(void *arg, str bytes);
    /* The connection is gone: forget it. */
    void (*ended)(void *arg, enum conn_end why);
};

struct conn;
/* Calls back later. NULL when sockets or local ports have run out. */
struct conn *conn_open(struct conn_pool *p, const struct conn_events *events, void *arg);
/* Appends to what is to be sent; conn_flush sends. */
void conn_queue(struct conn *c, str bytes);
void conn_flush(struct conn *c);
/* Ends it at once without a word to the owner; frees itself later. NULL is fine. */
void conn_close(struct conn *c);

#endif
