// SPDX-License-Identifier: Apache-2.0
// outbox: the runner of stored jobs.
#include "core/script/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "core/crypto/token.h"
#include "core/script/jobs.h"
#include "core/script/state.h"
#include "store/tx.h"

enum {
    RUNNING_MAX = 16,
    ATTEMPTS_MAX = 12,
    FIRST_PAUSE_MS = 5000,
    PAUSE_MAX_MS = 3600000,
    IDLE_MS = 60000,
    REFUSED_MS = 1000
};

struct outbox {
    struct script *script;
    struct timer timer;
    int running;
    bool stopped;
};

/* One claimed row, from its claim to the commit of its result. */
struct run {
    struct outbox *outbox;
    struct arena arena;
    struct store_job job;
    bool failed;
    char error[300];
};

struct outbox *outbox_new(struct script *s)
{
    struct outbox *o = mem_zalloc(1, sizeof(*o));
    o->script = s;
    return o;
}

void outbox_free(struct outbox *o)
{
    free(o);
}

void outbox_stop(struct outbox *o)
{
    o->stopped = true;
    timer_cancel(&o->timer);
}

bool outbox_is_busy(const struct outbox *o)
{
    return o->running > 0;
}

int64_t outbox_pause_ms(int64_t attempts)
{
    int64_t pause = FIRST_PAUSE_MS;
    for (int64_t i = 0; i < attempts && pause < PAUSE_MAX_MS; i++)
        pause *= 2;
    return pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS;
}

static void on_timer(void *arg)
{
    outbox_wake(arg);
}

/* The next look comes from the timer: at once, or after a while when the store refuses. */
static void run_ended(struct run *r, int status)
{
    struct outbox *o = r->outbox;
    struct script *s = o->script;
    if (status < 0) { /* the row stays; it is tried again after its claim is given back */
        log_error("result of a job was not recorded", LOG_STR("job", r->job.job),
            LOG_STR("error", str_from(err_text(status))));
        store_job_unclaim(s->opts.store, str_from(r->job.id));
    }
    o->running--;
    arena_release(&r->arena);
    free(r);
    if (!o->stopped)
        timer_start(s->opts.loop, &o->timer, status < 0 ? REFUSED_MS : 0, on_timer, o);
    script_check_closed(s);
}

static int write_result(struct run *r, struct store_tx *tx)
{
    str id = str_from(r->job.id), error = str_from(r->error);
    if (!r->failed)
        return store_job_finish(tx, id);
    if (r->job.attempts + 1 >= ATTEMPTS_MAX)
        return store_job_give_up(tx, id, error);
    int64_t pause = outbox_pause_ms(r->job.attempts);
    pause += (int64_t)token_below((uint32_t)(pause / 4)); /* so that a burst of failures spreads */
    return store_job_retry(tx, id, store_tx_now(tx) + pause, error);
}

static void submit(struct run *r, struct store_tx *tx);

static void committed(void *arg, struct store_tx *tx, int status)
{
    struct run *r = arg;
    if (status == E_CONFLICT && store_tx_rerun(tx) == 0) {
        submit(r, tx);
        return;
    }
    store_tx_end(tx);
    run_ended(r, status);
}

static void submit(struct run *r, struct store_tx *tx)
{
    int rc = write_result(r, tx);
    if (rc == 0)
        rc = store_submit(tx, committed, r);
    if (rc == 0)
        return;
    store_tx_end(tx);
    run_ended(r, rc);
}

static void handled(void *arg, const struct failure *f)
{
    struct run *r = arg;
    struct script_stats *stats = &r->outbox->script->stats;
    r->failed = f != NULL;
    if (f) {
        stats->jobs_failed++;
        snprintf(r->error, sizeof(r->error), "%s: %.*s", err_name(f->code), STR_ARG(f->message));
        log_warn("job failed", LOG_STR("job", r->job.job), LOG_STR("id", str_from(r->job.id)),
            LOG_INT("attempts", r->job.attempts + 1), LOG_TEXT("error", str_from(r->error)));
    } else {
        stats->jobs_done++;
    }
    submit(r, store_tx_begin(r->outbox->script->opts.store, STORE_TX_WRITE));
}

static void start(struct outbox *o, struct run *r)
{
    struct jobs_info info = {
        .id = str_from(r->job.id), .attempts = r->job.attempts, .last_error = r->job.last_error};
    o->running++;
    int rc = jobs_start(o->script, r->job.job, r->job.args, &info, handled, r);
    if (!rc)
        return;
    struct failure f = {.code = rc,
        .message = rc == E_NOT_FOUND ? STR("no handler for this job") : STR("too many tasks")};
    handled(r, &f);
}

static void sleep_until(struct outbox *o, int64_t now, int64_t next)
{
    int64_t ms = next > now ? next - now : 1;
    if (ms > IDLE_MS)
        ms = IDLE_MS;
    timer_start(o->script->opts.loop, &o->timer, (uint64_t)ms, on_timer, o);
}

void outbox_wake(struct outbox *o)
{
    struct store *store = o->script->opts.store;
    while (!o->stopped && o->running < RUNNING_MAX) {
        int64_t now = loop_wall_ms(o->script->opts.loop), next = INT64_MAX;
        struct run *r = mem_zalloc(1, sizeof(*r));
        r->outbox = o;
        int rc = store_job_claim(store, now, &r->arena, &r->job, &next);
        if (rc == 0) {
            start(o, r);
            continue;
        }
        arena_release(&r->arena);
        free(r);
        sleep_until(o, now, rc == 1 ? next : now + IDLE_MS);
        return;
    }
}
