// SPDX-License-Identifier: Apache-2.0
// log_view: one log in one LMDB snapshot.
#include "store/log_view.h"

#include <string.h>

#include "core/base/codec.h"

enum { SUBJECT_KEY_MAX = LOG_SUBJECT_MAX + 1 + 8 };

void log_view_init(
    struct log_view *v, const struct env *env, MDB_txn *txn, const struct schema_log *log)
{
    v->name = log->name;
    v->txn = txn;
    v->records = env_dbi(env, ENV_FIXED + log->slot);
    v->subjects = env_dbi(env, ENV_FIXED + log->slot + 1);
    v->heads = env_dbi(env, ENV_FIXED + log->slot + 2);
}

int log_view_get(const struct log_view *v, uint64_t seq, struct log_entry *out)
{
    uint8_t number[8];
    MDB_val key = {sizeof(number), number}, value;
    codec_put_be64(number, seq);
    int rc = env_err(mdb_get(v->txn, v->records, &key, &value));
    return rc ? rc : log_entry_read(env_str(key), env_str(value), out);
}

/* Moves a fresh cursor: to `key` by op, or to the end. */
static int seek(MDB_txn *txn, MDB_dbi dbi, MDB_cursor_op op, MDB_val *key, MDB_val *value)
{
    MDB_cursor *cursor;
    int rc = env_err(mdb_cursor_open(txn, dbi, &cursor));
    if (rc)
        return rc;
    rc = env_err(mdb_cursor_get(cursor, key, value, op));
    mdb_cursor_close(cursor);
    return rc;
}

int log_view_last(const struct log_view *v, uint64_t *seq)
{
    MDB_val key, value;
    int rc = seek(v->txn, v->records, MDB_LAST, &key, &value);
    if (rc)
        return rc;
    if (key.mv_size != 8)
        return E_CORRUPT;
    *seq = codec_get_be64(key.mv_data);
    return 0;
}

static MDB_val subject_key(str subject, uint64_t seq, uint8_t room[SUBJECT_KEY_MAX])
{
    memcpy(room, subject.p, subject.n);
    room[subject.n] = 0;
    codec_put_be64(room + subject.n + 1, seq);
    return (MDB_val){subject.n + 1 + 8, room};
}

/* 0 with its number if the key is one of the subject's, else 1. */
static int number_of(str subject, MDB_val key, uint64_t *seq)
{
    const uint8_t *bytes = key.mv_data;
    if (key.mv_size != subject.n + 9 || memcmp(bytes, subject.p, subject.n) != 0 ||
        bytes[subject.n] != 0)
        return 1;
    *seq = codec_get_be64(bytes + subject.n + 1);
    return 0;
}

int log_view_next_of(const struct log_view *v, str subject, uint64_t seq, uint64_t *out)
{
    uint8_t room[SUBJECT_KEY_MAX];
    if (!subject.n || subject.n > LOG_SUBJECT_MAX)
        return 1;
    MDB_val key = subject_key(subject, seq, room), value;
    int rc = seek(v->txn, v->subjects, MDB_SET_RANGE, &key, &value);
    return rc ? rc : number_of(subject, key, out);
}

int log_view_prev_of(const struct log_view *v, str subject, uint64_t seq, uint64_t *out)
{
    uint8_t room[SUBJECT_KEY_MAX];
    MDB_cursor *cursor;
    if (!subject.n || subject.n > LOG_SUBJECT_MAX)
        return 1;
    MDB_val key = subject_key(subject, seq, room), value;
    int rc = env_err(mdb_cursor_open(v->txn, v->subjects, &cursor));
    if (rc)
        return rc;
    rc = env_err(mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE));
    if (rc == 1)
        rc = env_err(mdb_cursor_get(cursor, &key, &value, MDB_LAST));
    if (!rc && (number_of(subject, key, out) || *out > seq)) {
        rc = env_err(mdb_cursor_get(cursor, &key, &value, MDB_PREV));
        rc = rc ? rc : number_of(subject, key, out);
    }
    mdb_cursor_close(cursor);
    return rc;
}

int log_view_head(const struct log_view *v, uint64_t seq, struct store_head *out)
{
    uint8_t number[8];
    MDB_val key = {sizeof(number), number}, value;
    codec_put_be64(number, seq);
    int rc = seek(v->txn, v->heads, MDB_SET_RANGE, &key, &value);
    return rc ? rc : log_head_read(env_str(key), env_str(value), out);
}

int log_view_last_head(const struct log_view *v, struct store_head *out)
{
    MDB_val key, value;
    int rc = seek(v->txn, v->heads, MDB_LAST, &key, &value);
    return rc ? rc : log_head_read(env_str(key), env_str(value), out);
}
