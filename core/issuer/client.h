// SPDX-License-Identifier: Apache-2.0
// client: the hall's side of the signer: asks over its Unix socket, without ever waiting.
//
// One connection for each question, so that a signer that was restarted is simply there again. Asks
// nothing twice: whether to repeat is the caller's decision (every operation may be repeated).
#ifndef CORE_ISSUER_CLIENT_H
#define CORE_ISSUER_CLIENT_H

#include "core/issuer/message.h"
#include "core/loop/loop.h"

struct issuer_client;
struct issuer_ask;

struct issuer_client_opts {
    struct loop *loop;
    const char *path;    /* of the socket; copied */
    unsigned timeout_ms; /* of one question; default 15000 */
    unsigned at_once;    /* connections; default 16 */
    unsigned waiting;    /* questions beyond them, over it E_BUSY; default 512 */
};

struct issuer_client *issuer_client_open(const struct issuer_client_opts *opts);
/* What is under way completes with E_CANCELLED before this returns. NULL is fine. */
void issuer_client_close(struct issuer_client *c);

/* Asks; calls done(arg, answer) once, on the loop, later. The answer is borrowed for the call; its
 * code is also E_UNREACHABLE, E_CLOSED, E_TIMEOUT, E_PROTOCOL or E_CANCELLED, with a sentence. */
must_use int issuer_client_ask(struct issuer_client *c, const struct message_request *r,
    void (*done)(void *arg, const struct message_answer *answer), void *arg,
    struct issuer_ask **out);
/* Nobody wants the answer: `done` is called with E_CANCELLED at the end of the turn, if it was not
 * called yet. */
void issuer_client_cancel(struct issuer_ask *a);

struct issuer_client_stats {
    uint64_t asked;
    uint64_t failed; /* no answer came */
    uint32_t open;   /* connections now */
    uint32_t waiting;
};
const struct issuer_client_stats *issuer_client_stats(const struct issuer_client *c);

#endif
