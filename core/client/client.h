// SPDX-License-Identifier: Apache-2.0
// client: outgoing HTTPS and SMTP on a thread of its own (libcurl), because one step of a new TLS
// connection may take tens of milliseconds. Messages go in, results come back on the loop.
//
// Only hosts of a fixed list are spoken to; nothing is followed elsewhere. Does not know what is
// sent.
#ifndef CORE_CLIENT_CLIENT_H
#define CORE_CLIENT_CLIENT_H

#include "core/base/base.h"

struct client;
struct loop;

struct client_opts {
    const char *const *hosts; /* allowed host names, exact, NULL-terminated; copied */
    const char *ca_file;      /* PEM file of trusted roots; NULL: the system's; copied */
    bool plain_loopback; /* http:// and smtp:// without TLS to 127.0.0.1 (try-it mode, tests) */
    unsigned limit;      /* operations at once, over it E_BUSY; 0: 256 */
};

/* Starts the thread. */
must_use int client_open(
    struct client **out, struct loop *l, const struct client_opts *opts, struct err *err);
/* Cancels what is under way (each completes with E_CANCELLED before this returns) and ends the
 * thread. */
void client_close(struct client *c);

struct client_header {
    str name;
    str value;
};

/* Everything is copied by the start functions. */
struct client_request {
    str method; /* "GET", "POST" … */
    str url;
    const struct client_header *headers;
    size_t header_count;
    str body;
    unsigned timeout_ms;   /* whole operation; 0: 15000 */
    size_t response_limit; /* bytes of the body; 0: 1 MiB */
};

struct client_mail {
    str url; /* "smtps://mail.example.cn:465" or "smtp://…:587", which then must offer STARTTLS */
    str user;      /* empty: no login */
    str password;  /* wiped after use */
    str from;      /* bare address */
    const str *to; /* bare addresses */
    size_t to_count;
    str message; /* RFC 5322 text with CRLF line ends */
    unsigned timeout_ms;
};

struct client_result {
    int status;  /* 0: an answer came, whatever it says. E_UNREACHABLE, E_TIMEOUT, E_TOO_BIG,
                    E_PROTOCOL, E_DENIED  (TLS certificate, login), E_CANCELLED */
    long code;   /* HTTP status or SMTP reply */
    str headers; /* raw header lines of the answer, CRLF between; valid during the call, like body
                  */
    str body;
    const char *cause; /* libcurl's sentence for operators when status is not 0, else "" */
};

struct client_op;
typedef void client_done(void *arg, const struct client_result *result);

/* Calls done(arg, result) once, later, on the loop. E_INVALID for a URL or header that cannot be
 * sent (CR, LF, NUL), E_DENIED for a host that is not on the list or a scheme without TLS, E_BUSY
 * over the limit. `out` may be NULL. */
must_use int client_fetch(struct client *c, const struct client_request *request, client_done *done,
    void *arg, struct client_op **out);
must_use int client_send_mail(struct client *c, const struct client_mail *mail, client_done *done,
    void *arg, struct client_op **out);
/* `done` is still called once: with E_CANCELLED, or with the result that was faster. */
void client_cancel(struct client_op *op);

struct client_stats {
    uint64_t done;
    uint64_t failed; /* of these, with a status that is not 0 */
    uint32_t open;
};
struct client_stats client_stats(const struct client *c);

#endif
