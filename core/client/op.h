// SPDX-License-Identifier: Apache-2.0
// op: one outgoing operation, and the rules about where it may go. Private to core/client.
#ifndef CORE_CLIENT_OP_H
#define CORE_CLIENT_OP_H

#include <curl/curl.h>
#include <stdatomic.h>

#include "core/base/buf.h"
#include "core/base/list.h"
#include "core/client/client.h"

struct client_rules {
    char **hosts;
    char *ca_file;
    bool plain_loopback;
};
void rules_init(struct client_rules *rules, const struct client_opts *opts);
void rules_release(struct client_rules *rules);
/* 0, E_INVALID for no URL of a scheme we speak, E_DENIED for a host or scheme that is not allowed.
 */
must_use int rules_check(const struct client_rules *rules, str url, bool mail);

struct client_op {
    struct list node; /* in exactly one queue; whose queue it is may touch it (rule 8) */
    struct client *client;
    client_done *done;
    void *arg;
    atomic_bool cancelled;
    int status;
    /* What to do: copies. */
    char *method, *url, *user, *password, *from;
    struct curl_slist *headers;
    struct curl_slist *to;
    struct buf body;
    size_t sent; /* of body, for mail */
    unsigned timeout_ms;
    size_t limit;
    /* What came. */
    CURL *easy;
    long code;
    bool too_big;
    struct buf answer_headers;
    struct buf answer;
    char cause[CURL_ERROR_SIZE];
};

must_use int op_new_fetch(const struct client_request *request, struct client_op **out);
must_use int op_new_mail(const struct client_mail *mail, struct client_op **out);
/* On the thread: sets the libcurl handle up. */
must_use int op_prepare(struct client_op *op, const struct client_rules *rules);
/* On the thread: reads what libcurl says at the end. */
int op_outcome(struct client_op *op, CURLcode code);
/* On the loop: tells the owner. */
void op_deliver(struct client_op *op);
void op_free(struct client_op *op);

#endif
