// SPDX-License-Identifier: Apache-2.0
// access: the access log, one line for each request. Routes are named by their patterns: paths and
// queries can hold what belongs in no log.
#ifndef CORE_HTTP_ACCESS_H
#define CORE_HTTP_ACCESS_H

#include "core/base/buf.h"
#include "core/loop/loop.h"

/* Fields are private; zero-initialised, then loop set. */
struct access {
    struct loop *loop;
    struct buf lines; /* of this turn */
    struct loop_deferred later;
    int64_t second;
    char time[30];
};

struct access_entry {
    uint64_t id;
    str method;
    str route;
    str peer;
    int status;
    uint64_t us;
    uint64_t bytes;
};

/* Written at the end of the turn, with the turn's other lines. */
void access_log(struct access *a, const struct access_entry *e);
/* Writes what is there. */
void access_release(struct access *a);

#endif
