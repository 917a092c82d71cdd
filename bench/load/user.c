// SPDX-License-Identifier: Apache-2.0
// user: requests out, answers in, in order.
#define _GNU_SOURCE
#include "bench/load/user.h"

#include <stdlib.h>

enum { PAUSE_MS = 20, BODY_MAX = 64 << 20 };

static void resume_timer(uv_timer_t *timer);

void user_init(struct user *u, struct user_host *host, unsigned id)
{
    *u = (struct user){.host = host};
    list_init(&u->node);
    u->pending = mem_zalloc(host->opts->depth, sizeof(*u->pending));
    uv_timer_init(host->loop, &u->timer);
    if (scenario_kind(host->scenario) == SCENARIO_REQUESTS)
        u->plan = scenario_plan(host->scenario);
    else
        u->script = script_new(host->scenario, id);
}

void user_close(struct user *u)
{
    list_remove(&u->node);
    conn_close(u->conn);
    u->conn = NULL;
    uv_close((uv_handle_t *)&u->timer, NULL);
}

void user_release(struct user *u)
{
    script_free(u->script);
    buf_release(&u->waiting);
    buf_release(&u->head);
    buf_release(&u->body);
    free(u->pending);
}

bool user_has_room(const struct user *u)
{
    if (!u->is_ready || u->in_script || u->count >= u->host->opts->depth)
        return false;
    if (uv_is_active((const uv_handle_t *)&u->timer))
        return false;
    return !u->host->opts->idle || !u->begun;
}

bool user_is_busy(const struct user *u)
{
    return u->count || u->in_script;
}

static void rest(struct user *u, unsigned ms)
{
    uv_timer_start(&u->timer, resume_timer, ms, 0);
}

/* Whatever was waited for will not come. */
static void lose(struct user *u, enum fault f, const char *detail)
{
    unsigned lost = u->count ? u->count : 1;
    for (unsigned i = 0; i < lost; i++)
        stats_fault(u->host->stats, f, detail);
    u->count = 0;
    u->in_script = false;
    buf_clear(&u->waiting);
    if (u->host->is_preparing)
        u->host->broken(u->host, detail);
    else
        rest(u, PAUSE_MS);
}

static void drop(struct user *u)
{
    conn_close(u->conn);
    u->conn = NULL;
    u->is_open = false;
    u->response = (struct response){0};
}

static void be_ready(struct user *u)
{
    u->is_ready = true;
    u->host->ready(u->host, u);
}

static void go_on(struct user *u)
{
    if (user_has_room(u))
        u->host->room(u->host, u);
}

static void connect_user(struct user *u);

static void send_planned(struct user *u, const struct planned *p, uint64_t start)
{
    unsigned depth = u->host->opts->depth;
    if (!u->count)
        u->since = u->host->now;
    u->pending[(u->first + u->count++) % depth] =
        (struct pending){.start = start, .expect = p->expect, .no_body = p->no_body};
    if (u->is_open) {
        conn_queue(u->conn, p->bytes);
        return;
    }
    buf_append(&u->waiting, p->bytes);
    if (!u->conn)
        connect_user(u);
}

static void script_ended(struct user *u, const struct script_step *step)
{
    struct user_host *h = u->host;
    u->in_script = false;
    if (h->is_preparing && step->want == SCRIPT_FAILED) {
        h->broken(h, step->message);
    } else if (h->is_preparing) {
        u->plan = script_plan(u->script);
        be_ready(u);
    } else if (step->want == SCRIPT_FAILED) {
        stats_fault(h->stats, FAULT_CHECK, step->message);
        rest(u, PAUSE_MS);
    } else {
        hist_add(h->stats->journeys, h->now - u->journey_start);
    }
}

static void take_step(struct user *u, const struct script_step *step, uint64_t start)
{
    switch (step->want) {
    case SCRIPT_REQUEST:
        send_planned(u, &step->request, start);
        break;
    case SCRIPT_SLEEP:
        rest(u, step->sleep_ms);
        break;
    case SCRIPT_DONE:
    case SCRIPT_FAILED:
        script_ended(u, step);
        break;
    }
}

static void start_script(struct user *u, uint64_t start)
{
    struct script_step step;
    u->in_script = true;
    u->journey_start = start;
    script_start(u->script, &step);
    take_step(u, &step, start);
}

static void resume_timer(uv_timer_t *timer)
{
    struct user *u = container_of(timer, struct user, timer);
    u->host->now = uv_hrtime();
    if (u->in_script) {
        struct script_step step;
        script_go_on(u->script, NULL, &step);
        take_step(u, &step, u->host->now);
    }
    user_flush(u);
    go_on(u);
}

void user_begin(struct user *u, uint64_t intended)
{
    u->begun++;
    if (scenario_kind(u->host->scenario) == SCENARIO_JOURNEY)
        return start_script(u, intended);
    send_planned(u, &u->plan->requests[u->next], intended);
    u->next = (u->next + 1) % u->plan->count;
}

