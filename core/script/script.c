// SPDX-License-Identifier: Apache-2.0
// script: opening and closing of the Lua half.
#include "core/script/script.h"

#include <stdlib.h>
#include <string.h>

#include "core/crypto/token.h"
#include "core/script/bundle.h"
#include "core/script/generation.h"
#include "core/script/limit.h"
#include "core/script/outbox.h"
#include "core/script/overrun.h"
#include "core/script/reload.h"
#include "core/script/state.h"

enum { DEADLINE_MS = 60000, TASKS = 4096, BUCKETS = 65536 };

void script_set_assets(struct script *s, str assets_json)
{
    buf_clear(&s->assets);
    buf_append(&s->assets, assets_json);
    s->opts.assets_json = buf_str(&s->assets);
}

static struct script *make(const struct script_opts *opts)
{
    struct script *s = mem_zalloc(1, sizeof(*s));
    s->opts = *opts;
    s->opts.config_json = arena_str(&s->arena, opts->config_json);
    script_set_assets(s, opts->assets_json);
    struct buf secret = {0};
    token_id(&secret);
    token_id(&secret);
    s->opts.secret = arena_str(&s->arena, opts->secret.n ? opts->secret : buf_str(&secret));
    buf_release(&secret);
    s->opts.ticket_key = arena_str(&s->arena, opts->ticket_key);
    s->opts.dir = arena_str(&s->arena, str_from(opts->dir)).p;
    if (!s->opts.deadline_ms)
        s->opts.deadline_ms = DEADLINE_MS;
    if (!s->opts.task_limit)
        s->opts.task_limit = TASKS;
    list_init(&s->active);
    list_init(&s->ready);
    list_init(&s->paused);
    s->bundles = bundle_set_new(NULL);
    s->overruns = overruns_new();
    s->limits = limit_new(BUCKETS);
    s->reload = reload_new(s);
    return s;
}

static void destroy(struct script *s)
{
    loop_undefer(&s->paused_call);
    reload_free(s->reload);
    outbox_free(s->outbox);
    bundle_set_free(s->bundles);
    overruns_free(s->overruns);
    limit_free(s->limits);
    buf_release(&s->assets);
    arena_release(&s->arena);
    free(s);
}

int script_open(struct script **out, const struct script_opts *opts, struct err *err)
{
    struct script *s = make(opts);
    struct generation *g;
    int rc = generation_build(&s->opts, s, &g, err);
    if (rc) {
        destroy(s);
        return rc;
    }
    reload_swap(s, g);
    if (opts->run_jobs && opts->store) {
        s->outbox = outbox_new(s);
        outbox_wake(s->outbox);
    }
    *out = s;
    return 0;
}

static void finish_close(void *arg)
{
    struct script *s = arg;
    void (*closed)(void *) = s->closed;
    void *closed_arg = s->closed_arg;
    destroy(s);
    closed(closed_arg);
}

void script_check_closed(struct script *s)
{
    if (!s->closing || s->ops || s->stats.tasks || reload_is_building(s->reload))
        return;
    if (s->outbox && outbox_is_busy(s->outbox))
        return;
    if (s->live) {
        task_release_idle(s->live);
        generation_unref(s->live);
        s->live = NULL;
        s->routes.live = NULL;
    }
    loop_defer(s->opts.loop, &s->close_call, finish_close, s);
}

static void cancel_all(struct list *tasks)
{
    for (struct list *l; (l = list_first(tasks));)
        task_cancel(container_of(l, struct task, link), E_CANCELLED);
}

void script_close(struct script *s, void (*closed)(void *arg), void *arg)
{
    s->closed = closed;
    s->closed_arg = arg;
    s->closing = true;
    if (s->outbox)
        outbox_stop(s->outbox);
    cancel_all(&s->active);
    cancel_all(&s->ready);
    cancel_all(&s->paused);
    script_check_closed(s);
}

struct router_slot *script_routes(struct script *s)
{
    return &s->routes;
}

_Static_assert((int)SCRIPT_TIMES == (int)BUNDLE_BUCKETS, "one bucket for each");

uint32_t script_time_bound_us(int bucket)
{
    return bucket < BUNDLE_BUCKETS - 1 ? bundle_bounds_us[bucket] : 0;
}

void script_read_stats(const struct script *s, struct script_stats *out)
{
    struct bundle_stats b = bundle_set_stats(s->bundles);
    *out = s->stats;
    out->bundle_calls = b.calls;
    out->bundle_killed = b.killed;
    out->bundles = b.loaded;
    out->bundles_known = b.known;
    out->bundle_busy_us = b.busy_us;
    memcpy(out->bundle_times, b.times, sizeof(out->bundle_times));
    out->memory = s->live ? s->live->host.used : 0;
}

int script_bundle_add(struct script *s, str hash, str files_json, struct err *err)
{
    return bundle_add(s->bundles, hash, files_json, err);
}

void script_wake_jobs(struct script *s)
{
    if (s->outbox && !s->closing)
        outbox_wake(s->outbox);
}
