// SPDX-License-Identifier: Apache-2.0
// response: the one answer to a request. First status, headers and cookies, then exactly one of the
// functions that send. After sending, the request may be gone: touch it no more (a generator keeps
// it until `stop`).
//
// The standard security headers stand on every answer; a header set by the handler replaces the
// standard one of that name. The core alone writes Date, Content-Length, Transfer-Encoding and
// Connection.
#ifndef CORE_HTTP_RESPONSE_H
#define CORE_HTTP_RESPONSE_H

#include "core/http/request.h"

/* 200 unless said. */
void response_status(struct request *r, int status);
/* Replaces one of that name. Copied. E_INVALID: not a token, CR, LF or NUL in the value, or one of
 * the core's own. */
must_use int response_header(struct request *r, str name, str value);
/* As response_header, but keeps others of that name. */
must_use int response_header_add(struct request *r, str name, str value);
/* Content-Type. Static text. */
void response_type(struct request *r, str type);
/* Joins `value` to the origins of one directive of this answer's Content-Security-Policy
 * ("connect-src", "ws://127.0.0.1:20443"). Static text. */
void response_csp_allow(struct request *r, str directive, str origin);

struct cookie {
    str name;         /* the prefix __Host- is put before it (Secure, Path=/) when TLS or the public
                         URL is https; else the plain name */
    str value;        /* cookie-octets only */
    int64_t max_age;  /* seconds; 0: until the browser closes; negative: delete */
    bool readable;    /* not HttpOnly */
    bool same_strict; /* SameSite=Strict instead of Lax */
};
must_use int response_cookie(struct request *r, const struct cookie *c);

/* Sends the whole answer; body is copied. */
void response_send(struct request *r, str body);
/* Sends without a body: 204, or the status set. */
void response_send_empty(struct request *r);
/* Redirects to a path of this server: location must begin with one '/', or E_INVALID and nothing is
 * sent. 303 unless a 3xx status was set. */
must_use int response_redirect(struct request *r, str location);
/* To another origin; `location` is an absolute https or http URL named by the configuration, never
 * by a client. */
must_use int response_redirect_out(struct request *r, str location);

/* Sends an error: the status of `code` (http_status_of), as a page or as RFC 9457 problem JSON by
 * request_wants_json. `detail` is a sentence for the user, or empty for the code's own.
 * `members_json` are more members of the problem ("\"errors\":[…]"), or empty. */
void response_error(struct request *r, int code, str detail, str members_json);
/* The same with a status of the caller's choice; 429 and 503 carry Retry-After (`retry_s` > 0). */
void response_error_status(
    struct request *r, int status, str detail, str members_json, int retry_s);
/* The status of an error code: E_NOT_FOUND 404, E_DENIED 403 … 500 for what is nobody's fault. */
int http_status_of(int code);
/* "Not Found" … "Unknown". Static. */
str http_status_text(int status);

/* A body that comes piece by piece. Both are called on the loop, never inside response_stream or
 * response_write. */
struct generator {
    /* The last piece has left (or nothing was sent yet): write one more, or end. */
    void (*proceed)(void *arg);
    /* The end, exactly once, also when ended by response_end: 0, or E_CLOSED when the client has
     * gone. The request is gone when it returns. */
    void (*stop)(void *arg, int status);
};
/* Sends the head; the body follows from the generator. `length` is its exact size, or -1: chunked.
 * For HEAD requests proceed is never called. */
void response_stream(struct request *r, int64_t length, const struct generator *g, void *arg);
/* Writes one piece, copied; at most one call for each `proceed`, at once or later. */
void response_write(struct request *r, str bytes);
/* No more pieces. Fewer bytes than announced close the connection. */
void response_end(struct request *r);
/* The body cannot be finished: closes the connection so that the client sees it is cut. */
void response_abort(struct request *r);
/* Whether one of the sending functions was called. */
bool response_is_sent(const struct request *r);

#endif
