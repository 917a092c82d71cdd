// SPDX-License-Identifier: Apache-2.0
// count: counters. The writer adds; a transaction only knows by how much.
#include <string.h>

#include "core/base/codec.h"
#include "store/tx_private.h"

static int put_name(str name, struct buf *out)
{
    buf_append(out, name);
    buf_append_byte(out, '\0');
    return 0;
}

static int check_size(const struct buf *out, size_t start, str name)
{
    return out->n - start > ENTRY_HEAD_MAX + name.n + 1 ? E_TOO_BIG : 0;
}

int counter_key(str name, const struct json *values, struct buf *out)
{
    struct json_iter it;
    size_t start = out->n;
    int rc = put_name(name, out);
    json_iter_init(&it, values);
    while (!rc && json_iter_next(&it))
        rc = it.name.n ? E_INVALID : tuple_put(out, it.value);
    return rc ? rc : check_size(out, start, name);
}

int counter_key_of(const struct schema_counter *counter, const struct json *row, struct buf *out)
{
    size_t start = out->n;
    int rc = put_name(counter->name, out);
    for (size_t i = 0; i < counter->by_count && !rc; i++)
        rc = tuple_put(out, json_path(row, counter->by[i]));
    return rc ? rc : check_size(out, start, counter->name);
}

void counter_add(struct store_tx *tx, str key, int64_t n)
{
    struct write *w = write_at(tx, ENV_COUNTERS, key, WRITE_ADD, false);
    w->delta = (int64_t)((uint64_t)w->delta + (uint64_t)n); /* two's complement, never undefined */
}

/* The key of a counter's value, in tx->key. */
static int read_key(struct store_tx *tx, const struct schema_counter *counter, str value)
{
    const struct json *values = NULL;
    arena_clear(&tx->scratch);
    buf_clear(&tx->key);
    if (value.n) {
        if (json_parse(value, 2, &tx->scratch, &values, NULL) ||
            (json_count(values) && json_type(values) != JSON_ARRAY))
            return E_INVALID;
    }
    size_t count = json_count(values);
    if (counter->free ? count > SCHEMA_FIELDS_MAX : count != counter->by_count)
        return E_INVALID;
    return counter_key(counter->name, values, &tx->key);
}

static int read_committed(struct store_tx *tx, str key, int64_t *out)
{
    MDB_txn *txn;
    MDB_val k = env_val(key), v;
    int rc = snapshot_enter(tx->store->snapshots, &tx->snapshot, &txn);
    if (rc)
        return rc;
    rc = env_err(mdb_get(txn, env_dbi(tx->store->env, ENV_COUNTERS), &k, &v));
    if (!rc && v.mv_size != 8)
        rc = E_CORRUPT;
    if (!rc)
        *out = (int64_t)codec_get_be64(v.mv_data);
    snapshot_leave(&tx->snapshot);
    return rc;
}

int store_count(struct store_tx *tx, str counter, str value, int64_t *out)
{
    const struct schema_counter *c = schema_counter(&tx->store->schema, counter);
    *out = 0;
    int rc = c ? read_key(tx, c, value) : E_INVALID;
    if (!rc)
        rc = read_committed(tx, buf_str(&tx->key), out);
    if (rc < 0)
        return rc;
    const struct keyed *own = sorted_find(&tx->writes, ENV_COUNTERS, buf_str(&tx->key));
    if (own)
        *out = (int64_t)((uint64_t)*out + (uint64_t)container_of(own, struct write, at)->delta);
    return 0;
}

int store_add(struct store_tx *tx, str counter, str value, int64_t n)
{
    const struct schema_counter *c = schema_counter(&tx->store->schema, counter);
    if (!c || !c->free)
        return E_INVALID;
    int rc = tx_may_write(tx);
    if (!rc)
        rc = read_key(tx, c, value);
    if (!rc)
        counter_add(tx, buf_str(&tx->key), n);
    return rc;
}
