// SPDX-License-Identifier: Apache-2.0
// job_issue: a certificate for a ticket: judged and built on the pool, the intent committed, signed
// on the pool, recorded, answered.
#include <string.h>

#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/base/log.h"
#include "core/crypto/hash.h"
#include "core/crypto/token.h"
#include "core/pki/csr.h"
#include "core/signer/job.h"
#include "core/signer/subject.h"

enum { TRIES = 4, WORD_MAX = 64, BACKDATE_S = 60 };

struct issue {
    struct ticket ticket;
    struct csr csr;
    struct subject subject;
    struct authority *authority;
    struct cert_order order;
    struct buf tbs; /* what will be signed */
    struct buf der;
    str line;
    str spki;
    str replaces; /* this ticket's intent whose bytes cannot be made again */
    struct ledger_intent wanted;
    struct ledger_answer answer;
    int tries;
};

static void release(void *arg)
{
    struct issue *i = arg;
    buf_release(&i->tbs);
    buf_release(&i->der);
}

static str hex_of(struct arena *a, str bytes)
{
    struct buf hex = {0};
    codec_hex(&hex, bytes);
    str s = arena_str(a, buf_str(&hex));
    buf_release(&hex);
    return s;
}

static str digest_of(struct arena *a, str bytes)
{
    uint8_t digest[HASH_SIZE];
    hash_sha256(bytes, digest);
    return hex_of(a, str_of(digest, sizeof(digest)));
}

static int refuse(struct err *err, int code, const char *where, const char *sentence)
{
    err_set(err, code, "%s", sentence);
    err_at(err, "%s", where);
    return code;
}

/* Ticket, request, and that they belong together. E_TIMEOUT leaves everything read. */
static int read_voucher(struct job *j, struct issue *i)
{
    const struct signer *s = j->signer;
    int late = ticket_verify(
        j->request.voucher, s->ticket_key, clock_wall_ms(), &j->arena, &i->ticket, &j->err);
    if (late && late != E_TIMEOUT)
        return late;
    int rc = csr_parse(j->request.body, &j->arena, &i->csr, late ? NULL : &j->err);
    if (rc)
        return late ? late : rc;
    i->spki = digest_of(&j->arena, i->csr.spki);
    if (!str_eq(i->spki, i->ticket.spki_sha256))
        return refuse(
            &j->err, E_CONFLICT, "signer.key", "the ticket is for another key than the request's");
    if (!i->ticket.id.n || i->ticket.id.n > WORD_MAX || !i->ticket.kase.n ||
        i->ticket.kase.n > WORD_MAX)
        return refuse(&j->err, E_INVALID, "signer.ticket", "the ticket names no case");
    i->line = arena_printf(&j->arena, "%.*s/%u", STR_ARG(i->ticket.kase), (unsigned)i->ticket.line);
    return late;
}

static bool is_listed(const char *list, str word)
{
    str rest = str_from(list);
    while (rest.n)
        if (str_eq(str_trim(str_cut(&rest, ',')), word))
            return true;
    return false;
}

/* A subject that could be taken for the CA itself, or stands in another country. */
static int check_name(struct job *j, const struct issue *i)
{
    struct name ca;
    const struct options *o = j->signer->options;
    const struct name *n = &i->subject.name;
    str country = name_get(n, NAME_C);
    if (!str_eq(country, str_from(options_text(o, OPT_COUNTRY))))
        return refuse(&j->err, E_DENIED, "signer.name", "the subject stands in another country");
    int rc = name_parse(issuer_cert(i->authority->issuer)->subject, &ca, &j->err);
    if (rc)
        return rc;
    if (str_eq(name_get(n, NAME_O), name_get(&ca, NAME_O)) ||
        str_eq(name_get(n, NAME_CN), name_get(&ca, NAME_CN)))
        return refuse(&j->err, E_DENIED, "signer.name", "the subject bears the name of the CA");
    return 0;
}

static int check_content(struct job *j, struct issue *i)
{
    const struct options *o = j->signer->options;
    const struct profile *p = profile_find(i->ticket.profile);
    if (!p || p->ca || !is_listed(options_text(o, OPT_PROFILES), i->ticket.profile))
        return refuse(
            &j->err, E_DENIED, "signer.profile", "this signer does not issue such a profile");
    if (i->ticket.years < 1 || i->ticket.years > (unsigned)options_int(o, OPT_YEARS))
        return refuse(&j->err, E_DENIED, "signer.years", "the validity is longer than allowed");
    int rc = subject_read(i->ticket.subject_json, &j->arena, &i->subject, &j->err);
    i->order.profile = p;
    return rc ? rc : check_name(j, i);
}

