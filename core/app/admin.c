// SPDX-License-Identifier: Apache-2.0
// admin: what operators and their machines ask on the admin listener.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/app/admin_bundle.h"
#include "core/app/metrics.h"
#include "core/app/server.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/log.h"

/* Nothing is older than the program: an earlier wall clock is wrong. 2026-01-01. */
static const int64_t EARLIEST_MS = 1767225600000;

static void serve_metrics(struct request *r, void *data)
{
    struct buf out = {0};
    metrics_write(data, &out);
    response_type(r, STR("text/plain; version=0.0.4; charset=utf-8"));
    response_send(r, buf_str(&out));
    buf_release(&out);
}

static void serve_healthz(struct request *r, void *data)
{
    (void)data;
    response_type(r, STR("text/plain; charset=utf-8"));
    response_send(r, STR("ok\n"));
}

/* Each check returns NULL or the reason for a no. */
static const char *check_open(struct server *s)
{
    return s->draining ? "the server is going down" : NULL;
}

static const char *check_maintenance(struct server *s)
{
    const char *path = options_text(s->options, OPT_MAINTENANCE_FILE);
    return *path && access(path, F_OK) == 0 ? "the maintenance file is there" : NULL;
}

static const char *check_store(struct server *s)
{
    struct store_stats st;
    store_read_stats(s->store, &st);
    return st.read_only ? "the store is read-only after an error at commit" : NULL;
}

static const char *check_scripts(struct server *s)
{
    struct script_stats st;
    script_read_stats(s->script, &st);
    return st.version[0] ? NULL : "no generation of scripts is live";
}

static const char *check_reload(struct server *s)
{
    return s->reload_error[0] ? s->reload_error : NULL;
}

static const char *check_clock(struct server *s)
{
    (void)s;
    return clock_wall_ms() < EARLIEST_MS ? "the wall clock stands before this release" : NULL;
}

static const char *check_disk(struct server *s)
{
    struct err err = {0};
    int rc = start_check_disk(
        options_text(s->options, OPT_DATA), options_int(s->options, OPT_DISK_FREE_MIB), &err);
    return rc ? "the data directory's disk is nearly full" : NULL;
}

static const char *check_certificate(struct server *s)
{
    if (!s->tls)
        return NULL;
    return tlsctx_not_after(s->tls) * 1000 < clock_wall_ms() ? "the server's certificate has ended"
                                                             : NULL;
}

static const char *check_signer(struct server *s)
{
    return server_signer_trouble(s);
}

static const struct {
    const char *name;
    bool hard; /* 503 when it says no */
    const char *(*run)(struct server *s);
} checks[] = {
    {"open", true, check_open},
    {"maintenance", true, check_maintenance},
    {"store", true, check_store},
    {"scripts", true, check_scripts},
    {"last_reload", false, check_reload},
    {"clock", true, check_clock},
    {"disk", true, check_disk},
    {"certificate", true, check_certificate},
    {"signer", false, check_signer},
};

/* Returns whether it is a reason to stay away. */
static bool put_check(struct json_writer *w, size_t i, struct server *s)
{
    uint64_t begun = clock_mono_ns();
    const char *reason = checks[i].run(s);
    json_begin_object(w);
    json_key(w, STR("name"));
    json_put_str(w, str_from(checks[i].name));
    json_key(w, STR("status"));
    json_put_str(w, !reason ? STR("ok") : (checks[i].hard ? STR("fail") : STR("warn")));
    json_key(w, STR("latency_ms"));
    json_put_real(w, (double)((clock_mono_ns() - begun) / 1000) / 1000);
    if (reason) {
        json_key(w, STR("reason"));
        json_put_str(w, str_from(reason));
    }
    json_end_object(w);
    return reason && checks[i].hard;
}

static void serve_readyz(struct request *r, void *data)
{
    struct buf out = {0};
    struct json_writer w = {.out = &out};
    bool failed = false;
    json_begin_array(&w);
    for (size_t i = 0; i < countof(checks); i++)
        failed = put_check(&w, i, data) || failed;
    json_end_array(&w);
    buf_append_byte(&out, '\n');
    response_status(r, failed ? 503 : 200);
    response_type(r, STR("application/json"));
    response_send(r, buf_str(&out));
    buf_release(&out);
}

static str level_name(void)
{
    static const char *const names[] = {[LOG_DEBUG] = "debug\n",
        [LOG_INFO] = "info\n",
        [LOG_WARN] = "warn\n",
        [LOG_ERROR] = "error\n"};
    return str_from(names[log_level()]);
}

static void serve_get_level(struct request *r, void *data)
{
    (void)data;
    response_type(r, STR("text/plain; charset=utf-8"));
    response_send(r, level_name());
}

static void serve_put_level(struct request *r, void *data)
{
    str word = request_body(r);
    while (word.n && (word.p[word.n - 1] == '\n' || word.p[word.n - 1] == '\r'))
        word.n--;
    if (!start_set_log_level(str_trim(word))) {
        response_error_status(r, 422, STR("the level is debug, info, warn or error"), STR(""), 0);
        return;
    }
    log_warn("log level changed", LOG_STR("level_now", str_trim(word)));
    serve_get_level(r, data);
}

struct router *admin_routes_new(struct server *s)
{
    const struct route routes[] = {
        {.method = HTTP_GET, .pattern = STR("/metrics"), .handler = serve_metrics},
        {.method = HTTP_GET, .pattern = STR("/healthz"), .handler = serve_healthz},
        {.method = HTTP_GET, .pattern = STR("/readyz"), .handler = serve_readyz},
        {.method = HTTP_GET, .pattern = STR("/debug/loglevel"), .handler = serve_get_level},
        {.method = HTTP_PUT,
            .pattern = STR("/debug/loglevel"),
            .body = BODY_MEMORY,
            .body_limit = 64,
            .handler = serve_put_level},
        {.method = HTTP_POST,
            .pattern = STR("/bundle"),
            .body = BODY_MEMORY,
            .body_limit = ADMIN_BUNDLE_MAX,
            .handler = admin_serve_bundle},
        {.method = HTTP_POST,
            .pattern = STR("/staff"),
            .body = BODY_MEMORY,
            .body_limit = 4096,
            .handler = admin_add_staff},
    };
    struct router *t = router_new(NULL, NULL, NULL);
    for (size_t i = 0; i < countof(routes); i++) {
        struct route one = routes[i];
        one.data = s;
        one.flags = ROUTE_API | ROUTE_NO_STORE | ROUTE_QUIET;
        int rc = router_add(t, &one, NULL);
        if (rc)
            log_error("admin route refused", LOG_STR("code", str_from(err_name(rc))));
    }
    return t;
}
