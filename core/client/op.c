// SPDX-License-Identifier: Apache-2.0
// op: setting a libcurl handle up and reading its outcome.
#define _GNU_SOURCE
#include "core/client/op.h"

#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 15000, CONNECT_MS = 5000, ANSWER = 1 << 20, HEADERS_MAX = 65536 };

static char *dup(str s)
{
    return mem_dup(s.p ? s.p : "", s.n);
}

static bool is_clean(str s)
{
    return str_index(s, '\r') < 0 && str_index(s, '\n') < 0 && str_index(s, '\0') < 0;
}

static struct client_op *op_new(str url, unsigned timeout_ms)
{
    struct client_op *op = mem_zalloc(1, sizeof(*op));
    list_init(&op->node);
    op->url = dup(url);
    op->timeout_ms = timeout_ms ? timeout_ms : TIMEOUT_MS;
    op->limit = ANSWER;
    return op;
}

static int add_header(struct client_op *op, const struct client_header *h)
{
    struct buf line = {0};
    if (!is_clean(h->name) || !is_clean(h->value) || !h->name.n || str_index(h->name, ':') >= 0)
        return E_INVALID;
    buf_append(&line, h->name);
    /* libcurl drops "Name:" without a value; "Name;" sends an empty one. */
    buf_append(&line, h->value.n ? STR(": ") : STR(";"));
    buf_append(&line, h->value);
    buf_append_byte(&line, '\0');
    op->headers = curl_slist_append(op->headers, line.p);
    buf_release(&line);
    return 0;
}

int op_new_fetch(const struct client_request *request, struct client_op **out)
{
    if (!request->method.n || !is_clean(request->method) || str_index(request->method, ' ') >= 0)
        return E_INVALID;
    struct client_op *op = op_new(request->url, request->timeout_ms);
    op->method = dup(request->method);
    buf_append(&op->body, request->body);
    if (request->response_limit)
        op->limit = request->response_limit;
    /* No waiting for "100 Continue" from servers that never send it. */
    op->headers = curl_slist_append(op->headers, "Expect:");
    for (size_t i = 0; i < request->header_count; i++)
        if (add_header(op, &request->headers[i])) {
            op_free(op);
            return E_INVALID;
        }
    *out = op;
    return 0;
}

static bool is_address(str s)
{
    return s.n && s.n < 255 && is_clean(s) && str_index(s, ' ') < 0 && str_index(s, '<') < 0 &&
           str_index(s, '>') < 0 && str_index(s, '@') > 0;
}

int op_new_mail(const struct client_mail *mail, struct client_op **out)
{
    if (!is_address(mail->from) || !mail->to_count || str_index(mail->message, '\0') >= 0)
        return E_INVALID;
    for (size_t i = 0; i < mail->to_count; i++)
        if (!is_address(mail->to[i]))
            return E_INVALID;
    struct client_op *op = op_new(mail->url, mail->timeout_ms);
    op->from = dup(mail->from);
    op->user = mail->user.n ? dup(mail->user) : NULL;
    op->password = mail->user.n ? dup(mail->password) : NULL;
    buf_append(&op->body, mail->message);
    for (size_t i = 0; i < mail->to_count; i++) {
        char *to = dup(mail->to[i]);
        op->to = curl_slist_append(op->to, to);
        free(to);
    }
    *out = op;
    return 0;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct client_op *op = arg;
    if (op->answer.n + size * n > op->limit) {
        op->too_big = true;
        return 0;
    }
    buf_append(&op->answer, str_of(bytes, size * n));
    return size * n;
}

static size_t on_header(char *bytes, size_t size, size_t n, void *arg)
{
    struct client_op *op = arg;
    if (op->answer_headers.n + size * n > HEADERS_MAX) {
        op->too_big = true;
        return 0;
    }
    buf_append(&op->answer_headers, str_of(bytes, size * n));
    return size * n;
}

static size_t on_upload(char *to, size_t size, size_t n, void *arg)
{
    struct client_op *op = arg;
    str rest = str_slice(buf_str(&op->body), op->sent, op->sent + size * n);
    if (rest.n)
        memcpy(to, rest.p, rest.n);
    op->sent += rest.n;
    return rest.n;
}

