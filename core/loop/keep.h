// SPDX-License-Identifier: Apache-2.0
// keep: a helper process that shall always run: started again when it ends, ever later while it
// keeps ending. It shares our standard error; its standard input is a pipe that ends when we do,
// however we end.
#ifndef CORE_LOOP_KEEP_H
#define CORE_LOOP_KEEP_H

#include "core/loop/loop.h"

struct keep;

/* `file` and `argv` (NULL-terminated) are copied; no environment is passed. The first start is at
 * once. */
struct keep *keep_open(struct loop *l, const char *file, const char *const *argv);
/* Tells it to end (SIGTERM, SIGKILL after ten seconds), then calls closed(arg) once, later; frees
 * itself. */
void keep_close(struct keep *k, void (*closed)(void *arg), void *arg);
/* 0 while it does not run. */
int keep_pid(const struct keep *k);
/* How often it was started. */
unsigned keep_starts(const struct keep *k);

#endif
