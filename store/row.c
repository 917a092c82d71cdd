// SPDX-License-Identifier: Apache-2.0
// row: getting and putting rows. A put that fails leaves no trace: entries and counters are made
// and checked first, then applied.
#include "store/walk.h"

#include <string.h>

/* An index entry that comes or goes, or a counter that changes. */
struct staged {
    struct staged *next;
    const struct schema_index *index; /* NULL: a counter */
    str key;
    bool comes;
};

/* One put or delete. */
struct change {
    struct store_tx *tx;
    struct place place;
    str key;
    const struct json *before; /* NULL: there is no row */
    const struct json *after;  /* NULL: it is deleted */
    struct staged *goes;
    struct staged *comes;
    const struct schema_index *index; /* at work */
    bool coming;
};

static int remember(struct store_tx *tx, unsigned slot, str key, uint64_t state)
{
    if (tx->kind == STORE_TX_READ || !readset_add(&tx->reads, &tx->arena, slot, key, state))
        return 0;
    return tx_count_read(tx);
}

/* What stands in the snapshot; the caller leaves it. */
static int look(struct store_tx *tx, MDB_txn *txn, unsigned slot, str key, str *value)
{
    MDB_dbi dbi = env_dbi(tx->store->env, slot);
    MDB_val k = env_val(key), v;
    int rc = dbi ? env_err(mdb_get(txn, dbi, &k, &v)) : 1;
    if (!rc)
        *value = env_str(v);
    return rc;
}

int row_unseal(const struct store *s, const struct place *p, str key, str value, struct buf *out)
{
    if (value.n < TX_COMMIT_ROOM)
        return E_CORRUPT;
    return keys_unseal(s->keys, p->database, key, str_slice(value, TX_COMMIT_ROOM, value.n), out);
}

static int read_committed(struct store_tx *tx, const struct place *p, str key, struct buf *out)
{
    MDB_txn *txn;
    str value = {NULL, 0};
    uint64_t state = READ_ABSENT;
    int rc = snapshot_enter(tx->store->snapshots, &tx->snapshot, &txn);
    if (rc)
        return rc;
    rc = look(tx, txn, p->slot, key, &value);
    if (!rc) {
        state = readset_state(value);
        rc = row_unseal(tx->store, p, key, value, out);
    }
    snapshot_leave(&tx->snapshot);
    if (rc < 0)
        return rc;
    int full = remember(tx, p->slot, key, state);
    return full ? full : rc;
}

int row_read(struct store_tx *tx, const struct place *p, str key, struct buf *out)
{
    const struct keyed *own = sorted_find(&tx->writes, p->slot, key);
    if (!own)
        return read_committed(tx, p, key, out);
    const struct write *w = container_of(own, struct write, at);
    if (w->is)
        buf_append(out, w->plain);
    return !w->is;
}

int row_entry_exists(struct store_tx *tx, unsigned slot, str entry)
{
    MDB_txn *txn;
    str value;
    const struct keyed *own = sorted_find(&tx->writes, slot, entry);
    if (own)
        return container_of(own, struct write, at)->is;
    int rc = snapshot_enter(tx->store->snapshots, &tx->snapshot, &txn);
    if (rc)
        return rc;
    rc = look(tx, txn, slot, entry, &value);
    snapshot_leave(&tx->snapshot);
    if (rc < 0)
        return rc;
    int full = remember(tx, slot, entry, rc ? READ_ABSENT : READ_BARE);
    return full ? full : !rc;
}

struct write *write_at(struct store_tx *tx, unsigned slot, str key, enum write_kind kind, bool was)
{
    struct keyed *own = sorted_find(&tx->writes, slot, key);
    if (own)
        return container_of(own, struct write, at);
    struct write *w = arena_zalloc(&tx->arena, 1, sizeof(*w));
    w->at = (struct keyed){slot, arena_str(&tx->arena, key)};
    w->kind = kind;
    w->was = w->is = was;
    sorted_insert(&tx->writes, &w->at);
    return w;
}

void write_value(struct store_tx *tx, const struct place *p, str key, str json, bool was)
{
    struct write *w = write_at(tx, p->slot, key, WRITE_ROW, was);
    w->database = p->database;
    w->plain = arena_str(&tx->arena, json);
    w->is = true;
}

void write_gone(struct store_tx *tx, const struct place *p, str key)
{
    write_at(tx, p->slot, key, WRITE_ROW, true)->is = false;
}

/* Whether a unique head is taken by another row. */
static int check_unique(struct change *c, str entry)
{
    struct walk walk;
    struct walk_item item;
    size_t head;
    int rc = entry_head(c->index, entry, &head);
    if (rc)
        return rc;
    walk_init(&walk, c->tx, ENV_FIXED + c->index->slot);
    walk_prefix(&walk, str_slice(entry, 0, head));
    while ((rc = walk_next(&walk, &item)) == 0)
        if (!str_eq(item.key, entry)) {
            rc = E_EXISTS;
            break;
        }
    walk_release(&walk);
    return rc == 1 ? 0 : rc;
}

static void stage(struct change *c, const struct schema_index *index, str key, bool comes)
{
    struct staged **list = comes ? &c->comes : &c->goes;
    struct staged *s = arena_alloc(&c->tx->scratch, sizeof(*s));
    *s = (struct staged){*list, index, arena_str(&c->tx->scratch, key), comes};
    *list = s;
}