static void prepare_fetch(struct client_op *op)
{
    curl_easy_setopt(op->easy, CURLOPT_CUSTOMREQUEST, op->method);
    curl_easy_setopt(op->easy, CURLOPT_HTTPHEADER, op->headers);
    curl_easy_setopt(op->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    if (!strcmp(op->method, "HEAD")) {
        curl_easy_setopt(op->easy, CURLOPT_NOBODY, 1L);
    } else if (op->body.n || !strcmp(op->method, "POST")) {
        curl_easy_setopt(op->easy, CURLOPT_POSTFIELDS, op->body.p ? op->body.p : "");
        curl_easy_setopt(op->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)op->body.n);
    }
}

static void prepare_mail(struct client_op *op, const struct client_rules *rules)
{
    bool local = rules->plain_loopback && strstr(op->url, "//127.0.0.1");
    curl_easy_setopt(op->easy, CURLOPT_USE_SSL, (long)(local ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl_easy_setopt(op->easy, CURLOPT_MAIL_FROM, op->from);
    curl_easy_setopt(op->easy, CURLOPT_MAIL_RCPT, op->to);
    curl_easy_setopt(op->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(op->easy, CURLOPT_READFUNCTION, on_upload);
    curl_easy_setopt(op->easy, CURLOPT_READDATA, op);
    if (op->user) {
        curl_easy_setopt(op->easy, CURLOPT_USERNAME, op->user);
        curl_easy_setopt(op->easy, CURLOPT_PASSWORD, op->password);
    }
}

int op_prepare(struct client_op *op, const struct client_rules *rules)
{
    op->easy = curl_easy_init();
    if (!op->easy)
        return E_SYSTEM;
    curl_easy_setopt(op->easy, CURLOPT_PRIVATE, op);
    curl_easy_setopt(op->easy, CURLOPT_URL, op->url);
    curl_easy_setopt(op->easy, CURLOPT_PROTOCOLS_STR, op->method ? "https,http" : "smtps,smtp");
    curl_easy_setopt(op->easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(op->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(op->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(op->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(op->easy, CURLOPT_TIMEOUT_MS, (long)op->timeout_ms);
    curl_easy_setopt(op->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(op->easy, CURLOPT_ERRORBUFFER, op->cause);
    curl_easy_setopt(op->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(op->easy, CURLOPT_WRITEDATA, op);
    curl_easy_setopt(op->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(op->easy, CURLOPT_HEADERDATA, op);
    if (rules->ca_file)
        curl_easy_setopt(op->easy, CURLOPT_CAINFO, rules->ca_file);
    if (op->method)
        prepare_fetch(op);
    else
        prepare_mail(op, rules);
    return 0;
}

int op_outcome(struct client_op *op, CURLcode code)
{
    curl_easy_getinfo(op->easy, CURLINFO_RESPONSE_CODE, &op->code);
    if (!op->cause[0] && code)
        (void)snprintf(op->cause, sizeof(op->cause), "%s", curl_easy_strerror(code));
    switch (code) {
    case CURLE_OK:
        return 0;
    case CURLE_OPERATION_TIMEDOUT:
        return E_TIMEOUT;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return E_UNREACHABLE;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_LOGIN_DENIED:
    case CURLE_USE_SSL_FAILED:
        return E_DENIED;
    case CURLE_WRITE_ERROR:
        return op->too_big ? E_TOO_BIG : E_PROTOCOL;
    default:
        return op->too_big ? E_TOO_BIG : E_PROTOCOL;
    }
}

void op_deliver(struct client_op *op)
{
    const struct client_result result = {
        .status = op->status,
        .code = op->code,
        .headers = buf_str(&op->answer_headers),
        .body = buf_str(&op->answer),
        .cause = op->status ? op->cause : "",
    };
    op->done(op->arg, &result);
}

void op_free(struct client_op *op)
{
    if (op->easy)
        curl_easy_cleanup(op->easy);
    curl_slist_free_all(op->headers);
    curl_slist_free_all(op->to);
    if (op->password)
        mem_wipe(op->password, strlen(op->password));
    free(op->method);
    free(op->url);
    free(op->user);
    free(op->password);
    free(op->from);
    if (op->body.p)
        mem_wipe(op->body.p, op->body.n);
    buf_release(&op->body);
    buf_release(&op->answer);
    buf_release(&op->answer_headers);
    free(op);
}
