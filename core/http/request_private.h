// SPDX-License-Identifier: Apache-2.0
// request_private: what the files of core/http keep of one request and its answer.
#ifndef CORE_HTTP_REQUEST_PRIVATE_H
#define CORE_HTTP_REQUEST_PRIVATE_H

#include "core/base/buf.h"
#include "core/http/body.h"
#include "core/http/gate.h"
#include "core/http/parser.h"
#include "core/http/response.h"
#include "core/http/router.h"
#include "core/loop/loop.h"

struct conn;
struct multipart;
struct serve;

/* How far the body came. */
struct body {
    enum body_kind kind; /* as read: a form for an urlencoded body of a MULTIPART route */
    int64_t length;      /* announced; -1: chunked */
    uint64_t got;        /* decoded bytes */
    size_t limit;
    bool complete;
    bool continue_due; /* the client waits for 100 */
    int error;         /* what a pull is told from now on */
    struct parser parser;
    str piece;        /* decoded, not yet pulled; borrowed from the conn's bytes during a turn */
    struct buf held;  /* what of it outlives the turn */
    struct buf whole; /* MEMORY and FORM */
    /* The pull under way: one of these, or none. */
    void (*read_done)(void *arg, int status, str bytes);
    void (*part_done)(void *arg, int status, const struct part *part);
    void *arg;
    struct multipart *multipart; /* in the arena; NULL for other kinds */
    struct part part;            /* the one that was given last */
    bool in_file;                /* it is not read to its end */
    bool parts_over;             /* the last delimiter has come */
    struct buf field;            /* of the multipart field being read */
    /* The rate: milliseconds the client may still let us wait. */
    int64_t credit_ms;
    uint64_t waiting_since; /* 0: nobody waits */
};

struct answer_header {
    struct answer_header *next;
    str name;
    str value;
};

struct csp_allow {
    struct csp_allow *next;
    str directive;
    str origin;
};

struct answer {
    int status;
    str type;
    str ready; /* all lines behind Date and Connection, instead of what is set here */
    struct answer_header *headers, *headers_last;
    struct csp_allow *allows;
    unsigned replaced; /* bits of response_head.c's standard headers */
    bool sent;         /* one of the sending functions was called */
    bool complete;     /* all of it is with the stream */
    bool close;        /* the connection ends with it */
    bool chunked;
    /* From a generator. */
    const struct generator *generator;
    void *arg;
    int64_t length; /* announced; -1: not */
    int64_t written;
    bool due;   /* proceed may be called */
    bool ended; /* by response_end */
    bool cut;   /* the connection goes: stop comes with E_CLOSED */
};

struct request {
    struct conn *conn;
    struct serve *serve;
    struct request *next_free;
    struct arena arena;
    enum http_method method;
    uint8_t minor;
    bool wants_close; /* the client's wish */
    bool counted;     /* the numbers of it are written */
    bool nonce_asked;
    str head; /* a copy */
    const struct gate_header *headers;
    size_t header_count;
    str target, path, query;
    const struct route *route;
    struct router *held; /* told by router_drop */
    struct route_stats *stats;
    str params[ROUTE_MAX_PARAMS];
    const struct pair *query_pairs;
    size_t query_count;
    int query_state; /* 1: not decoded yet; else 0 or E_PARSE */
    struct pair *form;
    size_t form_count, form_room;
    struct body body;
    struct answer answer;
    void (*gone)(void *arg);
    void *gone_arg;
    void *data;
    uint64_t started_ns;
    uint64_t id;
    str id_text, traceparent;
    char nonce[32];
    struct loop_deferred later; /* the generator's next call */
    uint64_t sent_bytes;
};

/* From the server's pool; the head is copied. */
struct request *request_new(struct conn *c, const struct gate *g, str head);
/* Back to the pool, with all that was made for it. */
void request_free(struct request *r);
/* Counts and logs it, lets go of its routes. A second call changes nothing. */
void request_count(struct request *r);
/* The client went or is cut: tells whom it concerns, once. */
void request_lost(struct request *r);
/* All headers of that name are looked at, *value is the first one's. */
size_t request_header_all(const struct request *r, str name, str *value);

/* dispatch.c: finds who answers and what it may carry; the handler runs when its body is there. */
void dispatch(struct request *r);
/* The body that was waited for is complete. */
void dispatch_whole(struct request *r);

/* body_feed.c: what came from the connection. Each returns whether it got anywhere. */
bool body_feed_whole(struct request *r, str *in);
bool body_feed_pull(struct request *r, str *in);
bool body_feed_rest(struct request *r, str *in);
/* A pull is under way and needs bytes. */
bool body_is_pulled(const struct request *r);
/* Ends the pull under way with an error, and all later ones. */
void body_fail(struct request *r, int code);
/* Bytes of the turn that are not pulled yet are kept beyond it. */
void body_keep(struct request *r);
/* The client is being waited for; milliseconds that it has left. */
int64_t body_wait(struct request *r);
void body_wait_over(struct request *r);
void body_release(struct body *b);
/* Joins a field to request_form; E_TOO_BIG. Both are the arena's. */
must_use int request_form_add(struct request *r, str name, str value);

/* response_stream.c: the kernel has taken all. */
void response_drained(struct request *r);
/* Ends an answer from a generator before its time: stop(E_CLOSED). */
void response_cut(struct request *r);

/* response_head.c: the head of the answer, up to and with the empty line. */
void response_head_write(struct request *r, struct buf *out, int64_t length);

/* page.c: the text of an error, as page or as problem JSON; sets the answer's type. */
void page_write(struct request *r, int status, str detail, str members_json, struct buf *out);

#endif
