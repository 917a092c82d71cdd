// SPDX-License-Identifier: Apache-2.0
// store_world: a store in a folder of its own.
#define _GNU_SOURCE
#include "store_world.h"

#include "core/base/codec.h"
#include "store/chain.h"
#include "store/store_private.h"

static const uint8_t seal_key[32] = "an invented seal key for tests..";

int world_setup(void **state)
{
    struct world *w = mem_zalloc(1, sizeof(*w));
    snprintf(w->dir, sizeof(w->dir), "/tmp/store_test.XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    w->opts = (struct store_opts){.dir = w->dir,
        .seal_key = seal_key,
        .schema = STR(WORLD_SCHEMA),
        .map_size = (uint64_t)256 << 20};
    *state = w;
    return 0;
}

int world_teardown(void **state)
{
    struct world *w = *state;
    char command[100];
    world_close(w);
    snprintf(command, sizeof(command), "rm -r %s", w->dir);
    assert_int_equal(system(command), 0);
    buf_release(&w->out);
    free(w);
    return 0;
}

void world_open(struct world *w)
{
    struct err err = {0};
    int rc = store_open(&w->store, &w->opts, &err);
    if (rc)
        fail_msg("%s: %s", err_name(rc), err.message);
}

void world_close(struct world *w)
{
    store_close(w->store);
    w->store = NULL;
}

void world_reopen(struct world *w)
{
    world_close(w);
    world_open(w);
}

void world_open_fails(struct world *w, int code, const char *part)
{
    struct err err = {0};
    int rc = store_open(&w->store, &w->opts, &err);
    if (rc != code || !strstr(err.message, part))
        fail_msg("%s: %s", err_name(rc), err.message);
    w->store = NULL;
}

struct store_tx *world_begin(struct world *w)
{
    return store_tx_begin(w->store, STORE_TX_WRITE);
}

void world_commit(struct store_tx *tx)
{
    int rc = store_commit(tx);
    store_tx_end(tx);
    if (rc)
        fail_msg("commit: %s", err_name(rc));
}

void world_put(struct world *w, const char *table, const char *key, const char *json)
{
    struct store_tx *tx = world_begin(w);
    int rc = store_put(tx, str_from(table), str_from(key), str_from(json));
    if (rc)
        fail_msg("put %s %s: %s", table, key, err_name(rc));
    world_commit(tx);
}

const char *world_get(struct world *w, const char *table, const char *key)
{
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    buf_clear(&w->out);
    int rc = store_get(tx, str_from(table), str_from(key), &w->out);
    store_tx_end(tx);
    if (rc < 0)
        fail_msg("get %s %s: %s", table, key, err_name(rc));
    buf_append_byte(&w->out, '\0');
    return rc ? NULL : w->out.p;
}

int64_t world_count(struct world *w, const char *counter, const char *value)
{
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    int64_t n;
    assert_int_equal(store_count(tx, str_from(counter), str_from(value), &n), 0);
    store_tx_end(tx);
    return n;
}

const char *world_keys(struct world *w, const struct store_range *range)
{
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    struct store_iter *it;
    struct store_row row;
    struct err err = {0};
    int rc = store_iter_open(&it, tx, range, &err);
    if (rc)
        fail_msg("%s: %s", err_name(rc), err.message);
    buf_clear(&w->out);
    while ((rc = store_iter_next(it, &row)) == 0) {
        if (w->out.n)
            buf_append_byte(&w->out, ',');
        buf_append(&w->out, row.key);
    }
    assert_int_equal(rc, 1);
    store_iter_close(it);
    store_tx_end(tx);
    buf_append_byte(&w->out, '\0');
    return w->out.p;
}

const char *world_key(int n)
{
    static char ring[16][STORE_KEY_TEXT + 1];
    static unsigned at;
    char *out = ring[at++ % 16];
    store_key_at(n, out);
    return out;
}

uint64_t world_check_chain(struct world *w, const char *name, uint8_t last[32])
{
    struct store *s = w->store;
    const struct schema_log *l = schema_log(&s->schema, str_from(name));
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, value;
    struct chain_header h;
    str payload;
    struct buf plain = {0};
    uint64_t n = 0;
    memset(last, 0, 32);
    assert_int_equal(env_read_begin(s->env, &txn), 0);
    assert_int_equal(mdb_cursor_open(txn, env_dbi(s->env, ENV_FIXED + l->slot), &cursor), 0);
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        uint8_t hash[32];
        assert_int_equal(chain_parse(env_str(key), env_str(value), &h, &payload), 0);
        assert_int_equal(h.seq, ++n);
        assert_memory_equal(h.prev, last, 32);
        hash_sha256(payload, hash);
        assert_memory_equal(h.payload_hash, hash, 32);
        buf_clear(&plain);
        assert_int_equal(keys_unseal_log(s->keys, l->records, h.subject, payload, &plain), 0);
        chain_hash(l->name, &h, last);
    }
    mdb_cursor_close(cursor);
    env_read_end(s->env, txn);
    buf_release(&plain);
    return n;
}

/* Each pair's count stands in front of its entries. */
size_t world_check_pairs(struct world *w, const char *table, const char *index)
{
    struct store *s = w->store;
    const struct schema_table *t = schema_table(&s->schema, str_from(table));
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t left = 0;
    size_t pairs = 0;
    unsigned slot = ENV_FIXED + schema_index(t, str_from(index))->slot;
    assert_int_equal(env_read_begin(s->env, &txn), 0);
    assert_int_equal(mdb_cursor_open(txn, env_dbi(s->env, slot), &cursor), 0);
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        if (key.mv_size == 8) {
            assert_int_equal(left, 0);
            left = codec_get_be64(value.mv_data);
            assert_true(left > 0);
            pairs++;
        } else {
            assert_int_equal(key.mv_size, 24);
            assert_true(left > 0);
            left--;
        }
    }
    assert_int_equal(left, 0);
    mdb_cursor_close(cursor);
    env_read_end(s->env, txn);
    return pairs;
}
