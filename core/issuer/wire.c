// SPDX-License-Identifier: Apache-2.0
// wire: frames over readiness.
#define _GNU_SOURCE
#include "core/issuer/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/loop/poll.h"
#include "core/loop/timer.h"

enum { READ_SIZE = 64 << 10, STALL_MS = 10000 };

struct wire {
    struct loop *loop;
    struct poll *poll;
    int fd;
    const struct message_limits *limits;
    const struct wire_handler *handler;
    void *arg;
    struct buf in;
    struct buf out;
    size_t sent; /* of out */
    bool wants;  /* a frame */
    bool busy;   /* inside the handler */
    bool ended;  /* the handler was told */
    bool closed;
    struct timer stall;
    struct loop_deferred call; /* look at what was read already; or free */
};

static void on_ready(void *arg, int ready);

static void fail(struct wire *w, int status)
{
    poll_want(w->poll, 0, on_ready, w);
    timer_cancel(&w->stall);
    w->wants = false;
    w->ended = true;
    w->handler->end(w->arg, status);
}

static void on_stall(void *arg)
{
    fail(arg, E_TIMEOUT);
}

static void want(struct wire *w)
{
    bool writes = w->sent < w->out.n;
    if (w->ended)
        return;
    poll_want(w->poll, (w->wants ? POLL_READ : 0) | (writes ? POLL_WRITE : 0), on_ready, w);
    if (writes || (w->wants && w->in.n))
        timer_start(w->loop, &w->stall, STALL_MS, on_stall, w);
    else
        timer_cancel(&w->stall);
}

/* Hands over a whole frame, when there is one. */
static void look(struct wire *w)
{
    struct message_frame frame;
    if (!w->wants)
        return;
    int rc = message_cut(buf_str(&w->in), w->limits, &frame);
    if (rc < 0) {
        fail(w, rc);
        return;
    }
    if (rc == 1) {
        want(w);
        return;
    }
    w->wants = false;
    w->busy = true;
    w->handler->frame(w->arg, &frame);
    w->busy = false;
    if (w->closed)
        return;
    buf_consume(&w->in, frame.size);
    want(w);
}

static void look_again(void *arg)
{
    look(arg);
}

static void read_some(struct wire *w)
{
    ssize_t n = recv(w->fd, buf_reserve(&w->in, READ_SIZE), READ_SIZE, 0);
    if (n > 0) {
        buf_added(&w->in, (size_t)n);
        look(w);
    } else if (n == 0) {
        fail(w, E_EOF);
    } else if (errno != EAGAIN && errno != EINTR) {
        fail(w, E_IO);
    }
}

/* False when the connection is broken. */
static bool write_some(struct wire *w)
{
    while (w->sent < w->out.n) {
        ssize_t n = send(w->fd, w->out.p + w->sent, w->out.n - w->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        w->sent += (size_t)n;
    }
    buf_release(&w->out);
    w->sent = 0;
    return true;
}

static void on_ready(void *arg, int ready)
{
    struct wire *w = arg;
    if (ready & POLL_WRITE && w->out.n && !write_some(w)) {
        fail(w, E_IO);
        return;
    }
    if (ready & POLL_READ && w->wants)
        read_some(w);
    if (!w->closed && !w->busy)
        want(w);
}

int wire_open(struct wire **out, struct loop *l, int fd, const struct message_limits *limits,
    const struct wire_handler *handler, void *arg)
{
    struct wire *w = mem_zalloc(1, sizeof(*w));
    *w = (struct wire){
        .loop = l, .fd = fd, .limits = limits, .handler = handler, .arg = arg, .wants = true};
    int rc = poll_open(&w->poll, l, fd, "signer wire");
    if (rc) {
        close(fd);
        free(w);
        return rc;
    }
    want(w);
    *out = w;
    return 0;
}

void wire_send(struct wire *w, struct buf *bytes)
{
    buf_append(&w->out, buf_str(bytes));
    buf_release(bytes);
    want(w);
}

void wire_next(struct wire *w)
{
    w->wants = true;
    loop_defer(w->loop, &w->call, look_again, w);
}

static void release(void *arg)
{
    struct wire *w = arg;
    buf_release(&w->in);
    buf_release(&w->out);
    free(w);
}

void wire_close(struct wire *w)
{
    if (!w || w->closed)
        return;
    w->closed = true;
    w->wants = false;
    timer_cancel(&w->stall);
    poll_close(w->poll);
    close(w->fd);
    loop_undefer(&w->call);
    loop_defer(w->loop, &w->call, release, w);
}
