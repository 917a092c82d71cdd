// SPDX-License-Identifier: Apache-2.0
// response_head: status line, the core's own headers, the standard security headers, the handler's.
#include "core/http/request_private.h"
#include "core/http/response_private.h"
#include "core/http/serve_private.h"

const char response_default_policy[] =
    "default-src 'none'; script-src 'nonce-NONCE' 'strict-dynamic'; style-src 'self' "
    "'nonce-NONCE'; "
    "img-src 'self' data: blob:; connect-src 'self'; form-action 'self' https://openapi.alipay.com "
    "https://openapi-sandbox.dl.alipaydev.com; base-uri 'none'; frame-ancestors 'none'; "
    "font-src 'self'; manifest-src 'self'; media-src 'self' blob:; worker-src 'self'";

const char response_locked_policy[] =
    "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/* In the order of their bits; the first two depend on the answer. */
static const struct {
    const char *name;
    const char *line;
} standard[] = {
    {"content-security-policy", ""},
    {"cache-control", ""},
    {"x-content-type-options", "X-Content-Type-Options: nosniff\r\n"},
    {"referrer-policy", "Referrer-Policy: strict-origin-when-cross-origin\r\n"},
    {"cross-origin-opener-policy", "Cross-Origin-Opener-Policy: same-origin\r\n"},
    {"cross-origin-resource-policy", "Cross-Origin-Resource-Policy: same-origin\r\n"},
    {"permissions-policy", "Permissions-Policy: camera=(), geolocation=(), microphone=(), "
                           "loopback-network=(), local-network=()\r\n"},
    {"x-frame-options", "X-Frame-Options: DENY\r\n"},
    {"strict-transport-security", "Strict-Transport-Security: max-age=31536000\r\n"},
};
enum { HSTS = 8 };

unsigned response_standard_bit(str name)
{
    for (size_t i = 0; i < countof(standard); i++)
        if (str_eq_nocase(name, str_from(standard[i].name)))
            return 1u << i;
    return 0;
}

void response_standard_write(struct buf *out, unsigned left_out, bool https)
{
    for (size_t i = 0; i < countof(standard); i++)
        if (!(left_out & 1u << i) && (i != HSTS || https))
            buf_append(out, str_from(standard[i].line));
}

bool response_is_ours(str name)
{
    static const char *const ours[] = {
        "date", "content-length", "transfer-encoding", "connection", "keep-alive"};
    for (size_t i = 0; i < countof(ours); i++)
        if (str_eq_nocase(name, str_from(ours[i])))
            return true;
    return false;
}

void response_status_line(struct buf *out, int status)
{
    if (status == 200) {
        buf_append(out, STR("HTTP/1.1 200 OK\r\n"));
        return;
    }
    buf_append(out, STR("HTTP/1.1 "));
    buf_append_u64(out, (uint64_t)status);
    buf_append_byte(out, ' ');
    buf_append(out, http_status_text(status));
    buf_append(out, STR("\r\n"));
}

static void put_line(struct buf *out, str name, str value)
{
    buf_append(out, name);
    buf_append(out, STR(": "));
    buf_append(out, value);
    buf_append(out, STR("\r\n"));
}

static void put_policy_text(struct request *r, struct buf *out, str text)
{
    for (;;) {
        ptrdiff_t at = str_find(text, STR("NONCE"));
        if (at < 0)
            break;
        buf_append(out, str_slice(text, 0, (size_t)at));
        buf_append(out, request_nonce(r));
        text = str_slice(text, (size_t)at + 5, text.n);
    }
    buf_append(out, text);
}

static str origins_for(const struct request *r, str directive, struct buf *scratch)
{
    buf_clear(scratch);
    for (const struct csp_allow *a = r->answer.allows; a; a = a->next)
        if (str_eq(a->directive, directive)) {
            buf_append_byte(scratch, ' ');
            buf_append(scratch, a->origin);
        }
    return buf_str(scratch);
}

static bool has_directive(str policy, str directive)
{
    while (policy.n) {
        str one = str_trim(str_cut(&policy, ';'));
        if (str_eq(str_cut(&one, ' '), directive))
            return true;
    }
    return false;
}

/* The slow way: each directive with the origins that this answer adds to it. */
static void put_widened(struct request *r, struct buf *out)
{
    struct buf more = {0};
    for (str rest = r->serve->policy; rest.n;) {
        str directive = str_trim(str_cut(&rest, ';'));
        str values = directive;
        str name = str_cut(&values, ' ');
        str extra = origins_for(r, name, &more);
        put_policy_text(r, out, extra.n && str_eq(values, STR("'none'")) ? name : directive);
        buf_append(out, extra);
        if (rest.n)
            buf_append(out, STR("; "));
    }
    for (const struct csp_allow *a = r->answer.allows; a; a = a->next)
        if (!has_directive(r->serve->policy, a->directive)) {
            buf_append(out, STR("; "));
            buf_append(out, a->directive);
            buf_append_byte(out, ' ');
            buf_append(out, a->origin);
        }
    buf_release(&more);
}

/* Pages get the policy with a nonce, data the one that allows nothing. */
static void put_policy(struct request *r, struct buf *out)
{
    const struct answer *a = &r->answer;
    if (a->replaced & RESPONSE_POLICY)
        return;
    if (!a->allows && !r->nonce_asked && !str_starts(a->type, STR("text/html"))) {
        buf_append(out, r->serve->locked_policy);
        return;
    }
    buf_append(out, STR("Content-Security-Policy: "));
    if (a->allows)
        put_widened(r, out);
    else
        put_policy_text(r, out, r->serve->policy);
    buf_append(out, STR("\r\n"));
}

static void put_cache(const struct request *r, struct buf *out)
{
    if (r->answer.replaced & RESPONSE_CACHE)
        return;
    if (r->route && r->route->flags & ROUTE_NO_STORE)
        buf_append(out, STR("Cache-Control: no-store\r\n"));
    else
        buf_append(out, STR("Cache-Control: no-cache, private\r\n"));
}

static void put_standard(const struct request *r, struct buf *out)
{
    unsigned left_out = r->answer.replaced & ~(unsigned)(RESPONSE_POLICY | RESPONSE_CACHE);
    bool https = r->serve->https && request_is_tls(r);
    if (left_out || https)
        response_standard_write(out, left_out, https);
    else
        buf_append(out, r->serve->standard);
}

static void put_framing(const struct request *r, struct buf *out, int64_t length)
{
    if (r->answer.chunked) {
        buf_append(out, STR("Transfer-Encoding: chunked\r\n"));
    } else if (length >= 0) {
        buf_append(out, STR("Content-Length: "));
        buf_append_u64(out, (uint64_t)length);
        buf_append(out, STR("\r\n"));
    }
    if (r->answer.close)
        buf_append(out, STR("Connection: close\r\n"));
}

void response_head_write(struct request *r, struct buf *out, int64_t length)
{
    response_status_line(out, r->answer.status);
    buf_append(out, serve_date(r->serve));
    if (r->answer.ready.n) {
        if (r->answer.close)
            buf_append(out, STR("Connection: close\r\n"));
        buf_append(out, r->answer.ready);
        return;
    }
    put_framing(r, out, length);
    if (r->answer.type.n)
        put_line(out, STR("Content-Type"), r->answer.type);
    put_policy(r, out);
    put_cache(r, out);
    put_standard(r, out);
    for (const struct answer_header *h = r->answer.headers; h; h = h->next)
        put_line(out, h->name, h->value);
    buf_append(out, STR("\r\n"));
}
