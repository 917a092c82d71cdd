// SPDX-License-Identifier: Apache-2.0
// job: one question under way, or work of the signer's own: steps on the loop, on the pool and in
// the store, one after the other. Lives until it is answered or ended.
#ifndef CORE_SIGNER_JOB_H
#define CORE_SIGNER_JOB_H

#include "core/issuer/message.h"
#include "core/signer/signer.h"

struct conn;

struct job {
    struct list node;
    struct signer *signer;
    struct conn *conn; /* NULL: nobody waits for an answer */
    struct arena arena;
    struct message_request request;
    void *data;      /* of the operation; in the arena */
    int64_t last_ms; /* as the signer's when the job began: pool threads read this one */
    int rc;          /* of the last step */
    struct err err;  /* of the last step */
    struct work_op op;
    struct store_tx *tx;
    void (*run)(struct job *j);
    int (*body)(struct job *j, struct store_tx *tx);
    void (*then)(struct job *j);
};

struct job *job_new(struct signer *s, struct conn *conn);
/* Answers and frees; `result` is a JSON object. */
void job_answer(struct job *j, str result, str body);
/* Answers with j->err (code j->rc) and frees. */
void job_fail(struct job *j);
/* Frees without an answer. */
void job_end(struct job *j);

/* Runs `run` on a pool thread, then `then` on the loop. `run` sets rc and err. */
void job_work(
    struct job *j, enum work_kind kind, void (*run)(struct job *j), void (*then)(struct job *j));
/* Runs `body` in a transaction, again if others were faster; `then` with rc 0 once it is on disk.
 */
void job_commit(
    struct job *j, int (*body)(struct job *j, struct store_tx *tx), void (*then)(struct job *j));

/* The operations; each takes its job. */
void job_issue(struct job *j);
void job_revoke(struct job *j);
void job_crl(struct job *j);
void job_ocsp(struct job *j);
void job_chain(struct job *j);
void job_changes(struct job *j);
void job_status(struct job *j);

/* A frame for whoever waits; the next question may come. */
void conn_answered(struct conn *c, struct buf *frame);

#endif
