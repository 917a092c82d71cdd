// SPDX-License-Identifier: Apache-2.0
// response: what a handler says about its answer, and the answers that are sent whole.
#include "core/http/response.h"

#include "core/http/conn.h"
#include "core/http/request_private.h"
#include "core/http/response_private.h"
#include "core/http/serve_private.h"

void response_status(struct request *r, int status)
{
    r->answer.status = status;
}

void response_type(struct request *r, str type)
{
    r->answer.type = type;
}

static void add_header(struct request *r, str name, str value)
{
    struct answer *a = &r->answer;
    struct answer_header *h = arena_alloc(&r->arena, sizeof(*h));
    *h = (struct answer_header){NULL, arena_str(&r->arena, name), arena_str(&r->arena, value)};
    if (a->headers_last)
        a->headers_last->next = h;
    else
        a->headers = h;
    a->headers_last = h;
}

static void remove_headers(struct answer *a, str name)
{
    struct answer_header **at = &a->headers;
    a->headers_last = NULL;
    while (*at) {
        if (str_eq_nocase((*at)->name, name)) {
            *at = (*at)->next;
            continue;
        }
        a->headers_last = *at;
        at = &(*at)->next;
    }
}

/* Values may hold UTF-8 (a file name): what ends a header or hides in a log may not. */
static bool is_good_value(str value)
{
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

int response_header_add(struct request *r, str name, str value)
{
    if (!gate_is_token(name) || !is_good_value(value) || response_is_ours(name))
        return E_INVALID;
    if (str_eq_nocase(name, STR("content-type"))) {
        r->answer.type = arena_str(&r->arena, value);
        return 0;
    }
    r->answer.replaced |= response_standard_bit(name);
    add_header(r, name, value);
    return 0;
}

int response_header(struct request *r, str name, str value)
{
    if (!gate_is_token(name) || !is_good_value(value) || response_is_ours(name))
        return E_INVALID;
    remove_headers(&r->answer, name);
    return response_header_add(r, name, value);
}

void response_csp_allow(struct request *r, str directive, str origin)
{
    struct csp_allow *allow = arena_alloc(&r->arena, sizeof(*allow));
    *allow = (struct csp_allow){r->answer.allows, directive, origin};
    r->answer.allows = allow;
}

/* RFC 6265 4.1.1 cookie-octet. */
static bool is_cookie_value(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= 0x20 || c >= 0x7f || c == '"' || c == ',' || c == ';' || c == '\\')
            return false;
    }
    return true;
}

int response_cookie(struct request *r, const struct cookie *c)
{
    bool secure = r->serve->https || request_is_tls(r);
    if (!gate_is_token(c->name) || !is_cookie_value(c->value))
        return E_INVALID;
    str age = STR("");
    if (c->max_age > 0)
        age = arena_printf(&r->arena, "; Max-Age=%lld", (long long)c->max_age);
    else if (c->max_age < 0)
        age = STR("; Max-Age=0");
    str line =
        arena_printf(&r->arena, "%s%.*s=%.*s; Path=/%.*s%s%s; SameSite=%s", secure ? "__Host-" : "",
            STR_ARG(c->name), STR_ARG(c->value), STR_ARG(age), secure ? "; Secure" : "",
            c->readable ? "" : "; HttpOnly", c->same_strict ? "Strict" : "Lax");
    add_header(r, STR("Set-Cookie"), line);
    return 0;
}

bool response_is_sent(const struct request *r)
{
    return r->answer.sent;
}

bool response_must_close(const struct request *r, bool streamed)
{
    const struct body *b = &r->body;
    if (r->wants_close || r->answer.close || r->serve->draining || r->conn->eof || b->error)
        return true;
    if (b->complete)
        return false;
    return streamed || b->length < 0 || b->continue_due ||
           (uint64_t)b->length - b->got > (uint64_t)SERVE_DISCARD;
}

static bool has_no_body(int status)
{
    return status == 204 || status == 304;
}

void response_send(struct request *r, str body)
{
    struct answer *a = &r->answer;
    struct conn *c = r->conn;
    if (a->sent)
        return;
    a->sent = true;
    a->close = response_must_close(r, false);
    a->complete = true;
    r->gone = NULL;
    bool bodiless = has_no_body(a->status);
    response_head_write(r, conn_out(c), bodiless ? -1 : (int64_t)body.n);
    conn_send(c, r->method == HTTP_HEAD || bodiless ? STR("") : body);
    conn_answered(c);
}

void response_send_empty(struct request *r)
{
    if (r->answer.status == 200)
        r->answer.status = 204;
    r->answer.type = STR("");
    response_send(r, STR(""));
}

/* Bytes that no header may hold are refused, others that no URL may hold are escaped. */
static int put_location(struct request *r, str to)
{
    char *text = arena_alloc(&r->arena, to.n * 3 + 1);
    size_t n = 0;
    for (size_t i = 0; i < to.n; i++) {
        unsigned char c = (unsigned char)to.p[i];
        if (c < 0x20 || c == 0x7f)
            return E_INVALID;
        if (c > 0x20 && c < 0x80) {
            text[n++] = (char)c;
            continue;
        }
        text[n++] = '%';
        text[n++] = "0123456789ABCDEF"[c >> 4];
        text[n++] = "0123456789ABCDEF"[c & 15];
    }
    return response_header(r, STR("Location"), str_of(text, n));
}

static int redirect(struct request *r, str to)
{
    int rc = put_location(r, to);
    if (rc)
        return rc;
    if (r->answer.status < 300 || r->answer.status > 399)
        r->answer.status = 303;
    r->answer.type = STR("");
    response_send(r, STR(""));
    return 0;
}

int response_redirect(struct request *r, str to)
{
    if (!to.n || to.p[0] != '/' || (to.n > 1 && (to.p[1] == '/' || to.p[1] == '\\')))
        return E_INVALID;
    return redirect(r, to);
}

int response_redirect_out(struct request *r, str to)
{
    if (!str_starts(to, STR("https://")) && !str_starts(to, STR("http://")))
        return E_INVALID;
    return redirect(r, to);
}

void response_error_status(struct request *r, int status, str detail, str members_json, int retry_s)
{
    struct buf body = {0};
    if (r->answer.sent)
        return;
    r->answer.status = status;
    page_write(r, status, detail, members_json, &body);
    remove_headers(&r->answer, STR("retry-after"));
    if (retry_s > 0)
        add_header(r, STR("Retry-After"), arena_printf(&r->arena, "%d", retry_s));
    response_send(r, buf_str(&body));
    buf_release(&body);
}

void response_error(struct request *r, int code, str detail, str members_json)
{
    int status = http_status_of(code);
    if (code == E_TIMEOUT && r->body.error == E_TIMEOUT)
        status = 408; /* not we were slow */
    response_error_status(r, status, detail, members_json, status == 503 ? 5 : 0);
}
