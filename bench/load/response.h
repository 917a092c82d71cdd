// SPDX-License-Identifier: Apache-2.0
// response: reads HTTP/1.1 answers from bytes as they come, for a client that measures: status,
// framing, whether the connection stays. Pure; keeps no bytes of its own.
#ifndef BENCH_LOAD_RESPONSE_H
#define BENCH_LOAD_RESPONSE_H

#include "core/base/base.h"

enum { RESPONSE_HEAD_MAX = 65536 };

enum response_event {
    RESPONSE_MORE, /* give the bytes that were not consumed again, with more behind them */
    RESPONSE_HEAD, /* piece: the whole head of a final answer */
    RESPONSE_BODY, /* piece: bytes of the body; empty: framing only */
    RESPONSE_DONE, /* the answer is complete */
    RESPONSE_BAD   /* not HTTP/1.x, or broken framing: nothing of this connection is to be used */
};

/* Fields are private but for those marked. Zero-initialised waits for an answer. */
struct response {
    int state;
    uint64_t left;   /* bytes of the body or chunk still to come */
    int status;      /* public, from RESPONSE_HEAD on */
    bool close;      /* public: the server ends the connection after this answer */
    bool no_body;    /* public: set before the head comes: this answers HEAD */
    bool chunked;    /* framing of the head being read */
    bool has_length; /* the same */
};

/* Looks at the first bytes of `in`, returns how many it consumed. Call again with the rest until
 * RESPONSE_MORE. */
size_t response_step(struct response *r, str in, enum response_event *event, str *piece);
/* The connection ended: true if that completes the answer (its body goes on until the end). */
bool response_end(struct response *r);

/* The value of the first header of that name (any case) in a head; p NULL if there is none. */
str response_header(str head, str name);
/* Walks a head's lines: cuts the next header from *lines; false at the end. Start with
 * response_lines(head). */
str response_lines(str head);
bool response_next_header(str *lines, str *name, str *value);

#endif
