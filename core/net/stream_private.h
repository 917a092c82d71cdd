// SPDX-License-Identifier: Apache-2.0
// stream_private: the two bodies of a stream: plain bytes, or TLS records.
#ifndef CORE_NET_STREAM_PRIVATE_H
#define CORE_NET_STREAM_PRIVATE_H

#include "core/base/buf.h"
#include "core/loop/poll.h"
#include "core/net/stream.h"

enum { NET_READ_SIZE = 65536 };

struct net {
    struct loop *loop;
    struct net_stats stats;
    struct buf records;            /* TLS records on their way out, within one call */
    char wire[NET_READ_SIZE];      /* what recv(2) gives, for all streams in turn */
    char plain[NET_READ_SIZE / 4]; /* what a TLS stream decrypts into */
};

/* What a kind of stream does differently. All may be called again from within the handler. */
struct stream_body {
    void (*start)(struct stream *s);         /* after opening, outside stream_open */
    int (*feed)(struct stream *s, str wire); /* bytes from the wire, borrowed */
    int (*put)(struct stream *s, const str *pieces, size_t n); /* bytes of the owner for the wire */
    void (*resumed)(struct stream *s); /* bytes held back while paused go on */
    void (*finish)(struct stream *s);  /* last bytes before FIN */
    void (*release)(struct stream *s);
};

struct stream {
    struct net *net;
    const struct stream_body *body;
    const struct stream_handler *handler;
    void *arg;
    struct poll *poll;
    struct tls *tls; /* NULL for plain streams */
    struct buf out;  /* not yet taken by the kernel */
    struct addr peer;
    struct loop_deferred later;
    struct loop_deferred failing;
    int fd;
    bool paused, saw_eof, failed, finishing, finished, closing, opened;
};

extern const struct stream_body stream_tls_body;

/* Hands bytes to the owner. */
void stream_deliver(struct stream *s, str bytes);
void stream_emit(struct stream *s, enum stream_event event, int status);
/* Writes raw bytes to the wire, queueing what the kernel does not take. */
must_use int stream_put_wire(struct stream *s, const str *pieces, size_t count);
/* Tells of a failure once. */
void stream_fail(struct stream *s, int status);

/* tls.c: makes s->tls for the context (a reference is taken). */
must_use int stream_tls_new(struct stream *s, struct tlsctx *ctx);

#endif
