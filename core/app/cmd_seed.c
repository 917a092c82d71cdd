// SPDX-License-Identifier: Apache-2.0
// certhall seed: fills a closed store with invented cases, by the job "seed" of the scripts.
#include "core/app/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/app/start.h"
#include "core/app/version.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/crypto/token.h"
#include "core/loop/loop.h"
#include "core/loop/work.h"
#include "core/script/jobs.h"
#include "core/script/script.h"
#include "core/script/task.h"
#include "store/store.h"

enum { DAY_MS = 24 * 3600 * 1000, CASES_MAX = 10000000 };
static const char default_password[] = "Seed-2026-hall";

/* A hall without entrances. */
struct seed {
    struct loop *loop;
    struct work *work;
    struct waker *waker;
    struct store *store;
    struct script *script;
    bool ended;
    uint8_t ticket_key[START_KEY_SIZE]; /* of nobody: no signer will take these tickets */
    struct err err;
};

static void store_woke(void *arg)
{
    struct seed *s = arg;
    if (s->store)
        store_poll(s->store);
}

static void wake_store(void *arg)
{
    waker_wake(arg);
}

static int open_store(struct seed *s, const struct options *o)
{
    struct buf schema = {0};
    uint8_t key[START_KEY_SIZE];
    struct start_user u;
    int rc = start_find_user(o, &u, &s->err);
    if (!rc)
        rc = start_check_data(options_text(o, OPT_DATA), u.uid, &s->err);
    if (!rc)
        rc = start_read_key(options_text(o, OPT_SEAL_KEY_FILE), key, &s->err);
    if (!rc)
        rc = start_drop(&u, &s->err);
    if (!rc)
        rc = script_schema(options_text(o, OPT_SCRIPTS), &schema, &s->err);
    const struct store_opts opts = {
        .dir = options_text(o, OPT_DATA),
        .seal_key = key,
        .schema = buf_str(&schema),
        .map_size = (uint64_t)options_int(o, OPT_MAP_GIB) << 30,
        .map_limit = (uint64_t)options_int(o, OPT_MAP_GIB) << 30,
        .wake = wake_store,
        .wake_arg = s->waker,
        .check_bodies = strcmp(CERTHALL_BUILD, "debug") == 0,
    };
    if (!rc)
        rc = store_open(&s->store, &opts, &s->err);
    mem_wipe(key, sizeof(key));
    buf_release(&schema);
    return rc;
}

static int open_scripts(struct seed *s, const struct options *o)
{
    struct buf config = {0};
    options_write_json(o, str_from(options_text(o, OPT_PUBLIC_URL)), &config);
    token_random(s->ticket_key, sizeof(s->ticket_key));
    const struct script_opts opts = {
        .dir = options_text(o, OPT_SCRIPTS),
        .loop = s->loop,
        .work = s->work,
        .store = s->store,
        .ticket_key = str_of(s->ticket_key, sizeof(s->ticket_key)),
        .config_json = buf_str(&config),
        .deadline_ms = DAY_MS,
        .check_bodies = strcmp(CERTHALL_BUILD, "debug") == 0,
    };
    int rc = script_open(&s->script, &opts, &s->err);
    buf_release(&config);
    return rc;
}

static void job_ended(void *arg, const struct failure *f)
{
    struct seed *s = arg;
    if (f) {
        err_set(&s->err, f->code, "%.*s", STR_ARG(f->message));
        err_at(&s->err, "%.*s", STR_ARG(f->where));
    }
    s->ended = true;
    loop_stop(s->loop);
}

static int run_job(struct seed *s, int64_t cases, const char *password)
{
    struct buf args = {0};
    struct json_writer w = {.out = &args};
    json_begin_object(&w);
    json_key(&w, STR("cases"));
    json_put_int(&w, cases);
    json_key(&w, STR("password"));
    json_put_str(&w, str_from(password));
    json_end_object(&w);
    int rc = jobs_start(s->script, STR("seed"), buf_str(&args), NULL, job_ended, s);
    buf_release(&args);
    if (rc)
        return err_set(&s->err, rc, "the scripts have no job that seeds");
    waker_keep_alive(s->waker, true);
    while (!s->ended)
        loop_run(s->loop);
    waker_keep_alive(s->waker, false);
    return s->err.code;
}

static void scripts_closed(void *arg)
{
    loop_stop(arg);
}

static void close_seed(struct seed *s)
{
    if (s->script) {
        script_close(s->script, scripts_closed, s->loop);
        loop_run(s->loop);
    }
    work_free(s->work);
    store_close(s->store);
    waker_close(s->waker);
    loop_free(s->loop);
}

static int seed(const struct options *o, int64_t cases, const char *password, struct err *err)
{
    struct seed s = {.loop = loop_new()};
    s.work = work_new(s.loop);
    s.waker = waker_open(s.loop, store_woke, &s);
    int rc = open_store(&s, o);
    if (!rc)
        rc = open_scripts(&s, o);
    if (!rc)
        rc = run_job(&s, cases, password);
    close_seed(&s);
    *err = s.err;
    return rc;
}

/* The number, or -1. */
static int64_t read_cases(const char *text)
{
    char *end = NULL;
    long long n = text && *text ? strtoll(text, &end, 10) : -1;
    return end && *end == 0 && n >= 1 && n <= CASES_MAX ? n : -1;
}

static int run(struct cli *cli)
{
    struct err err = {0};
    int64_t cases = read_cases(cli->own[0]);
    const char *password = cli->own[1] ? cli->own[1] : default_password;
    uint64_t begun = clock_mono_ns();
    if (cases < 0)
        return cli_usage(cli, "--cases says how many, 1 to 10000000");
    if (!options_is_try(&cli->options)) {
        err_set(&err, E_DENIED, "invented cases have no place in mode production");
        return cli_fail(&err);
    }
    start_set_log_level(STR("error")); /* nobody waits for this loop */
    if (seed(&cli->options, cases, password, &err))
        return cli_fail(&err);
    double seconds = (double)(clock_mono_ns() - begun) / 1e9;
    struct buf out = {0};
    buf_printf(&out, "%lld cases in %.1f s (%.0f/s); everybody's password: %s\n", (long long)cases,
        seconds, (double)cases / seconds, password);
    int code = cli_print(&out);
    buf_release(&out);
    return code;
}

const struct command cmd_seed = {"seed", "--cases N [--password TEXT]", 0, 0, false,
    "Fills a closed store with invented cases, for trying and measuring; mode try only.", run};
