// SPDX-License-Identifier: Apache-2.0
// What http_tool answers.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/crypto/hash.h"
#include "core/http/assets.h"
#include "core/http/topics.h"
#include "core/loop/timer.h"
#include "core/net/stream.h"
#include "tests/unit/http_tool.h"

static void put_pairs(struct json_writer *w, const char *key, const struct pair *pairs, size_t n)
{
    json_key(w, str_from(key));
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_begin_array(w);
        json_put_str(w, pairs[i].name);
        json_put_str(w, pairs[i].value);
        json_end_array(w);
    }
    json_end_array(w);
}

static void put(struct json_writer *w, const char *key, str value)
{
    json_key(w, str_from(key));
    json_put_str(w, value);
}

/* What was understood of a request, as JSON. */
static void echo(struct request *r, void *data)
{
    struct buf out = {0};
    struct json_writer w = {.out = &out};
    const struct pair *pairs;
    size_t n;
    (void)data;
    json_begin_object(&w);
    put(&w, "method", http_method_name(request_method(r)));
    put(&w, "path", request_path(r));
    put(&w, "target", request_target(r));
    put(&w, "param", request_param(r, STR("name")));
    put(&w, "body", request_body(r));
    put(&w, "peer", request_peer(r));
    put(&w, "type", request_content_type(r));
    if (request_query_pairs(r, &pairs, &n) == 0)
        put_pairs(&w, "query", pairs, n);
    pairs = request_form(r, &n);
    put_pairs(&w, "form", pairs, n);
    json_key(&w, STR("headers"));
    json_put_uint(&w, request_header_count(r));
    json_end_object(&w);
    response_type(r, STR("application/json"));
    response_send(r, buf_str(&out));
    buf_release(&out);
}

static void small(struct request *r, void *data)
{
    (void)data;
    response_type(r, STR("application/json"));
    response_send(r, STR("{\"ok\":true}"));
}

static void page(struct request *r, void *data)
{
    struct buf out = {0};
    (void)data;
    buf_printf(&out, "<!DOCTYPE html><script nonce=\"%.*s\"></script>", STR_ARG(request_nonce(r)));
    response_csp_allow(r, STR("connect-src"), STR("ws://127.0.0.1:20443"));
    const struct cookie c = {.name = STR("sid"), .value = STR("abc"), .same_strict = true};
    if (response_cookie(r, &c) ||
        response_header(r, STR("Permissions-Policy"), STR("camera=(self)")))
        abort();
    response_type(r, STR("text/html; charset=utf-8"));
    response_send(r, buf_str(&out));
    buf_release(&out);
}

/* An answer that comes later: /slow/{name} milliseconds. */
struct slow {
    struct request *request;
    struct timer timer;
};

static void slow_due(void *arg)
{
    struct slow *s = arg;
    request_on_gone(s->request, NULL, NULL);
    small(s->request, NULL);
    free(s);
}

static void slow_gone(void *arg)
{
    struct slow *s = arg;
    timer_cancel(&s->timer);
    free(s);
}

static void slow(struct request *r, void *data)
{
    struct tool *t = data;
    uint64_t ms = 0;
    struct slow *s = mem_zalloc(1, sizeof(*s));
    s->request = r;
    if (str_to_u64(request_param(r, STR("name")), &ms))
        ms = 10;
    request_on_gone(r, slow_gone, s);
    timer_start(t->loop, &s->timer, ms, slow_due, s);
}

/* /stream/{name}: so many pieces of 1000 bytes; ?length=1 announces it. */
struct pieces {
    struct request *request;
    uint64_t left;
};

static void pieces_proceed(void *arg)
{
    struct pieces *p = arg;
    char piece[1000];
    memset(piece, 'x', sizeof(piece));
    if (!p->left--) {
        response_end(p->request);
        return;
    }
    response_write(p->request, str_of(piece, sizeof(piece)));
}

static void pieces_stop(void *arg, int status)
{
    (void)status;
    free(arg);
}

static const struct generator pieces_generator = {pieces_proceed, pieces_stop};

static void stream_pieces(struct request *r, void *data)
{
    struct pieces *p = mem_zalloc(1, sizeof(*p));
    str value;
    (void)data;
    p->request = r;
    if (str_to_u64(request_param(r, STR("name")), &p->left))
        p->left = 3;
    bool announced = request_query_get(r, STR("length"), &value) == 0;
    response_type(r, STR("text/plain"));
    response_stream(r, announced ? (int64_t)p->left * 1000 : -1, &pieces_generator, p);
}

static void big(struct request *r, void *data)
{
    uint64_t n = 0;
    (void)data;
    if (str_to_u64(request_param(r, STR("name")), &n) || n > 64 << 20)
        n = 1;
    char *bytes = mem_zalloc(1, (size_t)n);
    memset(bytes, 'b', (size_t)n);
    response_type(r, STR("application/octet-stream"));
    response_send(r, str_of(bytes, (size_t)n));
    free(bytes);
}

/* Pulls everything and answers with what it was. */
struct upload {
    struct request *request;
    struct hash hash;
    struct buf out;
    struct json_writer w;
    uint64_t bytes;
};

