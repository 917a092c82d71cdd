// SPDX-License-Identifier: Apache-2.0
// job: steps.
#include "core/signer/job.h"

#include <stdlib.h>

struct job *job_new(struct signer *s, struct conn *conn)
{
    struct job *j = mem_zalloc(1, sizeof(*j));
    j->signer = s;
    j->conn = conn;
    j->last_ms = s->last_ms;
    list_init(&j->node);
    list_push(&s->jobs, &j->node);
    return j;
}

void job_end(struct job *j)
{
    struct signer *s = j->signer;
    list_remove(&j->node);
    arena_release(&j->arena);
    free(j);
    if (s->stopping && list_is_empty(&s->jobs))
        loop_stop(s->loop);
}

static void answer(struct job *j, struct buf *frame)
{
    if (j->conn)
        conn_answered(j->conn, frame);
    buf_release(frame);
    job_end(j);
}

void job_answer(struct job *j, str result, str body)
{
    struct buf frame = {0};
    message_put_result(result, body, &frame);
    answer(j, &frame);
}

void job_fail(struct job *j)
{
    struct buf frame = {0};
    if (j->err.code != j->rc)
        err_set(&j->err, j->rc, "%s", err_text(j->rc));
    j->signer->refused++;
    message_put_failure(&j->err, &frame);
    answer(j, &frame);
}

static void run_work(void *arg)
{
    struct job *j = arg;
    j->run(j);
}

static void work_done(void *arg, int status)
{
    struct job *j = arg;
    if (status)
        j->rc = err_set(&j->err, status, "the signer is going down");
    j->then(j);
}

void job_work(
    struct job *j, enum work_kind kind, void (*run)(struct job *j), void (*then)(struct job *j))
{
    j->run = run;
    j->then = then;
    j->rc = 0;
    j->err = (struct err){0};
    int rc = work_start(j->signer->work, &j->op, kind, run_work, work_done, j);
    if (!rc)
        return;
    j->rc = err_set(&j->err, rc, "too many questions wait at the signer");
    then(j);
}

static void run_body(struct job *j);

static void end_commit(struct job *j, int rc)
{
    int64_t at = store_tx_now(j->tx);
    store_tx_end(j->tx);
    j->tx = NULL;
    j->rc = rc;
    if (!rc && at > j->signer->last_ms)
        j->signer->last_ms = at;
    j->then(j);
}

static void committed(void *arg, struct store_tx *tx, int status)
{
    struct job *j = arg;
    if (status == E_CONFLICT)
        status = store_tx_rerun(tx);
    else {
        end_commit(j, status);
        return;
    }
    if (status)
        end_commit(j, status);
    else
        run_body(j);
}

static void run_body(struct job *j)
{
    j->err = (struct err){0};
    int rc = j->body(j, j->tx);
    bool dirty = !rc && store_tx_is_dirty(j->tx);
    if (dirty)
        rc = store_submit(j->tx, committed, j);
    if (rc || !dirty)
        end_commit(j, rc);
}

void job_commit(
    struct job *j, int (*body)(struct job *j, struct store_tx *tx), void (*then)(struct job *j))
{
    j->body = body;
    j->then = then;
    j->tx = store_tx_begin(j->signer->store, STORE_TX_WRITE);
    run_body(j);
}
