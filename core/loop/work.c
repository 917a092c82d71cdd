// SPDX-License-Identifier: Apache-2.0
// work: the pool.
#define _GNU_SOURCE
#include "core/loop/work.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 8, NICE = 10, STACK = 1024 * 1024 };

/* How many of a kind run at once, and how many may wait. */
static const struct {
    const char *name;
    uint32_t running;
    uint32_t waiting;
} LIMITS[WORK_KINDS] = {
    [WORK_PASSWORD] = {"password", 1, 64},
    [WORK_SIGN] = {"sign", 2, 256},
    [WORK_MEDIA] = {"media", 1, 64},
    [WORK_FILE] = {"file", 3, 1024},
    [WORK_BUILD] = {"build", 1, 16},
    [WORK_LIST] = {"list", 1, 128},
};

struct work {
    pthread_mutex_t lock;
    pthread_cond_t ready;
    pthread_t threads[THREADS];
    bool stopping;
    struct list waiting[WORK_KINDS];
    struct work_stats stats[WORK_KINDS];
    struct list finished;
    struct waker *waker;
    uint32_t open; /* operations started and not yet completed; loop thread only */
};

/* The next operation that its kind's limit admits, or NULL. Called under the lock. */
static struct work_op *admit(struct work *w)
{
    for (int kind = 0; kind < WORK_KINDS; kind++) {
        if (w->stats[kind].running >= LIMITS[kind].running || list_is_empty(&w->waiting[kind]))
            continue;
        struct list *node = list_shift(&w->waiting[kind]);
        w->stats[kind].running++;
        w->stats[kind].waiting--;
        return container_of(node, struct work_op, node);
    }
    return NULL;
}

static void finish(struct work *w, struct work_op *op)
{
    w->stats[op->kind].running--;
    w->stats[op->kind].finished++;
    list_push(&w->finished, &op->node);
    waker_wake(w->waker);
    pthread_cond_broadcast(&w->ready);
}

static void *thread_main(void *arg)
{
    struct work *w = arg;
    /* On Linux the nice value belongs to the thread. */
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
    pthread_mutex_lock(&w->lock);
    for (;;) {
        struct work_op *op = w->stopping ? NULL : admit(w);
        if (op) {
            pthread_mutex_unlock(&w->lock);
            op->run(op->arg);
            pthread_mutex_lock(&w->lock);
            finish(w, op);
        } else if (w->stopping) {
            break;
        } else {
            pthread_cond_wait(&w->ready, &w->lock);
        }
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void complete_all(void *arg)
{
    struct work *w = arg;
    for (;;) {
        pthread_mutex_lock(&w->lock);
        struct list *node = list_shift(&w->finished);
        pthread_mutex_unlock(&w->lock);
        if (!node)
            break;
        struct work_op *op = container_of(node, struct work_op, node);
        if (--w->open == 0)
            waker_keep_alive(w->waker, false);
        op->done(op->arg, op->cancelled ? E_CANCELLED : 0);
    }
}

struct work *work_new(struct loop *l)
{
    struct work *w = mem_zalloc(1, sizeof(*w));
    pthread_attr_t attr;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->ready, NULL);
    list_init(&w->finished);
    for (int kind = 0; kind < WORK_KINDS; kind++)
        list_init(&w->waiting[kind]);
    w->waker = waker_open(l, complete_all, w);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&w->threads[i], &attr, thread_main, w))
            abort();
    pthread_attr_destroy(&attr);
    return w;
}

static void cancel_waiting(struct work *w)
{
    for (int kind = 0; kind < WORK_KINDS; kind++) {
        struct list *node;
        while ((node = list_shift(&w->waiting[kind]))) {
            container_of(node, struct work_op, node)->cancelled = true;
            w->stats[kind].waiting--;
            list_push(&w->finished, node);
        }
    }
}

void work_free(struct work *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    cancel_waiting(w);
    pthread_cond_broadcast(&w->ready);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < THREADS; i++)
        pthread_join(w->threads[i], NULL);
    complete_all(w);
    waker_close(w->waker);
    pthread_cond_destroy(&w->ready);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

int work_start(struct work *w, struct work_op *op, enum work_kind kind, void (*run)(void *arg),
    void (*done)(void *arg, int status), void *arg)
{
    *op = (struct work_op){.kind = kind, .run = run, .done = done, .arg = arg};
    list_init(&op->node);
    pthread_mutex_lock(&w->lock);
    bool full = w->stopping || w->stats[kind].waiting >= LIMITS[kind].waiting;
    if (full) {
        w->stats[kind].refused++;
    } else {
        list_push(&w->waiting[kind], &op->node);
        w->stats[kind].waiting++;
        pthread_cond_signal(&w->ready);
    }
    pthread_mutex_unlock(&w->lock);
    if (full)
        return E_BUSY;
    if (w->open++ == 0)
        waker_keep_alive(w->waker, true);
    return 0;
}

/* Whether the operation still stands in its kind's waiting list. */
static bool is_waiting(const struct work *w, const struct work_op *op)
{
    const struct list *head = &w->waiting[op->kind];
    for (const struct list *it = head->next; it != head; it = it->next)
        if (it == &op->node)
            return true;
    return false;
}

void work_cancel(struct work *w, struct work_op *op)
{
    pthread_mutex_lock(&w->lock);
    if (is_waiting(w, op)) {
        list_remove(&op->node);
        op->cancelled = true;
        w->stats[op->kind].waiting--;
        list_push(&w->finished, &op->node);
        waker_wake(w->waker);
    }
    pthread_mutex_unlock(&w->lock);
}

struct work_stats work_stats(struct work *w, enum work_kind kind)
{
    pthread_mutex_lock(&w->lock);
    struct work_stats copy = w->stats[kind];
    pthread_mutex_unlock(&w->lock);
    return copy;
}

const char *work_kind_name(enum work_kind kind)
{
    return LIMITS[kind].name;
}
