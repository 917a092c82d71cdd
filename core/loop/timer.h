// SPDX-License-Identifier: Apache-2.0
// timer: thousands of cheap timers on one wheel: start and cancel are a few pointer writes, no
// allocation, no system call. Resolution is 8 ms; a timer never fires early.
#ifndef CORE_LOOP_TIMER_H
#define CORE_LOOP_TIMER_H

#include "core/base/list.h"
#include "core/loop/loop.h"

/* Embedded by its owner. Fields are private; zero-initialised is idle. */
struct timer {
    struct list node;
    uint64_t due_ms;
    void (*fn)(void *arg);
    void *arg;
};

/* Calls fn(arg) once, `ms` from now or up to 8 ms later. A running timer is moved. */
void timer_start(struct loop *l, struct timer *t, uint64_t ms, void (*fn)(void *arg), void *arg);
/* Idle timers too. */
void timer_cancel(struct timer *t);
bool timer_is_running(const struct timer *t);

#endif
