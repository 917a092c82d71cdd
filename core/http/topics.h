// SPDX-License-Identifier: Apache-2.0
// topics: event streams for browsers (server-sent events). An event says only that a topic changed;
// the page fetches what it may see. Nothing private can leak here, and nothing is lost that
// matters.
//
// A subscriber is C and costs no task. What a topic means, and who may hear of it, is the owner's
// business.
#ifndef CORE_HTTP_TOPICS_H
#define CORE_HTTP_TOPICS_H

#include "core/http/request.h"

struct loop;
struct topics;

enum { TOPICS_MAX = 16, TOPICS_NAME = 128 };

/* Zero means the default in brackets. */
struct topics_opts {
    struct loop *loop;     /* required */
    unsigned heartbeat_ms; /* a comment keeps proxies from closing the stream [20000] */
    unsigned check_ms;     /* between two questions whether it may go on [60000] */
    unsigned per_session;  /* streams of one session [4] */
};

struct topics *topics_new(const struct topics_opts *opts);
/* No stream may be open: after serve_close. */
void topics_free(struct topics *t);

struct subscription {
    const str *topics; /* visible ASCII, at most TOPICS_MAX of at most TOPICS_NAME bytes; copied */
    size_t count;
    str session;                /* what the limit counts by; copied */
    bool (*allowed)(void *arg); /* asked every check_ms, false ends the stream; may be NULL */
    void (*ended)(void *arg);   /* once, when the stream has ended; may be NULL */
    void *arg;
};
/* Answers the request with an event stream, or with an error: 429 over the limit, 400 for topics
 * that cannot be. The caller has made sure that the client may listen. A client that comes back
 * with Last-Event-ID hears at once of what changed meanwhile. `ended` is called in any case, never
 * inside this call. */
void topics_subscribe(struct topics *t, struct request *r, const struct subscription *s);
/* Tells all who listen to it. May be called from within any handler. */
void topics_publish(struct topics *t, str topic);
/* Ends the streams of a session (logout). */
void topics_end_session(struct topics *t, str session);
/* Open streams. */
size_t topics_count(const struct topics *t);

#endif
