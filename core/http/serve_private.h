// SPDX-License-Identifier: Apache-2.0
// serve_private: the server's struct, for its own files.
#ifndef CORE_HTTP_SERVE_PRIVATE_H
#define CORE_HTTP_SERVE_PRIVATE_H

#include "core/base/arena.h"
#include "core/http/access.h"
#include "core/http/address.h"
#include "core/http/gate.h"
#include "core/http/serve.h"
#include "core/loop/loop.h"
#include "core/loop/timer.h"

struct conn;
struct request;

enum {
    SERVE_POOL = 64,          /* requests kept for the next ones */
    SERVE_PIPELINE = 16,      /* requests of one connection in one turn */
    SERVE_JOIN = 8192,        /* answers up to this size are joined into one write */
    SERVE_LINGER_MS = 2000,   /* for the peer to see our end */
    SERVE_DISCARD = 64 << 10, /* of an unread body before the connection is given up */
    SERVE_NONCES = 64
};

/* Nodes hang on the counters that metrics read. */
struct stats_node {
    struct stats_node *next; /* of one hash */
    struct route_stats stats;
};

enum { STATS_HASHES = 256 };

struct serve {
    struct serve_opts opts; /* with defaults filled in */
    struct loop *loop;
    struct arena arena; /* strings of the options, counters of routes */
    str origin;
    bool https; /* of the public URL */
    struct http_stats stats;
    struct stats_node *hashes[STATS_HASHES];
    struct route_stats **all; /* in the order of their making */
    size_t all_count;
    struct route_stats *refused, *unknown, *fixed_files;
    struct assets *assets;
    struct addresses addresses;
    struct access access;
    struct list conns;
    struct request *pool;
    size_t pool_count;
    /* Shared by connections in turn. */
    struct conn *batch; /* whose answers gather in `out` */
    struct buf out;
    struct buf side; /* for an answer of another connection meanwhile */
    struct gate gate;
    unsigned budget; /* requests left in this turn */
    /* Heads. */
    str standard;      /* the standard headers without the policy */
    str locked_policy; /* the policy of what is no page */
    str policy;        /* with NONCE in it */
    int64_t date_s;
    char date[38]; /* "Date: …\r\n" */
    unsigned nonces_left;
    uint8_t nonces[SERVE_NONCES][16];
    uint64_t id_seed, id_next;
    /* The end. */
    bool draining, closing;
    struct timer drain_timer;
    struct loop_deferred later;
    void (*drained)(void *arg);
    void *drained_arg;
    void (*closed)(void *arg);
    void *closed_arg;
};

/* serve_stats.c: the counters of a method and pattern, made when first asked for. */
struct route_stats *serve_stats_of(struct serve *s, str method, str pattern);
void serve_stats_count(struct route_stats *st, int status, uint64_t us);
/* The last connection has gone, or one less. */
void serve_conn_gone(struct serve *s);
/* A random number for a nonce. */
void serve_nonce(struct serve *s, char out[32]);
/* "Date: …" with CR and LF, once a second. */
str serve_date(struct serve *s);

#endif
