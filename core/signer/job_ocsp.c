// SPDX-License-Identifier: Apache-2.0
// job_ocsp: what the ledger says of serial numbers, signed on the pool. An unknown one is never
// good.
#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/signer/job.h"

enum { HOURS_S = 4 * 3600 };

struct asking {
    struct ocsp_request request;
    struct ocsp_answer answers[OCSP_ASKED_MAX];
    const struct responder *responders[AUTHORITIES]; /* as they were on the loop */
    struct buf out;
};

static const struct authority *authority_of(const struct signer *s, const struct ocsp_id *id)
{
    for (size_t i = 0; i < s->authorities.count; i++)
        if (ocsp_is_of(id, issuer_cert(s->authorities.list[i].issuer)))
            return &s->authorities.list[i];
    return NULL;
}

static int look_up(
    struct store_tx *tx, const struct authority *a, struct ocsp_answer *out, struct arena *arena)
{
    struct ledger_certificate c;
    struct buf hex = {0};
    codec_hex(&hex, out->id->serial);
    int rc = ledger_certificate(tx, buf_str(&hex), arena, &c);
    buf_release(&hex);
    out->state = OCSP_UNKNOWN;
    if (rc || !str_eq(c.authority, str_from(a->name)))
        return rc < 0 ? rc : 0;
    if (c.state == LEDGER_GOOD)
        out->state = OCSP_GOOD;
    if (c.state != LEDGER_HOLD && c.state != LEDGER_REVOKED)
        return 0;
    out->state = OCSP_REVOKED;
    out->reason = (enum crl_reason)c.reason;
    out->revoked_at = c.changed_ms / 1000;
    return 0;
}

static int respond(struct job *j, struct asking *q, const struct authority *first)
{
    int64_t now = clock_wall_ms() / 1000, last = j->last_ms / 1000;
    struct store_tx *tx = store_tx_begin(j->signer->store, STORE_TX_READ);
    int rc = 0;
    now = now > last ? now : last;
    for (size_t i = 0; !rc && i < q->request.count; i++) {
        struct ocsp_answer *a = &q->answers[i];
        *a = (struct ocsp_answer){.id = &q->request.asked[i],
            .state = OCSP_UNKNOWN,
            .this_update = now,
            .next_update = now + HOURS_S};
        if (authority_of(j->signer, a->id) == first)
            rc = look_up(tx, first, a, &j->arena);
    }
    store_tx_end(tx);
    const struct responder *r = q->responders[first - j->signer->authorities.list];
    const struct ocsp_responder by = {r->key, buf_str(&r->certificate)};
    return rc ? rc
              : ocsp_respond(
                    &by, q->answers, q->request.count, q->request.nonce, now, &q->out, &j->err);
}

/* On a pool thread. What went wrong is said in OCSP's own words. */
static void run(struct job *j)
{
    struct asking *q = j->data;
    int rc = ocsp_parse(j->request.body, &q->request, NULL);
    const struct authority *first =
        rc || !q->request.count ? NULL : authority_of(j->signer, &q->request.asked[0]);
    if (!rc && first)
        rc = respond(j, q, first);
    else if (!rc)
        rc = E_UNSUPPORTED;
    if (!rc)
        return;
    buf_clear(&q->out);
    enum ocsp_status status = OCSP_INTERNAL;
    if (rc == E_PARSE || rc == E_TOO_BIG)
        status = OCSP_MALFORMED;
    else if (rc == E_UNSUPPORTED)
        status = OCSP_UNAUTHORIZED;
    ocsp_refuse(status, &q->out);
}

static void done(struct job *j)
{
    struct asking *q = j->data;
    if (j->rc)
        job_fail(j);
    else
        job_answer(j, STR("{}"), buf_str(&q->out));
}

static void release(void *arg)
{
    struct asking *q = arg;
    buf_release(&q->out);
}

void job_ocsp(struct job *j)
{
    struct asking *q = arena_zalloc(&j->arena, 1, sizeof(*q));
    arena_defer(&j->arena, release, q);
    j->data = q;
    for (size_t i = 0; i < j->signer->authorities.count; i++)
        q->responders[i] = j->signer->authorities.list[i].responder;
    job_work(j, WORK_SIGN, run, done);
}
