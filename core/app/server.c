// SPDX-License-Identifier: Apache-2.0
// server: the wiring, in the order of a start.
#define _GNU_SOURCE
#include "core/app/server.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/app/admin_bundle.h"
#include "core/app/version.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/crypto/hash.h"
#include "core/http/topics.h"
#include "core/loop/file.h"
#include "core/script/jobs.h"
#include "core/script/task.h"

enum { BEAT_MS = 1000, HOUR_MS = 3600000 };

/* Directory and key are made by the first start in mode try; elsewhere by certhall init. Both or
 * none. */
static int make_first(const struct options *o, const struct start_user *u, struct err *err)
{
    const char *data = options_text(o, OPT_DATA), *key = options_text(o, OPT_SEAL_KEY_FILE);
    if (!options_is_try(o) || start_check_data(data, u->uid, NULL) != E_NOT_FOUND)
        return 0;
    int rc = start_make_data(data, u->uid, u->gid, err);
    if (rc)
        return rc;
    rc = start_make_key(key, err);
    if (rc && rc != E_EXISTS)
        (void)rmdir(data);
    return rc == E_EXISTS ? 0 : rc;
}

static int prepare_data(const struct options *o, const struct start_user *u,
    uint8_t key[START_KEY_SIZE], struct err *err)
{
    const char *data = options_text(o, OPT_DATA);
    int rc = start_check_disk(data, options_int(o, OPT_DISK_FREE_MIB), err);
    if (!rc)
        rc = make_first(o, u, err);
    if (!rc)
        rc = start_check_data(data, u->uid, err);
    return rc ? rc : start_read_key(options_text(o, OPT_SEAL_KEY_FILE), key, err);
}

/* What can fail without leaving anything behind comes first. */
static int prepare(struct server *s, uint8_t key[START_KEY_SIZE], struct err *err)
{
    const struct options *o = s->options;
    struct start_user u;
    int rc = start_find_user(o, &u, err);
    if (rc)
        return rc;
    start_harden(options_int(o, OPT_OPEN_FILES));
    if (options_is_on(o, OPT_MAIL_PASSWORD_FILE))
        rc = start_read_secret(
            options_text(o, OPT_MAIL_PASSWORD_FILE), "mail password", &s->mail_password, err);
    if (!rc && options_is_on(o, OPT_HTTPS))
        rc = server_load_certificate(o, &s->tls, err);
    if (!rc)
        rc = server_bind(s, err);
    if (!rc)
        rc = prepare_data(o, &u, key, err);
    if (!rc)
        rc = server_prepare_signer(s, &u, err);
    if (!rc)
        rc = server_prepare_staff(s, &u, err);
    return rc ? rc : start_drop(&u, err);
}

static void store_woke(void *arg)
{
    struct server *s = arg;
    if (s->store && store_poll(s->store) && s->script)
        script_wake_jobs(s->script);
}

static void wake_store(void *arg)
{
    waker_wake(arg);
}

static int open_store(struct server *s, const uint8_t *key, struct err *err)
{
    struct buf schema = {0};
    int rc = script_schema(options_text(s->options, OPT_SCRIPTS), &schema, err);
    if (!rc) {
        s->store_waker = waker_open(s->loop, store_woke, s);
        const struct store_opts opts = {
            .dir = options_text(s->options, OPT_DATA),
            .seal_key = key,
            .schema = buf_str(&schema),
            .map_size = (uint64_t)options_int(s->options, OPT_MAP_GIB) << 30,
            .map_limit = (uint64_t)options_int(s->options, OPT_MAP_GIB) << 30,
            .wake = wake_store,
            .wake_arg = s->store_waker,
            .check_bodies = strcmp(CERTHALL_BUILD, "debug") == 0,
        };
        rc = store_open(&s->store, &opts, err);
    }
    buf_release(&schema);
    if (!rc)
        start_step(&s->steps, "store", options_text(s->options, OPT_DATA));
    return rc;
}

static struct script_mail mail_of(const struct server *s)
{
    return (struct script_mail){.url = str_from(options_text(s->options, OPT_MAIL_URL)),
        .user = str_from(options_text(s->options, OPT_MAIL_USER)),
        .password = buf_str(&s->mail_password),
        .from = str_from(options_text(s->options, OPT_MAIL_FROM)),
        .from_name = str_from(options_text(s->options, OPT_MAIL_NAME))};
}

