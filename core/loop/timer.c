// SPDX-License-Identifier: Apache-2.0
// timer: a hashed wheel (Varghese and Lauck, 1987) of 4,096 slots of 8 ms; longer timers pass their
// slot more than once.
#define _GNU_SOURCE
#include "core/loop/timer.h"

#include <stdlib.h>

#include "core/loop/loop_private.h"
#include "core/loop/timer_private.h"

enum { SLOTS = 4096, TICK_MS = 8 };

struct timer_wheel {
    uv_timer_t uv;
    struct loop *loop;
    uint64_t tick;  /* the last tick that was run */
    uint64_t armed; /* tick at which the uv timer fires; 0 when idle */
    struct list slots[SLOTS];
};

static void arm(struct timer_wheel *w, uint64_t tick);

static uint64_t tick_now(const struct timer_wheel *w)
{
    return loop_now_ms(w->loop) / TICK_MS;
}

/* The next tick after the last run one whose slot holds a timer; 0 if there is none. */
static uint64_t next_tick(const struct timer_wheel *w)
{
    for (uint64_t tick = w->tick + 1; tick <= w->tick + SLOTS; tick++)
        if (!list_is_empty(&w->slots[tick % SLOTS]))
            return tick;
    return 0;
}

static void fire(struct timer_wheel *w, struct timer *t)
{
    list_remove(&t->node);
    void (*fn)(void *) = t->fn;
    t->fn = NULL;
    loop_enter(w->loop, "timer");
    fn(t->arg);
    loop_leave(w->loop);
}

/* Fires what is due of one slot. The slot is emptied first, so that callbacks may start and cancel
 * any timer. */
static void run_slot(struct timer_wheel *w, struct list *slot, uint64_t now_ms)
{
    struct list due;
    struct list *node;
    list_init(&due);
    list_each(it, slot)
    {
        if (container_of(it, struct timer, node)->due_ms <= now_ms) {
            list_remove(it);
            list_push(&due, it);
        }
    }
    while ((node = list_first(&due)))
        fire(w, container_of(node, struct timer, node));
}

static void on_tick(uv_timer_t *uv)
{
    struct timer_wheel *w = uv->data;
    uint64_t now = tick_now(w);
    uint64_t from = w->tick + 1;
    if (now - w->tick > SLOTS)
        from = now - SLOTS + 1;
    w->armed = 0;
    for (uint64_t tick = from; tick <= now; tick++) {
        w->tick = tick;
        run_slot(w, &w->slots[tick % SLOTS], loop_now_ms(w->loop));
    }
    uint64_t next = next_tick(w);
    if (next)
        arm(w, next);
}

static void arm(struct timer_wheel *w, uint64_t tick)
{
    if (w->armed && w->armed <= tick)
        return;
    uint64_t now_ms = loop_now_ms(w->loop);
    uint64_t at_ms = tick * TICK_MS;
    w->armed = tick;
    uv_timer_start(&w->uv, on_tick, at_ms > now_ms ? at_ms - now_ms : 0, 0);
}

static struct timer_wheel *wheel_of(struct loop *l)
{
    struct timer_wheel **slot = loop_timers(l);
    if (*slot)
        return *slot;
    struct timer_wheel *w = mem_zalloc(1, sizeof(*w));
    w->loop = l;
    for (size_t i = 0; i < SLOTS; i++)
        list_init(&w->slots[i]);
    uv_timer_init(loop_uv(l), &w->uv);
    w->uv.data = w;
    uv_unref((uv_handle_t *)&w->uv);
    w->tick = tick_now(w);
    *slot = w;
    return w;
}

void timer_start(struct loop *l, struct timer *t, uint64_t ms, void (*fn)(void *arg), void *arg)
{
    struct timer_wheel *w = wheel_of(l);
    if (t->fn)
        list_remove(&t->node);
    if (!w->armed)
        w->tick = tick_now(w);
    t->fn = fn;
    t->arg = arg;
    t->due_ms = loop_now_ms(l) + ms;
    list_init(&t->node);
    uint64_t tick = (t->due_ms + TICK_MS - 1) / TICK_MS;
    if (tick <= w->tick)
        tick = w->tick + 1;
    list_push(&w->slots[tick % SLOTS], &t->node);
    arm(w, tick - w->tick > SLOTS ? w->tick + SLOTS : tick);
}

/* The wheel is not told: a slot found empty costs one idle tick at most. */
void timer_cancel(struct timer *t)
{
    if (!t->fn)
        return;
    list_remove(&t->node);
    t->fn = NULL;
}

bool timer_is_running(const struct timer *t)
{
    return t->fn != NULL;
}

void timer_wheel_close(struct timer_wheel *w)
{
    if (w)
        uv_close((uv_handle_t *)&w->uv, NULL);
}

void timer_wheel_free(struct timer_wheel *w)
{
    free(w);
}
