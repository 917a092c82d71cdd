// SPDX-License-Identifier: Apache-2.0
// watch: tells that something below a directory changed, once a burst of changes has settled.
#ifndef CORE_LOOP_WATCH_H
#define CORE_LOOP_WATCH_H

#include "core/loop/loop.h"

struct watch;

/* Calls changed(arg) `settle_ms` after the last of a burst of changes below `dir` (also in
 * directories made later). */
must_use int watch_open(struct watch **out, struct loop *l, const char *dir, unsigned settle_ms,
    void (*changed)(void *arg), void *arg, struct err *err);
/* No call after this returns; frees itself. */
void watch_close(struct watch *w);

#endif