static int open_scripts(struct server *s, const uint8_t *secret, struct err *err)
{
    struct buf config = {0};
    const char *const checker[] = {
        "/proc/self/exe", "check-bundle", options_text(s->options, OPT_SCRIPTS), NULL};
    memcpy(s->checker, checker, sizeof(checker));
    options_write_json(s->options, str_from(s->public_url), &config);
    const struct script_opts opts = {
        .dir = options_text(s->options, OPT_SCRIPTS),
        .loop = s->loop,
        .work = s->work,
        .store = s->store,
        .client = s->client,
        .issuer = s->issuer,
        .ticket_key = s->issuer ? str_of(s->ticket_key, sizeof(s->ticket_key)) : STR(""),
        .topics = s->topics,
        .mail = mail_of(s),
        .secret = str_of(secret, HASH_SIZE),
        .config_json = buf_str(&config),
        .assets_json = buf_str(&s->asset_names),
        .deadline_ms = (int)options_int(s->options, OPT_TASK_SECONDS) * 1000,
        .checker = s->checker,
        .check_bodies = strcmp(CERTHALL_BUILD, "debug") == 0,
        .run_jobs = true,
    };
    int rc = script_open(&s->script, &opts, err);
    buf_release(&config);
    if (!rc && options_bool(s->options, OPT_WATCH))
        rc = server_watch(s, err);
    if (!rc)
        start_step(&s->steps, "scripts", opts.dir);
    return rc;
}

enum serves { SERVES_HALL, SERVES_PLAIN, SERVES_FIXED };

static int open_serve(
    struct server *s, struct serve **out, struct router *fixed, enum serves serves, struct err *err)
{
    const struct options *o = s->options;
    const struct serve_opts opts = {
        .net = s->net,
        .fixed = fixed,
        .live = serves != SERVES_FIXED ? script_routes(s->script) : NULL,
        .plain_only = serves == SERVES_PLAIN,
        .public_url = str_from(options_text(o, OPT_PUBLIC_URL)),
        .per_address = (unsigned)options_int(o, OPT_MAX_CONNECTIONS_PER_ADDRESS),
        .loopback_exempt = options_is_try(o),
        .connections = (unsigned)options_int(o, OPT_MAX_CONNECTIONS),
        .quiet = serves != SERVES_HALL,
    };
    return serve_open(out, &opts, err);
}

/* Plain HTTP shows the hall only on loopback in mode try. */
static bool hall_on_plain(const struct server *s)
{
    return options_is_try(s->options) && s->http.listener &&
           listener_addr(s->http.listener)->is_loopback;
}

static int open_serves(struct server *s, struct err *err)
{
    int rc = open_serve(s, &s->hall, NULL, SERVES_HALL, err);
    server_swap_assets(s);
    s->admin_routes = admin_routes_new(s);
    if (!rc)
        rc = open_serve(s, &s->admin, s->admin_routes, SERVES_FIXED, err);
    if (!rc && s->http.listener && !hall_on_plain(s)) {
        s->elsewhere_routes = elsewhere_routes_new(s);
        rc = open_serve(s, &s->elsewhere, s->elsewhere_routes, SERVES_PLAIN, err);
    }
    s->http.serve = s->elsewhere ? s->elsewhere : s->hall;
    s->https.serve = s->hall;
    s->admin_entrance.serve = s->admin;
    return rc;
}

static void on_signal(void *arg, int signum)
{
    if (signum == SIGHUP)
        server_reload(arg);
    else
        server_drain(arg);
}

static void beat(void *arg)
{
    struct server *s = arg;
    uint64_t now = clock_mono_ms();
    s->lag_us = now > s->beat_due_ms ? (now - s->beat_due_ms) * 1000 : 0;
    s->beat_due_ms = now + s->beat_ms;
    timer_start(s->loop, &s->beat, s->beat_ms, beat, s);
    if (start_watchdog_ms())
        start_notify("WATCHDOG=1");
}

static void run_hourly(void *arg)
{
    struct err err = {0};
    struct server *s = arg;
    if (store_hourly(s->store, &err))
        log_error("housekeeping of the store failed", LOG_STR("why", str_from(err.message)));
}

