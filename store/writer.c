// SPDX-License-Identifier: Apache-2.0
// writer: queue, batches, completions.
#define _GNU_SOURCE
#include "store/writer.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "store/batch.h"
#include "store/deadline.h"
#include "store/tx_private.h"

enum { EXPIRE_MS = 200, IDLE_MS = 250 };

/* Members in order. */
struct queue {
    struct store_tx *first;
    struct store_tx *last;
    size_t n;
};

struct writer {
    struct store *store;
    pthread_t thread;
    struct batch batch;  /* the thread's */
    uint64_t expired_at; /* the thread's: when it last looked for old snapshots */

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t work;  /* for the thread */
    pthread_cond_t done;  /* for who waits in writer_put_wait and writer_take */
    struct queue queue;
    struct queue finished;
    bool is_waiting; /* the thread sleeps */
    bool kicked;
    bool closing;
    bool read_only;
    struct store_stats stats;
};

static void push(struct queue *q, struct store_tx *tx)
{
    tx->next = NULL;
    if (q->last)
        q->last->next = tx;
    else
        q->first = tx;
    q->last = tx;
    q->n++;
}

static struct queue take_all(struct queue *q)
{
    struct queue all = *q;
    *q = (struct queue){0};
    return all;
}

static void turn_read_only(struct writer *w, int rc)
{
    pthread_mutex_lock(&w->lock);
    bool was = w->read_only;
    w->read_only = true;
    pthread_mutex_unlock(&w->lock);
    if (!was)
        log_error("the store could not be written and is read-only until a restart",
            LOG_STR("error", str_from(err_text(rc))));
}

/* What a commit may fail with and the next one may not. Everything else says that the device or the
 * file is not what it was. */
static bool is_passing(int rc)
{
    return rc == E_MAP_FULL || rc == E_NO_SPACE || rc == E_TOO_BIG || rc == E_BUSY ||
           rc == E_NO_FILES;
}

static void count_commit(struct writer *w, size_t members, uint64_t ns)
{
    uint64_t us = ns / 1000;
    pthread_mutex_lock(&w->lock);
    w->stats.commits++;
    w->stats.batch_last = members;
    if (members > w->stats.batch_most)
        w->stats.batch_most = members;
    w->stats.sync_us_last = us;
    if (us > w->stats.sync_us_most)
        w->stats.sync_us_most = us;
    pthread_mutex_unlock(&w->lock);
}

static int commit(struct writer *w, size_t members)
{
    uint64_t start = clock_mono_ns(), before = w->batch.commit;
    int rc = batch_commit(&w->batch);
    if (w->batch.commit != before)
        count_commit(w, members, clock_mono_ns() - start);
    if (rc && !is_passing(rc))
        turn_read_only(w, rc);
    return rc;
}

/* Applies members until one spoils the batch. Statuses are true if this returns 0. */
static int apply(struct writer *w, struct store_tx *tx, size_t n)
{
    int rc = 0;
    for (; n && !rc; n--, tx = tx->next) {
        tx->status = batch_member(&w->batch, tx);
        rc = tx->status == E_CONFLICT ? 0 : tx->status;
    }
    return rc;
}

static int begin(struct writer *w)
{
    int rc = batch_begin(&w->batch);
    if (rc && !is_passing(rc))
        turn_read_only(w, rc);
    return rc;
}

/* n members from tx on, in one commit. */
static int run_once(struct writer *w, struct store_tx *tx, size_t n)
{
    int rc = begin(w);
    if (rc)
        return rc;
    rc = apply(w, tx, n);
    if (!rc)
        return commit(w, n);
    batch_abort(&w->batch);
    return rc;
}

/* Snapshots that are in the way of growing may be old enough to go. */
static int grow(struct writer *w)
{
    int rc = env_grow(w->store->env);
    if (rc != E_BUSY)
        return rc;
    snapshots_expire(w->store->snapshots);
    return env_grow(w->store->env);
}

/* The same in a map that grows while it can; E_BUSY when a snapshot is in the way of growing. */
static int run(struct writer *w, struct store_tx *tx, size_t n)
{
    int rc = run_once(w, tx, n), grown = 0;
    while (rc == E_MAP_FULL && !grown) {
        grown = grow(w);
        rc = grown ? rc : run_once(w, tx, n);
    }
    return grown == E_BUSY ? E_BUSY : rc;
}

static bool is_read_only(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    bool yes = w->read_only;
    pthread_mutex_unlock(&w->lock);
    return yes;
}

/* n members with one fate; returns the one behind them. */
static struct store_tx *fail_all(struct store_tx *tx, size_t n, int rc)
{
    for (; n; n--, tx = tx->next)
        tx->status = rc;
    return tx;
}

/* Members in one commit, or, because what spoils a commit harms only whom it must, in two halves. A
 * disk that refuses, refuses all. Returns the member behind them. */
static struct store_tx *run_parts(struct writer *w, struct store_tx *tx, size_t n)
{
    if (is_read_only(w))
        return fail_all(tx, n, E_READ_ONLY);
    int rc = run(w, tx, n);
    if (!rc) {
        while (n--)
            tx = tx->next;
        return tx;
    }
    if (n <= 1 || rc == E_BUSY || rc == E_NO_SPACE || rc == E_NO_FILES || is_read_only(w))
        return fail_all(tx, n, rc == E_BUSY ? E_MAP_FULL : rc);
    return run_parts(w, run_parts(w, tx, n / 2), n - n / 2);
}

