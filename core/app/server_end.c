// SPDX-License-Identifier: Apache-2.0
// server_end: drain, and the release of everything in the reverse order of the start.
#define _GNU_SOURCE
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/app/server.h"
#include "core/base/log.h"
#include "core/client/client.h"
#include "core/http/assets.h"
#include "core/http/topics.h"
#include "core/loop/secret.h"

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
    for (size_t i = 0; i < countof(s->watches); i++)
        if (s->watches[i])
            watch_close(s->watches[i]);
    timer_cancel(&s->beat);
    timer_cancel(&s->hourly);
}

/* What only the closed parts used. */
static void release_shared(struct server *s)
{
    if (s->client)
        client_close(s->client);
    if (s->topics)
        topics_free(s->topics);
    secret_release(&s->staff);
    if (s->mail_password.p)
        mem_wipe(s->mail_password.p, s->mail_password.cap);
    buf_release(&s->mail_password);
    buf_release(&s->asset_names);
    if (s->reload.fresh)
        assets_free(s->reload.fresh);
}

/* Without handlers a second SIGTERM would cut the end short: they go last, when no other thread is
 * there to be hit. */
static void release_signals(struct server *s)
{
    if (!s->signals[0])
        return;
    sigset_t all;
    sigemptyset(&all);
    sigaddset(&all, SIGTERM);
    sigaddset(&all, SIGINT);
    sigaddset(&all, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &all, NULL);
    for (size_t i = 0; i < countof(s->signals); i++)
        loop_signal_close(s->signals[i]);
}

void server_release(struct server *s)
{
    close_listeners(s, true);
    if (s->hall || s->admin || s->script) {
        close_parts(s);
        loop_run(s->loop);
    }
    server_release_signer(s);
    remove_pid(s);
    release_times(s);
    if (s->work)
        work_free(s->work);
    release_shared(s);
    store_close(s->store);
    if (s->store_waker)
        waker_close(s->store_waker);
    if (s->admin_routes)
        router_free(s->admin_routes);
    if (s->elsewhere_routes)
        router_free(s->elsewhere_routes);
    if (s->tls)
        tlsctx_unref(s->tls);
    release_signals(s);
    net_free(s->net);
    loop_free(s->loop);
}
