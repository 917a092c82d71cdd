// SPDX-License-Identifier: Apache-2.0
// chain: records and heads.
#include "store/chain.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/codec.h"
#include "store/tx_private.h"

enum { FIXED = 8 + 32 + 32 + 1 }; /* time, prev, payload hash, length of the subject */

struct end {
    uint64_t seq; /* of the newest record; 0: none */
    uint8_t hash[32];
    uint64_t signed_seq; /* of the newest head */
};

struct chains {
    const struct schema *schema;
    struct end *now;    /* in the open transaction */
    struct end *stored; /* on disk */
};

struct chains *chains_new(const struct schema *s)
{
    struct chains *c = mem_zalloc(1, sizeof(*c));
    c->schema = s;
    c->now = mem_zalloc(s->log_count + 1, sizeof(*c->now));
    c->stored = mem_zalloc(s->log_count + 1, sizeof(*c->stored));
    return c;
}

void chains_free(struct chains *c)
{
    if (!c)
        return;
    free(c->now);
    free(c->stored);
    free(c);
}

void chain_hash(str log, const struct chain_header *h, uint8_t out[32])
{
    struct hash hash;
    uint8_t numbers[16], length = (uint8_t)h->subject.n;
    codec_put_be64(numbers, h->seq);
    codec_put_be64(numbers + 8, (uint64_t)h->time_ms);
    hash_init(&hash);
    hash_update(&hash, STR("certhall log\0"));
    hash_update(&hash, log);
    hash_update(&hash, STR("\0"));
    hash_update(&hash, str_of(numbers, sizeof(numbers)));
    hash_update(&hash, str_of(h->prev, 32));
    hash_update(&hash, str_of(h->payload_hash, 32));
    hash_update(&hash, str_of(&length, 1));
    hash_update(&hash, h->subject);
    hash_final(&hash, out);
}

int chain_parse(str key, str value, struct chain_header *out, str *payload)
{
    if (key.n != 8 || value.n < FIXED)
        return E_CORRUPT;
    size_t subject = (unsigned char)value.p[FIXED - 1];
    if (value.n < FIXED + subject)
        return E_CORRUPT;
    out->seq = codec_get_be64((const uint8_t *)key.p);
    out->time_ms = (int64_t)codec_get_be64((const uint8_t *)value.p);
    memcpy(out->prev, value.p + 8, 32);
    memcpy(out->payload_hash, value.p + 40, 32);
    out->subject = str_slice(value, FIXED, FIXED + subject);
    *payload = str_slice(value, FIXED + subject, value.n);
    return 0;
}

/* Newest entry of a database; 1 if it is empty or absent. */
static int newest(const struct env *e, MDB_txn *txn, unsigned slot, MDB_val *key, MDB_val *value)
{
    MDB_cursor *cursor;
    if (!env_dbi(e, ENV_FIXED + slot))
        return 1;
    int rc = env_err(mdb_cursor_open(txn, env_dbi(e, ENV_FIXED + slot), &cursor));
    if (rc)
        return rc;
    rc = env_err(mdb_cursor_get(cursor, key, value, MDB_LAST));
    mdb_cursor_close(cursor);
    return rc;
}

static int read_end(const struct schema_log *l, const struct env *e, MDB_txn *txn, struct end *end)
{
    MDB_val key, value;
    struct chain_header h;
    str payload;
    int rc = newest(e, txn, l->slot, &key, &value);
    if (!rc)
        rc = chain_parse(env_str(key), env_str(value), &h, &payload);
    if (!rc) {
        end->seq = h.seq;
        chain_hash(l->name, &h, end->hash);
        rc = newest(e, txn, l->slot + 2, &key, &value);
    }
    if (!rc && key.mv_size != 8)
        rc = E_CORRUPT;
    if (!rc)
        end->signed_seq = codec_get_be64(key.mv_data);
    return rc == 1 ? 0 : rc;
}

