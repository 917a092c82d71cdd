// SPDX-License-Identifier: Apache-2.0
// serve: the HTTP/1.1 server: connections, limits, dispatch to routes, drain.
//
// A request is looked up in the static files, then in the fixed routes (C), then in the live routes
// (scripts). Owns connections and their requests. Does not know what handlers do, nor where
// listeners come from: the owner hands it accepted descriptors.
#ifndef CORE_HTTP_SERVE_H
#define CORE_HTTP_SERVE_H

#include "core/http/response.h"
#include "core/http/router.h"

struct assets;
struct addr;
struct net;
struct serve;
struct tlsctx;

/* Borrowed until serve_close has called back, except strings, which are copied. Zero means the
 * default in brackets. */
struct serve_opts {
    struct net *net;          /* required; its loop is the server's */
    struct router *fixed;     /* routes in C; may be NULL */
    struct router_slot *live; /* routes that are swapped; may be NULL */
    bool plain_only;          /* of them only those with ROUTE_PLAIN, before the fixed ones */
    str public_url;           /* "https://ca.example.cn": origin of links, cookies, checks; empty:
                                 no check of Origin against it, but Sec-Fetch-Site still counts */
    str csp;                  /* Content-Security-Policy; NONCE stands for the nonce [pages' own] */
    unsigned head_ms;         /* whole head [10000] */
    unsigned handshake_ms;    /* TLS handshake [5000] */
    unsigned idle_ms;         /* between requests [30000] */
    unsigned body_grace_ms;   /* before the body's rate counts [5000] */
    unsigned body_rate;       /* bytes a second [1000] */
    unsigned write_ms;        /* no progress in writing [20000] */
    unsigned per_address;     /* connections of one IPv4 address or IPv6 /64 [64] */
    bool loopback_exempt;     /* no such limit for loopback addresses */
    unsigned connections;     /* all [16384] */
    size_t head_limit;        /* bytes [16384] */
    bool trust_forwarded;     /* a loopback peer's last X-Forwarded-For is the client's address */
    bool quiet;               /* no access log */
};

must_use int serve_open(struct serve **out, const struct serve_opts *opts, struct err *err);
/* Takes an accepted descriptor; closes it at once when over a limit or draining. `tls` NULL: plain;
 * else a reference is taken. */
void serve_accept(struct serve *s, int fd, const struct addr *peer, struct tlsctx *tls);
/* Swaps the static files; the old ones are freed when no answer uses them. Takes `a` (may be NULL).
 */
void serve_set_assets(struct serve *s, struct assets *a);
/* Answers say Connection: close, idle connections and event streams end now, the rest within `ms`;
 * then calls done(arg). */
void serve_drain(struct serve *s, unsigned ms, void (*done)(void *arg), void *arg);
/* Cuts everything; calls done(arg) later, once; s is gone then. */
void serve_close(struct serve *s, void (*done)(void *arg), void *arg);
/* The origin part of public_url; empty if there is none. */
str serve_origin(const struct serve *s);

enum { HTTP_BUCKETS = 10, HTTP_CODES = 12 };
/* Upper bounds of the histogram in microseconds; the last bucket has none. */
extern const uint32_t http_bucket_us[HTTP_BUCKETS - 1];

/* Of one method and pattern; lives as long as the server, across swaps of routes. */
struct route_stats {
    const char *method;
    const char *pattern; /* or "static", "unknown", "refused" */
    struct {
        int code;
        uint64_t count;
    } codes[HTTP_CODES]; /* in the order they were met; unused ones have code 0 */
    uint64_t buckets[HTTP_BUCKETS];
    uint64_t sum_us;
};

struct http_stats {
    uint64_t requests;     /* complete heads */
    uint64_t refused;      /* heads answered by the gate */
    uint64_t accepted;     /* connections */
    uint64_t rejected;     /* connections over a limit */
    uint64_t timeouts;     /* connections cut by a timeout */
    uint64_t bytes_in;     /* bytes of heads and bodies */
    uint64_t bytes_out;    /* bytes written */
    uint64_t upload_bytes; /* bytes of pulled bodies */
    uint32_t connections;  /* now */
    uint32_t active;       /* requests now */
    uint32_t streams;      /* answers from generators now */
};
const struct http_stats *serve_stats(const struct serve *s);
size_t serve_route_stats_count(const struct serve *s);
const struct route_stats *serve_route_stats(const struct serve *s, size_t index);

#endif
