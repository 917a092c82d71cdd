// SPDX-License-Identifier: Apache-2.0
// conn: one caller at the socket: who it is, and its questions, one after the other.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/issuer/wire.h"
#include "core/signer/job.h"

enum { CONNS_MAX = 128 };

struct conn {
    struct list node;
    struct signer *signer;
    struct wire *wire;
    struct job *job; /* under way */
};

static void conn_free(struct conn *c)
{
    if (c->job)
        c->job->conn = NULL;
    wire_close(c->wire);
    list_remove(&c->node);
    c->signer->conn_count--;
    free(c);
}

static void on_end(void *arg, int status)
{
    struct conn *c = arg;
    if (status != E_EOF)
        log_warn("a caller was cut off", LOG_STR("why", str_from(err_text(status))));
    conn_free(c);
}

static void (*const operations[])(struct job *j) = {[MESSAGE_ISSUE] = job_issue,
    [MESSAGE_REVOKE] = job_revoke,
    [MESSAGE_CRL] = job_crl,
    [MESSAGE_OCSP] = job_ocsp,
    [MESSAGE_CHAIN] = job_chain,
    [MESSAGE_CHANGES] = job_changes,
    [MESSAGE_STATUS] = job_status};

static void on_frame(void *arg, const struct message_frame *frame)
{
    struct conn *c = arg;
    struct job *j = job_new(c->signer, c);
    c->job = j;
    j->rc = message_read_request(frame, &j->arena, &j->request, &j->err);
    if (j->rc) {
        job_fail(j);
        return;
    }
    j->request.body = arena_str(&j->arena, j->request.body);
    operations[j->request.op](j);
}

void conn_answered(struct conn *c, struct buf *frame)
{
    c->job = NULL;
    wire_send(c->wire, frame);
    if (!c->signer->stopping)
        wire_next(c->wire);
}

static const struct wire_handler handler = {on_frame, on_end};

static bool is_allowed(const struct signer *s, int fd)
{
    struct ucred who;
    socklen_t n = sizeof(who);
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0)
        return false;
    for (size_t i = 0; i < s->uid_count; i++)
        if (s->uids[i] == who.uid)
            return true;
    log_warn("a caller was refused", LOG_INT("uid", who.uid), LOG_INT("pid", who.pid));
    return false;
}

void conn_accept(struct signer *s, int fd)
{
    if (s->stopping || s->conn_count >= CONNS_MAX || !is_allowed(s, fd)) {
        close(fd);
        return;
    }
    struct conn *c = mem_zalloc(1, sizeof(*c));
    c->signer = s;
    int rc = wire_open(&c->wire, s->loop, fd, message_request_limits(), &handler, c);
    if (rc) {
        free(c);
        return;
    }
    list_init(&c->node);
    list_push(&s->conns, &c->node);
    s->conn_count++;
}

void conn_close_idle(struct signer *s)
{
    list_each(it, &s->conns)
    {
        struct conn *c = container_of(it, struct conn, node);
        if (!c->job)
            conn_free(c);
    }
}
