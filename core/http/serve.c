// SPDX-License-Identifier: Apache-2.0
// serve: the server as a whole: its options, its connections, its end.
#include "core/http/serve.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/crypto/token.h"
#include "core/http/assets_private.h"
#include "core/http/conn.h"
#include "core/http/request_private.h"
#include "core/http/response_private.h"
#include "core/http/serve_private.h"

static void set_default(unsigned *option, unsigned value)
{
    if (!*option)
        *option = value;
}

static void set_defaults(struct serve_opts *o)
{
    set_default(&o->head_ms, 10000);
    set_default(&o->handshake_ms, 5000);
    set_default(&o->idle_ms, 30000);
    set_default(&o->body_grace_ms, 5000);
    set_default(&o->body_rate, 1000);
    set_default(&o->write_ms, 20000);
    set_default(&o->per_address, 64);
    set_default(&o->connections, 16384);
    if (!o->head_limit)
        o->head_limit = 16384;
    if (!o->csp.n)
        o->csp = str_from(response_default_policy);
}

/* As browsers write it: lower case, without the scheme's own port. */
static str origin_of(struct serve *s, str text, bool https)
{
    str port = https ? STR(":443") : STR(":80");
    if (str_ends(text, port))
        text.n -= port.n;
    str origin = arena_str(&s->arena, text);
    for (size_t i = 0; i < origin.n; i++) {
        char *c = (char *)(uintptr_t)origin.p + i;
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 32);
    }
    return origin;
}

/* "https://ca.example.cn/x" gives "https://ca.example.cn". */
static int set_origin(struct serve *s, struct err *err)
{
    str url = s->opts.public_url;
    bool https = str_starts(url, STR("https://"));
    if (!url.n)
        return 0;
    if (!https && !str_starts(url, STR("http://")))
        return err_set(err, E_CONFIG, "the public URL must begin with https:// or http://");
    size_t scheme = https ? 8 : 7;
    str host = str_slice(url, scheme, url.n);
    host = str_cut(&host, '/');
    if (!gate_is_host(host))
        return err_set(err, E_CONFIG, "the public URL names no host: %.*s", STR_ARG(url));
    s->origin = origin_of(s, str_slice(url, 0, scheme + host.n), https);
    s->https = https;
    return 0;
}

static int check_options(const struct serve_opts *o, struct err *err)
{
    if (o->head_limit > GATE_LIMIT_MAX)
        return err_set(err, E_CONFIG, "a request's head may have at most 65535 bytes");
    for (size_t i = 0; i < o->csp.n; i++)
        if ((unsigned char)o->csp.p[i] < 0x20 || (unsigned char)o->csp.p[i] > 0x7e)
            return err_set(
                err, E_CONFIG, "the Content-Security-Policy holds a character no header may have");
    return 0;
}

/* Lines that every answer carries are written once. */
static void prepare_heads(struct serve *s)
{
    struct buf text = {0};
    response_standard_write(&text, 0, false);
    s->standard = arena_str(&s->arena, buf_str(&text));
    s->locked_policy =
        arena_printf(&s->arena, "Content-Security-Policy: %s\r\n", response_locked_policy);
    s->policy = arena_str(&s->arena, s->opts.csp);
    buf_release(&text);
}

int serve_open(struct serve **out, const struct serve_opts *opts, struct err *err)
{
    struct serve *s = mem_zalloc(1, sizeof(*s));
    s->opts = *opts;
    set_defaults(&s->opts);
    int rc = check_options(&s->opts, err);
    if (!rc)
        rc = set_origin(s, err);
    if (rc) {
        arena_release(&s->arena);
        free(s);
        return rc;
    }
    s->loop = net_loop(opts->net);
    s->access.loop = s->loop;
    list_init(&s->conns);
    addresses_init(&s->addresses);
    token_random(&s->id_seed, sizeof(s->id_seed));
    prepare_heads(s);
    s->refused = serve_stats_of(s, STR("any"), STR("refused"));
    s->unknown = serve_stats_of(s, STR("any"), STR("unknown"));
    s->fixed_files = serve_stats_of(s, STR("GET"), STR("static"));
    *out = s;
    return 0;
}

void serve_accept(struct serve *s, int fd, const struct addr *peer, struct tlsctx *tls)
{
    if (s->draining || s->closing || s->stats.connections >= s->opts.connections) {
        s->stats.rejected++;
        close(fd);
    } else if (conn_open(s, fd, peer, tls)) {
        s->stats.accepted++;
    } else {
        s->stats.rejected++;
    }
}

static void release(struct serve *s)
{
    while (s->pool) {
        struct request *r = s->pool;
        s->pool = r->next_free;
        arena_release(&r->arena);
        buf_release(&r->body.whole);
        free(r);
    }
    serve_set_assets(s, NULL);
    timer_cancel(&s->drain_timer);
    access_release(&s->access);
    buf_release(&s->out);
    buf_release(&s->side);
    free(s->all);
    arena_release(&s->arena);
    free(s);
}

static void on_end(void *arg)
{
    struct serve *s = arg;
    void (*drained)(void *) = s->drained;
    void (*closed)(void *) = s->closed;
    void *closed_arg = s->closed_arg;
    if (s->stats.connections)
        return;
    timer_cancel(&s->drain_timer);
    if (drained) { /* who may close it now */
        s->drained = NULL;
        loop_defer(s->loop, &s->later, on_end, s);
        drained(s->drained_arg);
    } else if (closed) {
        release(s);
        closed(closed_arg);
    }
}

static void end_if_empty(struct serve *s)
{
    if (!s->stats.connections && (s->draining || s->closing))
        loop_defer(s->loop, &s->later, on_end, s);
}

void serve_conn_gone(struct serve *s)
{
    s->stats.connections--;
    end_if_empty(s);
}

static void close_all(struct serve *s)
{
    list_each(it, &s->conns) conn_close(container_of(it, struct conn, node));
}

static void on_drain_timeout(void *arg)
{
    close_all(arg);
}

void serve_drain(struct serve *s, unsigned ms, void (*done)(void *arg), void *arg)
{
    s->draining = true;
    s->drained = done;
    s->drained_arg = arg;
    list_each(it, &s->conns) conn_drain(container_of(it, struct conn, node));
    timer_start(s->loop, &s->drain_timer, ms, on_drain_timeout, s);
    end_if_empty(s);
}

void serve_close(struct serve *s, void (*done)(void *arg), void *arg)
{
    s->closing = true;
    s->closed = done;
    s->closed_arg = arg;
    close_all(s);
    end_if_empty(s);
}

void serve_set_assets(struct serve *s, struct assets *a)
{
    struct assets *old = s->assets;
    s->assets = a;
    if (old)
        assets_drop(old);
}

str serve_origin(const struct serve *s)
{
    return s->origin;
}
