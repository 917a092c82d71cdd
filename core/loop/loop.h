// SPDX-License-Identifier: Apache-2.0
// loop: the one thread that everything runs on: turns, deferred calls, wake-ups from other threads,
// signals, and the watchdog that names callbacks which hold the loop for too long. Wraps libuv;
// nobody outside core/loop sees uv.h.
#ifndef CORE_LOOP_LOOP_H
#define CORE_LOOP_LOOP_H

#include "core/base/base.h"
#include "core/base/list.h"

struct loop;

/* Never fails (aborts when the kernel gives no epoll descriptor). From then on the process ignores
 * SIGPIPE: a reader that is gone (a child that was killed) is an error of the write. */
struct loop *loop_new(void);
/* Everything opened on it must be closed; pending close callbacks are run first. */
void loop_free(struct loop *l);
/* Runs turns until loop_stop, or until nothing is open that keeps it alive. */
void loop_run(struct loop *l);
/* Runs one turn without waiting; true while something keeps the loop alive (tests). */
bool loop_turn(struct loop *l);
void loop_stop(struct loop *l);
/* Monotonic milliseconds, read once per turn. */
uint64_t loop_now_ms(const struct loop *l);
/* Wall milliseconds since 1970, read once per turn. */
int64_t loop_wall_ms(const struct loop *l);

/* A call at the end of the current turn (rule 7). Fields are private; zero-initialised is idle. */
struct loop_deferred {
    struct list node;
    void (*fn)(void *arg);
    void *arg;
};
/* A second request before the first ran changes nothing. */
void loop_defer(struct loop *l, struct loop_deferred *d, void (*fn)(void *arg), void *arg);
/* Forgets a deferred call that has not run. */
void loop_undefer(struct loop_deferred *d);

/* A wake-up from any thread: calls fn(arg) on the loop, once or more often for many wakes. */
struct waker;
struct waker *waker_open(struct loop *l, void (*fn)(void *arg), void *arg);
/* Thread-safe; the only function here that another thread may call. */
void waker_wake(struct waker *w);
/* No call after this returns; frees itself. A waker does not keep the loop alive by itself. */
void waker_close(struct waker *w);
/* Whether this waker keeps the loop running. */
void waker_keep_alive(struct waker *w, bool keep);

/* Calls fn(arg, signum) on the loop. */
struct loop_signal;
struct loop_signal *loop_signal_open(
    struct loop *l, int signum, void (*fn)(void *arg, int signum), void *arg);
void loop_signal_close(struct loop_signal *s);

/* Watchdog: brackets a callback; a nested pair counts for the outer one. `what` is static text. */
void loop_enter(struct loop *l, const char *what);
void loop_leave(struct loop *l);
/* Names more precisely what runs now (a route pattern); valid until the callback ends. */
void loop_what(struct loop *l, const char *what);

enum { LOOP_BUCKETS = 8 };
struct loop_stats {
    uint64_t turns;
    uint64_t callbacks;
    uint64_t over_2ms;
    uint64_t over_5ms;
    uint64_t longest_us;
    uint64_t busy_us;               /* time spent in callbacks */
    uint64_t buckets[LOOP_BUCKETS]; /* callbacks up to 0.05, 0.1, 0.5, 1, 2, 5, 20 ms, and longer */
};
const struct loop_stats *loop_stats(const struct loop *l);

#endif
