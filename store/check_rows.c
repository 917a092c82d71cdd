// SPDX-License-Identifier: Apache-2.0
// check_rows: every row unseals, is an object, and has its entries; what it counts is tallied.
#include "store/check.h"

struct walk {
    const struct schema_table *table;
    const struct schema_index *index; /* the one at hand */
    str key;
    uint64_t expected[SCHEMA_INDEXES_MAX]; /* entries that are there */
};

static void found_row(struct check *c, const struct walk *w, const char *what)
{
    struct buf name = {0};
    check_row_name(w->table, w->key, &name);
    check_found(c, what, "%.*s", STR_ARG(buf_str(&name)));
    buf_release(&name);
}

struct entry_arg {
    struct check *check;
    struct walk *walk;
};

static int expect_entry(void *arg, str entry)
{
    struct entry_arg *a = arg;
    const struct schema_index *index = a->walk->index;
    MDB_val key = env_val(entry), value;
    MDB_dbi dbi = env_dbi(a->check->env, ENV_FIXED + index->slot);
    int rc = dbi ? env_err(mdb_get(a->check->txn, dbi, &key, &value)) : 1;
    if (rc == 1 || rc == E_CORRUPT) {
        struct buf hex = {0};
        codec_hex(&hex, entry);
        check_found(
            a->check, "is missing", "%.*s %.*s", STR_ARG(index->database), STR_ARG(buf_str(&hex)));
        buf_release(&hex);
        return 0;
    }
    if (!rc)
        a->walk->expected[index - a->walk->table->indexes]++;
    return rc;
}

static int check_entries(struct check *c, struct walk *w, const struct json *row)
{
    struct entry_arg arg = {c, w};
    for (size_t i = 0; i < w->table->index_count; i++) {
        w->index = &w->table->indexes[i];
        int rc = entry_each(c->store, w->index, w->key, row, expect_entry, &arg);
        if (rc == E_INVALID || rc == E_TOO_BIG) {
            found_row(c, w, "holds a value that no index can hold");
            rc = 0;
        }
        if (!rc && w->index->kind == SCHEMA_BLOB)
            rc = check_blobs_of(c, w->index, w->key, row);
        if (rc)
            return rc;
    }
    return 0;
}

static void count(struct check *c, struct walk *w, const struct json *row)
{
    struct buf key = {0};
    for (size_t i = 0; i < w->table->counter_count; i++) {
        const struct schema_counter *counter = &w->table->counters[i];
        int rc = 0;
        buf_clear(&key);
        buf_append(&key, counter->name);
        buf_append_byte(&key, '\0');
        for (size_t f = 0; f < counter->by_count && !rc; f++)
            rc = tuple_put(&key, json_path(row, counter->by[f]));
        if (rc)
            found_row(c, w, "holds a value that no counter can count by");
        else
            tally_add(c->counters, buf_str(&key), 1);
    }
    buf_release(&key);
}

static const char *read_row(struct check *c, struct walk *w, str value, const struct json **row)
{
    struct buf plain = {0};
    const char *what = check_unseal(c, w->table->database, w->key, value, &plain);
    if (!what && w->table->key == SCHEMA_KEY_TIME && w->key.n != ROWKEY_TIME)
        what = "has a key of a wrong length";
    if (!what && json_parse(buf_str(&plain), ROW_DEPTH, &c->arena, row, NULL))
        what = "is no JSON";
    if (!what && json_type(*row) != JSON_OBJECT)
        what = "is no object";
    if (plain.p)
        mem_wipe(plain.p, plain.cap);
    buf_release(&plain);
    return what;
}

static int check_one(struct check *c, void *arg, str key, str value)
{
    struct walk *w = arg;
    const struct json *row;
    w->key = key;
    c->totals->rows++;
    const char *what = read_row(c, w, value, &row);
    int rc = 0;
    if (what) {
        found_row(c, w, what);
    } else {
        rc = check_entries(c, w, row);
        count(c, w, row);
    }
    arena_clear(&c->arena);
    return rc;
}

int check_table(struct check *c, const struct schema_table *table)
{
    struct walk w = {.table = table};
    int rc =
        check_each(c, env_dbi(c->env, ENV_FIXED + table->slot), table->database, check_one, &w);
    for (size_t i = 0; i < table->index_count && !rc; i++)
        rc = check_index(c, table, &table->indexes[i], w.expected[i]);
    return rc;
}