/* Where the years begin: now, or at the end of a living certificate that is renewed. */
static int find_start(
    struct job *j, const struct issue *i, struct store_tx *tx, int64_t now, int64_t *start)
{
    struct ledger_certificate c;
    str serial;
    *start = now;
    if (!i->ticket.renews.n)
        return 0;
    int rc = ledger_of_ticket(tx, i->ticket.renews, &j->arena, &serial, &c);
    if (rc < 0)
        return rc;
    if (rc || ledger_renewal_start(&c, now, start))
        return refuse(
            &j->err, E_DENIED, "signer.renew", "what is to be renewed cannot be renewed now");
    return 0;
}

static void set_order(struct issue *i)
{
    i->order.subject = &i->subject.name;
    i->order.key = i->csr.key;
    i->order.mail = i->subject.mail;
    for (size_t n = 0; n < NUMBER_COUNT; n++)
        i->order.numbers[n] = i->subject.numbers[n];
}

/* The same certificate as an intent that stands. False when it cannot be: another CA, or other
 * bytes because addresses changed. */
static bool build_again(struct job *j, struct issue *i, const struct ledger_intent *standing)
{
    struct buf serial = {0};
    bool fits = str_eq(standing->authority, str_from(i->authority->name)) &&
                codec_unhex(&serial, standing->serial) == 0 && serial.n == SERIAL_SIZE;
    if (fits)
        memcpy(i->order.serial, serial.p, SERIAL_SIZE);
    buf_release(&serial);
    if (!fits)
        return false;
    i->order.not_before = standing->not_before;
    i->order.not_after = standing->not_after;
    buf_clear(&i->tbs);
    return cert_prepare(i->authority->issuer, &i->order, &i->tbs, NULL) == 0 &&
           str_eq(digest_of(&j->arena, buf_str(&i->tbs)), standing->tbs);
}

static int build_new(struct job *j, struct issue *i, struct store_tx *tx)
{
    int64_t now = clock_wall_ms() / 1000, start;
    int rc = find_start(j, i, tx, now, &start);
    if (rc)
        return rc;
    i->order.not_before = now - BACKDATE_S;
    i->order.not_after = cert_years_later(start, (int)i->ticket.years);
    serial_make(token_random, i->order.serial);
    buf_clear(&i->tbs);
    return cert_prepare(i->authority->issuer, &i->order, &i->tbs, &j->err);
}

static void set_wanted(struct job *j, struct issue *i)
{
    struct buf name = {0};
    int rc = name_put(&i->subject.name, &name, NULL);
    i->wanted = (struct ledger_intent){.ticket = i->ticket.id,
        .line = i->line,
        .authority = str_from(i->authority->name),
        .profile = i->ticket.profile,
        .subject = rc ? STR("") : digest_of(&j->arena, buf_str(&name)),
        .spki = i->spki,
        .tbs = digest_of(&j->arena, buf_str(&i->tbs)),
        .serial = hex_of(&j->arena, str_of(i->order.serial, SERIAL_SIZE)),
        .not_before = i->order.not_before,
        .not_after = i->order.not_after};
    buf_release(&name);
}

static int build(struct job *j, struct issue *i, struct store_tx *tx)
{
    i->replaces = STR("");
    int rc = signer_check_clock(j->last_ms, clock_wall_ms(), &j->err);
    if (!rc)
        rc = check_content(j, i);
    if (rc)
        return rc;
    set_order(i);
    bool again = i->answer.step == LEDGER_REDO;
    if (!again || !build_again(j, i, &i->answer.intent)) {
        i->replaces = again ? i->answer.intent.serial : STR("");
        rc = build_new(j, i, tx);
    }
    if (!rc)
        set_wanted(j, i);
    return rc;
}