void user_flush(struct user *u)
{
    if (u->is_open)
        conn_flush(u->conn);
}

/* One answer is complete. */
static void answered(struct user *u)
{
    struct user_host *h = u->host;
    struct pending p = u->pending[u->first];
    u->first = (u->first + 1) % h->opts->depth;
    u->count--;
    u->since = h->now;
    int status = u->response.status;
    bool scripted = u->in_script;
    bool right = p.expect ? status == p.expect : status < (scripted ? 500 : 400);
    if (right) {
        stats_answer(h->stats, h->now > p.start ? h->now - p.start : 0);
    } else {
        char detail[64];
        snprintf(detail, sizeof(detail), "the answer's status is %d", status);
        stats_fault(h->stats, FAULT_STATUS, detail);
        if (h->is_preparing)
            return h->broken(h, detail);
    }
    if (u->response.close || h->opts->close)
        drop(u);
    if (!u->conn && u->count)
        lose(u, FAULT_CLOSED, "the server ended the connection before its last answer");
    if (!scripted)
        return;
    struct script_step step;
    script_go_on(u->script,
        &(struct answer){.status = status, .head = buf_str(&u->head), .body = buf_str(&u->body)},
        &step);
    buf_clear(&u->body);
    take_step(u, &step, h->now);
}

static void keep(struct user *u, enum response_event event, str piece)
{
    if (!u->in_script)
        return;
    struct buf *to = event == RESPONSE_HEAD ? &u->head : &u->body;
    if (event == RESPONSE_HEAD)
        buf_clear(to);
    if (to->n + piece.n <= BODY_MAX)
        buf_append(to, piece);
}

static void protocol_error(struct user *u, const char *what)
{
    drop(u);
    lose(u, FAULT_PROTOCOL, what);
}

static size_t on_data(void *arg, str bytes)
{
    struct user *u = arg;
    struct conn *conn = u->conn;
    size_t used = 0;
    u->host->now = uv_hrtime();
    u->host->stats->bytes_in += bytes.n;
    for (enum response_event event = RESPONSE_BODY; event != RESPONSE_MORE && u->conn == conn;) {
        str piece;
        if (u->count)
            u->response.no_body = u->pending[u->first].no_body;
        used += response_step(&u->response, str_slice(bytes, used, bytes.n), &event, &piece);
        if (event == RESPONSE_BAD)
            protocol_error(u, "the server's answer is not HTTP");
        else if (event == RESPONSE_HEAD && !u->count)
            protocol_error(u, "an answer came that nobody asked for");
        else if (event == RESPONSE_DONE)
            answered(u);
        else if (event != RESPONSE_MORE)
            keep(u, event, piece);
    }
    go_on(u);
    user_flush(u);
    return used;
}

static void on_opened(void *arg)
{
    struct user *u = arg;
    u->host->now = uv_hrtime();
    u->host->stats->connections++;
    u->is_open = true;
    conn_queue(u->conn, buf_str(&u->waiting));
    buf_clear(&u->waiting);
    if (!u->is_ready && !u->in_script)
        user_prepare(u);
    user_flush(u);
}

static void on_ended(void *arg, enum conn_end why)
{
    static const enum fault faults[] = {[CONN_END_PEER] = FAULT_CLOSED,
        [CONN_END_CONNECT] = FAULT_CONNECT,
        [CONN_END_TLS] = FAULT_TLS,
        [CONN_END_BROKEN] = FAULT_CLOSED};
    static const char *const details[] = {
        [CONN_END_PEER] = "the server ended the connection before it answered",
        [CONN_END_CONNECT] = "the server cannot be reached",
        [CONN_END_TLS] = "TLS failed",
        [CONN_END_BROKEN] = "the connection was reset"};
    struct user *u = arg;
    u->host->now = uv_hrtime();
    u->conn = NULL;
    bool complete = response_end(&u->response) && u->count;
    drop(u);
    if (complete)
        answered(u);
    if (u->count || !u->is_ready || u->host->opts->idle)
        lose(u, faults[why], details[why]);
    user_flush(u);
    go_on(u);
}

static void connect_user(struct user *u)
{
    static const struct conn_events events = {on_opened, on_data, on_ended};
    u->response = (struct response){0};
    u->conn = conn_open(u->host->pool, &events, u);
    if (!u->conn)
        lose(u, FAULT_CONNECT, "sockets or local ports have run out (see --sources)");
}

void user_prepare(struct user *u)
{
    bool connects = !u->host->opts->close;
    if (connects && !u->conn)
        return connect_user(u);
    if (scenario_kind(u->host->scenario) == SCENARIO_SETUP)
        start_script(u, u->host->now);
    else
        be_ready(u);
    user_flush(u);
}

void user_check_timeout(struct user *u)
{
    double waited = (double)(u->host->now - u->since) / 1e9;
    if (!u->count || u->host->now < u->since || waited < u->host->opts->timeout)
        return;
    drop(u);
    lose(u, FAULT_TIMEOUT, "no answer in time");
}
