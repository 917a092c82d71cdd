// SPDX-License-Identifier: Apache-2.0
// bundle_private: what the files of bundle share: its structs, loading, and the kinds that are
// suspended.
#ifndef CORE_SCRIPT_BUNDLE_PRIVATE_H
#define CORE_SCRIPT_BUNDLE_PRIVATE_H

#include "core/base/arena.h"
#include "core/base/list.h"
#include "core/script/bundle.h"
#include "core/script/host.h"

enum { BUNDLE_STRIKES = 3, BUNDLE_HASH_MAX = 64 };

struct bundle_source {
    str name; /* "prices.lua" */
    str text;
};

/* The overruns of one kind of business. */
struct bundle_kind {
    char name[BUNDLE_KIND_MAX + 1];
    char where[128];                /* of the last overrun */
    uint64_t at_ms[BUNDLE_STRIKES]; /* monotonic, newest last */
    int64_t since_ms;               /* suspended since; 0: it is not */
};

struct bundle {
    struct list link; /* used last stands last */
    struct bundle_set *set;
    struct arena arena;
    str hash;
    struct bundle_source *files;
    size_t file_count;
    struct host host;
    lua_State *L; /* NULL: not loaded */
    struct bundle_kind *kinds;
    size_t kind_count;
};

struct bundle_set {
    struct bundle_limits limits;
    struct list bundles;
    size_t count;
    struct bundle_stats stats;
    char live[BUNDLE_HASH_MAX + 1], over[BUNDLE_HASH_MAX + 1];
};

/* One entry into a state; everything that runs under lua_pcall gets it. */
struct bundle_entry {
    struct bundle *bundle;
    str file;
    str names;
    lua_State *from;
    int idx;
    bool read_only; /* the value itself, not a call */
    int code;       /* why the core refused; 0: the script's own error */
    const char *why;
};

struct bundle *bundle_find(const struct bundle_set *set, str hash);
/* The values of the files that ran: file name -> value. [-0, +1] */
void bundle_push_used(lua_State *L);
/* Reads {"prices.lua": "…"} into the bundle's arena. */
must_use int bundle_read_files(struct bundle *b, str files_json, struct err *err);
/* Runs all files in a new state, unless it is loaded. */
must_use int bundle_load(struct bundle *b, struct err *err);
/* Frees the state. Harmless when there is none. */
void bundle_unload(struct bundle *b);
/* f(c) in the bundle's state under lua_pcall; its status. */
int bundle_run(struct bundle *b, lua_CFunction f, struct bundle_entry *c, int results);
/* Why a protected call ended; drops the state when it overran. */
int bundle_failed(struct bundle *b, int status, const struct bundle_entry *c, struct err *err);

/* Counts an overrun; the third of one kind within a minute suspends it. */
void bundle_strike(struct bundle *b, str kind, const char *where);
bool bundle_kind_is_suspended(const struct bundle *b, str kind);
bool bundle_has_suspended(const struct bundle *b);

#endif