int chains_read(struct chains *c, const struct env *e, MDB_txn *txn, struct err *err)
{
    for (size_t i = 0; i < c->schema->log_count; i++) {
        const struct schema_log *l = &c->schema->logs[i];
        int rc = read_end(l, e, txn, &c->stored[i]);
        if (rc)
            return err_set(
                err, rc, "the newest record of log %.*s cannot be read", STR_ARG(l->name));
    }
    chains_abort(c);
    return 0;
}

static int put_record(
    struct cursors *cursors, const struct schema_log *l, const struct chain_header *h, str sealed)
{
    uint8_t key[8];
    char *to;
    codec_put_be64(key, h->seq);
    int rc = cursors_reserve(cursors, ENV_FIXED + l->slot, str_of(key, sizeof(key)),
        FIXED + h->subject.n + sealed.n, &to);
    if (rc)
        return rc;
    codec_put_be64((uint8_t *)to, (uint64_t)h->time_ms);
    memcpy(to + 8, h->prev, 32);
    memcpy(to + 40, h->payload_hash, 32);
    to[FIXED - 1] = (char)h->subject.n;
    if (h->subject.n)
        memcpy(to + FIXED, h->subject.p, h->subject.n);
    memcpy(to + FIXED + h->subject.n, sealed.p, sealed.n);
    return 0;
}

static int put_subject(
    struct cursors *cursors, const struct schema_log *l, str subject, uint64_t seq)
{
    char key[64 + 1 + 8];
    if (!subject.n)
        return 0;
    memcpy(key, subject.p, subject.n);
    key[subject.n] = '\0';
    codec_put_be64((uint8_t *)key + subject.n + 1, seq);
    return cursors_put(
        cursors, ENV_FIXED + l->slot + 1, str_of(key, subject.n + 9), (str){NULL, 0});
}

int chains_append(
    struct chains *c, struct cursors *cursors, const struct append *a, str sealed, int64_t time_ms)
{
    struct end *end = &c->now[a->log - c->schema->logs];
    struct chain_header h = {.seq = end->seq + 1, .time_ms = time_ms, .subject = a->subject};
    memcpy(h.prev, end->hash, 32);
    memcpy(h.payload_hash, a->payload_hash, 32);
    int rc = put_record(cursors, a->log, &h, sealed);
    if (!rc)
        rc = put_subject(cursors, a->log, a->subject, h.seq);
    if (rc)
        return rc;
    end->seq = h.seq;
    chain_hash(a->log->name, &h, end->hash);
    return 0;
}

static int sign_one(const struct schema_log *l, struct end *end, struct cursors *cursors,
    const struct keys *keys, int64_t time_ms)
{
    struct buf message = {0};
    uint8_t numbers[16], value[8 + 32 + 64];
    codec_put_be64(numbers, end->seq);
    codec_put_be64(numbers + 8, (uint64_t)time_ms);
    buf_append(&message, STR("certhall head\0"));
    buf_append(&message, l->name);
    buf_append(&message, STR("\0"));
    buf_append(&message, str_of(numbers, sizeof(numbers)));
    buf_append(&message, str_of(end->hash, 32));
    memcpy(value, numbers + 8, 8);
    memcpy(value + 8, end->hash, 32);
    keys_sign_head(keys, buf_str(&message), value + 40);
    buf_release(&message);
    int rc = cursors_put(
        cursors, ENV_FIXED + l->slot + 2, str_of(numbers, 8), str_of(value, sizeof(value)));
    if (!rc)
        end->signed_seq = end->seq;
    return rc;
}

int chains_sign(struct chains *c, struct cursors *cursors, const struct keys *keys, int64_t time_ms)
{
    int rc = 0;
    for (size_t i = 0; i < c->schema->log_count && !rc; i++)
        if (c->now[i].seq > c->now[i].signed_seq)
            rc = sign_one(&c->schema->logs[i], &c->now[i], cursors, keys, time_ms);
    return rc;
}

static void copy(struct chains *c, struct end *to, const struct end *from)
{
    memcpy(to, from, c->schema->log_count * sizeof(*to));
}

void chains_commit(struct chains *c)
{
    copy(c, c->stored, c->now);
}

void chains_abort(struct chains *c)
{
    copy(c, c->now, c->stored);
}
