// SPDX-License-Identifier: Apache-2.0
// client: questions, connected when their turn comes.
#define _GNU_SOURCE
#include "core/issuer/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/issuer/wire.h"
#include "core/loop/timer.h"

enum { TIMEOUT_MS = 15000, AT_ONCE = 16, WAITING = 512, RETRY_MS = 20 };

struct issuer_client {
    struct issuer_client_opts opts;
    struct sockaddr_un address;
    struct list waiting;
    struct list open;
    struct issuer_client_stats stats;
};

struct issuer_ask {
    struct list node;
    struct issuer_client *client;
    struct buf bytes; /* of the question, until they are sent */
    struct wire *wire;
    struct timer timeout;
    struct timer retry; /* the signer's queue was full */
    struct loop_deferred start;
    bool begun; /* counted as open */
    void (*done)(void *arg, const struct message_answer *answer);
    void *arg;
};

static void start_next(struct issuer_client *c);

static void answer(struct issuer_ask *a, const struct message_answer *said)
{
    struct issuer_client *c = a->client;
    list_remove(&a->node);
    timer_cancel(&a->timeout);
    timer_cancel(&a->retry);
    loop_undefer(&a->start);
    wire_close(a->wire);
    if (a->begun)
        c->stats.open--;
    else
        c->stats.waiting--;
    a->done(a->arg, said);
    buf_release(&a->bytes);
    free(a);
}

static void give_up(struct issuer_ask *a, int code, const char *sentence)
{
    struct message_answer said = {.code = code, .message = str_from(sentence)};
    struct issuer_client *c = a->client;
    c->stats.failed++;
    answer(a, &said);
    start_next(c);
}

static void on_frame(void *arg, const struct message_frame *frame)
{
    struct issuer_ask *a = arg;
    struct issuer_client *c = a->client;
    struct arena arena = {0};
    struct message_answer said;
    if (message_read_answer(frame, &arena, &said)) {
        give_up(a, E_PROTOCOL, "what came from the signer's socket is no answer");
    } else {
        answer(a, &said);
        start_next(c);
    }
    arena_release(&arena);
}

static void on_end(void *arg, int status)
{
    bool gone = status == E_EOF || status == E_IO;
    give_up(arg, gone ? E_CLOSED : status,
        gone ? "the signer went away before it answered" : "the signer's answer broke off");
}

static void on_timeout(void *arg)
{
    give_up(arg, E_TIMEOUT, "the signer did not answer in time");
}

static const struct wire_handler handler = {on_frame, on_end};

/* A connected descriptor; -1 with errno. A local socket connects at once or not at all. */
static int dial(const struct issuer_client *c)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&c->address, sizeof(c->address)) == 0)
        return fd;
    int e = errno;
    close(fd);
    errno = e;
    return -1;
}

static void begin(void *arg)
{
    struct issuer_ask *a = arg;
    struct issuer_client *c = a->client;
    int fd = dial(c);
    if (fd < 0 && errno == EAGAIN) {
        timer_start(c->opts.loop, &a->retry, RETRY_MS, begin, a);
    } else if (fd < 0 && errno == EACCES) {
        give_up(a, E_DENIED, "the signer's socket is not open to this user");
    } else if (fd < 0) {
        give_up(a, E_UNREACHABLE, "the signer is not running: nobody answers at its socket");
    } else if (wire_open(&a->wire, c->opts.loop, fd, message_answer_limits(), &handler, a)) {
        a->wire = NULL;
        give_up(a, E_SYSTEM, "the signer's socket cannot be used");
    } else {
        wire_send(a->wire, &a->bytes);
    }
}

/* From the waiting to the open ones, as many as may be open. */
static void start_next(struct issuer_client *c)
{
    while (c->stats.open < c->opts.at_once && !list_is_empty(&c->waiting)) {
        struct issuer_ask *a = container_of(list_shift(&c->waiting), struct issuer_ask, node);
        list_push(&c->open, &a->node);
        c->stats.waiting--;
        c->stats.open++;
        a->begun = true;
        loop_defer(c->opts.loop, &a->start, begin, a);
    }
}

struct issuer_client *issuer_client_open(const struct issuer_client_opts *opts)
{
    struct issuer_client *c = mem_zalloc(1, sizeof(*c));
    c->opts = *opts;
    c->opts.timeout_ms = opts->timeout_ms ? opts->timeout_ms : TIMEOUT_MS;
    c->opts.at_once = opts->at_once ? opts->at_once : AT_ONCE;
    c->opts.waiting = opts->waiting ? opts->waiting : WAITING;
    c->address.sun_family = AF_UNIX;
    /* A path that is too long names no socket: every question fails with E_UNREACHABLE. */
    if (str_to_c(str_from(opts->path), c->address.sun_path, sizeof(c->address.sun_path)))
        c->address.sun_path[0] = 0;
    list_init(&c->waiting);
    list_init(&c->open);
    return c;
}

static void cancel_all(struct list *head)
{
    const struct message_answer said = {.code = E_CANCELLED, .message = STR("cancelled")};
    while (!list_is_empty(head))
        answer(container_of(list_first(head), struct issuer_ask, node), &said);
}

void issuer_client_close(struct issuer_client *c)
{
    if (!c)
        return;
    cancel_all(&c->waiting);
    cancel_all(&c->open);
    free(c);
}

int issuer_client_ask(struct issuer_client *c, const struct message_request *r,
    void (*done)(void *arg, const struct message_answer *answer), void *arg,
    struct issuer_ask **out)
{
    if (c->stats.waiting >= c->opts.waiting)
        return E_BUSY;
    if (r->body.n > message_request_limits()->body || r->voucher.n > message_request_limits()->json)
        return E_TOO_BIG;
    struct issuer_ask *a = mem_zalloc(1, sizeof(*a));
    a->client = c;
    a->done = done;
    a->arg = arg;
    list_init(&a->node);
    list_push(&c->waiting, &a->node);
    c->stats.waiting++;
    c->stats.asked++;
    message_put_request(r, &a->bytes);
    timer_start(c->opts.loop, &a->timeout, c->opts.timeout_ms, on_timeout, a);
    start_next(c);
    if (out)
        *out = a;
    return 0;
}

static void cancelled(void *arg)
{
    give_up(arg, E_CANCELLED, err_text(E_CANCELLED));
}

void issuer_client_cancel(struct issuer_ask *a)
{
    wire_close(a->wire);
    a->wire = NULL;
    timer_cancel(&a->retry);
    loop_undefer(&a->start);
    loop_defer(a->client->opts.loop, &a->start, cancelled, a);
}

const struct issuer_client_stats *issuer_client_stats(const struct issuer_client *c)
{
    return &c->stats;
}
