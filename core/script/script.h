// SPDX-License-Identifier: Apache-2.0
// script: the Lua half of the server behind one object: system code as reloadable generations,
// requests as tasks, jobs from the outbox, bundles of business rules in states of their own.
//
// Owns the live generation, the tasks and the loaded bundles. Does not know sockets, configuration
// files or the command line. Everything happens on the loop thread except building a generation
// (work kind build).
#ifndef CORE_SCRIPT_SCRIPT_H
#define CORE_SCRIPT_SCRIPT_H

#include "core/base/arena.h"
#include "core/base/buf.h"

struct client;
struct issuer_client;
struct loop;
struct router_slot;
struct script;
struct store;
struct topics;
struct work;

/* Where mail leaves and in whose name; url empty: mail.send raises E_UNSUPPORTED. */
struct script_mail {
    str url; /* as struct client_mail */
    str user;
    str password;
    str from;      /* bare address */
    str from_name; /* shown before it; may be empty */
};

/* Everything is borrowed until script_close has called back; zero means absent or the default. */
struct script_opts {
    const char *dir;              /* scripts/ folder; required */
    struct loop *loop;            /* required */
    struct work *work;            /* required */
    struct store *store;          /* without it store.* and jobs raise E_UNSUPPORTED */
    struct client *client;        /* without it client.* raises E_UNSUPPORTED */
    struct issuer_client *issuer; /* the signer; without it issuer.* raises E_UNSUPPORTED */
    str ticket_key; /* 32 bytes that the signer has too; copied; without it tx:ticket raises */
    struct topics *topics; /* without it topics.publish does nothing */
    struct script_mail mail;
    const char *tests_dir; /* read too, as tests/…; its main.lua runs after main.lua */
    const char *main;      /* the file that names all others, without ".lua"; default main */
    str secret; /* key of crypto.sign; copied; empty: random, good until the end of the process */
    str config_json; /* object that scripts read as config.name; copied */
    str assets_json; /* {"app.css": "app.3f2a.css"} for asset(); copied; empty: names as they are */
    size_t memory_limit;        /* bytes of one generation; default 256 MiB */
    int deadline_ms;            /* of one task; default 60000 */
    int task_limit;             /* requests and jobs at once, over it 503; default 4096 */
    const char *const *checker; /* program and words of checker.run; NULL: E_UNSUPPORTED */
    struct buf *answer;         /* of checker.answer; NULL: E_UNSUPPORTED */
    bool check_bodies;          /* run every transaction body twice and compare (debug builds) */
    bool run_jobs;              /* claim and run outbox rows */
};

enum { SCRIPT_TIMES = 9 };

/* Upper bound of a bucket in microseconds; 0: it has none. */
uint32_t script_time_bound_us(int bucket);

struct script_stats {
    uint64_t requests;       /* handed to tasks */
    uint64_t errors;         /* tasks that ended with an error nobody meant (500) */
    uint64_t interrupted;    /* slices that ended so that others could be served */
    uint64_t killed;         /* tasks stopped by budget, memory or deadline */
    uint64_t reloads_ok;     /* generations put in service, the first included */
    uint64_t reloads_failed; /* generations that did not come to life */
    uint64_t jobs_done;
    uint64_t jobs_failed; /* attempts that will be tried again or were given up */
    uint64_t bundle_calls;
    uint64_t bundle_killed;
    uint64_t bundle_times[SCRIPT_TIMES]; /* calls by processor time, see script_time_bound_us */
    uint64_t bundle_busy_us;
    uint32_t tasks;         /* now */
    uint32_t generations;   /* states alive now: 1, or more while old requests finish */
    uint32_t bundles;       /* bundle states loaded now */
    uint32_t bundles_known; /* bundles whose texts are held now */
    size_t memory;          /* bytes of the live generation */
    char version[17]; /* of the live generation: first 16 hexadecimal digits of the hash of its
                         files */
};

/* Builds the first generation on the calling thread and puts it in service. On failure err names
 * file and line. */
must_use int script_open(struct script **out, const struct script_opts *opts, struct err *err);
/* Cancels all tasks, waits for operations in flight, frees everything, then calls back once, later.
 */
void script_close(struct script *s, void (*closed)(void *arg), void *arg);

/* The live routes, for serve_opts.live; valid until closed. */
struct router_slot *script_routes(struct script *s);

/* Builds a new generation on the pool and swaps it in; on failure the old one goes on serving.
 * Calls `done` (may be NULL) on the loop with 0 or the error, whose where is "file:line", right
 * after the swap. A call during a build makes one more build follow and is answered by that one.
 * E_BUSY, E_CLOSED: not started, `done` is not called. */
must_use int script_reload(
    struct script *s, void (*done)(void *arg, int status, const struct err *err), void *arg);
/* Other names for html.asset, in the generations built from now on. Copied. */
void script_set_assets(struct script *s, str assets_json);
/* Asks whether a job may be due now; the store's owner calls it after commits that enqueue. */
void script_wake_jobs(struct script *s);

/* Filled at the moment of the call. */
void script_read_stats(const struct script *s, struct script_stats *out);

/* Loads the business rules of `files_json` ({"prices.lua": "text" …}) under `hash`, for
 * bundle.call; E_SCRIPT with file and line when it does not load. Loaded anew when needed again
 * after being dropped. */
must_use int script_bundle_add(struct script *s, str hash, str files_json, struct err *err);

/* Runs dir/schema.lua in a bare sandbox and appends its table as JSON, for store_open. */
must_use int script_schema(const char *dir, struct buf *json, struct err *err);
/* Runs a configuration text (name is used in messages) in a bare sandbox: plain assignments to
 * globals, no functions but tostring; appends the globals as one JSON object. */
must_use int script_config_run(str text, const char *name, struct buf *json, struct err *err);

#endif
