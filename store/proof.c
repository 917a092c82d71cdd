// SPDX-License-Identifier: Apache-2.0
// proof: one subject's records as a text that anybody can verify with the public key alone.
#include "core/base/codec.h"
#include "core/base/json.h"
#include "store/log_enter.h"

enum {
    PROOF_RECORDS_MAX = 1000000 /* from the subject's first record to the head */
};

static void put_hex(struct json_writer *w, str name, const uint8_t *bytes, size_t n)
{
    struct buf text = {0};
    codec_hex(&text, str_of(bytes, n));
    json_key(w, name);
    json_put_str(w, buf_str(&text));
    buf_release(&text);
}

static void put_record(struct json_writer *w, const struct log_entry *entry, bool in_full)
{
    struct buf text = {0};
    json_begin_object(w);
    json_key(w, STR("time"));
    json_put_int(w, entry->time_ms);
    put_hex(w, STR("payload_hash"), entry->payload_hash, STORE_HASH);
    json_key(w, STR("subject"));
    json_put_str(w, entry->subject);
    if (in_full) {
        codec_base64(&text, entry->payload);
        json_key(w, STR("payload"));
        json_put_str(w, buf_str(&text));
    }
    json_end_object(w);
    buf_release(&text);
}

static int put_records(
    struct json_writer *w, const struct log_view *view, str subject, uint64_t from, uint64_t to)
{
    json_key(w, STR("records"));
    json_begin_array(w);
    int rc = 0;
    for (uint64_t seq = from; seq <= to && !rc; seq++) {
        struct log_entry entry;
        rc = log_view_get(view, seq, &entry) ? E_CORRUPT : 0;
        if (!rc)
            put_record(w, &entry, str_eq(entry.subject, subject));
    }
    json_end_array(w);
    return rc;
}

static void put_head(struct json_writer *w, const struct store_head *head)
{
    json_key(w, STR("head"));
    json_begin_object(w);
    json_key(w, STR("seq"));
    json_put_uint(w, head->seq);
    json_key(w, STR("time"));
    json_put_int(w, head->time_ms);
    put_hex(w, STR("signature"), head->signature, STORE_LOG_SIGNATURE);
    json_end_object(w);
}

/* The stretch a proof covers: from the subject's first record to the head behind its last one. */
static int find_stretch(
    const struct log_view *view, str subject, struct log_entry *first, struct store_head *head)
{
    uint64_t from, to;
    int rc = log_view_next_of(view, subject, 1, &from);
    if (!rc)
        rc = log_view_prev_of(view, subject, UINT64_MAX, &to);
    if (rc)
        return rc;
    rc = log_view_head(view, to, head);
    if (rc)
        return rc == 1 ? E_BUSY : rc;
    if (head->seq - from >= PROOF_RECORDS_MAX)
        return E_TOO_BIG;
    rc = log_view_get(view, from, first);
    return rc == 1 ? E_CORRUPT : rc;
}

static int put_proof(
    struct json_writer *w, const struct log_view *view, str subject, const uint8_t public_key[32])
{
    struct log_entry first;
    struct store_head head;
    int rc = find_stretch(view, subject, &first, &head);
    if (rc)
        return rc;
    json_begin_object(w);
    json_key(w, STR("format"));
    json_put_str(w, STR("certhall proof 1"));
    json_key(w, STR("log"));
    json_put_str(w, view->name);
    json_key(w, STR("subject"));
    json_put_str(w, subject);
    json_key(w, STR("first"));
    json_put_uint(w, first.seq);
    put_hex(w, STR("prev"), first.prev, STORE_HASH);
    rc = put_records(w, view, subject, first.seq, head.seq);
    put_head(w, &head);
    put_hex(w, STR("public"), public_key, 32);
    json_end_object(w);
    return rc;
}

int store_log_proof(struct store_tx *tx, str log, str subject, struct buf *out)
{
    struct log_view view;
    struct json_writer w = {.out = out};
    size_t before = out->n;
    int rc = log_enter(tx, schema_log(&tx->store->schema, log), &view);
    if (rc)
        return rc;
    rc = put_proof(&w, &view, subject, tx->store->head_public);
    log_leave(tx);
    if (rc)
        out->n = before;
    return rc;
}
