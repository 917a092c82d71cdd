// SPDX-License-Identifier: Apache-2.0
// request: its pool, its readers, its end.
#define _GNU_SOURCE
#include "core/http/request.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/http/conn.h"
#include "core/http/request_private.h"
#include "core/http/serve_private.h"
#include "core/http/target.h"

enum { KEPT_BODY = 16384, FIELDS_MAX = 1000 };

static struct request *from_pool(struct serve *s)
{
    struct request *r = s->pool;
    if (!r)
        return mem_zalloc(1, sizeof(*r));
    s->pool = r->next_free;
    s->pool_count--;
    struct arena arena = r->arena;
    struct buf whole = r->body.whole;
    memset(r, 0, sizeof(*r));
    r->arena = arena;
    r->body.whole = whole;
    return r;
}

/* Numbers that do not repeat and do not tell how many there were. */
static uint64_t next_id(struct serve *s)
{
    uint64_t z = s->id_seed + ++s->id_next * 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

struct request *request_new(struct conn *c, const struct gate *g, str head)
{
    struct serve *s = c->serve;
    struct request *r = from_pool(s);
    r->conn = c;
    r->serve = s;
    r->started_ns = clock_mono_ns();
    r->id = next_id(s);
    r->head = arena_str(&r->arena, head);
    r->method = (enum http_method)g->method;
    r->minor = g->minor;
    r->header_count = g->count;
    struct gate_header *headers = arena_alloc(&r->arena, g->count * sizeof(*headers));
    memcpy(headers, g->headers, g->count * sizeof(*headers));
    r->headers = headers;
    r->target = gate_str(r->head.p, g->target);
    r->query = r->target;
    r->path = str_cut(&r->query, '?');
    r->query_state = 1;
    r->answer.status = 200;
    s->stats.requests++;
    s->stats.active++;
    return r;
}

void request_free(struct request *r)
{
    struct serve *s = r->serve;
    request_count(r);
    loop_undefer(&r->later);
    body_release(&r->body);
    if (s->pool_count >= SERVE_POOL) {
        arena_release(&r->arena);
        buf_release(&r->body.whole);
        free(r);
        return;
    }
    arena_clear(&r->arena);
    buf_clear(&r->body.whole);
    if (r->body.whole.cap > KEPT_BODY)
        buf_release(&r->body.whole);
    r->next_free = s->pool;
    s->pool = r;
    s->pool_count++;
}

static bool is_logged(const struct request *r)
{
    return !r->serve->opts.quiet && !(r->route && r->route->flags & ROUTE_QUIET);
}

void request_count(struct request *r)
{
    struct serve *s = r->serve;
    if (r->counted)
        return;
    r->counted = true;
    uint64_t us = (clock_mono_ns() - r->started_ns) / 1000;
    struct route_stats *st = r->stats ? r->stats : s->unknown;
    int status = r->answer.sent ? r->answer.status : 499; /* the client did not wait */
    serve_stats_count(st, status, us);
    s->stats.active--;
    if (is_logged(r)) {
        const struct access_entry e = {.id = r->id,
            .method = http_method_name(r->method),
            .route = str_from(st->pattern),
            .peer = request_peer(r),
            .status = status,
            .us = us,
            .bytes = r->sent_bytes};
        access_log(&s->access, &e);
    }
    struct router *held = r->held;
    r->held = NULL;
    r->route = NULL;
    if (held)
        router_drop(held);
}

void request_lost(struct request *r)
{
    void (*gone)(void *) = r->gone;
    r->gone = NULL;
    body_cancel(r);
    if (r->answer.generator)
        response_cut(r);
    else if (gone && !r->answer.sent)
        gone(r->gone_arg);
}

enum http_method request_method(const struct request *r)
{
    return r->method;
}

str request_path(const struct request *r)
{
    return r->path;
}

str request_target(const struct request *r)
{
    return r->target;
}

str request_query(const struct request *r)
{
    return r->query;
}

int request_query_pairs(struct request *r, const struct pair **pairs, size_t *count)
{
    if (r->query_state == 1)
        r->query_state = target_pairs(r->query, &r->arena, &r->query_pairs, &r->query_count);
    *pairs = r->query_pairs;
    *count = r->query_count;
    return r->query_state ? E_PARSE : 0;
}

int request_query_get(struct request *r, str name, str *value)
{
    const struct pair *pairs;
    size_t count;
    int rc = request_query_pairs(r, &pairs, &count);
    return rc ? rc : target_pair_get(pairs, count, name, value);
}

size_t request_header_count(const struct request *r)
{
    return r->header_count;
}

struct pair request_header_at(const struct request *r, size_t index)
{
    const struct gate_header *h = &r->headers[index];
    return (struct pair){gate_str(r->head.p, h->name), gate_str(r->head.p, h->value)};
}

size_t request_header_all(const struct request *r, str name, str *value)
{
    size_t found = 0;
    for (size_t i = 0; i < r->header_count; i++) {
        const struct gate_header *h = &r->headers[i];
        if (h->name.n != name.n || !str_eq_nocase(gate_str(r->head.p, h->name), name))
            continue;
        if (!found++)
            *value = gate_str(r->head.p, h->value);
    }
    return found;
}

str request_header(const struct request *r, str name)
{
    str value = {NULL, 0};
    (void)request_header_all(r, name, &value);
    return value;
}

static bool is_secure(const struct request *r)
{
    return r->serve->https || request_is_tls(r);
}

/* With TLS only the name with the prefix counts: no neighbouring site can set that one. */
int request_cookie(const struct request *r, str name, str *value)
{
    char full[128] = "__Host-";
    size_t found = 0;
    if (name.n > sizeof(full) - 7)
        return 1;
    memcpy(full + 7, name.p, name.n);
    if (is_secure(r))
        name = str_of(full, name.n + 7);
    for (size_t i = 0; i < r->header_count; i++) {
        struct pair h = request_header_at(r, i);
        str other;
        if (str_eq_nocase(h.name, STR("cookie")))
            found += target_cookie(h.value, name, found ? &other : value);
    }
    return found > 1 ? E_INVALID : !found;
}

str request_param(const struct request *r, str name)
{
    int index = r->route ? route_param_index(r->route, name) : -1;
    return index < 0 ? STR("") : r->params[index];
}

const struct pair *request_form(const struct request *r, size_t *count)
{
    *count = r->form_count;
    return r->form;
}

int request_form_get(const struct request *r, str name, str *value)
{
    return target_pair_get(r->form, r->form_count, name, value);
}

int request_form_add(struct request *r, str name, str value)
{
    if (r->form_count == FIELDS_MAX)
        return E_TOO_BIG;
    if (r->form_count == r->form_room) {
        size_t room = r->form_room ? r->form_room * 2 : 16;
        struct pair *more = arena_alloc(&r->arena, room * sizeof(*more));
        if (r->form_count)
            memcpy(more, r->form, r->form_count * sizeof(*more));
        r->form = more;
        r->form_room = room;
    }
    r->form[r->form_count++] = (struct pair){name, value};
    return 0;
}

static bool is_address(str s)
{
    char text[64];
    struct in6_addr any;
    return !str_to_c(s, text, sizeof(text)) &&
           (inet_pton(AF_INET, text, &any) == 1 || inet_pton(AF_INET6, text, &any) == 1);
}

/* What the nearest proxy wrote: the last element of the last header. */
static str forwarded_for(const struct request *r)
{
    str last = {NULL, 0};
    for (size_t i = 0; i < r->header_count; i++) {
        struct pair h = request_header_at(r, i);
        if (str_eq_nocase(h.name, STR("x-forwarded-for")))
            last = h.value;
    }
    for (str rest = last; rest.n;)
        last = str_trim(str_cut(&rest, ','));
    return last;
}

str request_peer(const struct request *r)
{
    const struct addr *peer = stream_peer(r->conn->stream);
    if (r->serve->opts.trust_forwarded && peer->is_loopback) {
        str named = forwarded_for(r);
        if (named.n && is_address(named))
            return named;
    }
    return str_from(peer->text);
}

bool request_is_tls(const struct request *r)
{
    return stream_is_tls(r->conn->stream);
}

static str hex_of(struct request *r, const uint8_t *bytes, size_t n)
{
    char *to = arena_alloc(&r->arena, n * 2);
    for (size_t i = 0; i < n; i++) {
        to[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        to[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    return str_of(to, n * 2);
}

str request_id(struct request *r)
{
    uint8_t bytes[8];
    codec_put_be64(bytes, r->id);
    if (!r->id_text.n)
        r->id_text = hex_of(r, bytes, sizeof(bytes));
    return r->id_text;
}

/* "00-<32 hex>-<16 hex>-<2 hex>", lower case, no field all zero (Trace Context 3.2.2). */
static bool is_traceparent(str s)
{
    bool trace = false, parent = false;
    if (s.n != 55 || !str_starts(s, STR("00-")) || s.p[35] != '-' || s.p[52] != '-')
        return false;
    for (size_t i = 3; i < s.n; i++) {
        char c = s.p[i];
        if (i == 35 || i == 52)
            continue;
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        trace = trace || (i < 35 && c != '0');
        parent = parent || (i > 35 && i < 52 && c != '0');
    }
    return trace && parent;
}

str request_traceparent(struct request *r)
{
    str given = request_header(r, STR("traceparent"));
    char trace[32];
    if (r->traceparent.n)
        return r->traceparent;
    if (is_traceparent(given)) {
        r->traceparent = given;
        return given;
    }
    serve_nonce(r->serve, trace);
    r->traceparent = arena_printf(&r->arena, "00-%.32s-%.*s-01", trace, STR_ARG(request_id(r)));
    return r->traceparent;
}

str request_nonce(struct request *r)
{
    if (!r->nonce_asked)
        serve_nonce(r->serve, r->nonce);
    r->nonce_asked = true;
    return str_of(r->nonce, sizeof(r->nonce));
}

/* "q=0.5" in thousandths; 1000 without one. */
static unsigned quality_of(str params)
{
    while (params.n) {
        str p = str_trim(str_cut(&params, ';'));
        if (!str_starts(p, STR("q=")))
            continue;
        unsigned q = p.n > 2 && p.p[2] == '1' ? 1000 : 0;
        for (size_t i = 4, unit = 100; !q && i < p.n && unit; i++, unit /= 10)
            if (p.p[i] > '0' && p.p[i] <= '9')
                return (unsigned)((p.p[i] - '0') * (int)unit);
        return q;
    }
    return 1000;
}

bool request_wants_json(const struct request *r)
{
    unsigned json = 0, html = 0;
    if (r->route && r->route->flags & ROUTE_API)
        return true;
    str accept = request_header(r, STR("accept"));
    while (accept.n) {
        str params = str_cut(&accept, ',');
        str type = str_trim(str_cut(&params, ';'));
        if (str_eq_nocase(type, STR("application/json")) ||
            str_eq_nocase(type, STR("application/problem+json")))
            json = quality_of(params);
        else if (str_eq_nocase(type, STR("text/html")))
            html = quality_of(params);
    }
    return json > html;
}

struct arena *request_arena(struct request *r)
{
    return &r->arena;
}

const struct route *request_route(const struct request *r)
{
    return r->route;
}

void request_set_data(struct request *r, void *data)
{
    r->data = data;
}

void *request_data(const struct request *r)
{
    return r->data;
}

void request_on_gone(struct request *r, void (*gone)(void *arg), void *arg)
{
    r->gone = gone;
    r->gone_arg = arg;
}