/* Under the lock. */
static void count_member(struct writer *w, int status)
{
    if (!status)
        w->stats.members++;
    else if (status == E_CONFLICT)
        w->stats.conflicts++;
    else
        w->stats.failed++;
}

/* Hands the members back; true if the owner has to be woken. */
static bool deliver(struct writer *w, struct queue *q)
{
    bool wake = false;
    pthread_mutex_lock(&w->lock);
    for (struct store_tx *tx = q->first, *next; tx; tx = next) {
        next = tx->next;
        count_member(w, tx->status);
        if (tx->waited) {
            tx->finished = true;
        } else {
            push(&w->finished, tx);
            wake = true;
        }
    }
    if (q->n)
        pthread_cond_broadcast(&w->done);
    pthread_mutex_unlock(&w->lock);
    return wake;
}

static void expire(struct writer *w)
{
    uint64_t now = clock_mono_ms();
    if (now - w->expired_at < EXPIRE_MS)
        return;
    w->expired_at = now;
    snapshots_expire(w->store->snapshots);
}

/* Waits for members; false at the end. */
static bool next_batch(struct writer *w, struct queue *q)
{
    pthread_mutex_lock(&w->lock);
    if (!w->queue.n && !w->kicked && !w->closing) {
        struct timespec end = deadline_in_ms(IDLE_MS);
        w->is_waiting = true;
        pthread_cond_timedwait(&w->work, &w->lock, &end);
        w->is_waiting = false;
    }
    *q = take_all(&w->queue);
    bool go_on = q->n || w->kicked || !w->closing;
    bool idle = !q->n && !w->kicked;
    w->kicked = false;
    pthread_mutex_unlock(&w->lock);
    if (!idle)
        (void)run_parts(w, q->first, q->n);
    return go_on;
}

static void *writer_main(void *arg)
{
    struct writer *w = arg;
    struct queue q;
    while (next_batch(w, &q)) {
        if (q.n && deliver(w, &q) && w->store->opts.wake)
            w->store->opts.wake(w->store->opts.wake_arg);
        expire(w);
    }
    return NULL;
}

static int read_chains(struct writer *w, struct err *err)
{
    MDB_txn *txn;
    int rc = env_read_begin(w->store->env, &txn);
    if (rc)
        return err_set(err, rc, "the logs cannot be read");
    rc = chains_read(w->batch.chains, w->store->env, txn, err);
    env_read_end(w->store->env, txn);
    return rc;
}

/* Signals are the owner's. */
static int start_thread(struct writer *w)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&w->thread, NULL, writer_main, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

int writer_new(
    struct writer **out, struct store *s, uint64_t commit_number, uint32_t epoch, struct err *err)
{
    struct writer *w = mem_zalloc(1, sizeof(*w));
    w->store = s;
    batch_init(&w->batch, s);
    w->batch.commit = commit_number;
    w->batch.epoch = epoch;
    pthread_mutex_init(&w->lock, NULL);
    deadline_init_cond(&w->work);
    deadline_init_cond(&w->done);
    int rc = read_chains(w, err);
    if (!rc && start_thread(w))
        rc = err_set(err, E_SYSTEM, "the writer's thread cannot be started");
    if (rc) {
        writer_free(w);
        return rc;
    }
    *out = w;
    return 0;
}

void writer_stop(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
}

void writer_free(struct writer *w)
{
    if (!w)
        return;
    batch_release(&w->batch);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->work);
    pthread_cond_destroy(&w->done);
    free(w);
}

/* Under the lock. */
static int queue_member(struct writer *w, struct store_tx *tx)
{
    if (w->closing)
        return E_CLOSED;
    if (w->read_only)
        return E_READ_ONLY;
    if (w->queue.n >= (size_t)w->store->opts.queue_limit)
        return E_BUSY;
    push(&w->queue, tx);
    if (w->is_waiting)
        pthread_cond_signal(&w->work);
    return 0;
}

int writer_put(struct writer *w, struct store_tx *tx)
{
    tx->waited = false;
    pthread_mutex_lock(&w->lock);
    int rc = queue_member(w, tx);
    pthread_mutex_unlock(&w->lock);
    return rc;
}

int writer_put_wait(struct writer *w, struct store_tx *tx)
{
    tx->waited = true;
    tx->finished = false;
    pthread_mutex_lock(&w->lock);
    int rc = queue_member(w, tx);
    while (!rc && !tx->finished)
        pthread_cond_wait(&w->done, &w->lock);
    pthread_mutex_unlock(&w->lock);
    return rc ? rc : tx->status;
}

void writer_kick(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->kicked = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
}

struct store_tx *writer_take(struct writer *w, int ms)
{
    struct timespec end = deadline_in_ms(ms);
    pthread_mutex_lock(&w->lock);
    while (ms > 0 && !w->finished.n && !pthread_cond_timedwait(&w->done, &w->lock, &end))
        ;
    struct store_tx *first = take_all(&w->finished).first;
    pthread_mutex_unlock(&w->lock);
    return first;
}

void writer_read_stats(struct writer *w, struct store_stats *out)
{
    pthread_mutex_lock(&w->lock);
    *out = w->stats;
    out->queued = w->queue.n;
    out->read_only = w->read_only;
    pthread_mutex_unlock(&w->lock);
}