static void hourly_done(void *arg, int status)
{
    struct server *s = arg;
    (void)status;
    s->hourly_runs = false;
}

static void hourly(void *arg)
{
    struct server *s = arg;
    timer_start(s->loop, &s->hourly, HOUR_MS, hourly, s);
    if (!s->hourly_runs)
        s->hourly_runs =
            work_start(s->work, &s->hourly_op, WORK_FILE, run_hourly, hourly_done, s) == 0;
}

static void open_times(struct server *s)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    unsigned watchdog = start_watchdog_ms();
    for (size_t i = 0; i < countof(signals); i++)
        s->signals[i] = loop_signal_open(s->loop, signals[i], on_signal, s);
    s->beat_ms = watchdog && watchdog < BEAT_MS ? watchdog : BEAT_MS;
    s->beat_due_ms = clock_mono_ms() + s->beat_ms;
    timer_start(s->loop, &s->beat, s->beat_ms, beat, s);
    timer_start(s->loop, &s->hourly, HOUR_MS, hourly, s);
}

static void say_entrances(struct server *s)
{
    const struct {
        const char *name;
        const struct entrance *e;
    } all[] = {{"http", &s->http}, {"https", &s->https}, {"admin", &s->admin_entrance}};
    for (size_t i = 0; i < countof(all); i++) {
        char url[256];
        if (!all[i].e->listener)
            continue;
        server_entrance_url(all[i].e, url, sizeof(url));
        start_step(&s->steps, all[i].name, url);
    }
}

static int open_all(struct server *s, struct err *err)
{
    uint8_t key[START_KEY_SIZE], secret[HASH_SIZE];
    s->loop = loop_new();
    s->net = net_new(s->loop);
    int rc = prepare(s, key, err);
    if (!rc) {
        say_entrances(s);
        s->work = work_new(s->loop);
        start_derive(key, "certhall signatures of scripts", secret);
        start_derive(key, START_ADMIN_SECRET, s->admin_secret);
        rc = open_store(s, key, err);
    }
    mem_wipe(key, sizeof(key));
    if (!rc)
        rc = server_open_assets(s, err);
    if (!rc)
        rc = server_open_client(s, err);
    if (!rc) {
        server_open_signer(s);
        s->topics = topics_new(&(struct topics_opts){.loop = s->loop});
        rc = open_scripts(s, secret, err);
    }
    mem_wipe(secret, sizeof(secret));
    if (!rc)
        rc = open_serves(s, err);
    if (!rc)
        server_start_signer(s);
    return rc;
}

/* For certhall reload; the store's lock is what keeps a second server away. */
static void write_pid(const struct server *s)
{
    char path[PATH_MAX], pid[24];
    struct err err = {0};
    snprintf(path, sizeof(path), "%s/pid", options_text(s->options, OPT_DATA));
    snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
    if (file_write(path, str_from(pid), 0600, &err))
        log_warn(
            "certhall reload will not find this server", LOG_STR("why", str_from(err.message)));
}

void server_say_ready(struct server *s)
{
    start_steps_end(&s->steps, s->public_url, !options_is_try(s->options));
    start_notify("READY=1");
}

static void told(void *arg, const struct failure *failure)
{
    (void)arg;
    if (failure)
        log_error("the job hall.start failed", LOG_TEXT("why", failure->message));
}

/* What runs again and again begins anew with each start. Scripts may have no such job. */
static void tell_scripts(struct server *s)
{
    int rc = jobs_start(s->script, STR("hall.start"), STR("{}"), NULL, told, NULL);
    if (rc && rc != E_NOT_FOUND)
        log_error("the job hall.start was not begun", LOG_STR("why", str_from(err_name(rc))));
}

int server_open(struct server *s, const struct options *o, struct err *err)
{
    *s = (struct server){.options = o, .started_ms = clock_wall_ms()};
    start_steps_init(&s->steps);
    int rc = open_all(s, err);
    if (rc) {
        server_release(s);
        return rc;
    }
    open_times(s);
    write_pid(s);
    admin_key_write(s);
    tell_scripts(s);
    server_open_staff(s);
    return 0;
}

void server_run(struct server *s)
{
    loop_run(s->loop);
    server_release(s);
    log_info("stopped", LOG_INT("up_s", (clock_wall_ms() - s->started_ms) / 1000));
}
