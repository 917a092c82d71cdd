// SPDX-License-Identifier: Apache-2.0
// job_read: lists, certificates of the CAs, the sequence of changes, how things stand.
#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/signer/job.h"

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

static void put_bytes(struct json_writer *w, const char *name, str bytes)
{
    struct buf text = {0};
    codec_base64(&text, bytes);
    put_text(w, name, buf_str(&text));
    buf_release(&text);
}

static void put_list(struct json_writer *w, const struct list_state *l)
{
    put_int(w, "number", (int64_t)l->number);
    put_int(w, "this_update", l->this_update);
    put_int(w, "next_update", l->next_update);
    put_int(w, "age_percent", publish_age(l, clock_wall_ms() / 1000));
}

void job_crl(struct job *j)
{
    struct signer *s = j->signer;
    struct buf json = {0};
    struct json_writer w = {.out = &json};
    const struct authority *a = authority_find(&s->authorities, j->request.authority);
    const struct list_state *l = a ? &s->lists[a - s->authorities.list] : NULL;
    if (!a)
        j->rc = err_set(&j->err, E_NOT_FOUND, "the signer has no such CA");
    else if (!l->number)
        j->rc = err_set(&j->err, E_BUSY, "the first revocation list is being made");
    if (j->rc) {
        job_fail(j);
        return;
    }
    json_begin_object(&w);
    put_text(&w, "authority", str_from(a->name));
    put_list(&w, l);
    json_end_object(&w);
    job_answer(j, buf_str(&json), j->request.number == l->number ? STR("") : buf_str(&l->der));
    buf_release(&json);
}

void job_chain(struct job *j)
{
    struct buf json = {0};
    struct json_writer w = {.out = &json};
    const struct authorities *all = &j->signer->authorities;
    json_begin_object(&w);
    json_key(&w, STR("authorities"));
    json_begin_array(&w);
    for (size_t i = 0; i < all->count; i++) {
        const struct authority *a = &all->list[i];
        json_begin_object(&w);
        put_text(&w, "name", str_from(a->name));
        put_bytes(&w, "certificate", issuer_cert(a->issuer)->der);
        put_bytes(&w, "root", buf_str(&a->root));
        put_bytes(&w, "root_crl", buf_str(&a->root_crl));
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    job_answer(j, buf_str(&json), STR(""));
    buf_release(&json);
}

/* On a pool thread. */
static void read_changes(struct job *j)
{
    struct buf *out = j->data;
    struct store_tx *tx = store_tx_begin(j->signer->store, STORE_TX_READ);
    j->rc = ledger_changes(tx, j->request.number, out);
    store_tx_end(tx);
}

static void changes_read(struct job *j)
{
    struct buf *out = j->data;
    if (j->rc)
        job_fail(j);
    else
        job_answer(j, buf_str(out), STR(""));
}

static void release_buf(void *arg)
{
    buf_release(arg);
}

void job_changes(struct job *j)
{
    j->data = arena_zalloc(&j->arena, 1, sizeof(struct buf));
    arena_defer(&j->arena, release_buf, j->data);
    job_work(j, WORK_LIST, read_changes, changes_read);
}

static void put_authorities(struct json_writer *w, const struct signer *s)
{
    json_key(w, STR("authorities"));
    json_begin_array(w);
    for (size_t i = 0; i < s->authorities.count; i++) {
        const struct authority *a = &s->authorities.list[i];
        json_begin_object(w);
        put_text(w, "name", str_from(a->name));
        put_list(w, &s->lists[i]);
        put_int(w, "not_after", issuer_cert(a->issuer)->not_after);
        put_int(w, "responder_not_after", a->responder->not_after);
        json_end_object(w);
    }
    json_end_array(w);
}

static const char *find_trouble(const struct signer *s)
{
    struct store_stats st;
    store_read_stats(s->store, &st);
    if (st.read_only)
        return "the signer's store is read-only after an error at commit";
    if (signer_check_clock(s->last_ms, clock_wall_ms(), NULL))
        return "the wall clock stands behind the last commit";
    for (size_t i = 0; i < s->authorities.count; i++)
        if (s->lists[i].number && publish_age(&s->lists[i], clock_wall_ms() / 1000) > 75)
            return "a revocation list grows old";
    return "";
}

void job_status(struct job *j)
{
    struct signer *s = j->signer;
    struct buf json = {0};
    struct json_writer w = {.out = &json};
    uint64_t seq = 0;
    int64_t last;
    struct store_tx *tx = store_tx_begin(s->store, STORE_TX_READ);
    j->rc = ledger_last(tx, &last, &seq);
    store_tx_end(tx);
    if (j->rc) {
        job_fail(j);
        return;
    }
    json_begin_object(&w);
    put_text(&w, "trouble", str_from(find_trouble(s)));
    put_int(&w, "started", s->started_ms);
    put_int(&w, "seq", (int64_t)seq);
    put_int(&w, "last", last);
    put_int(&w, "issued", (int64_t)s->issued);
    put_int(&w, "refused", (int64_t)s->refused);
    put_authorities(&w, s);
    json_end_object(&w);
    job_answer(j, buf_str(&json), STR(""));
    buf_release(&json);
}
