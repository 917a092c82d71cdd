// SPDX-License-Identifier: Apache-2.0
// reload: build aside, swap one pointer; on any error the old generation goes on serving.
#include "core/script/reload.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/loop/work.h"
#include "core/script/generation.h"
#include "core/script/state.h"

struct waiter {
    struct list link;
    void (*done)(void *arg, int status, const struct err *err);
    void *arg;
};

struct reload {
    struct script *script;
    struct work_op op;
    struct script_opts opts; /* what the running build reads; its texts live in the arena */
    struct arena arena;
    struct list now;  /* waiters of the running build */
    struct list next; /* waiters of the one after it */
    bool building;
    uint64_t begun_ns;
    struct generation *built;
    struct err err;
    int status;
};

struct reload *reload_new(struct script *s)
{
    struct reload *r = mem_zalloc(1, sizeof(*r));
    r->script = s;
    list_init(&r->now);
    list_init(&r->next);
    return r;
}

void reload_free(struct reload *r)
{
    if (r)
        arena_release(&r->arena);
    free(r);
}

bool reload_is_building(const struct reload *r)
{
    return r->building;
}

void reload_swap(struct script *s, struct generation *g)
{
    struct generation *old = s->live;
    s->live = g;
    s->routes.live = g->router;
    s->stats.generations++;
    s->stats.reloads_ok++;
    memcpy(s->stats.version, g->sources.version, sizeof(s->stats.version));
    if (!old)
        return;
    task_release_idle(old);
    generation_unref(old);
}

/* On a pool thread: touches the new generation and the build's own options only. */
static void build(void *arg)
{
    struct reload *r = arg;
    r->status = generation_build(&r->opts, r->script, &r->built, &r->err);
}

static void report(struct reload *r)
{
    struct script *s = r->script;
    if (r->status) {
        s->stats.reloads_failed++;
        log_error("scripts refused, the old ones go on serving",
            LOG_STR("where", str_from(r->err.where)), LOG_STR("error", str_from(r->err.message)));
        return;
    }
    log_info("scripts in service", LOG_STR("version", str_from(s->stats.version)),
        LOG_MS("took_ms", (clock_mono_ns() - r->begun_ns) / 1000));
}

static void answer(struct reload *r)
{
    struct list waiting;
    list_init(&waiting);
    for (struct list *l; (l = list_shift(&r->now));)
        list_push(&waiting, l);
    for (struct list *l; (l = list_shift(&waiting));) {
        struct waiter *w = container_of(l, struct waiter, link);
        if (w->done)
            w->done(w->arg, r->status, r->status ? &r->err : NULL);
        free(w);
    }
}

static void take_next(struct reload *r)
{
    for (struct list *l; (l = list_shift(&r->next));)
        list_push(&r->now, l);
}

static void refuse_next(struct reload *r, int code)
{
    take_next(r);
    r->status = err_set(&r->err, code, "scripts were not built: %s", err_text(code));
    answer(r);
}

static int start_build(struct reload *r);

static void built(void *arg, int status)
{
    struct reload *r = arg;
    r->building = false;
    if (status)
        r->status = err_set(&r->err, status, "scripts were not built");
    if (!r->status && r->script->closing)
        generation_unref(r->built);
    else if (!r->status)
        reload_swap(r->script, r->built);
    report(r);
    answer(r);
    if (!list_is_empty(&r->next)) {
        int rc = r->script->closing ? E_CLOSED : start_build(r);
        if (rc)
            refuse_next(r, rc);
    }
    script_check_closed(r->script);
}

static int start_build(struct reload *r)
{
    r->built = NULL;
    r->err = (struct err){0};
    r->begun_ns = clock_mono_ns();
    arena_clear(&r->arena);
    r->opts = r->script->opts;
    r->opts.assets_json = arena_str(&r->arena, r->opts.assets_json);
    int rc = work_start(r->opts.work, &r->op, WORK_BUILD, build, built, r);
    if (rc)
        return rc;
    take_next(r);
    r->building = true;
    return 0;
}

int script_reload(
    struct script *s, void (*done)(void *arg, int status, const struct err *err), void *arg)
{
    struct reload *r = s->reload;
    if (s->closing)
        return E_CLOSED;
    struct waiter *w = mem_alloc(sizeof(*w));
    *w = (struct waiter){.done = done, .arg = arg};
    list_push(&r->next, &w->link);
    int rc = r->building ? 0 : start_build(r);
    if (rc) {
        list_remove(&w->link);
        free(w);
    }
    return rc;
}
