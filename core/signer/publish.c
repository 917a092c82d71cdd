// SPDX-License-Identifier: Apache-2.0
// publish: revocation lists, made on the pool at the start, after each change, and before half of
// their life is over.
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/loop/file.h"
#include "core/signer/job.h"

enum { AGAIN_MS = 2000, READ_MS = 120000, HOUR_S = 3600, PERCENT = 100 };

/* One list being made. */
struct making {
    struct authority *authority;
    struct list_state *list;
    struct buf der;
    uint64_t known; /* number of the list before */
    uint64_t number;
    int64_t this_update;
    int64_t next_update;
};

static void start(struct signer *s, size_t i, bool raise);

static size_t index_of(const struct signer *s, const struct authority *a)
{
    return (size_t)(a - s->authorities.list);
}

static int write_file(struct job *j, const struct making *m)
{
    str path = arena_printf(&j->arena, "%s/%s.crl",
        options_text(j->signer->options, OPT_CRL_FOLDER), m->authority->name);
    return file_write(path.p, buf_str(&m->der), 0644, &j->err);
}

/* A clock that went back may not date a list before what stands on it. */
static int set_dates(struct job *j, struct making *m, struct store_tx *tx)
{
    int64_t last, now = clock_wall_ms();
    uint64_t seq;
    int rc = ledger_last(tx, &last, &seq);
    m->this_update = (now > last ? now : last) / 1000;
    m->next_update = m->this_update + options_int(j->signer->options, OPT_CRL_HOURS) * HOUR_S;
    return rc;
}

/* Number and entries come from one snapshot. */
static int fill(struct job *j, struct making *m, struct store_tx *tx)
{
    struct crl_writer *w = NULL;
    str name = str_from(m->authority->name);
    int rc = ledger_crl_number(tx, name, &m->number);
    if (rc || m->number <= m->known)
        return rc;
    rc = set_dates(j, m, tx);
    if (!rc)
        rc =
            crl_begin(m->authority->issuer, m->number, m->this_update, m->next_update, &w, &j->err);
    if (!rc)
        rc = ledger_crl_fill(tx, name, w, &j->err);
    if (!rc)
        rc = crl_end(&w, &m->der, &j->err);
    crl_cancel(w);
    return rc;
}

/* On a pool thread. */
static void make(struct job *j)
{
    struct making *m = j->data;
    struct store_tx *tx = store_tx_begin(j->signer->store, STORE_TX_READ);
    store_tx_extend(tx, READ_MS);
    j->rc = fill(j, m, tx);
    store_tx_end(tx);
    if (!j->rc && m->der.n)
        j->rc = write_file(j, m);
}

static void on_timer(void *arg)
{
    struct list_state *l = arg;
    struct signer *s = l->signer;
    start(s, (size_t)(l - s->lists), true);
}

static void take(struct making *m)
{
    struct list_state *l = m->list;
    buf_release(&l->der);
    l->der = m->der;
    m->der = (struct buf){0};
    l->number = m->number;
    l->this_update = m->this_update;
    l->next_update = m->next_update;
}

static void release(void *arg)
{
    struct making *m = arg;
    buf_release(&m->der);
}

/* Half of the life at most. */
static uint64_t rest_ms(const struct signer *s)
{
    return (uint64_t)options_int(s->options, OPT_CRL_HOURS) * HOUR_S * 1000 / 2;
}

static void made(struct job *j)
{
    struct signer *s = j->signer;
    struct making *m = j->data;
    struct list_state *l = m->list;
    size_t i = index_of(s, m->authority);
    bool failed = j->rc != 0, again = l->again;
    l->building = false;
    l->again = false;
    if (failed)
        log_error("no revocation list was made", LOG_STR("authority", str_from(m->authority->name)),
            LOG_STR("why", str_from(j->err.code ? j->err.message : err_text(j->rc))));
    else if (m->der.n)
        take(m);
    job_end(j);
    if (s->stopping)
        return;
    timer_start(s->loop, &l->timer, failed ? AGAIN_MS : rest_ms(s), on_timer, l);
    if (again && !failed)
        start(s, i, false);
}

static int raise_number(struct job *j, struct store_tx *tx)
{
    struct making *m = j->data;
    return ledger_crl_raise(tx, str_from(m->authority->name));
}

static void raised(struct job *j)
{
    if (j->rc)
        made(j);
    else
        job_work(j, WORK_BUILD, make, made);
}

static void start(struct signer *s, size_t i, bool raise)
{
    struct list_state *l = &s->lists[i];
    if (l->building) {
        l->again = true;
        return;
    }
    struct job *j = job_new(s, NULL);
    struct making *m = arena_zalloc(&j->arena, 1, sizeof(*m));
    arena_defer(&j->arena, release, m);
    j->data = m;
    m->authority = &s->authorities.list[i];
    m->list = l;
    m->known = l->number;
    l->building = true;
    if (raise)
        job_commit(j, raise_number, raised);
    else
        job_work(j, WORK_BUILD, make, made);
}

void publish_start(struct signer *s)
{
    for (size_t i = 0; i < s->authorities.count; i++) {
        s->lists[i].signer = s;
        start(s, i, true);
    }
}

void publish_wake(struct signer *s, str authority)
{
    const struct authority *a = authority_find(&s->authorities, authority);
    if (a)
        start(s, index_of(s, a), false);
}

int publish_age(const struct list_state *l, int64_t now_s)
{
    if (!l->number || l->next_update <= l->this_update)
        return PERCENT + 1;
    return (int)((now_s - l->this_update) * PERCENT / (l->next_update - l->this_update));
}

void publish_release(struct signer *s)
{
    for (size_t i = 0; i < AUTHORITIES; i++) {
        timer_cancel(&s->lists[i].timer);
        buf_release(&s->lists[i].der);
    }
}
