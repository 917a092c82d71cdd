// SPDX-License-Identifier: Apache-2.0
// request: what a client asked: method, path, query, headers, cookies, form fields, and who asks.
//
// A request lives from its complete head until its answer has left or its client has gone, then it
// and its arena are gone (rule 3). Every str given out here is valid as long as the request. Does
// not know sockets or routes' meaning.
#ifndef CORE_HTTP_REQUEST_H
#define CORE_HTTP_REQUEST_H

#include "core/base/arena.h"

struct request;
struct route;

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_METHODS
};

/* "GET" … Static. */
str http_method_name(enum http_method m);
/* False when the name (case-sensitive) is not one of the list. */
bool http_method_parse(str name, enum http_method *out);

struct pair {
    str name;
    str value;
};

enum http_method request_method(const struct request *r);
/* Percent-decoded once, UTF-8, without dot or empty segments, control characters or backslashes. */
str request_path(const struct request *r);
/* Path and query as they were sent. */
str request_target(const struct request *r);
/* The query as it was sent, without the question mark; may be empty. */
str request_query(const struct request *r);

/* Query pairs in their order, decoded; a broken escape gives an empty list and E_PARSE. */
must_use int request_query_pairs(struct request *r, const struct pair **pairs, size_t *count);
/* The first pair of that name: 0, 1 if there is none, E_INVALID if there are several. */
must_use int request_query_get(struct request *r, str name, str *value);

/* Headers in their order, names as sent. */
size_t request_header_count(const struct request *r);
struct pair request_header_at(const struct request *r, size_t index);
/* The first header of that name (any case); an empty str with p NULL if there is none. */
str request_header(const struct request *r, str name);
/* 0, 1 if there is none, E_INVALID if there are several of that name. */
must_use int request_cookie(const struct request *r, str name, str *value);
/* The value of a {name} segment of the route's pattern; empty if it has no such segment. */
str request_param(const struct request *r, str name);

/* Fields of a form body (body.h) in their order: all of an urlencoded form; of a multipart body the
 * fields met so far. */
const struct pair *request_form(const struct request *r, size_t *count);
/* The first field of that name: 0, 1 if there is none, E_INVALID if there are several. */
must_use int request_form_get(const struct request *r, str name, str *value);

/* The client's address without port: "192.0.2.1", "2001:db8::1", or the one that a trusted proxy
 * named; "unix" on a local socket. */
str request_peer(const struct request *r);
bool request_is_tls(const struct request *r);
/* Names this request in the log and on error pages: 16 hexadecimal digits. */
str request_id(struct request *r);
/* W3C trace context to pass on: the client's, or one made now. */
str request_traceparent(struct request *r);
/* The nonce for script and style elements; the answer's Content-Security-Policy names the same. */
str request_nonce(struct request *r);
/* Wants JSON rather than a page: the route is an API route, or Accept prefers it. */
bool request_wants_json(const struct request *r);

/* Memory that dies with the request; foreign resources are attached by arena_defer (rule 4). */
struct arena *request_arena(struct request *r);
/* The route that matched; NULL for refused and unknown ones. */
const struct route *request_route(const struct request *r);
/* One pointer for the handler. */
void request_set_data(struct request *r, void *data);
void *request_data(const struct request *r);
/* Calls gone(arg) if the client goes, or the server closes, before the answer is complete. After
 * that the request is gone when the call returns: touch nothing of it, answer nothing. NULL
 * forgets. */
void request_on_gone(struct request *r, void (*gone)(void *arg), void *arg);

#endif