static int stage_entry(void *arg, str entry)
{
    struct change *c = arg;
    if (c->coming && c->index->unique) {
        int rc = check_unique(c, entry);
        if (rc)
            return rc;
    }
    stage(c, c->index, entry, c->coming);
    return 0;
}

static bool same_fields(const struct change *c, const str *fields, size_t count)
{
    if (!c->before || !c->after)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!json_same(json_path(c->before, fields[i]), json_path(c->after, fields[i])))
            return false;
    return true;
}

static int stage_index(struct change *c, const struct schema_index *index)
{
    int rc = 0;
    if (same_fields(c, index->fields, index->field_count))
        return 0;
    c->index = index;
    c->coming = false;
    if (c->before)
        rc = entry_each(c->tx->store, index, c->key, c->before, stage_entry, c);
    c->coming = true;
    if (c->after && !rc)
        rc = entry_each(c->tx->store, index, c->key, c->after, stage_entry, c);
    return rc;
}

static int stage_count(
    struct change *c, const struct schema_counter *counter, const struct json *row, bool comes)
{
    struct buf key = {0};
    int rc = counter_key_of(counter, row, &key);
    if (!rc)
        stage(c, NULL, buf_str(&key), comes);
    buf_release(&key);
    return rc;
}

static int stage_counter(struct change *c, const struct schema_counter *counter)
{
    int rc = 0;
    if (same_fields(c, counter->by, counter->by_count))
        return 0;
    if (c->before)
        rc = stage_count(c, counter, c->before, false);
    if (c->after && !rc)
        rc = stage_count(c, counter, c->after, true);
    return rc;
}

static int stage_all(struct change *c)
{
    const struct schema_table *t = c->place.table;
    int rc = 0;
    for (size_t i = 0; i < t->index_count && !rc; i++)
        rc = stage_index(c, &t->indexes[i]);
    for (size_t i = 0; i < t->counter_count && !rc; i++)
        rc = stage_counter(c, &t->counters[i]);
    return rc;
}

static void apply(struct store_tx *tx, const struct staged *list)
{
    for (const struct staged *s = list; s; s = s->next) {
        if (!s->index) {
            counter_add(tx, s->key, s->comes ? 1 : -1);
            continue;
        }
        enum write_kind kind = s->index->kind == SCHEMA_WORDS ? WRITE_WORD : WRITE_ENTRY;
        write_at(tx, ENV_FIXED + s->index->slot, s->key, kind, !s->comes)->is = s->comes;
    }
}

/* Reads what is there; 1 if nothing. */
static int begin(struct change *c, struct store_tx *tx, str table, str key)
{
    *c = (struct change){.tx = tx};
    arena_clear(&tx->scratch);
    buf_clear(&tx->key);
    buf_clear(&tx->old);
    int rc = place_writable(tx->store, table, &c->place);
    if (!rc)
        rc = tx_may_write(tx);
    if (!rc)
        rc = rowkey_read(c->place.key, key, &tx->key);
    if (rc)
        return rc;
    c->key = buf_str(&tx->key);
    rc = row_read(tx, &c->place, c->key, &tx->old);
    if (!rc && json_parse(buf_str(&tx->old), TX_DEPTH_MAX, &tx->scratch, &c->before, NULL))
        rc = E_CORRUPT;
    return rc;
}

static int parse_row(struct change *c, str json)
{
    if (json.n > TX_VALUE_MAX)
        return E_TOO_BIG;
    int rc = json_parse(json, TX_DEPTH_MAX, &c->tx->scratch, &c->after, NULL);
    if (!rc && json_type(c->after) != JSON_OBJECT)
        rc = E_INVALID;
    return rc == E_PARSE ? E_INVALID : rc;
}

static int finish(struct change *c, str json)
{
    int rc = stage_all(c);
    if (rc)
        return rc;
    apply(c->tx, c->goes);
    apply(c->tx, c->comes);
    if (c->after)
        write_value(c->tx, &c->place, c->key, json, c->before != NULL);
    else
        write_gone(c->tx, &c->place, c->key);
    return 0;
}

static int write_row(struct store_tx *tx, str table, str key, str json, bool is_new)
{
    struct change c;
    int rc = begin(&c, tx, table, key);
    if (rc < 0)
        return rc;
    if (rc == 0 && is_new)
        return E_EXISTS;
    rc = parse_row(&c, json);
    return rc ? rc : finish(&c, json);
}

int store_put(struct store_tx *tx, str table, str key, str json)
{
    return write_row(tx, table, key, json, false);
}

int store_insert(struct store_tx *tx, str table, str key, str json)
{
    return write_row(tx, table, key, json, true);
}

int store_delete(struct store_tx *tx, str table, str key)
{
    struct change c;
    int rc = begin(&c, tx, table, key);
    return rc ? rc : finish(&c, (str){NULL, 0});
}

int store_get(struct store_tx *tx, str table, str key, struct buf *out)
{
    struct place p;
    size_t start = out->n;
    buf_clear(&tx->key);
    int rc = place_find(tx->store, table, &p);
    if (!rc)
        rc = rowkey_read(p.key, key, &tx->key);
    if (!rc)
        rc = row_read(tx, &p, buf_str(&tx->key), out);
    if (rc)
        out->n = start;
    return rc;
}
