// SPDX-License-Identifier: Apache-2.0
// log: walking records. Each step looks its record up anew: a walk holds nothing in the snapshot.
#include "store/log.h"

#include <stdlib.h>
#include <string.h>

#include "store/log_enter.h"

struct store_log_iter {
    struct store_tx *tx;
    const struct schema_log *log;
    bool descending;
    bool bare;
    bool ended;
    uint64_t next;      /* number to look for; descending from the end: UINT64_MAX */
    struct buf wanted;  /* subject; empty: all */
    struct buf subject; /* of the record given out */
    struct buf json;
};

int log_enter(struct store_tx *tx, const struct schema_log *log, struct log_view *view)
{
    MDB_txn *txn;
    if (!log)
        return E_INVALID;
    int rc = snapshot_enter(tx->store->snapshots, &tx->snapshot, &txn);
    if (!rc)
        log_view_init(view, tx->store->env, txn, log);
    return rc;
}

void log_leave(struct store_tx *tx)
{
    snapshot_leave(&tx->snapshot);
}

int store_log_open(
    struct store_log_iter **out, struct store_tx *tx, const struct store_log_range *range)
{
    const struct schema_log *log = schema_log(&tx->store->schema, range->log);
    if (!log || range->subject.n > LOG_SUBJECT_MAX)
        return E_INVALID;
    struct store_log_iter *it = mem_zalloc(1, sizeof(*it));
    it->tx = tx;
    it->log = log;
    it->descending = range->descending;
    it->bare = range->bare || !tx->store->keys;
    it->next = range->from ? range->from : range->descending ? UINT64_MAX : 1;
    buf_append(&it->wanted, range->subject);
    *out = it;
    return 0;
}

/* 0 with the number of the next record, 1 at the end. */
static int find(const struct store_log_iter *it, const struct log_view *v, uint64_t *seq)
{
    uint64_t last;
    str subject = buf_str(&it->wanted);
    if (subject.n)
        return it->descending ? log_view_prev_of(v, subject, it->next, seq)
                              : log_view_next_of(v, subject, it->next, seq);
    int rc = log_view_last(v, &last);
    if (rc)
        return rc;
    *seq = it->descending && it->next > last ? last : it->next;
    return *seq > last ? 1 : 0;
}

static int unseal(struct store_log_iter *it, const struct log_entry *entry)
{
    buf_clear(&it->json);
    if (it->bare || !entry->payload.n)
        return 0;
    if (!log_entry_is_whole(entry))
        return E_CORRUPT;
    return keys_unseal_log(
        it->tx->store->keys, it->log->records, entry->subject, entry->payload, &it->json);
}

static int take(struct store_log_iter *it, const struct log_entry *entry, struct store_record *out)
{
    int rc = unseal(it, entry);
    if (rc)
        return rc;
    buf_clear(&it->subject);
    buf_append(&it->subject, entry->subject);
    out->seq = entry->seq;
    out->time_ms = entry->time_ms;
    memcpy(out->prev, entry->prev, STORE_HASH);
    memcpy(out->payload_hash, entry->payload_hash, STORE_HASH);
    log_entry_hash(it->log->name, entry, out->hash);
    out->subject = buf_str(&it->subject);
    out->json = buf_str(&it->json);
    it->ended = it->descending ? entry->seq <= 1 : entry->seq == UINT64_MAX;
    it->next = it->descending ? entry->seq - 1 : entry->seq + 1;
    return 0;
}

int store_log_next(struct store_log_iter *it, struct store_record *out)
{
    struct log_view view;
    struct log_entry entry;
    uint64_t seq = 0;
    if (it->ended)
        return 1;
    int rc = log_enter(it->tx, it->log, &view);
    if (rc)
        return rc;
    rc = find(it, &view, &seq);
    if (!rc) {
        rc = log_view_get(&view, seq, &entry);
        rc = rc == 1 ? E_CORRUPT : rc; /* numbers have no gaps */
    }
    if (!rc)
        rc = take(it, &entry, out);
    log_leave(it->tx);
    return rc;
}

void store_log_close(struct store_log_iter *it)
{
    if (!it)
        return;
    if (it->json.p)
        mem_wipe(it->json.p, it->json.cap);
    buf_release(&it->wanted);
    buf_release(&it->subject);
    buf_release(&it->json);
    free(it);
}

int store_log_head(struct store_tx *tx, str log, struct store_head *out)
{
    struct log_view view;
    int rc = log_enter(tx, schema_log(&tx->store->schema, log), &view);
    if (rc)
        return rc;
    rc = log_view_last_head(&view, out);
    log_leave(tx);
    if (!rc)
        memcpy(out->public_key, tx->store->head_public, sizeof(out->public_key));
    return rc;
}
