// SPDX-License-Identifier: Apache-2.0
// router: a table of routes, built aside, read-only once in service, swapped by one pointer.
//
// A pattern is "/", or segments of literal text or {name}: "/cases/{id}/files/{file}". A literal
// segment is preferred to a parameter. Two routes that match the same requests are refused when
// they are added. Owns copies of patterns; what a route's data means is the owner's business.
#ifndef CORE_HTTP_ROUTER_H
#define CORE_HTTP_ROUTER_H

#include "core/http/body.h"

enum route_flag {
    ROUTE_STAFF = 1,     /* for staff only; read by the owner and by listings */
    ROUTE_API = 2,       /* errors are problem JSON whatever Accept says */
    ROUTE_WEBHOOK = 4,   /* called by machines: no check of Origin */
    ROUTE_EVENTS = 8,    /* an event stream: may stay open, ends when the client half-closes */
    ROUTE_NO_STORE = 16, /* Cache-Control: no-store (without it: no-cache, private) */
    ROUTE_QUIET = 32,    /* no line in the access log (probes) */
    ROUTE_PLAIN = 64     /* public and signed by itself: served on a listener that is plain_only */
};

struct route_stats;

struct route {
    enum http_method method; /* GET answers HEAD too */
    str pattern;
    enum body_kind body;
    size_t body_limit; /* bytes; 0: 64 KiB for MEMORY and FORM, 8 MiB for the others */
    unsigned flags;    /* route_flag */
    /* Answers exactly once, now or later (response.h). */
    void (*handler)(struct request *r, void *data);
    void *data;                /* the owner's */
    const char *name;          /* a word for listings; may be NULL; the owner's memory */
    struct route_stats *stats; /* set by the server */
};

enum { ROUTE_MAX_PARAMS = 8, ROUTE_MAX_SEGMENTS = 24 };

struct router;

/* hold(owner) is called for each request that enters the table and drop(owner) when it leaves, so
 * that the owner can keep what handlers need; both may be NULL. */
struct router *router_new(void (*hold)(void *owner), void (*drop)(void *owner), void *owner);
/* No request may be inside. */
void router_free(struct router *t);
/* Copies the declaration and its pattern. E_INVALID for a bad pattern, E_EXISTS for a conflict; err
 * names both patterns. */
must_use int router_add(struct router *t, const struct route *route, struct err *err);
/* Routes in the order of their addition. */
size_t router_count(const struct router *t);
const struct route *router_at(const struct router *t, size_t index);

struct route_match {
    const struct route *route;    /* NULL: none */
    unsigned allowed;             /* bits of the methods that this path has (1 << HTTP_GET …) */
    str params[ROUTE_MAX_PARAMS]; /* in the order of the pattern, borrowed from path */
};
/* Finds the route of a normalised path (request_path). HEAD finds GET. */
void router_find(
    const struct router *t, enum http_method method, str path, struct route_match *out);
/* The position of {name} in the pattern, or -1. */
int route_param_index(const struct route *route, str name);

/* The pointer that an owner swaps while requests run; the old table stays alive by hold and drop.
 */
struct router_slot {
    struct router *live; /* may be NULL: everything is 503 */
};

/* For the server: a request enters and leaves. */
void router_hold(struct router *t);
void router_drop(struct router *t);

#endif
