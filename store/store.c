// SPDX-License-Identifier: Apache-2.0
// store: opening, closing, completions, figures.
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/crypto/token.h"
#include "store/claims.h"
#include "store/lease.h"
#include "store/open.h"
#include "store/tx_private.h"
#include "store/writer.h"

#define MAP_SIZE ((uint64_t)64 << 30)
#define MAP_LIMIT ((uint64_t)1 << 40)

enum { SNAPSHOT_MS = 1000, QUEUE_LIMIT = 8192, PAGE = 65536 };

static uint64_t or_default(uint64_t v, uint64_t standard)
{
    return v ? v : standard;
}

/* Options with their defaults; strings live in the store. */
static void take_opts(struct store *s, const struct store_opts *opts)
{
    s->opts = *opts;
    s->opts.dir = arena_str(&s->arena, str_from(opts->dir)).p;
    s->opts.seal_key = NULL;
    s->opts.schema = (str){NULL, 0};
    s->opts.map_size = or_default(opts->map_size, MAP_SIZE) / PAGE * PAGE;
    s->opts.map_limit = or_default(opts->map_limit, MAP_LIMIT) / PAGE * PAGE;
    if (s->opts.map_size < PAGE)
        s->opts.map_size = PAGE;
    if (s->opts.snapshot_ms <= 0)
        s->opts.snapshot_ms = SNAPSHOT_MS;
    if (s->opts.queue_limit <= 0)
        s->opts.queue_limit = QUEUE_LIMIT;
}

static int open_env(struct store *s, struct err *err)
{
    const struct env_opts opts = {.dir = s->opts.dir,
        .map_size = s->opts.map_size,
        .map_limit = s->opts.map_limit,
        .read_only = s->opts.read_only};
    int rc = env_open(&s->env, &opts, err);
    if (!rc)
        s->snapshots = snapshots_new(s->env);
    return rc;
}

int store_open(struct store **out, const struct store_opts *opts, struct err *err)
{
    struct opening opening;
    if (!opts->dir || !*opts->dir)
        return err_set(err, E_CONFIG, "the store needs a data directory");
    struct store *s = mem_zalloc(1, sizeof(*s));
    take_opts(s, opts);
    pthread_mutex_init(&s->lock, NULL);
    s->txpool = txpool_new();
    s->claims = claims_new();
    if (opts->seal_key)
        s->keys = keys_new(opts->seal_key);
    int rc = open_env(s, err);
    if (!rc)
        rc = open_store(&opening, s, opts->schema, err);
    if (!rc && !s->opts.read_only)
        rc = writer_new(&s->writer, s, opening.commit, opening.epoch, err);
    if (rc) {
        store_close(s);
        return rc;
    }
    *out = s;
    return 0;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    if (s->writer) {
        writer_stop(s->writer);
        store_poll(s);
        writer_free(s->writer);
    }
    txpool_free(s->txpool);
    snapshots_free(s->snapshots);
    env_close(s->env);
    leases_free(s->leases);
    claims_free(s->claims);
    keys_free(s->keys);
    pthread_mutex_destroy(&s->lock);
    arena_release(&s->arena);
    free(s);
}

/* Jobs that ended with this commit can be claimed again: they are gone. */
static void settle(struct store_tx *tx)
{
    if (!tx->status)
        claims_give_all(tx->store->claims, buf_str(&tx->ended));
}

static int finish(struct store_tx *tx)
{
    int n = 0;
    for (struct store_tx *next; tx; tx = next, n++) {
        next = tx->next;
        settle(tx);
        tx->delivered = true;
        if (tx->abandoned)
            tx_free(tx);
        else
            tx->done(tx->arg, tx, tx->status);
    }
    return n;
}

int store_poll(struct store *s)
{
    return store_poll_wait(s, 0);
}

int store_poll_wait(struct store *s, int ms)
{
    return s->writer ? finish(writer_take(s->writer, ms)) : 0;
}

/* What the writer gets: bytes only, and no snapshot any more. */
static int make_ready(struct store_tx *tx)
{
    if (!tx->store->writer || tx->kind != STORE_TX_WRITE)
        return E_READ_ONLY;
    int rc = tx_seal(tx);
    if (!rc)
        tx_close_snapshot(tx);
    return rc;
}

int store_submit(struct store_tx *tx, store_done *done, void *arg)
{
    tx->done = done;
    tx->arg = arg;
    tx->delivered = false;
    int rc = make_ready(tx);
    return rc ? rc : writer_put(tx->store->writer, tx);
}

int store_commit(struct store_tx *tx)
{
    int rc = make_ready(tx);
    if (rc)
        return rc;
    rc = writer_put_wait(tx->store->writer, tx);
    if (!rc)
        settle(tx);
    return rc;
}

void store_abandon(struct store_tx *tx)
{
    if (tx->delivered)
        tx_free(tx);
    else
        tx->abandoned = true;
}

int store_next(struct store_tx *tx, str sequence, int64_t *out)
{
    const struct schema_sequence *q = schema_sequence(&tx->store->schema, sequence);
    bool want = false;
    if (!q)
        return E_INVALID;
    if (tx->kind != STORE_TX_WRITE || !tx->store->leases)
        return E_READ_ONLY;
    size_t at = (size_t)(q - tx->store->schema.sequences);
    for (size_t i = 0; i < tx->issued_count; i++)
        if (tx->issued[i].sequence == at && !tx->issued[i].used) {
            tx->issued[i].used = true;
            *out = tx->issued[i].number;
            return 0;
        }
    int rc = leases_next(tx->store->leases, at, out, &want);
    if (want)
        writer_kick(tx->store->writer);
    if (!rc)
        tx_issued(tx, at, *out);
    return rc;
}

int store_hourly(struct store *s, struct err *err)
{
    int dead;
    if (!s->writer)
        return err_set(err, E_READ_ONLY, "the store was opened for reading only");
    int rc = mdb_reader_check(env_mdb(s->env), &dead);
    if (rc)
        return err_set(err, env_err(rc), "stale readers of the store cannot be cleared");
    struct store_tx *tx = store_tx_begin(s, STORE_TX_WRITE);
    tx->task = TX_TASK_HEADS;
    rc = store_commit(tx);
    store_tx_end(tx);
    return rc ? err_set(err, rc, "the heads of the logs were not signed: %s", err_text(rc)) : 0;
}

void store_read_stats(struct store *s, struct store_stats *out)
{
    *out = (struct store_stats){0};
    if (s->writer)
        writer_read_stats(s->writer, out);
    snapshots_read_stats(s->snapshots, &out->expired, &out->readers, &out->reader_ms);
    env_sizes(s->env, &out->used_bytes, &out->map_bytes);
    pthread_mutex_lock(&s->lock);
    if (s->backup_since)
        out->backup_ms = clock_mono_ms() - s->backup_since;
    pthread_mutex_unlock(&s->lock);
}

str store_schema(const struct store *s)
{
    return s->schema.json;
}

void store_data_key(struct buf *out)
{
    uint8_t key[32];
    token_random(key, sizeof(key));
    codec_hex(out, str_of(key, sizeof(key)));
    mem_wipe(key, sizeof(key));
}
