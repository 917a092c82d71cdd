// SPDX-License-Identifier: Apache-2.0
// respond: who answers OCSP: a certificate of the signer's own, recorded before it is made.
#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/base/log.h"
#include "core/crypto/token.h"
#include "core/signer/job.h"

enum { MONTH_S = 30 * 86400 };

static int note(struct store_tx *tx, const struct authority *a, const uint8_t *serial, int64_t now,
    struct err *err)
{
    struct buf hex = {0};
    codec_hex(&hex, str_of(serial, SERIAL_SIZE));
    int rc =
        ledger_note_own(tx, buf_str(&hex), str_from(a->name), STR("ocsp"), now + 3 * MONTH_S, err);
    buf_release(&hex);
    return rc;
}

/* Waits for the commit: at the start, when nobody asks yet. */
static int open_one(struct signer *s, struct authority *a, struct err *err)
{
    uint8_t serial[SERIAL_SIZE];
    struct responder *r = NULL;
    int64_t now = clock_wall_ms() / 1000;
    serial_make(token_random, serial);
    struct store_tx *tx = store_tx_begin(s->store, STORE_TX_WRITE);
    int rc = note(tx, a, serial, now, err);
    if (!rc)
        rc = store_commit(tx);
    if (rc && !err->code)
        err_set(err, rc, "%s", err_text(rc));
    store_tx_end(tx);
    if (!rc)
        rc = authority_make_responder(a, now, serial, &r, err);
    if (!rc)
        authority_set_responder(a, r);
    return rc;
}

int respond_open(struct signer *s, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < s->authorities.count; i++)
        rc = open_one(s, &s->authorities.list[i], err);
    return rc;
}

struct renewal {
    struct authority *authority;
    struct responder *fresh;
    uint8_t serial[SERIAL_SIZE];
};

static int note_renewal(struct job *j, struct store_tx *tx)
{
    struct renewal *r = j->data;
    return note(tx, r->authority, r->serial, clock_wall_ms() / 1000, &j->err);
}

static void make_renewal(struct job *j)
{
    struct renewal *r = j->data;
    j->rc = authority_make_responder(
        r->authority, clock_wall_ms() / 1000, r->serial, &r->fresh, &j->err);
}

static void renewed(struct job *j)
{
    struct renewal *r = j->data;
    if (j->rc)
        log_error("no new OCSP responder", LOG_STR("why", str_from(j->err.message)));
    else
        authority_set_responder(r->authority, r->fresh);
    job_end(j);
}

static void noted(struct job *j)
{
    if (j->rc)
        renewed(j);
    else
        job_work(j, WORK_SIGN, make_renewal, renewed);
}

void respond_renew(struct signer *s)
{
    for (size_t i = 0; i < s->authorities.count; i++) {
        struct authority *a = &s->authorities.list[i];
        if (a->responder->not_after - clock_wall_ms() / 1000 > MONTH_S)
            continue;
        struct job *j = job_new(s, NULL);
        struct renewal *r = arena_zalloc(&j->arena, 1, sizeof(*r));
        r->authority = a;
        serial_make(token_random, r->serial);
        j->data = r;
        job_commit(j, note_renewal, noted);
    }
}
