// SPDX-License-Identifier: Apache-2.0
// overrun: calls of business rules that were stopped, until the scripts have written them down.
//
// Equal ones are counted together, and at most 64 different ones are held: a flood stays small.
// Does not know who writes them.
#ifndef CORE_SCRIPT_OVERRUN_H
#define CORE_SCRIPT_OVERRUN_H

#include "core/base/base.h"

struct overruns;

struct overrun {
    str hash, kind;
    str subject; /* key of the case, or empty */
    str path;    /* "file:name" that was called */
    str where;   /* "file:line" at which it was stopped, or empty */
    str why;
    str cause;     /* "POST /case/…" of the request, or "job" */
    int64_t at_ms; /* of the newest */
    uint32_t count;
    bool suspended; /* it was the one too many */
};

struct overruns *overruns_new(void);
void overruns_free(struct overruns *o);
/* Copies. at_ms and count are set here. */
void overruns_note(struct overruns *o, const struct overrun *one);
/* The index-th, oldest first; NULL behind the last. Valid until the next note or clear. */
const struct overrun *overruns_at(const struct overruns *o, size_t index);
void overruns_clear(struct overruns *o);

#endif
