// SPDX-License-Identifier: Apache-2.0
// stream: reading, writing and closing of plain connections, and what TLS shares with them.
#define _GNU_SOURCE
#include "core/net/stream.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/net/stream_private.h"

enum { READS_PER_EVENT = 4, PIECES = 64 };

static void on_ready(void *arg, int ready);

struct net *net_new(struct loop *l)
{
    struct net *n = mem_zalloc(1, sizeof(*n));
    n->loop = l;
    return n;
}

void net_free(struct net *n)
{
    if (!n)
        return;
    buf_release(&n->records);
    free(n);
}

struct loop *net_loop(const struct net *n)
{
    return n->loop;
}

struct net_stats *net_stats(struct net *n)
{
    return &n->stats;
}

/* Matches what the kernel is asked for to what the stream waits for. */
static void want(struct stream *s)
{
    int events = 0;
    if (s->closing)
        return;
    if (!s->paused && !s->saw_eof && !s->failed)
        events |= POLL_READ;
    if (s->out.n && !s->failed)
        events |= POLL_WRITE;
    poll_want(s->poll, events, on_ready, s);
}

void stream_deliver(struct stream *s, str bytes)
{
    if (!s->closing)
        s->handler->data(s->arg, bytes);
}

void stream_emit(struct stream *s, enum stream_event event, int status)
{
    if (!s->closing || event == STREAM_CLOSED)
        s->handler->event(s->arg, event, status);
}

void stream_fail(struct stream *s, int status)
{
    if (s->failed || s->closing)
        return;
    s->failed = true;
    buf_release(&s->out);
    want(s);
    stream_emit(s, STREAM_FAILED, status);
}

/* One read; true when more may be waiting. */
static bool read_once(struct stream *s)
{
    ssize_t n = recv(s->fd, s->net->wire, NET_READ_SIZE, 0);
    if (n > 0) {
        s->net->stats.bytes_in += (uint64_t)n;
        int rc = s->body->feed(s, str_of(s->net->wire, (size_t)n));
        if (rc)
            stream_fail(s, rc);
        return n == NET_READ_SIZE;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n < 0) {
        stream_fail(s, err_from_errno(errno));
        return false;
    }
    s->saw_eof = true;
    want(s);
    stream_emit(s, STREAM_EOF, 0);
    return false;
}

static void end_writing(struct stream *s)
{
    if (!s->finishing || s->finished || s->out.n || s->failed)
        return;
    s->finished = true;
    (void)shutdown(s->fd, SHUT_WR);
}

static void write_pending(struct stream *s)
{
    ssize_t n = send(s->fd, s->out.p, s->out.n, MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0) {
        stream_fail(s, err_from_errno(errno));
        return;
    }
    s->net->stats.bytes_out += (uint64_t)n;
    buf_consume(&s->out, (size_t)n);
    if (s->out.n)
        return;
    buf_release(&s->out);
    want(s);
    end_writing(s);
    stream_emit(s, STREAM_DRAINED, 0);
}

static void on_ready(void *arg, int ready)
{
    struct stream *s = arg;
    if ((ready & POLL_WRITE) && s->out.n && !s->failed)
        write_pending(s);
    for (int i = 0; (ready & POLL_READ) && i < READS_PER_EVENT; i++) {
        if (s->paused || s->saw_eof || s->failed || s->closing || !read_once(s))
            break;
    }
}

static int plain_feed(struct stream *s, str wire)
{
    stream_deliver(s, wire);
    return 0;
}

static void plain_start(struct stream *s)
{
    stream_emit(s, STREAM_OPENED, 0);
}

static void plain_nothing(struct stream *s)
{
    (void)s;
}

static const struct stream_body plain_body = {
    .start = plain_start,
    .feed = plain_feed,
    .put = stream_put_wire,
    .resumed = plain_nothing,
    .finish = plain_nothing,
    .release = plain_nothing,
};

static void start_later(void *arg)
{
    struct stream *s = arg;
    want(s);
    s->body->start(s);
}

