// SPDX-License-Identifier: Apache-2.0
// child: a helper process: bytes on its standard input, its output collected up to a limit, killed
// by the wall clock.
#ifndef CORE_LOOP_CHILD_H
#define CORE_LOOP_CHILD_H

#include "core/base/buf.h"
#include "core/loop/loop.h"

struct child_opts {
    const char *file;        /* program; no search in PATH */
    const char *const *argv; /* NULL-terminated, argv[0] first; no environment is passed */
    str input;               /* copied */
    size_t output_limit;     /* bytes of standard output and error each; more kills the child */
    unsigned timeout_ms;
};

struct child_result {
    int status;   /* 0: ran to its end; E_TIMEOUT, E_TOO_BIG, E_SYSTEM */
    int64_t code; /* exit code, when it ended by itself */
    int signal;   /* the signal that ended it, or 0 */
    str output;   /* valid during the call */
    str error;    /* likewise, standard error */
};

struct child;

/* Calls done(arg, result) once, on the loop. */
must_use int child_start(struct child **out, struct loop *l, const struct child_opts *opts,
    void (*done)(void *arg, const struct child_result *result), void *arg, struct err *err);
/* Kills it; `done` is still called, with E_CANCELLED. */
void child_cancel(struct child *c);

#endif
