// SPDX-License-Identifier: Apache-2.0
// server_entrance: listening addresses, the certificate they show, and the plain one that points
// to HTTPS.
#include <stdio.h>
#include <string.h>

#include "core/app/server.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/loop/file.h"

enum { PEM_LIMIT = 256 << 10 };

static int read_certificate(const struct options *o, struct tlsctx **out, struct err *err)
{
    const char *chain_path = options_text(o, OPT_CERTIFICATE_FILE);
    struct buf chain = {0}, key = {0};
    int rc = file_read(chain_path, PEM_LIMIT, &chain, err);
    if (!rc)
        rc = file_read(options_text(o, OPT_CERTIFICATE_KEY_FILE), PEM_LIMIT, &key, err);
    if (!rc)
        rc = tlsctx_new(out, buf_str(&chain), buf_str(&key), chain_path, err);
    if (key.p)
        mem_wipe(key.p, key.cap);
    buf_release(&key);
    buf_release(&chain);
    return rc;
}

static int make_certificate(struct tlsctx **out, struct err *err)
{
    struct buf chain = {0}, key = {0};
    int rc = tls_self_signed(STR(""), clock_wall_ms() / 1000, &chain, &key, err);
    if (!rc)
        rc = tlsctx_new(out, buf_str(&chain), buf_str(&key), "the self-made certificate", err);
    if (key.p)
        mem_wipe(key.p, key.cap);
    buf_release(&key);
    buf_release(&chain);
    return rc;
}

int server_load_certificate(const struct options *o, struct tlsctx **out, struct err *err)
{
    if (options_is_on(o, OPT_CERTIFICATE_FILE))
        return read_certificate(o, out, err);
    return make_certificate(out, err);
}

static void accepted(void *arg, int fd, const struct addr *peer)
{
    struct entrance *e = arg;
    serve_accept(e->serve, fd, peer, e->tls ? e->server->tls : NULL);
}

static int bind_one(struct server *s, struct entrance *e, enum option_id id, struct err *err)
{
    e->server = s;
    if (!options_is_on(s->options, id))
        return 0;
    int rc = listener_open(
        &e->listener, s->net, str_from(options_text(s->options, id)), accepted, e, err);
    if (rc)
        err_at(err, "option %s", option_info(id)->name);
    return rc;
}

void server_entrance_url(const struct entrance *e, char *out, size_t size)
{
    const struct addr *a = listener_addr(e->listener);
    const char *scheme = e->tls ? "https" : "http";
    if (!a->port)
        snprintf(out, size, "%s+unix:%s", scheme, a->text);
    else if (strchr(a->text, ':'))
        snprintf(out, size, "%s://[%s]:%u", scheme, a->text, a->port);
    else
        snprintf(out, size, "%s://%s:%u", scheme, a->text, a->port);
}

static void set_public_url(struct server *s)
{
    const char *url = options_text(s->options, OPT_PUBLIC_URL);
    if (*url)
        snprintf(s->public_url, sizeof(s->public_url), "%s", url);
    else
        server_entrance_url(
            s->http.listener ? &s->http : &s->https, s->public_url, sizeof(s->public_url));
}

int server_bind(struct server *s, struct err *err)
{
    s->https.tls = true;
    int rc = bind_one(s, &s->http, OPT_HTTP, err);
    if (!rc)
        rc = bind_one(s, &s->https, OPT_HTTPS, err);
    if (!rc)
        rc = bind_one(s, &s->admin_entrance, OPT_ADMIN, err);
    if (rc)
        return rc;
    set_public_url(s);
    return 0;
}

static void send_elsewhere(struct request *r, void *data)
{
    const struct server *s = data;
    str target = request_target(r);
    str url = arena_printf(request_arena(r), "%s%.*s", s->public_url, STR_ARG(target));
    response_status(r, 308);
    if (response_redirect_out(r, url))
        response_error(r, E_INVALID, STR(""), STR(""));
}

/* One route for each depth of path that a parameter can stand for; deeper ones are unknown. */
struct router *elsewhere_routes_new(struct server *s)
{
    struct router *t = router_new(NULL, NULL, NULL);
    char pattern[ROUTE_MAX_PARAMS * 5 + 2] = "/";
    size_t n = 1;
    for (int depth = 0; depth <= ROUTE_MAX_PARAMS; depth++) {
        if (depth)
            n += (size_t)snprintf(
                pattern + n, sizeof(pattern) - n, "%s{p%d}", depth > 1 ? "/" : "", depth);
        const struct route route = {.method = HTTP_GET,
            .pattern = str_of(pattern, n),
            .flags = ROUTE_NO_STORE,
            .handler = send_elsewhere,
            .data = s};
        int rc = router_add(t, &route, NULL);
        if (rc)
            log_error("redirect route refused", LOG_STR("code", str_from(err_name(rc))));
    }
    return t;
}
