// SPDX-License-Identifier: Apache-2.0
// loop: turns, deferred calls, wakers, signals, watchdog.
#define _GNU_SOURCE
#include "core/loop/loop.h"

#include <signal.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/loop/loop_private.h"
#include "core/loop/timer_private.h"

struct loop {
    uv_loop_t uv;
    uv_check_t turn_end;
    uv_idle_t turn_again;
    struct list deferred;
    struct timer_wheel *timers;
    const char *what;
    uint64_t entered_ns;
    int depth;
    int64_t wall_ms;
    uint64_t wall_read_at;
    struct loop_stats stats;
};

struct waker {
    uv_async_t uv;
    struct loop *loop;
    void (*fn)(void *arg);
    void *arg;
};

struct loop_signal {
    uv_signal_t uv;
    struct loop *loop;
    void (*fn)(void *arg, int signum);
    void *arg;
};

uv_loop_t *loop_uv(struct loop *l)
{
    return &l->uv;
}

struct timer_wheel **loop_timers(struct loop *l)
{
    return &l->timers;
}

int loop_err(int uv_code)
{
    return uv_code < 0 ? err_from_errno(-uv_code) : 0;
}

static void run_deferred(struct loop *l)
{
    struct list now;
    struct list *node;
    /* Calls deferred by these calls wait for the next round, so that a chain cannot starve the
     * loop. */
    list_init(&now);
    while ((node = list_shift(&l->deferred)))
        list_push(&now, node);
    while ((node = list_shift(&now))) {
        struct loop_deferred *d = container_of(node, struct loop_deferred, node);
        void (*fn)(void *) = d->fn;
        d->fn = NULL;
        loop_enter(l, "deferred");
        fn(d->arg);
        loop_leave(l);
    }
    if (list_is_empty(&l->deferred))
        uv_idle_stop(&l->turn_again);
}

static void on_turn_end(uv_check_t *check)
{
    struct loop *l = check->data;
    l->stats.turns++;
    run_deferred(l);
}

/* Its only work is to keep the loop from waiting while deferred calls are due. */
static void on_turn_again(uv_idle_t *idle)
{
    (void)idle;
}

struct loop *loop_new(void)
{
    struct loop *l = mem_zalloc(1, sizeof(*l));
    if (uv_loop_init(&l->uv))
        abort();
    (void)signal(SIGPIPE, SIG_IGN);
    list_init(&l->deferred);
    uv_check_init(&l->uv, &l->turn_end);
    uv_idle_init(&l->uv, &l->turn_again);
    l->turn_end.data = l;
    uv_check_start(&l->turn_end, on_turn_end);
    uv_unref((uv_handle_t *)&l->turn_end);
    return l;
}

void loop_free(struct loop *l)
{
    if (!l)
        return;
    run_deferred(l);
    timer_wheel_close(l->timers);
    uv_close((uv_handle_t *)&l->turn_end, NULL);
    uv_close((uv_handle_t *)&l->turn_again, NULL);
    uv_run(&l->uv, UV_RUN_DEFAULT);
    if (uv_loop_close(&l->uv))
        log_error(
            "a handle is still open at the end of the loop", LOG_INT("turns", l->stats.turns));
    timer_wheel_free(l->timers);
    free(l);
}

void loop_run(struct loop *l)
{
    uv_run(&l->uv, UV_RUN_DEFAULT);
}

bool loop_turn(struct loop *l)
{
    /* libuv skips the turn when nothing keeps the loop alive; timers alone do not. */
    uv_ref((uv_handle_t *)&l->turn_end);
    (void)uv_run(&l->uv, UV_RUN_NOWAIT);
    uv_unref((uv_handle_t *)&l->turn_end);
    return uv_loop_alive(&l->uv) != 0;
}

void loop_stop(struct loop *l)
{
    uv_stop(&l->uv);
}

uint64_t loop_now_ms(const struct loop *l)
{
    return uv_now(&l->uv);
}

