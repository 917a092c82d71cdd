// SPDX-License-Identifier: Apache-2.0
// listener: accepting.
#define _GNU_SOURCE
#include "core/net/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/loop/poll.h"
#include "core/loop/timer.h"

enum { ACCEPTS_PER_TURN = 64, BACKLOG = 4096, REST_MS = 100 };

struct listener {
    struct net *net;
    struct poll *poll;
    int fd;
    int spare; /* given up for a moment when there are no descriptors left */
    struct addr addr;
    struct timer rest;
    void (*accepted)(void *arg, int fd, const struct addr *peer);
    void *arg;
    bool paused;
};

static void on_ready(void *arg, int ready);

static void want(struct listener *l)
{
    poll_want(l->poll, l->paused || timer_is_running(&l->rest) ? 0 : POLL_READ, on_ready, l);
}

static void on_rested(void *arg)
{
    want(arg);
}

/* Out of descriptors: the spare one lets us take the connection and close it, so that the peer is
 * told and accept(2) does not spin; then accepting rests for a moment. */
static void shed(struct listener *l)
{
    net_stats(l->net)->out_of_files++;
    if (l->spare >= 0) {
        close(l->spare);
        int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            close(fd);
        l->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    }
    log_warn("out of file descriptors, connections are refused",
        LOG_STR("address", str_from(l->addr.text)));
    timer_start(net_loop(l->net), &l->rest, REST_MS, on_rested, l);
    want(l);
}

/* False when nothing more waits. */
static bool accept_one(struct listener *l)
{
    struct sockaddr_storage from = {0};
    socklen_t n = sizeof(from);
    struct addr peer;
    int fd = accept4(l->fd, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        addr_from_sockaddr(&from, &peer);
        net_stats(l->net)->accepted++;
        l->accepted(l->arg, fd, &peer);
        return true;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        shed(l);
    return errno == EINTR || errno == ECONNABORTED;
}

static void on_ready(void *arg, int ready)
{
    struct listener *l = arg;
    (void)ready;
    for (int i = 0; i < ACCEPTS_PER_TURN && !l->paused; i++)
        if (!accept_one(l))
            break;
}

static int adopt(struct listener **out, struct net *n, int fd,
    void (*accepted)(void *, int, const struct addr *), void *arg, struct err *err)
{
    struct sockaddr_storage self = {0};
    socklen_t length = sizeof(self);
    struct listener *l = mem_zalloc(1, sizeof(*l));
    *l = (struct listener){.net = n, .fd = fd, .accepted = accepted, .arg = arg};
    int rc = poll_open(&l->poll, net_loop(n), fd, "accept");
    if (rc || getsockname(fd, (struct sockaddr *)&self, &length)) {
        poll_close(l->poll);
        close(fd);
        free(l);
        return err_set(err, rc ? rc : E_SYSTEM, "the listening socket cannot be used");
    }
    addr_from_sockaddr(&self, &l->addr);
    l->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    want(l);
    *out = l;
    return 0;
}

int listener_adopt(struct listener **out, struct net *n, int fd,
    void (*accepted)(void *, int, const struct addr *), void *arg, struct err *err)
{
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return adopt(out, n, fd, accepted, arg, err);
}

static int explain(struct err *err, str address)
{
    int code = err_from_errno(errno);
    if (code == E_ADDR_IN_USE)
        return err_set(err, code, "%.*s is already in use by another program", STR_ARG(address));
    return err_set(err, code, "cannot listen on %.*s: %s", STR_ARG(address), strerror(errno));
}

static int bind_socket(int fd, struct sockaddr_storage *to, socklen_t length)
{
    int on = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (to->ss_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (to->ss_family == AF_UNIX)
        (void)unlink(((struct sockaddr_un *)to)->sun_path);
    return bind(fd, (struct sockaddr *)to, length) || listen(fd, BACKLOG);
}

int listener_open(struct listener **out, struct net *n, str address,
    void (*accepted)(void *arg, int fd, const struct addr *peer), void *arg, struct err *err)
{
    struct sockaddr_storage to;
    unsigned length;
    int rc = addr_parse(address, &to, &length, err);
    if (rc)
        return rc;
    int fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return explain(err, address);
    if (bind_socket(fd, &to, length)) {
        rc = explain(err, address);
        close(fd);
        return rc;
    }
    return adopt(out, n, fd, accepted, arg, err);
}

void listener_pause(struct listener *l)
{
    l->paused = true;
    want(l);
}

void listener_resume(struct listener *l)
{
    l->paused = false;
    want(l);
}

const struct addr *listener_addr(const struct listener *l)
{
    return &l->addr;
}

void listener_close(struct listener *l)
{
    if (!l)
        return;
    timer_cancel(&l->rest);
    poll_close(l->poll);
    close(l->fd);
    if (l->spare >= 0)
        close(l->spare);
    free(l);
}
