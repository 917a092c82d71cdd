// SPDX-License-Identifier: Apache-2.0
// poll: readiness of one descriptor (socket). The owner reads and writes by itself, non-blocking.
#ifndef CORE_LOOP_POLL_H
#define CORE_LOOP_POLL_H

#include "core/loop/loop.h"

enum { POLL_READ = 1, POLL_WRITE = 2 };

struct poll;

/* Watches nothing yet. E_SYSTEM when the kernel cannot watch this kind of descriptor. The
 * descriptor stays the owner's and must stay open until poll_close. `what` names it for the
 * watchdog (static text). */
must_use int poll_open(struct poll **out, struct loop *l, int fd, const char *what);
/* Calls fn(arg, ready) while any of `events` is ready (level-triggered); an error counts as both. 0
 * events: rests. */
void poll_want(struct poll *p, int events, void (*fn)(void *arg, int ready), void *arg);
/* No call after this returns; frees itself. The descriptor may be closed at once. */
void poll_close(struct poll *p);

#endif