int stream_open(struct stream **out, struct net *n, int fd, const struct addr *peer,
    struct tlsctx *ctx, const struct stream_handler *handler, void *arg)
{
    int on = 1;
    struct stream *s = mem_zalloc(1, sizeof(*s));
    *s = (struct stream){
        .net = n, .body = &plain_body, .handler = handler, .arg = arg, .peer = *peer, .fd = fd};
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    int rc = poll_open(&s->poll, n->loop, fd, ctx ? "tls stream" : "stream");
    if (!rc && ctx) {
        s->body = &stream_tls_body;
        rc = stream_tls_new(s, ctx);
    }
    if (rc) {
        poll_close(s->poll);
        close(fd);
        free(s);
        return rc;
    }
    n->stats.open++;
    n->stats.open_tls += ctx != NULL;
    loop_defer(n->loop, &s->later, start_later, s);
    *out = s;
    return 0;
}

void stream_set_handler(struct stream *s, const struct stream_handler *handler, void *arg)
{
    s->handler = handler;
    s->arg = arg;
}

/* Gives the kernel what it takes of the first PIECES pieces; the number of bytes, or a negative
 * code. */
static ssize_t write_now(struct stream *s, const str *pieces, size_t count)
{
    struct iovec iov[PIECES];
    struct msghdr message = {.msg_iov = iov, .msg_iovlen = count < PIECES ? count : PIECES};
    for (size_t i = 0; i < message.msg_iovlen; i++)
        iov[i] = (struct iovec){(void *)(uintptr_t)pieces[i].p, pieces[i].n};
    ssize_t n = sendmsg(s->fd, &message, MSG_NOSIGNAL);
    if (n >= 0)
        return n;
    return errno == EAGAIN || errno == EINTR ? 0 : err_from_errno(errno);
}

/* A write that failed is told like any other failure, but not within the writer's call. */
static void fail_later(void *arg)
{
    stream_emit(arg, STREAM_FAILED, E_CLOSED);
}

int stream_put_wire(struct stream *s, const str *pieces, size_t count)
{
    ssize_t taken = 0;
    if (s->failed || s->closing || s->finished)
        return E_CLOSED;
    if (!s->out.n)
        taken = write_now(s, pieces, count);
    if (taken < 0) {
        s->failed = true;
        want(s);
        loop_defer(s->net->loop, &s->failing, fail_later, s);
        return (int)taken;
    }
    s->net->stats.bytes_out += (uint64_t)taken;
    size_t skip = (size_t)taken;
    for (size_t i = 0; i < count; i++) {
        size_t cut = skip < pieces[i].n ? skip : pieces[i].n;
        buf_append(&s->out, str_slice(pieces[i], cut, pieces[i].n));
        skip -= cut;
    }
    if (s->out.n)
        want(s);
    return 0;
}

int stream_write(struct stream *s, const str *pieces, size_t count)
{
    if (s->finishing)
        return E_CLOSED;
    return s->body->put(s, pieces, count);
}

size_t stream_pending(const struct stream *s)
{
    return s->out.n;
}

size_t stream_unacked(const struct stream *s)
{
    int queued = 0;
    if (s->closing || ioctl(s->fd, SIOCOUTQ, &queued) || queued < 0)
        queued = 0;
    return s->out.n + (size_t)queued;
}

void stream_pause(struct stream *s)
{
    s->paused = true;
    want(s);
}

static void resume_later(void *arg)
{
    struct stream *s = arg;
    if (!s->paused && !s->closing)
        s->body->resumed(s);
}

void stream_resume(struct stream *s)
{
    if (!s->paused)
        return;
    s->paused = false;
    want(s);
    if (s->tls && !s->closing)
        loop_defer(s->net->loop, &s->later, resume_later, s);
}

void stream_finish(struct stream *s)
{
    if (s->finishing || s->closing)
        return;
    s->body->finish(s);
    s->finishing = true;
    end_writing(s);
}

static void close_later(void *arg)
{
    struct stream *s = arg;
    s->net->stats.open--;
    s->net->stats.open_tls -= s->tls != NULL;
    stream_emit(s, STREAM_CLOSED, 0);
    s->body->release(s);
    buf_release(&s->out);
    free(s);
}

void stream_close(struct stream *s)
{
    if (s->closing)
        return;
    s->closing = true;
    poll_close(s->poll);
    close(s->fd);
    s->fd = -1;
    loop_undefer(&s->later);
    loop_undefer(&s->failing);
    loop_defer(s->net->loop, &s->later, close_later, s);
}

const struct addr *stream_peer(const struct stream *s)
{
    return &s->peer;
}

bool stream_is_tls(const struct stream *s)
{
    return s->tls != NULL;
}
