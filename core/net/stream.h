// SPDX-License-Identifier: Apache-2.0
// stream: one accepted connection, plain or TLS behind the same few calls. Bytes are handed over as
// they come, out of one buffer for all connections, so that an idle connection owns none.
//
// Owns the descriptor, the TLS state, and bytes not yet written. Does not know HTTP or timeouts.
#ifndef CORE_NET_STREAM_H
#define CORE_NET_STREAM_H

#include "core/loop/loop.h"
#include "core/net/addr.h"

struct tlsctx;

/* What streams of one loop share: the read buffers and the counters. */
struct net;
struct net *net_new(struct loop *l);
void net_free(struct net *n);
struct loop *net_loop(const struct net *n);

struct net_stats {
    uint64_t accepted;
    uint64_t handshakes; /* finished */
    uint64_t handshakes_failed;
    uint64_t bytes_in; /* as seen on the wire */
    uint64_t bytes_out;
    uint32_t open; /* streams now */
    uint32_t open_tls;
    uint64_t out_of_files; /* times accept met EMFILE */
};
/* Plain members, written by streams and listeners. */
struct net_stats *net_stats(struct net *n);

enum stream_event {
    STREAM_OPENED, /* TLS handshake finished; at once for plain streams, never inside stream_open */
    STREAM_DRAINED, /* all written bytes are with the kernel */
    STREAM_EOF,     /* the peer sends no more; what is written still goes out */
    STREAM_FAILED,  /* reset, TLS failure: close it. Comes at most once */
    STREAM_CLOSED   /* last event, after stream_close; the stream is gone when it returns */
};

struct stream_handler {
    /* Bytes received; borrowed for the call. All of them are the receiver's: what it cannot use yet
     * it copies. */
    void (*data)(void *arg, str bytes);
    void (*event)(void *arg, enum stream_event event, int status);
};

struct stream;

/* Takes the descriptor (non-blocking, connected) also on failure. `ctx` NULL: plain; else borrowed,
 * a reference is taken. The handler is static. */
must_use int stream_open(struct stream **out, struct net *n, int fd, const struct addr *peer,
    struct tlsctx *ctx, const struct stream_handler *handler, void *arg);
/* Changes who is told, keeping what is in flight (an upgraded connection). */
void stream_set_handler(struct stream *s, const struct stream_handler *handler, void *arg);

/* Writes the pieces in order: straight to the socket as far as it takes them, the rest is copied
 * and follows. Never calls back. E_CLOSED when the connection is broken or being closed. */
must_use int stream_write(struct stream *s, const str *pieces, size_t count);
/* Bytes accepted by stream_write that the kernel has not taken yet. */
size_t stream_pending(const struct stream *s);
/* Those and the ones in the kernel that the peer has not acknowledged: whether a reader reads. Asks
 * the kernel. */
size_t stream_unacked(const struct stream *s);
/* Stops and resumes handing over bytes; the kernel's buffer then holds the peer back. */
void stream_pause(struct stream *s);
void stream_resume(struct stream *s);
/* Sends close_notify and FIN once everything written is out; reading goes on. */
void stream_finish(struct stream *s);
/* Closes at once, dropping what is pending; STREAM_CLOSED follows at the end of the turn. */
void stream_close(struct stream *s);

const struct addr *stream_peer(const struct stream *s);
bool stream_is_tls(const struct stream *s);
/* "TLSv1.3" and the like; NULL for plain streams and unfinished handshakes. Static. */
const char *stream_tls_version(const struct stream *s);

#endif
