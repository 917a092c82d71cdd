// SPDX-License-Identifier: Apache-2.0
// server_reload: certificate, static files and scripts anew. Files and scripts change in the same
// turn of the loop, so that no page names a file that is not there.
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

#include "core/app/server.h"
#include "core/base/log.h"
#include "core/http/assets.h"

enum { SETTLE_MS = 100 };

static void note_reload(struct server *s, const char *what, const struct err *err)
{
    snprintf(s->reload_error, sizeof(s->reload_error), "%.300s%s%.120s", err->message,
        err->where[0] ? " at " : "", err->where);
    log_error("reload failed; the old one goes on", LOG_STR("what", str_from(what)),
        LOG_STR("why", str_from(err->message)), LOG_STR("where", str_from(err->where)));
}

static void take_names(struct server *s, const struct assets *a)
{
    buf_clear(&s->asset_names);
    buf_append(&s->asset_names, assets_map_json(a));
}

/* A clone whose www/ was not built serves without style; in production that is a mistake. */
static int load_files(const struct options *o, struct assets **out, struct err *err)
{
    const char *dir = options_text(o, OPT_WWW);
    *out = NULL;
    int rc = assets_load(out, dir, STR("/assets/"), err);
    if (rc != E_NOT_FOUND || !options_is_try(o))
        return rc;
    log_warn("there are no static files", LOG_STR("www", str_from(dir)));
    return 0;
}

int server_open_assets(struct server *s, struct err *err)
{
    int rc = load_files(s->options, &s->reload.fresh, err);
    if (!rc && s->reload.fresh)
        take_names(s, s->reload.fresh);
    return rc;
}

void server_swap_assets(struct server *s)
{
    if (s->reload.fresh && s->hall) {
        serve_set_assets(s->hall, s->reload.fresh);
        s->reload.fresh = NULL;
    }
}

static void drop_files(struct server *s)
{
    if (s->reload.fresh)
        assets_free(s->reload.fresh);
    s->reload.fresh = NULL;
}

static void begin_reload(struct server *s);

static void end_reload(struct server *s)
{
    s->reload.runs = false;
    if (!s->reload.again || s->draining)
        return;
    s->reload.again = false;
    begin_reload(s);
}

/* The new scripts are live, nothing has been answered by them yet. */
static void scripts_reloaded(void *arg, int status, const struct err *err)
{
    struct server *s = arg;
    struct script_stats st;
    if (status) {
        script_set_assets(s->script, buf_str(&s->asset_names));
        drop_files(s);
        note_reload(s, "scripts", err);
        end_reload(s);
        return;
    }
    if (s->reload.fresh)
        take_names(s, s->reload.fresh);
    server_swap_assets(s);
    drop_files(s);
    script_read_stats(s->script, &st);
    if (!s->reload.status)
        s->reload_error[0] = 0;
    log_info("reloaded", LOG_STR("what", STR("scripts")), LOG_STR("version", str_from(st.version)));
    end_reload(s);
}

/* On a pool thread. */
static void read_files(void *arg)
{
    struct server *s = arg;
    s->reload.status = load_files(s->options, &s->reload.fresh, &s->reload.err);
}

static void files_read(void *arg, int status)
{
    struct server *s = arg;
    if (status || s->draining) {
        drop_files(s);
        end_reload(s);
        return;
    }
    if (s->reload.status)
        note_reload(s, "static files", &s->reload.err);
    if (s->reload.fresh)
        script_set_assets(s->script, assets_map_json(s->reload.fresh));
    int rc = script_reload(s->script, scripts_reloaded, s);
    if (!rc)
        return;
    struct err err = {0};
    err_set(&err, rc, "%s", err_text(rc));
    scripts_reloaded(s, rc, &err);
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

static void begin_reload(struct server *s)
{
    s->reload.runs = true;
    s->reload.err = (struct err){0};
    reload_certificate(s);
    int rc = work_start(s->work, &s->reload.op, WORK_BUILD, read_files, files_read, s);
    if (!rc)
        return;
    log_error("reload not started", LOG_STR("why", str_from(err_text(rc))));
    s->reload.runs = false;
}

void server_reload(struct server *s)
{
    if (s->draining)
        return;
    if (s->reload.runs)
        s->reload.again = true;
    else
        begin_reload(s);
}

static void changed(void *arg)
{
    server_reload(arg);
}

int server_watch(struct server *s, struct err *err)
{
    static const enum option_id folders[] = {OPT_SCRIPTS, OPT_WWW};
    int rc = 0;
    for (size_t i = 0; !rc && i < countof(folders); i++) {
        const char *dir = options_text(s->options, folders[i]);
        if (folders[i] == OPT_WWW && access(dir, F_OK) != 0)
            continue;
        rc = watch_open(&s->watches[i], s->loop, dir, SETTLE_MS, changed, s, err);
    }
    return rc;
}
