// SPDX-License-Identifier: Apache-2.0
// client: queues between the loop and the thread.
#define _GNU_SOURCE
#include "core/client/client.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/client/op.h"
#include "core/loop/loop.h"

enum { LIMIT = 256, WAIT_MS = 1000 };

struct client {
    struct client_rules rules;
    struct waker *waker;
    pthread_t thread;
    CURLM *multi;
    pthread_mutex_t lock;
    struct list starting; /* loop to thread */
    struct list finished; /* thread to loop */
    bool stopping;
    struct list running;       /* thread only */
    struct client_stats stats; /* loop only */
    unsigned limit;
};

static void deliver(struct client *c, struct client_op *op)
{
    c->stats.open--;
    c->stats.done++;
    c->stats.failed += op->status != 0;
    if (!c->stats.open)
        waker_keep_alive(c->waker, false);
    op_deliver(op);
    op_free(op);
}

static void on_finished(void *arg)
{
    struct client *c = arg;
    for (;;) {
        pthread_mutex_lock(&c->lock);
        struct list *node = list_shift(&c->finished);
        pthread_mutex_unlock(&c->lock);
        if (!node)
            return;
        deliver(c, container_of(node, struct client_op, node));
    }
}

/* On the thread: gives the operation back. */
static void finish(struct client *c, struct client_op *op, int status)
{
    op->status = status;
    list_remove(&op->node);
    pthread_mutex_lock(&c->lock);
    list_push(&c->finished, &op->node);
    pthread_mutex_unlock(&c->lock);
    waker_wake(c->waker);
}

static void take_new(struct client *c)
{
    for (;;) {
        pthread_mutex_lock(&c->lock);
        struct list *node = list_shift(&c->starting);
        pthread_mutex_unlock(&c->lock);
        if (!node)
            return;
        struct client_op *op = container_of(node, struct client_op, node);
        list_push(&c->running, node);
        if (op_prepare(op, &c->rules) || curl_multi_add_handle(c->multi, op->easy))
            finish(c, op, E_SYSTEM);
    }
}

static void take_done(struct client *c)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(c->multi, &left))) {
        struct client_op *op = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&op);
        curl_multi_remove_handle(c->multi, op->easy);
        finish(c, op, op_outcome(op, code));
    }
}

static void drop_cancelled(struct client *c, bool all)
{
    list_each(it, &c->running)
    {
        struct client_op *op = container_of(it, struct client_op, node);
        if (!all && !atomic_load(&op->cancelled))
            continue;
        curl_multi_remove_handle(c->multi, op->easy);
        finish(c, op, E_CANCELLED);
    }
}

static bool is_stopping(struct client *c)
{
    pthread_mutex_lock(&c->lock);
    bool stopping = c->stopping;
    pthread_mutex_unlock(&c->lock);
    return stopping;
}

static void *thread_main(void *arg)
{
    struct client *c = arg;
    while (!is_stopping(c)) {
        int running;
        take_new(c);
        drop_cancelled(c, false);
        curl_multi_perform(c->multi, &running);
        take_done(c);
        curl_multi_poll(c->multi, NULL, 0, WAIT_MS, NULL);
    }
    take_new(c);
    drop_cancelled(c, true);
    return NULL;
}

int client_open(
    struct client **out, struct loop *l, const struct client_opts *opts, struct err *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT))
        return err_set(err, E_SYSTEM, "libcurl cannot be initialised");
    struct client *c = mem_zalloc(1, sizeof(*c));
    rules_init(&c->rules, opts);
    c->limit = opts->limit ? opts->limit : LIMIT;
    c->multi = curl_multi_init();
    pthread_mutex_init(&c->lock, NULL);
    list_init(&c->starting);
    list_init(&c->finished);
    list_init(&c->running);
    c->waker = waker_open(l, on_finished, c);
    if (!c->multi || pthread_create(&c->thread, NULL, thread_main, c))
        abort();
    *out = c;
    return 0;
}

void client_close(struct client *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->stopping = true;
    pthread_mutex_unlock(&c->lock);
    curl_multi_wakeup(c->multi);
    pthread_join(c->thread, NULL);
    on_finished(c);
    waker_close(c->waker);
    curl_multi_cleanup(c->multi);
    pthread_mutex_destroy(&c->lock);
    rules_release(&c->rules);
    free(c);
}

static int start(
    struct client *c, struct client_op *op, client_done *done, void *arg, struct client_op **out)
{
    op->client = c;
    op->done = done;
    op->arg = arg;
    if (c->stats.open++ == 0)
        waker_keep_alive(c->waker, true);
    pthread_mutex_lock(&c->lock);
    list_push(&c->starting, &op->node);
    pthread_mutex_unlock(&c->lock);
    curl_multi_wakeup(c->multi);
    if (out)
        *out = op;
    return 0;
}

int client_fetch(struct client *c, const struct client_request *request, client_done *done,
    void *arg, struct client_op **out)
{
    struct client_op *op = NULL;
    if (c->stats.open >= c->limit)
        return E_BUSY;
    int rc = rules_check(&c->rules, request->url, false);
    if (!rc)
        rc = op_new_fetch(request, &op);
    return rc ? rc : start(c, op, done, arg, out);
}

int client_send_mail(struct client *c, const struct client_mail *mail, client_done *done, void *arg,
    struct client_op **out)
{
    struct client_op *op = NULL;
    if (c->stats.open >= c->limit)
        return E_BUSY;
    int rc = rules_check(&c->rules, mail->url, true);
    if (!rc)
        rc = op_new_mail(mail, &op);
    return rc ? rc : start(c, op, done, arg, out);
}

void client_cancel(struct client_op *op)
{
    atomic_store(&op->cancelled, true);
    curl_multi_wakeup(op->client->multi);
}

struct client_stats client_stats(const struct client *c)
{
    return c->stats;
}
