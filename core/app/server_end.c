// SPDX-License-Identifier: Apache-2.0
// server_end: reload, drain, and the release of everything in the reverse order of the start.
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/app/server.h"
#include "core/base/log.h"

static void note_reload(struct server *s, const char *what, const struct err *err)
{
    snprintf(s->reload_error, sizeof(s->reload_error), "%.300s%s%.120s", err->message,
        err->where[0] ? " at " : "", err->where);
    log_error("reload failed; the old one goes on", LOG_STR("what", str_from(what)),
        LOG_STR("why", str_from(err->message)), LOG_STR("where", str_from(err->where)));
}

static void scripts_reloaded(void *arg, int status, const struct err *err)
{
    struct server *s = arg;
    struct script_stats st;
    if (status) {
        note_reload(s, "scripts", err);
        return;
    }
    script_read_stats(s->script, &st);
    s->reload_error[0] = 0;
    log_info("reloaded", LOG_STR("what", STR("scripts")), LOG_STR("version", str_from(st.version)));
}

static void reload_certificate(struct server *s)
{
    struct err err = {0};
    struct tlsctx *fresh = NULL;
    if (!s->tls || !options_is_on(s->options, OPT_CERTIFICATE_FILE))
        return;
    if (server_load_certificate(s->options, &fresh, &err)) {
        note_reload(s, "certificate", &err);
        return;
    }
    tlsctx_unref(s->tls);
    s->tls = fresh;
    log_info(
        "reloaded", LOG_STR("what", STR("certificate")), LOG_INT("ends", tlsctx_not_after(fresh)));
}

void server_reload(struct server *s)
{
    if (s->draining)
        return;
    reload_certificate(s);
    int rc = script_reload(s->script, scripts_reloaded, s);
    if (rc)
        log_error("reload not started", LOG_STR("why", str_from(err_text(rc))));
}

static void close_listeners(struct server *s, bool admin_too)
{
    struct entrance *all[] = {&s->http, &s->https, &s->admin_entrance};
    for (size_t i = 0; i < countof(all) - (admin_too ? 0 : 1); i++) {
        if (all[i]->listener)
            listener_close(all[i]->listener);
        all[i]->listener = NULL;
    }
}

static void script_closed(void *arg)
{
    struct server *s = arg;
    s->script = NULL;
    loop_stop(s->loop);
}

static void part_closed(void *arg)
{
    struct server *s = arg;
    if (--s->waiting_for)
        return;
    s->hall = s->elsewhere = s->admin = NULL;
    if (s->script)
        script_close(s->script, script_closed, s);
    else
        loop_stop(s->loop);
}

/* Cuts what is left, then the scripts, then stops the loop. */
static void close_parts(struct server *s)
{
    struct serve *all[] = {s->hall, s->elsewhere, s->admin};
    s->waiting_for = 1;
    for (size_t i = 0; i < countof(all); i++)
        if (all[i])
            s->waiting_for++;
    for (size_t i = 0; i < countof(all); i++)
        if (all[i])
            serve_close(all[i], part_closed, s);
    part_closed(s);
}

static void part_drained(void *arg)
{
    struct server *s = arg;
    if (--s->waiting_for == 0)
        close_parts(s);
}

void server_drain(struct server *s)
{
    if (s->draining)
        return;
    unsigned ms = (unsigned)options_int(s->options, OPT_DRAIN_SECONDS) * 1000;
    s->draining = true;
    start_notify("STOPPING=1");
    log_info("draining", LOG_INT("requests", serve_stats(s->hall)->active),
        LOG_INT("connections", serve_stats(s->hall)->connections));
    close_listeners(s, false);
    s->waiting_for = s->elsewhere ? 2 : 1;
    serve_drain(s->hall, ms, part_drained, s);
    if (s->elsewhere)
        serve_drain(s->elsewhere, ms, part_drained, s);
}

static void remove_pid(const struct server *s)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/pid", options_text(s->options, OPT_DATA));
    if (s->signals[0])
        (void)unlink(path);
}

static void release_times(struct server *s)
{
    for (size_t i = 0; i < countof(s->signals); i++)
        if (s->signals[i])
            loop_signal_close(s->signals[i]);
    timer_cancel(&s->beat);
    timer_cancel(&s->hourly);
}

void server_release(struct server *s)
{
    close_listeners(s, true);
    if (s->hall || s->admin || s->script) {
        close_parts(s);
        loop_run(s->loop);
    }
    remove_pid(s);
    release_times(s);
    if (s->work)
        work_free(s->work);
    store_close(s->store);
    if (s->store_waker)
        waker_close(s->store_waker);
    if (s->admin_routes)
        router_free(s->admin_routes);
    if (s->elsewhere_routes)
        router_free(s->elsewhere_routes);
    if (s->tls)
        tlsctx_unref(s->tls);
    net_free(s->net);
    loop_free(s->loop);
}
