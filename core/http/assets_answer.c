// SPDX-License-Identifier: Apache-2.0
// assets_answer: conditions, ranges and encodings (RFC 9110 13 and 14) over files in memory.
#include "core/base/clock.h"
#include "core/http/assets_private.h"
#include "core/http/gzip.h"
#include "core/http/request_private.h"
#include "core/http/serve_private.h"

enum { PIECE = 32768, WHOLE = 65536 };

static int range_edges(str spec, uint64_t size, uint64_t *from, uint64_t *to)
{
    str last = spec, first = str_cut(&last, '-');
    uint64_t a = 0, b = size ? size - 1 : 0;
    if (str_index(spec, '-') < 0 || (first.n && str_to_u64(first, &a)) ||
        (last.n && str_to_u64(last, &b)) || (!first.n && !last.n))
        return 1;
    if (!first.n) { /* the last b bytes */
        a = b < size ? size - b : 0;
        if (!b)
            return E_INVALID;
        b = size ? size - 1 : 0;
    } else if (last.n && b < a) {
        return 1;
    }
    if (a >= size)
        return E_INVALID;
    *from = a;
    *to = b < size ? b + 1 : size;
    return 0;
}

int assets_range(str range, uint64_t size, uint64_t *from, uint64_t *to)
{
    *from = 0;
    *to = size;
    if (!str_starts(range, STR("bytes=")) || str_index(range, ',') >= 0)
        return 1;
    return range_edges(str_trim(str_slice(range, 6, range.n)), size, from, to);
}

bool assets_tag_matches(str list, str etag)
{
    while (list.n) {
        str one = str_trim(str_cut(&list, ','));
        if (str_starts(one, STR("W/")))
            one = str_slice(one, 2, one.n);
        if (str_eq(one, etag) || str_eq(one, STR("*")))
            return true;
    }
    return false;
}

static bool is_unchanged(const struct asset *a, const struct request *r)
{
    int64_t since;
    str tags = request_header(r, STR("if-none-match"));
    if (tags.p)
        return assets_tag_matches(tags, a->plain.etag) ||
               (a->gzip.bytes.p && assets_tag_matches(tags, a->gzip.etag));
    str date = request_header(r, STR("if-modified-since"));
    return date.p && !clock_parse_http_date(date, &since) && a->modified_s * 1000 <= since;
}

/* If-Range: the range counts only for the bytes that the client has a part of. */
static bool range_counts(const struct asset *a, const struct request *r)
{
    str condition = request_header(r, STR("if-range"));
    return !condition.p || str_eq(condition, a->plain.etag) || str_eq(condition, a->modified);
}

/* A large file goes out in pieces, so that a slow reader holds no copy of it. */
struct sending {
    struct request *request;
    struct assets *owner;
    str rest;
};

static void proceed(void *arg)
{
    struct sending *s = arg;
    str piece = str_slice(s->rest, 0, PIECE);
    s->rest = str_slice(s->rest, piece.n, s->rest.n);
    if (piece.n)
        response_write(s->request, piece);
    else
        response_end(s->request);
}

static void stop(void *arg, int status)
{
    struct sending *s = arg;
    (void)status;
    assets_drop(s->owner);
}

static const struct generator generator = {proceed, stop};

static void send_bytes(const struct asset *a, struct request *r, str bytes)
{
    if (bytes.n <= WHOLE || r->method == HTTP_HEAD) {
        response_send(r, bytes);
        return;
    }
    struct sending *s = arena_alloc(&r->arena, sizeof(*s));
    *s = (struct sending){r, a->owner, bytes};
    assets_hold(a->owner);
    response_stream(r, (int64_t)bytes.n, &generator, s);
}

static void put(struct request *r, const char *name, str value)
{
    int rc = response_header(r, str_from(name), value);
    (void)rc; /* all of them are our own words */
}

/* What a 206, 304 or 416 says about the file. */
static void put_validators(const struct asset *a, struct request *r, const struct asset_form *form)
{
    put(r, "ETag", form->etag);
    put(r, "Last-Modified", a->modified);
    put(r, "Cache-Control", a->cache);
    put(r, "Vary", STR("Accept-Encoding"));
}

static void send_range(const struct asset *a, struct request *r, int rc, uint64_t from, uint64_t to)
{
    unsigned long long size = a->plain.bytes.n;
    put_validators(a, r, &a->plain);
    if (rc) {
        put(r, "Content-Range", arena_printf(&r->arena, "bytes */%llu", size));
        r->answer.status = 416;
        response_send(r, STR(""));
        return;
    }
    put(r, "Content-Range",
        arena_printf(&r->arena, "bytes %llu-%llu/%llu", (unsigned long long)from,
            (unsigned long long)to - 1, size));
    r->answer.status = 206;
    r->answer.type = a->type;
    send_bytes(a, r, str_slice(a->plain.bytes, (size_t)from, (size_t)to));
}

void assets_answer(const struct asset *a, struct request *r)
{
    uint64_t from, to;
    str range = request_header(r, STR("range"));
    bool gzip = a->gzip.bytes.p && gzip_is_taken(request_header(r, STR("accept-encoding")));
    if (is_unchanged(a, r)) {
        r->answer.status = 304;
        put_validators(a, r, gzip ? &a->gzip : &a->plain);
        response_send(r, STR(""));
        return;
    }
    if (range.p && r->method == HTTP_GET && range_counts(a, r)) {
        int rc = assets_range(range, a->plain.bytes.n, &from, &to);
        if (rc <= 0) {
            send_range(a, r, rc, from, to);
            return;
        }
    }
    const struct asset_form *form = gzip ? &a->gzip : &a->plain;
    r->answer.ready = form->head;
    send_bytes(a, r, form->bytes);
}
