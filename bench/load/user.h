// SPDX-License-Identifier: Apache-2.0
// user: one virtual user: its connection, the requests it waits for, its script. Says to the run
// when it is ready, when it has room for another request, and what went wrong.
#ifndef BENCH_LOAD_USER_H
#define BENCH_LOAD_USER_H

#include <uv.h>

#include "bench/load/conn.h"
#include "bench/load/load.h"
#include "bench/load/response.h"
#include "core/base/list.h"

struct user;

/* What a run gives its users. */
struct user_host {
    const struct load_opts *opts;
    struct stats *stats;
    struct scenario *scenario;
    struct conn_pool *pool;
    uv_loop_t *loop;
    uint64_t now;      /* ns, at the event being handled */
    bool is_preparing; /* setups run, connections open; nothing is measured */
    void (*ready)(struct user_host *h, struct user *u);       /* prepared */
    void (*room)(struct user_host *h, struct user *u);        /* may begin again */
    void (*broken)(struct user_host *h, const char *message); /* preparation failed */
};

struct pending {
    uint64_t start; /* intended, ns */
    int expect;
    bool no_body;
};

/* Fields are private but for `node`, which is the run's. */
struct user {
    struct user_host *host;
    struct list node;
    struct conn *conn; /* NULL: none */
    bool is_open;      /* the connection can carry requests */
    bool in_script;    /* setup or journey runs */
    bool is_ready;
    unsigned begun; /* requests or journeys */
    struct response response;
    struct pending *pending; /* ring of opts->depth */
    unsigned first, count;
    uint64_t since;        /* the oldest of them waits since, ns */
    struct buf waiting;    /* to be sent when the connection opens */
    struct buf head, body; /* of the answer, for scripts */
    const struct plan *plan;
    size_t next;
    struct script *script;
    uint64_t journey_start;
    uv_timer_t timer; /* sleeps of scripts, pauses after errors */
};

void user_init(struct user *u, struct user_host *host, unsigned id);
/* Ends the connection and the timer; the loop must turn before user_release. */
void user_close(struct user *u);
void user_release(struct user *u);

/* Connects and runs the setup; then host->ready. */
void user_prepare(struct user *u);
/* True if another request (journey) can begin. */
bool user_has_room(const struct user *u);
/* True if it waits for an answer or is in a journey. */
bool user_is_busy(const struct user *u);
/* Begins one that was due at `intended`; user_flush sends. */
void user_begin(struct user *u, uint64_t intended);
void user_flush(struct user *u);
/* Gives up what waits longer than the limit. */
void user_check_timeout(struct user *u);

#endif
