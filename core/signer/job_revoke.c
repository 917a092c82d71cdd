// SPDX-License-Identifier: Apache-2.0
// job_revoke: an order of the hall carried out: revoked, frozen, unfrozen.
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/domain/revocation.h"
#include "core/signer/job.h"

struct change {
    struct revocation revocation;
    struct ledger_order order;
    struct ledger_certificate certificate;
    uint64_t number;
    bool changed;
};

static void read_order(struct change *c)
{
    static const enum ledger_state states[] = {[REVOCATION_REVOKE] = LEDGER_REVOKED,
        [REVOCATION_FREEZE] = LEDGER_HOLD,
        [REVOCATION_UNFREEZE] = LEDGER_GOOD};
    c->order = (struct ledger_order){.id = c->revocation.id,
        .serial = c->revocation.serial,
        .to = states[c->revocation.act],
        .reason = c->revocation.reason,
        .actor = c->revocation.actor,
        .why = c->revocation.why};
}

static int change(struct job *j, struct store_tx *tx)
{
    struct change *c = j->data;
    int rc = ledger_change(tx, &c->order, &j->arena, &c->certificate, &c->changed, &j->err);
    return rc ? rc : ledger_crl_number(tx, c->certificate.authority, &c->number);
}

static void changed(struct job *j)
{
    struct change *c = j->data;
    struct buf json = {0};
    struct json_writer w = {.out = &json};
    if (j->rc) {
        job_fail(j);
        return;
    }
    const char *state = ledger_state_name(c->certificate.state);
    if (c->changed)
        log_info("changed", LOG_STR("serial", c->order.serial), LOG_STR("state", str_from(state)),
            LOG_STR("actor", c->order.actor));
    if (c->changed)
        publish_wake(j->signer, c->certificate.authority);
    json_begin_object(&w);
    json_key(&w, STR("serial"));
    json_put_str(&w, c->order.serial);
    json_key(&w, STR("state"));
    json_put_str(&w, str_from(state));
    json_key(&w, STR("at"));
    json_put_int(&w, c->certificate.changed_ms);
    json_key(&w, STR("crl_number"));
    json_put_uint(&w, c->number);
    json_end_object(&w);
    job_answer(j, buf_str(&json), STR(""));
    buf_release(&json);
}

void job_revoke(struct job *j)
{
    struct change *c = arena_zalloc(&j->arena, 1, sizeof(*c));
    j->data = c;
    j->rc = revocation_verify(j->request.voucher, j->signer->ticket_key, clock_wall_ms(), &j->arena,
        &c->revocation, &j->err);
    if (!j->rc && c->revocation.act == REVOCATION_REVOKE &&
        (!crl_reason_is_known(c->revocation.reason) || c->revocation.reason == CRL_HOLD))
        j->rc = err_set(&j->err, E_INVALID, "the reason is none of RFC 5280's for a revocation");
    if (j->rc) {
        job_fail(j);
        return;
    }
    read_order(c);
    job_commit(j, change, changed);
}
