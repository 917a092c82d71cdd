// SPDX-License-Identifier: Apache-2.0
// tx: the life of a transaction; what comes out the same in every run.
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/crypto/token.h"
#include "store/tx_private.h"

enum { POOL_MAX = 64, KEEP_BYTES = 1 << 16 };

/* Ended transactions: their buffers are warm. */
struct txpool {
    pthread_mutex_t lock;
    struct store_tx *first;
    size_t count;
};

struct txpool *txpool_new(void)
{
    struct txpool *p = mem_zalloc(1, sizeof(*p));
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

static void destroy(struct store_tx *tx)
{
    snapshot_release(&tx->snapshot);
    arena_release(&tx->arena);
    arena_release(&tx->scratch);
    readset_release(&tx->reads);
    sorted_release(&tx->writes);
    buf_release(&tx->old);
    buf_release(&tx->key);
    buf_release(&tx->sealed);
    buf_release(&tx->ended);
    buf_release(&tx->randoms);
    free(tx->issued);
    free(tx);
}

void txpool_free(struct txpool *p)
{
    if (!p)
        return;
    while (p->first) {
        struct store_tx *tx = p->first;
        p->first = tx->next;
        destroy(tx);
    }
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static struct store_tx *take(struct txpool *p)
{
    pthread_mutex_lock(&p->lock);
    struct store_tx *tx = p->first;
    if (tx) {
        p->first = tx->next;
        p->count--;
    }
    pthread_mutex_unlock(&p->lock);
    return tx;
}

static bool give(struct txpool *p, struct store_tx *tx)
{
    pthread_mutex_lock(&p->lock);
    bool room = p->count < POOL_MAX;
    if (room) {
        tx->next = p->first;
        p->first = tx;
        p->count++;
    }
    pthread_mutex_unlock(&p->lock);
    return room;
}

/* Forgets what the body did; what must come out the same again stays. */
static void forget(struct store_tx *tx)
{
    arena_clear(&tx->arena);
    arena_clear(&tx->scratch);
    readset_clear(&tx->reads);
    sorted_clear(&tx->writes);
    buf_clear(&tx->sealed);
    buf_clear(&tx->ended);
    tx->read_count = tx->write_count = 0;
    tx->appends = NULL;
    tx->last_append = &tx->appends;
    tx->random_at = 0;
    for (size_t i = 0; i < tx->issued_count; i++)
        tx->issued[i].used = false;
}

/* Plaintexts do not stay in memory longer than they are used. */
static void wipe(struct buf *b)
{
    mem_wipe(b->p, b->n);
    buf_clear(b);
    if (b->cap > KEEP_BYTES)
        buf_release(b);
}

void tx_free(struct store_tx *tx)
{
    struct txpool *pool = tx->store->txpool;
    tx_close_snapshot(tx);
    forget(tx);
    wipe(&tx->old);
    wipe(&tx->key);
    wipe(&tx->sealed);
    buf_clear(&tx->randoms);
    tx->issued_count = 0;
    if (!give(pool, tx))
        destroy(tx);
}

static struct store_tx *make(void)
{
    struct store_tx *tx = mem_zalloc(1, sizeof(*tx));
    snapshot_init(&tx->snapshot);
    return tx;
}

struct store_tx *store_tx_begin(struct store *s, enum store_tx_kind kind)
{
    struct store_tx *tx = take(s->txpool);
    if (!tx)
        tx = make();
    tx->store = s;
    tx->kind = kind;
    tx->task = TX_TASK_BODY;
    tx->snapshot_ms = s->opts.snapshot_ms;
    tx->runs = 1;
    tx->now = clock_wall_ms();
    tx->waited = tx->finished = tx->abandoned = tx->delivered = false;
    tx->last_append = &tx->appends;
    snapshot_open(s->snapshots, &tx->snapshot, tx->snapshot_ms);
    return tx;
}

void store_tx_extend(struct store_tx *tx, int ms)
{
    tx->snapshot_ms = ms;
    snapshot_extend(&tx->snapshot, ms);
}

void tx_close_snapshot(struct store_tx *tx)
{
    snapshot_close(tx->store->snapshots, &tx->snapshot);
}

int store_tx_rerun(struct store_tx *tx)
{
    if (tx->runs >= STORE_RUNS_MAX)
        return E_BUSY;
    tx->runs++;
    forget(tx);
    tx_close_snapshot(tx);
    snapshot_open(tx->store->snapshots, &tx->snapshot, tx->snapshot_ms);
    return 0;
}

void store_tx_repeat(struct store_tx *tx)
{
    forget(tx);
}

void store_tx_end(struct store_tx *tx)
{
    if (tx)
        tx_free(tx);
}

bool store_tx_is_dirty(const struct store_tx *tx)
{
    return tx->writes.n || tx->appends;
}

int64_t store_tx_now(const struct store_tx *tx)
{
    return tx->now;
}

static void digest_number(struct hash *h, uint64_t n)
{
    uint8_t bytes[8];
    codec_put_be64(bytes, n);
    hash_update(h, str_of(bytes, sizeof(bytes)));
}

static void digest_str(struct hash *h, str s)
{
    digest_number(h, s.n);
    hash_update(h, s);
}

void store_tx_digest(const struct store_tx *tx, uint8_t out[32])
{
    struct hash h;
    hash_init(&h);
    for (size_t i = 0; i < tx->writes.n; i++) {
        const struct write *w = container_of(tx->writes.list[i], struct write, at);
        digest_number(&h, w->at.slot);
        digest_str(&h, w->at.key);
        digest_number(&h, w->is);
        digest_str(&h, w->is ? w->plain : (str){NULL, 0});
        digest_number(&h, (uint64_t)w->delta);
    }
    for (const struct append *a = tx->appends; a; a = a->next) {
        digest_str(&h, a->log->name);
        digest_str(&h, a->subject);
        digest_str(&h, a->plain);
    }
    hash_final(&h, out);
}

int tx_may_write(struct store_tx *tx)
{
    if (tx->kind != STORE_TX_WRITE || !tx->store->writer)
        return E_READ_ONLY;
    if (tx->write_count >= STORE_WRITES_MAX)
        return E_TOO_BIG;
    tx->write_count++;
    return 0;
}

int tx_count_read(struct store_tx *tx)
{
    if (tx->kind == STORE_TX_READ)
        return 0;
    return ++tx->read_count > STORE_READS_MAX ? E_TOO_BIG : 0;
}

void tx_random(struct store_tx *tx, uint8_t out[10])
{
    if (tx->random_at == tx->randoms.n) {
        token_random(buf_reserve(&tx->randoms, 10), 10);
        buf_added(&tx->randoms, 10);
    }
    memcpy(out, tx->randoms.p + tx->random_at, 10);
    tx->random_at += 10;
}

void tx_issued(struct store_tx *tx, size_t sequence, int64_t number)
{
    if (tx->issued_count == tx->issued_cap) {
        tx->issued_cap = tx->issued_cap ? tx->issued_cap * 2 : 8;
        tx->issued = mem_realloc(tx->issued, tx->issued_cap * sizeof(*tx->issued));
    }
    tx->issued[tx->issued_count++] = (struct issued){sequence, number, true};
}

static void put_ms(int64_t ms, uint8_t out[6])
{
    uint8_t bytes[8];
    codec_put_be64(bytes, ms < 0 ? 0 : (uint64_t)ms);
    memcpy(out, bytes + 2, 6);
}

void tx_key(struct store_tx *tx, int64_t ms, uint8_t out[ROWKEY_TIME])
{
    put_ms(ms, out);
    tx_random(tx, out + 6);
}

static void show(const uint8_t key[ROWKEY_TIME], char out[STORE_KEY_TEXT + 1])
{
    rowkey_text(key, out);
    out[STORE_KEY_TEXT] = '\0';
}

void store_key_new(struct store_tx *tx, char out[STORE_KEY_TEXT + 1])
{
    uint8_t key[ROWKEY_TIME];
    tx_key(tx, tx->now, key);
    show(key, out);
}

void store_key_at(int64_t ms, char out[STORE_KEY_TEXT + 1])
{
    uint8_t key[ROWKEY_TIME] = {0};
    put_ms(ms, key);
    show(key, out);
}

int64_t store_key_time(str key)
{
    uint8_t bytes[ROWKEY_TIME];
    if (rowkey_bytes(key, bytes))
        return -1;
    uint8_t wide[8] = {0};
    memcpy(wide + 2, bytes, 6);
    return (int64_t)codec_get_be64(wide);
}
