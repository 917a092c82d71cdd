// SPDX-License-Identifier: Apache-2.0
// dispatch: who answers a request, whether it may come from where it comes from, and what body it
// may carry.
#include "core/http/assets_private.h"
#include "core/http/conn.h"
#include "core/http/multipart.h"
#include "core/http/request_private.h"
#include "core/http/serve_private.h"
#include "core/http/target.h"

enum { DEFAULT_WHOLE = 64 << 10, DEFAULT_PULLED = 8 << 20 };

static void fail(struct request *r, int status)
{
    response_error_status(r, status, STR(""), STR(""), status == 503 ? 5 : 0);
}

static bool find(struct request *r, struct router *t, struct route_match *m)
{
    unsigned allowed = m->allowed;
    router_find(t, r->method, r->path, m);
    m->allowed |= allowed;
    if (!m->route)
        return false;
    r->route = m->route;
    r->held = t;
    router_hold(t);
    for (size_t i = 0; i < ROUTE_MAX_PARAMS; i++)
        r->params[i] = m->params[i];
    return true;
}

/* The server's counters hang on the route from its first request on. */
static void count_for_route(struct request *r)
{
    struct serve *s = r->serve;
    struct route *route = (struct route *)(uintptr_t)r->route;
    r->stats = s->opts.plain_only ? NULL : route->stats; /* live ones count for the other server */
    if (!r->stats)
        r->stats = serve_stats_of(s, http_method_name(route->method), route->pattern);
    if (!s->opts.plain_only)
        route->stats = r->stats;
    loop_what(s->loop, r->stats->pattern);
}

static void put_allow(struct request *r, unsigned allowed)
{
    struct buf names = {0};
    for (int m = 0; m < HTTP_METHODS; m++)
        if (allowed & 1u << m || m == HTTP_OPTIONS) {
            if (names.n)
                buf_append(&names, STR(", "));
            buf_append(&names, http_method_name((enum http_method)m));
        }
    int rc = response_header(r, STR("Allow"), buf_str(&names));
    (void)rc; /* the names are tokens */
    buf_release(&names);
}

static void answer_without_route(struct request *r, unsigned allowed)
{
    const struct router_slot *live = r->serve->opts.live;
    if (!allowed) {
        fail(r, live && !live->live ? 503 : 404);
        return;
    }
    put_allow(r, allowed);
    if (r->method == HTTP_OPTIONS)
        response_send_empty(r);
    else
        fail(r, 405);
}

/* Pages of others may not make a browser act here: Sec-Fetch-Site tells what browsers see, Origin
 * what older ones say. Programs send neither. */
static bool is_foreign(const struct request *r)
{
    str site = STR(""), origin = STR("");
    if (request_header_all(r, STR("sec-fetch-site"), &site) > 0 &&
        !str_eq(site, STR("same-origin")) && !str_eq(site, STR("none")))
        return true;
    return request_header_all(r, STR("origin"), &origin) > 0 && r->serve->origin.n &&
           !str_eq(origin, r->serve->origin);
}

static bool may_act(const struct request *r)
{
    bool safe = r->method == HTTP_GET || r->method == HTTP_HEAD || r->method == HTTP_OPTIONS;
    return safe || r->route->flags & ROUTE_WEBHOOK || !is_foreign(r);
}

static int admit_form(struct request *r)
{
    bool empty = r->body.length == 0;
    str type = request_content_type(r);
    r->body.kind = BODY_FORM;
    return (empty && !type.n) || str_eq(type, STR("application/x-www-form-urlencoded")) ? 0 : 415;
}

static int admit_multipart(struct request *r)
{
    struct body *b = &r->body;
    if (!str_eq(request_content_type(r), STR("multipart/form-data"))) {
        if (b->limit > DEFAULT_WHOLE)
            b->limit = DEFAULT_WHOLE;
        return admit_form(r);
    }
    b->multipart = arena_alloc(&r->arena, sizeof(*b->multipart));
    return multipart_init(b->multipart, request_header(r, STR("content-type"))) ? 400 : 0;
}

/* The status to refuse the body with, or 0. */
static int admit_body(struct request *r)
{
    struct body *b = &r->body;
    bool pulled = r->route->body == BODY_MULTIPART || r->route->body == BODY_STREAM;
    b->kind = r->route->body;
    b->limit = r->route->body_limit;
    if (!b->limit)
        b->limit = pulled ? DEFAULT_PULLED : DEFAULT_WHOLE;
    if (b->kind == BODY_NONE && b->length)
        return 413;
    int status = 0;
    if (b->kind == BODY_FORM)
        status = admit_form(r);
    else if (b->kind == BODY_MULTIPART)
        status = admit_multipart(r);
    if (!status && b->length > 0 && (uint64_t)b->length > b->limit)
        status = 413;
    return status;
}

static void handle(struct request *r)
{
    conn_set_phase(r->conn, CONN_BUSY);
    r->route->handler(r, r->route->data);
}

void dispatch_whole(struct request *r)
{
    const struct pair *pairs;
    size_t count;
    if (r->body.kind == BODY_FORM) {
        int rc = target_pairs(buf_str(&r->body.whole), &r->arena, &pairs, &count);
        if (rc) {
            fail(r, rc == E_TOO_BIG ? 413 : 400);
            return;
        }
        r->form = (struct pair *)(uintptr_t)pairs; /* the arena's, and ours alone */
        r->form_count = r->form_room = count;
    }
    handle(r);
}

/* The file of that name, or NULL. */
static const struct asset *find_asset(struct request *r)
{
    struct serve *s = r->serve;
    if (!s->assets || r->body.length || (r->method != HTTP_GET && r->method != HTTP_HEAD))
        return NULL;
    return assets_find(s->assets, r->path);
}

static void dispatch_route(struct request *r)
{
    count_for_route(r);
    if (!may_act(r)) {
        fail(r, 403);
        return;
    }
    int status = admit_body(r);
    if (status)
        fail(r, status);
    else if (r->body.kind == BODY_STREAM || r->body.multipart)
        handle(r);
    else if (r->body.complete)
        dispatch_whole(r);
    else
        conn_set_phase(r->conn, CONN_BODY);
}

/* Whether the live route, if there is one, may be used without TLS by whoever has the choice. */
static bool is_plain(const struct request *r)
{
    const struct router_slot *live = r->serve->opts.live;
    struct route_match m = {0};
    if (live && live->live)
        router_find(live->live, r->method, r->path, &m);
    return m.route && m.route->flags & ROUTE_PLAIN;
}

void dispatch(struct request *r)
{
    struct serve *s = r->serve;
    struct route_match m = {0};
    if (target_path(r->path, &r->arena, &r->path)) {
        s->stats.refused++;
        r->stats = s->refused;
        r->answer.close = true;
        fail(r, 400);
        return;
    }
    const struct asset *file = find_asset(r);
    if (file) {
        r->stats = s->fixed_files;
        loop_what(s->loop, "static");
        assets_answer(file, r);
        return;
    }
    bool found = s->opts.plain_only && is_plain(r) && find(r, s->opts.live->live, &m);
    if (!found)
        found = s->opts.fixed && find(r, s->opts.fixed, &m);
    if (!found && !s->opts.plain_only && s->opts.live && s->opts.live->live)
        found = find(r, s->opts.live->live, &m);
    if (found)
        dispatch_route(r);
    else
        answer_without_route(r, m.allowed);
}