static void upload_gone(void *arg)
{
    struct upload *u = arg;
    buf_release(&u->out);
    free(u);
}

static void upload_end(struct upload *u, int status)
{
    struct request *r = u->request;
    size_t n;
    request_on_gone(r, NULL, NULL);
    json_end_array(&u->w);
    const struct pair *pairs = request_form(r, &n);
    put_pairs(&u->w, "form", pairs, n);
    json_end_object(&u->w);
    response_type(r, STR("application/json"));
    if (status < 0)
        response_error(r, status, STR(""), STR(""));
    else
        response_send(r, buf_str(&u->out));
    upload_gone(u);
}

static void put_digest(struct upload *u)
{
    uint8_t digest[HASH_SIZE];
    hash_final(&u->hash, digest);
    json_key(&u->w, STR("bytes"));
    json_put_uint(&u->w, u->bytes);
    json_key(&u->w, STR("hash"));
    json_put_uint(&u->w, (uint64_t)digest[0] << 8 | digest[1]);
    json_end_object(&u->w);
}

static void upload_part(void *arg, int status, const struct part *part);

static void upload_bytes(void *arg, int status, str bytes)
{
    struct upload *u = arg;
    if (status == 1) {
        put_digest(u);
        status = body_next_part(u->request, upload_part, u);
    } else if (!status) {
        hash_update(&u->hash, bytes);
        u->bytes += bytes.n;
        status = body_read(u->request, upload_bytes, u);
    }
    if (status)
        upload_end(u, status);
}

static void upload_part(void *arg, int status, const struct part *part)
{
    struct upload *u = arg;
    if (!status) {
        json_begin_object(&u->w);
        put(&u->w, "name", part->name);
        put(&u->w, "filename", part->filename);
        put(&u->w, "type", part->content_type);
        hash_init(&u->hash);
        u->bytes = 0;
        status = body_read(u->request, upload_bytes, u);
    }
    if (status)
        upload_end(u, status);
}

static struct upload *upload_new(struct request *r)
{
    struct upload *u = mem_zalloc(1, sizeof(*u));
    u->request = r;
    u->w.out = &u->out;
    json_begin_object(&u->w);
    json_key(&u->w, STR("parts"));
    json_begin_array(&u->w);
    request_on_gone(r, upload_gone, u);
    hash_init(&u->hash);
    return u;
}

static void upload(struct request *r, void *data)
{
    struct upload *u = upload_new(r);
    (void)data;
    if (body_next_part(r, upload_part, u))
        abort();
}

static void raw_bytes(void *arg, int status, str bytes)
{
    struct upload *u = arg;
    if (!status) {
        hash_update(&u->hash, bytes);
        u->bytes += bytes.n;
        status = body_read(u->request, raw_bytes, u);
    } else if (status == 1) {
        json_begin_object(&u->w);
        put_digest(u);
    }
    if (status)
        upload_end(u, status);
}

static void raw(struct request *r, void *data)
{
    struct upload *u = upload_new(r);
    (void)data;
    if (body_read(r, raw_bytes, u))
        abort();
}

/* Answers without having looked at the body. */
static void ignore(struct request *r, void *data)
{
    small(r, data);
}

static void redirect(struct request *r, void *data)
{
    str to = STR("/");
    (void)data;
    if (request_query_get(r, STR("to"), &to) || response_redirect(r, to))
        response_error(r, E_INVALID, STR(""), STR(""));
}

static void fault(struct request *r, void *data)
{
    static const char *const ours[] = {
        "Content-Length", "date", "Connection", "Transfer-Encoding", "a b", ""};
    (void)data;
    for (size_t i = 0; i < countof(ours); i++)
        if (response_header(r, str_from(ours[i]), STR("1")) != E_INVALID)
            abort();
    if (response_header(r, STR("X"), STR("a\r\nY: b")) != E_INVALID)
        abort();
    response_error(r, E_DENIED, STR("<b>no</b>"), STR("\"why\":1"));
}

/* /events/{name}?session=…: listens to one topic until /revoke/{session} or forever. */
static bool still_allowed(void *arg)
{
    return ((struct tool *)arg)->allowed;
}

static void events(struct request *r, void *data)
{
    struct tool *t = data;
    str topics[2] = {request_param(r, STR("name")), STR("all")};
    str session = STR("one");
    if (request_query_get(r, STR("session"), &session) < 0)
        abort();
    const struct subscription s = {
        .topics = topics, .count = 2, .session = session, .allowed = still_allowed, .arg = t};
    topics_subscribe(t->topics, r, &s);
}

static void publish(struct request *r, void *data)
{
    struct tool *t = data;
    topics_publish(t->topics, request_param(r, STR("name")));
    small(r, NULL);
}

static void revoke(struct request *r, void *data)
{
    struct tool *t = data;
    if (str_eq(request_param(r, STR("name")), STR("everybody")))
        t->allowed = false;
    topics_end_session(t->topics, request_param(r, STR("name")));
    small(r, NULL);
}