int64_t loop_wall_ms(const struct loop *l)
{
    struct loop *self = (struct loop *)(uintptr_t)l;
    uint64_t now = uv_now(&l->uv);
    if (!self->wall_ms || self->wall_read_at != now) {
        self->wall_ms = clock_wall_ms();
        self->wall_read_at = now;
    }
    return self->wall_ms;
}

void loop_defer(struct loop *l, struct loop_deferred *d, void (*fn)(void *arg), void *arg)
{
    if (d->fn)
        return;
    d->fn = fn;
    d->arg = arg;
    list_init(&d->node);
    list_push(&l->deferred, &d->node);
    uv_idle_start(&l->turn_again, on_turn_again);
}

void loop_undefer(struct loop_deferred *d)
{
    if (!d->fn)
        return;
    list_remove(&d->node);
    d->fn = NULL;
}

static void on_wake(uv_async_t *async)
{
    struct waker *w = async->data;
    struct loop *l = w->loop;
    loop_enter(l, "wake");
    w->fn(w->arg);
    loop_leave(l);
}

struct waker *waker_open(struct loop *l, void (*fn)(void *arg), void *arg)
{
    struct waker *w = mem_zalloc(1, sizeof(*w));
    *w = (struct waker){.loop = l, .fn = fn, .arg = arg};
    if (uv_async_init(&l->uv, &w->uv, on_wake))
        abort();
    w->uv.data = w;
    uv_unref((uv_handle_t *)&w->uv);
    return w;
}

void waker_wake(struct waker *w)
{
    uv_async_send(&w->uv);
}

static void on_waker_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void nothing(void *arg)
{
    (void)arg;
}

void waker_close(struct waker *w)
{
    if (!w)
        return;
    w->fn = nothing;
    uv_close((uv_handle_t *)&w->uv, on_waker_closed);
}

void waker_keep_alive(struct waker *w, bool keep)
{
    if (keep)
        uv_ref((uv_handle_t *)&w->uv);
    else
        uv_unref((uv_handle_t *)&w->uv);
}

static void on_signal(uv_signal_t *signal, int signum)
{
    struct loop_signal *s = signal->data;
    struct loop *l = s->loop;
    loop_enter(l, "signal");
    s->fn(s->arg, signum);
    loop_leave(l);
}

struct loop_signal *loop_signal_open(
    struct loop *l, int signum, void (*fn)(void *arg, int signum), void *arg)
{
    struct loop_signal *s = mem_zalloc(1, sizeof(*s));
    *s = (struct loop_signal){.loop = l, .fn = fn, .arg = arg};
    if (uv_signal_init(&l->uv, &s->uv) || uv_signal_start(&s->uv, on_signal, signum))
        abort();
    s->uv.data = s;
    uv_unref((uv_handle_t *)&s->uv);
    return s;
}

static void on_signal_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void loop_signal_close(struct loop_signal *s)
{
    if (s)
        uv_close((uv_handle_t *)&s->uv, on_signal_closed);
}

void loop_enter(struct loop *l, const char *what)
{
    if (l->depth++)
        return;
    l->what = what;
    l->entered_ns = clock_mono_ns();
}

static void count_callback(struct loop *l, uint64_t us)
{
    static const uint64_t limits[LOOP_BUCKETS - 1] = {50, 100, 500, 1000, 2000, 5000, 20000};
    size_t i = 0;
    while (i < countof(limits) && us > limits[i])
        i++;
    l->stats.buckets[i]++;
    l->stats.callbacks++;
    l->stats.busy_us += us;
    l->stats.over_2ms += us > 2000;
    l->stats.over_5ms += us > 5000;
    if (us > l->stats.longest_us)
        l->stats.longest_us = us;
}

void loop_leave(struct loop *l)
{
    if (--l->depth)
        return;
    uint64_t us = (clock_mono_ns() - l->entered_ns) / 1000;
    count_callback(l, us);
    if (us > 5000)
        log_warn("callback held the loop", LOG_STR("what", str_from(l->what)), LOG_MS("ms", us));
}

void loop_what(struct loop *l, const char *what)
{
    l->what = what;
}

const struct loop_stats *loop_stats(const struct loop *l)
{
    return &l->stats;
}
