// SPDX-License-Identifier: Apache-2.0
// body: a request's body, held or pulled, as the route declares it.
//
// NONE, MEMORY and FORM: the handler is called when the whole body has been read. MULTIPART and
// STREAM: the handler is called after the head and pulls; nothing is read from the socket while
// nobody pulls. At most one pull is under way. What is left unread when the answer is given is
// thrown away, up to a limit, else the connection closes.
#ifndef CORE_HTTP_BODY_H
#define CORE_HTTP_BODY_H

#include "core/http/request.h"

enum body_kind {
    BODY_NONE,      /* a body is refused with 413 */
    BODY_MEMORY,    /* whole, up to the route's limit */
    BODY_FORM,      /* application/x-www-form-urlencoded, whole; another type is refused with 415 */
    BODY_MULTIPART, /* multipart/form-data (RFC 7578), parts pulled; also takes urlencoded forms,
                       whose fields are ready at once and which have no parts */
    BODY_STREAM     /* raw bytes, pulled */
};

/* The whole body of MEMORY and FORM; empty for the others. */
str request_body(const struct request *r);
/* Without parameters, lower case: "application/json"; empty if the client sent none. */
str request_content_type(const struct request *r);
/* Bytes still to come as announced; -1 when chunked. */
int64_t request_content_length(const struct request *r);

/* Pulls the next bytes of a STREAM body or of the current file part. Calls done(arg, status, bytes)
 * once, later: 0 with at least one byte, borrowed for the call; 1 at the end (of the part);
 * E_TOO_BIG over the route's limit; E_PROTOCOL, E_TIMEOUT, E_PARSE. */
must_use int body_read(
    struct request *r, void (*done)(void *arg, int status, str bytes), void *arg);

/* A file part of a multipart body. */
struct part {
    str name;         /* of the form field */
    str filename;     /* last path component, UTF-8, for display only; may be empty */
    str content_type; /* as the client claims, lower case, without parameters */
};

/* Goes on to the next file part of a MULTIPART body, past what is unread of the current one;
 * ordinary fields on the way join request_form. Calls done(arg, status, part) once, later: 0 with a
 * part, valid until the next call; 1 when there are no more; E_TOO_BIG over a limit, E_PARSE for
 * broken framing, E_PROTOCOL, E_TIMEOUT. */
must_use int body_next_part(
    struct request *r, void (*done)(void *arg, int status, const struct part *part), void *arg);

/* Forgets the pull that is under way: its call never comes. For a task that ends early. */
void body_cancel(struct request *r);

#endif
