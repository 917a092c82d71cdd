// SPDX-License-Identifier: Apache-2.0
// work: eight threads at low priority for what would hold the loop, admitted by kind, so that a
// burst of one kind cannot starve another.
#ifndef CORE_LOOP_WORK_H
#define CORE_LOOP_WORK_H

#include "core/loop/loop.h"

enum work_kind {
    WORK_PASSWORD,
    WORK_SIGN,
    WORK_MEDIA,
    WORK_FILE,
    WORK_BUILD,
    WORK_LIST,
    WORK_KINDS
};

struct work;

/* Starts the threads. */
struct work *work_new(struct loop *l);
/* Waits for what runs; what still waits completes with E_CANCELLED before this returns. */
void work_free(struct work *w);

/* One operation, embedded by its owner, who keeps it alive until `done` (rule 6). Fields are
 * private. */
struct work_op {
    struct list node;
    enum work_kind kind;
    bool cancelled;
    void (*run)(void *arg);
    void (*done)(void *arg, int status);
    void *arg;
};

/* Calls run(arg) on a thread, then done(arg, 0) on the loop; done(arg, E_CANCELLED) if it was
 * cancelled before it ran. E_BUSY, and no call, when too much of this kind waits. */
must_use int work_start(struct work *w, struct work_op *op, enum work_kind kind,
    void (*run)(void *arg), void (*done)(void *arg, int status), void *arg);
/* Asks for cancellation; `done` is still called once. What already runs, runs to its end and
 * completes with 0. */
void work_cancel(struct work *w, struct work_op *op);

struct work_stats {
    uint32_t running;
    uint32_t waiting;
    uint64_t finished;
    uint64_t refused;
};
/* A copy, taken under the lock. */
struct work_stats work_stats(struct work *w, enum work_kind kind);
/* "password", "sign" … Static. */
const char *work_kind_name(enum work_kind kind);

#endif
