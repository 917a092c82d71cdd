// SPDX-License-Identifier: Apache-2.0
// host: what stands behind every lua_State of the program: its allocator with a hard limit, its
// budget of time and instructions, and scratch memory that survives a raised error. Reached from
// any thread of the state by host_of.
#ifndef CORE_SCRIPT_HOST_H
#define CORE_SCRIPT_HOST_H

#include <lua.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/list.h"
#include "core/script/regex.h"

enum host_kind { HOST_GENERATION, HOST_BUNDLE, HOST_BARE };

/* The largest single block of a bundle: bounds every string, and with it the time of each C
 * function over strings. */
enum { HOST_BUNDLE_BLOCK_MAX = 256 << 10 };

/* What C goes through in the time of one instruction. */
enum { HOST_BYTES_PER_INSTRUCTION = 32 };

/* Fields are private except kind, used, peak and killed. */
struct host {
    enum host_kind kind;
    bool killed;  /* sticky until host_grant: the budget, the deadline or the memory is gone */
    bool tracked; /* blocks are listed, so that host_drop can free them without lua_close */
    bool out_of_memory;     /* the kill was for memory */
    size_t used;            /* bytes in Lua's hands */
    size_t peak;            /* most ever */
    size_t limit;           /* 0: none */
    uint64_t allocations;   /* counted for tests that fail the n-th */
    uint64_t fail_at;       /* this one and its repetition fail; 0: none */
    unsigned patience;      /* tests: limits of time are so many times as long; 0: once */
    uint64_t collect_every; /* tests: each so-manieth allocation is preceded by a full collection */
    int64_t budget;         /* instructions left */
    uint64_t deadline_ns;   /* monotonic; 0: none */
    uint64_t cpu_ns;        /* the thread's processor time since which left_ns counts; 0: not yet */
    uint64_t left_ns;       /* processor time that is left */
    uint64_t granted_ns;    /* monotonic */
    uint64_t looked_ns;     /* monotonic: when the deadline was looked at last */
    bool forgiven;          /* of a bundle: a jump of the processor's clock, since the grant */
    uint64_t slice_ns;      /* monotonic: a thread that may yield does so after this; 0: never */
    int64_t growth_from;    /* bytes in use that growth_max counts from */
    size_t growth_max;      /* bytes that the running task may add; 0: no such limit */
    struct list blocks;     /* of a tracked host */
    lua_State *main;        /* of a bundle: its only thread */
    bool placed;            /* line and source are those of the kill */
    unsigned hooks;         /* counted, so that not each one looks where it stands */
    int line;               /* seen last in a bundle; 0: none since the grant */
    char source[LUA_IDSIZE];
    struct arena scratch; /* cleared by its next user */
    struct buf out;       /* cleared by its next user */
    struct regex_cache regex;
};

/* A new state over h (which must be zeroed but for kind, tracked and limit); NULL when memory is
 * refused. */
lua_State *host_new_state(struct host *h);
/* lua_close and release of the scratch memory. L may be NULL. */
void host_close(struct host *h, lua_State *L);
/* Frees all blocks of a tracked host without running anything of Lua. */
void host_drop(struct host *h);

/* Opens a new budget: instructions and milliseconds of processor time from now; takes the kill mark
 * away. No slice and no limit of growth until they are set. A bundle is forgiven one jump of its
 * processor's clock by half its time or more: see host.c. */
void host_grant(struct host *h, int64_t instructions, int64_t ms);
/* Arms the budget on one Lua thread. Every thread needs it once. */
void host_arm(lua_State *L);
/* Pays for what C does between two hooks with so many instructions; false when budget or time is
 * gone: h is killed, and the caller raises. */
must_use bool host_spend(struct host *h, int64_t instructions);
/* The same for a C function that scripts call: raises. */
void host_charge(lua_State *L, int64_t instructions);
/* Says where a bundle is while it is compiled. */
void host_place(struct host *h, const char *file, int line);
/* Where a bundle was stopped, or seen last before: "file:line"; empty when it had not begun. */
void host_where(const struct host *h, char *out, size_t size);
/* Why it was killed, for people. Static. */
const char *host_kill_reason(const struct host *h);

static inline struct host *host_of(lua_State *L)
{
    void *ud;
    (void)lua_getallocf(L, &ud);
    return ud;
}

#endif