/* The counters of the server, as metrics would read them. */
static void stats(struct request *r, void *data)
{
    struct tool *t = data;
    struct buf out = {0};
    struct json_writer w = {.out = &out};
    const struct http_stats *s = serve_stats(t->serve);
    const struct {
        const char *name;
        uint64_t value;
    } all[] = {{"requests", s->requests}, {"refused", s->refused}, {"accepted", s->accepted},
        {"rejected", s->rejected}, {"timeouts", s->timeouts}, {"connections", s->connections},
        {"active", s->active}, {"streams", s->streams}, {"upload_bytes", s->upload_bytes}};
    json_begin_object(&w);
    for (size_t i = 0; i < countof(all); i++) {
        json_key(&w, str_from(all[i].name));
        json_put_uint(&w, all[i].value);
    }
    for (size_t i = 0; i < serve_route_stats_count(t->serve); i++) {
        const struct route_stats *st = serve_route_stats(t->serve, i);
        uint64_t sum = 0;
        for (int b = 0; b < HTTP_BUCKETS; b++)
            sum += st->buckets[b];
        buf_append(&out, STR(","));
        buf_printf(&out, "\"%s %s\":%llu", st->method, st->pattern, (unsigned long long)sum);
    }
    json_end_object(&w);
    response_type(r, STR("application/json"));
    response_send(r, buf_str(&out));
    buf_release(&out);
}

void tool_open_routes(struct tool *t)
{
    const struct route routes[] = {
        {.method = HTTP_GET, .pattern = STR("/"), .handler = small},
        {.method = HTTP_GET, .pattern = STR("/json"), .flags = ROUTE_API, .handler = small},
        {.method = HTTP_GET, .pattern = STR("/page"), .handler = page},
        {.method = HTTP_GET, .pattern = STR("/echo"), .handler = echo},
        {.method = HTTP_GET, .pattern = STR("/echo/{name}"), .handler = echo},
        {.method = HTTP_POST, .pattern = STR("/echo"), .body = BODY_MEMORY, .handler = echo},
        {.method = HTTP_PUT, .pattern = STR("/echo"), .body = BODY_MEMORY, .handler = echo},
        {.method = HTTP_DELETE, .pattern = STR("/echo"), .handler = echo},
        {.method = HTTP_POST, .pattern = STR("/form"), .body = BODY_FORM, .handler = echo},
        {.method = HTTP_POST,
            .pattern = STR("/hook"),
            .body = BODY_MEMORY,
            .flags = ROUTE_WEBHOOK | ROUTE_API,
            .handler = echo},
        {.method = HTTP_POST,
            .pattern = STR("/upload"),
            .body = BODY_MULTIPART,
            .body_limit = 64 << 20,
            .handler = upload},
        {.method = HTTP_POST,
            .pattern = STR("/raw"),
            .body = BODY_STREAM,
            .body_limit = 32 << 20,
            .handler = raw},
        {.method = HTTP_POST, .pattern = STR("/ignore"), .body = BODY_STREAM, .handler = ignore},
        {.method = HTTP_GET, .pattern = STR("/slow/{name}"), .handler = slow},
        {.method = HTTP_GET, .pattern = STR("/stream/{name}"), .handler = stream_pieces},
        {.method = HTTP_GET, .pattern = STR("/big/{name}"), .handler = big},
        {.method = HTTP_GET, .pattern = STR("/redirect"), .handler = redirect},
        {.method = HTTP_GET, .pattern = STR("/fault"), .handler = fault},
        {.method = HTTP_GET,
            .pattern = STR("/events/{name}"),
            .flags = ROUTE_EVENTS,
            .handler = events},
        {.method = HTTP_POST, .pattern = STR("/publish/{name}"), .handler = publish},
        {.method = HTTP_POST, .pattern = STR("/revoke/{name}"), .handler = revoke},
        {.method = HTTP_GET, .pattern = STR("/stats"), .flags = ROUTE_QUIET, .handler = stats},
    };
    struct err err = {0};
    const struct topics_opts topics = {.loop = t->loop, .heartbeat_ms = 200, .check_ms = 400};
    t->topics = topics_new(&topics);
    t->allowed = true;
    t->fixed = router_new(NULL, NULL, NULL);
    t->live.live = router_new(NULL, NULL, NULL);
    for (size_t i = 0; i < countof(routes); i++) {
        struct route one = routes[i];
        one.data = t;
        if (router_add(i % 2 ? t->live.live : t->fixed, &one, &err))
            fprintf(stderr, "%s\n", err.message), exit(1);
    }
}

void tool_close_routes(struct tool *t)
{
    router_free(t->fixed);
    router_free(t->live.live);
    topics_free(t->topics);
}

void tool_load_assets(struct tool *t, struct err *err)
{
    struct assets *a;
    if (!t->assets_dir)
        return;
    if (assets_load(&a, t->assets_dir, STR("/assets/"), err))
        fprintf(stderr, "%s\n", err->message), exit(1);
    str map = assets_map_json(a);
    fprintf(stderr, "%.*s\n", STR_ARG(map));
    serve_set_assets(t->serve, a);
}
