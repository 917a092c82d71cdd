// SPDX-License-Identifier: Apache-2.0
// gate: the strict reading of a request's head, byte by byte, in front of the real parser. What
// llhttp or a proxy before us could read in two ways is refused here, knowingly harder than RFC
// 9112 asks.
//
// Pure: sees bytes, keeps positions, knows neither connections nor routes.
#ifndef CORE_HTTP_GATE_H
#define CORE_HTTP_GATE_H

#include "core/base/base.h"

enum { GATE_HEADERS = 100, GATE_LIMIT_MAX = 65535 };

/* A run of the head's bytes. */
struct gate_span {
    uint16_t at;
    uint16_t n;
};

struct gate_header {
    struct gate_span name;
    struct gate_span value; /* without white space around it */
};

/* Where the reading stands. Fields may be read when it is complete. */
struct gate {
    uint32_t at;    /* bytes read; the head's length when complete */
    uint32_t mark;  /* where the current element began */
    uint8_t state;  /* private */
    uint8_t method; /* enum http_method */
    uint8_t minor;  /* 0 or 1 */
    uint16_t count; /* headers */
    struct gate_span target;
    struct gate_header headers[GATE_HEADERS];
};

void gate_init(struct gate *g);

enum { GATE_MORE = 0, GATE_DONE = 1 };
/* Goes on reading; `head` holds all bytes from the first one of the head on, so each call sees what
 * the last one saw and more. GATE_MORE, GATE_DONE, or the HTTP status to refuse with. */
must_use int gate_feed(struct gate *g, str head, size_t limit);

/* What a complete head says about its message. */
struct gate_framing {
    int64_t length;  /* of the body; 0 if there is none, -1 when chunked */
    bool close;      /* the client wants no further request, or is HTTP/1.0 */
    bool expects;    /* Expect: 100-continue */
    bool has_length; /* a Content-Length was given */
};
/* 0, or the HTTP status to refuse with. */
must_use int gate_judge(const struct gate *g, const char *head, struct gate_framing *out);

static inline str gate_str(const char *head, struct gate_span span)
{
    return str_of(head + span.at, span.n);
}

/* RFC 9110 5.6.2; false for an empty one. */
bool gate_is_token(str s);
/* Visible ASCII, spaces and tabs. */
bool gate_is_value(str s);
/* "example.cn", "192.0.2.1:8080", "[2001:db8::1]:443". */
bool gate_is_host(str s);

#endif