/* On a pool thread: everything up to the intent. */
static void prepare(struct job *j)
{
    struct issue *i = j->data;
    int late = read_voucher(j, i);
    j->rc = late;
    if (late && late != E_TIMEOUT)
        return;
    i->authority = authority_for(&j->signer->authorities, pk_kind(i->csr.key));
    struct store_tx *tx = store_tx_begin(j->signer->store, STORE_TX_READ);
    int rc = ledger_look(
        tx, i->ticket.id, i->line, i->spki, &j->arena, &i->answer, late ? NULL : &j->err);
    if (!late)
        j->rc = rc;
    else if (!rc && i->answer.step == LEDGER_DONE)
        j->rc = 0;
    if (!j->rc && i->answer.step != LEDGER_DONE)
        j->rc = build(j, i, tx);
    store_tx_end(tx);
}

static void put_text(struct json_writer *w, const char *name, str value)
{
    json_key(w, str_from(name));
    json_put_str(w, value);
}

static void put_int(struct json_writer *w, const char *name, int64_t value)
{
    json_key(w, str_from(name));
    json_put_int(w, value);
}

static void answer(struct job *j, struct issue *i)
{
    struct buf json = {0};
    struct json_writer w = {.out = &json};
    const struct ledger_intent *c = &i->answer.intent;
    json_begin_object(&w);
    put_text(&w, "serial", c->serial);
    put_text(&w, "ticket", c->ticket);
    put_text(&w, "authority", c->authority);
    put_text(&w, "sha256", digest_of(&j->arena, i->answer.der));
    put_int(&w, "not_before", c->not_before);
    put_int(&w, "not_after", c->not_after);
    json_end_object(&w);
    job_answer(j, buf_str(&json), i->answer.der);
    buf_release(&json);
}

static int settle(struct job *j, struct store_tx *tx)
{
    struct issue *i = j->data;
    return ledger_settle(tx, &i->wanted, buf_str(&i->der), &j->arena, &i->answer, &j->err);
}

static void fail(struct job *j)
{
    struct issue *i = j->data;
    if (j->rc == E_CRYPTO || (j->rc == E_BUSY && j->err.where[0]))
        signer_alarm(j->signer, "a certificate was refused", str_from(j->err.message));
    log_info("no certificate", LOG_STR("ticket", i->ticket.id),
        LOG_STR("why", str_from(j->err.code ? j->err.message : err_text(j->rc))));
    job_fail(j);
}

static void settled(struct job *j)
{
    struct issue *i = j->data;
    if (j->rc) {
        fail(j);
        return;
    }
    j->signer->issued++;
    log_info("issued", LOG_STR("serial", i->answer.intent.serial),
        LOG_STR("ticket", i->answer.intent.ticket), LOG_STR("profile", i->wanted.profile));
    answer(j, i);
}

static void sign(struct job *j)
{
    struct issue *i = j->data;
    buf_clear(&i->der);
    j->rc = cert_issue(i->authority->issuer, &i->order, buf_str(&i->tbs), &i->der, &j->err);
}

static void signed_now(struct job *j)
{
    if (j->rc)
        fail(j);
    else
        job_commit(j, settle, settled);
}

static int intend(struct job *j, struct store_tx *tx)
{
    struct issue *i = j->data;
    return ledger_intend(
        tx, &i->wanted, i->replaces, &j->signer->limits, &j->arena, &i->answer, &j->err);
}

static void prepared(struct job *j);

static void intended(struct job *j)
{
    struct issue *i = j->data;
    if (!j->rc && i->answer.step == LEDGER_REDO && ++i->tries >= TRIES)
        j->rc = err_set(&j->err, E_BUSY, "too many ask with this ticket at once");
    if (j->rc)
        fail(j);
    else if (i->answer.step == LEDGER_DONE)
        answer(j, i);
    else if (i->answer.step == LEDGER_SIGN)
        job_work(j, WORK_SIGN, sign, signed_now);
    else
        job_work(j, WORK_SIGN, prepare, prepared);
}

static void prepared(struct job *j)
{
    struct issue *i = j->data;
    bool fresh = !j->rc && i->answer.step == LEDGER_BEGIN;
    if (fresh && !signer_take_token(j->signer))
        j->rc = refuse(&j->err, E_BUSY, "signer.rate", "too many certificates this minute");
    if (j->rc)
        fail(j);
    else if (i->answer.step == LEDGER_DONE)
        answer(j, i);
    else
        job_commit(j, intend, intended);
}

void job_issue(struct job *j)
{
    j->data = arena_zalloc(&j->arena, 1, sizeof(struct issue));
    arena_defer(&j->arena, release, j->data);
    job_work(j, WORK_SIGN, prepare, prepared);
}
