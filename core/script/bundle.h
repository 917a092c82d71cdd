// SPDX-License-Identifier: Apache-2.0
// bundle: business rules, each bundle in a lua_State of its own: pure functions over plain data, 5
// ms and 8 MiB per call, nothing reachable outside. A state that overruns is dropped whole and
// loaded anew; the third overrun of a kind of business within a minute suspends this kind in this
// bundle.
//
// Owns the texts of the bundles that were asked for last, and at most 32 loaded states. The live
// one, the one it goes before and those with a suspended kind are always known. Does not know the
// store and tasks.
#ifndef CORE_SCRIPT_BUNDLE_H
#define CORE_SCRIPT_BUNDLE_H

#include <lua.h>

#include "core/base/base.h"

struct bundle_set;

struct bundle_limits {
    size_t memory;        /* default 8 MiB */
    int call_ms;          /* default 4: with the C function that runs then it ends within 5 */
    int load_ms;          /* default 50: compiling and running all files */
    int64_t instructions; /* of a call; default 2,000,000 */
    uint64_t fail_at;     /* tests: the n-th allocation of every state fails */
};

enum { BUNDLE_BUCKETS = 9, BUNDLE_KIND_MAX = 63 };

/* Upper bounds of the buckets in microseconds; the last bucket has none. */
extern const uint32_t bundle_bounds_us[BUNDLE_BUCKETS - 1];

struct bundle_stats {
    uint64_t calls;
    uint64_t times[BUNDLE_BUCKETS]; /* calls by processor time */
    uint64_t busy_us;
    uint64_t killed;
    uint32_t loaded; /* states now */
    uint32_t known;  /* bundles whose texts are held now */
    size_t memory;   /* bytes of all states now */
};

/* limits may be NULL. */
struct bundle_set *bundle_set_new(const struct bundle_limits *limits);
void bundle_set_free(struct bundle_set *set);
struct bundle_stats bundle_set_stats(const struct bundle_set *set);

/* Takes the texts {"prices.lua": "…"} under a name (its hash) and loads them once. E_PARSE and
 * E_SCRIPT with "file:line"; E_BUDGET. A bundle known already is left as it is. */
must_use int bundle_add(struct bundle_set *set, str hash, str files_json, struct err *err);
bool bundle_is_known(const struct bundle_set *set, str hash);
/* Name and text of a bundle's file by its place; false after the last and for an unknown bundle.
 * Valid as long as the bundle. */
bool bundle_file(const struct bundle_set *set, str hash, size_t index, str *name, str *text);
/* Forgets a bundle. */
void bundle_remove(struct bundle_set *set, str hash);
/* Names the bundle that is live, and the shipped one that it goes before, in one step. E_NOT_FOUND
 * for an unknown bundle. */
must_use int bundle_set_live(struct bundle_set *set, str hash, str over);
/* The live bundle, empty before the first; what it goes before into over. Valid until the next. */
str bundle_live(const struct bundle_set *set, str *over);
struct bundle_suspension {
    str hash, kind;
    str where; /* "file:line" of the third overrun */
    int64_t since_ms;
};
/* The index-th suspended kind; false behind the last. Valid until the next call of anything. */
bool bundle_suspended(const struct bundle_set *set, size_t index, struct bundle_suspension *out);
bool bundle_is_suspended(const struct bundle_set *set, str hash, str kind);
/* Lifts a suspension. */
void bundle_resume(struct bundle_set *set, str hash, str kind);

/* Calls function "file:name.name" for a kind of business ("" if it concerns none) with the plain
 * value at idx of `from` and pushes the plain result there. E_NOT_FOUND (bundle or function),
 * E_BUSY (the kind is suspended), E_SCRIPT with "file:line", E_BUDGET with "file:line" of the line
 * at which it was stopped, if one had begun, E_INVALID and E_TOO_BIG (facts or result no plain
 * data). May raise memory errors of `from`. [-0, +1 on success] */
must_use int bundle_call(struct bundle_set *set, str hash, str path, str kind, lua_State *from,
    int idx, struct err *err);
/* Pushes the value at "file:name.name" as plain data, functions as true. Errors as above. [-0, +1
 * on success] */
must_use int bundle_read(
    struct bundle_set *set, str hash, str path, lua_State *to, struct err *err);

#endif
