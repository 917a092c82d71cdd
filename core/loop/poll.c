// SPDX-License-Identifier: Apache-2.0
// poll: over uv_poll.
#define _GNU_SOURCE
#include "core/loop/poll.h"

#include <stdlib.h>

#include "core/loop/loop_private.h"

struct poll {
    uv_poll_t uv;
    struct loop *loop;
    const char *what;
    int events;
    void (*fn)(void *arg, int ready);
    void *arg;
};

int poll_open(struct poll **out, struct loop *l, int fd, const char *what)
{
    struct poll *p = mem_zalloc(1, sizeof(*p));
    int rc = uv_poll_init(loop_uv(l), &p->uv, fd);
    if (rc) {
        free(p);
        return loop_err(rc);
    }
    p->loop = l;
    p->what = what;
    p->uv.data = p;
    *out = p;
    return 0;
}

static void on_ready(uv_poll_t *uv, int status, int events)
{
    struct poll *p = uv->data;
    struct loop *l = p->loop;
    int ready = status < 0 ? POLL_READ | POLL_WRITE
                           : ((events & UV_READABLE) ? POLL_READ : 0) |
                                 ((events & UV_WRITABLE) ? POLL_WRITE : 0);
    loop_enter(l, p->what);
    p->fn(p->arg, ready);
    loop_leave(l);
}

void poll_want(struct poll *p, int events, void (*fn)(void *arg, int ready), void *arg)
{
    p->fn = fn;
    p->arg = arg;
    if (p->events == events)
        return;
    p->events = events;
    if (!events)
        uv_poll_stop(&p->uv);
    else
        uv_poll_start(&p->uv,
            ((events & POLL_READ) ? UV_READABLE : 0) | ((events & POLL_WRITE) ? UV_WRITABLE : 0),
            on_ready);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void poll_close(struct poll *p)
{
    if (!p)
        return;
    uv_poll_stop(&p->uv);
    uv_close((uv_handle_t *)&p->uv, on_closed);
}
