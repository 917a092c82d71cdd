// SPDX-License-Identifier: Apache-2.0
// build: rows, entries and counters written directly.
#include "store/build.h"

#include "core/base/codec.h"
#include "store/pairs.h"

enum { NAME_MAX_TEXT = 2 * SCHEMA_NAME_MAX + 16 };

int build_open(MDB_txn *txn, str name, bool create, MDB_dbi *out)
{
    char text[NAME_MAX_TEXT];
    int rc = str_to_c(name, text, sizeof(text));
    return rc ? rc : env_err(mdb_dbi_open(txn, text, create ? MDB_CREATE : 0, out));
}

int build_put(MDB_txn *txn, MDB_dbi dbi, str key, str value)
{
    MDB_val k = env_val(key), v = env_val(value);
    return env_err(mdb_put(txn, dbi, &k, &v, 0));
}

int build_each(MDB_txn *txn, MDB_dbi dbi, build_fn *fn, void *arg)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int code, rc = env_err(mdb_cursor_open(txn, dbi, &cursor));
    if (rc)
        return rc;
    while (!(code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) && !rc)
        rc = fn(arg, env_str(key), env_str(value));
    mdb_cursor_close(cursor);
    return rc ? rc : code == MDB_NOTFOUND ? 0 : env_err(code);
}

static int add_to(MDB_txn *txn, MDB_dbi dbi, str key, int64_t n)
{
    uint8_t bytes[8] = {0};
    MDB_val k = env_val(key), v;
    int rc = env_err(mdb_get(txn, dbi, &k, &v));
    if (rc < 0 || (!rc && v.mv_size != 8))
        return rc ? rc : E_CORRUPT;
    uint64_t old = rc ? 0 : codec_get_be64(v.mv_data);
    codec_put_be64(bytes, old + (uint64_t)n);
    return build_put(txn, dbi, key, str_of(bytes, sizeof(bytes)));
}

struct adding {
    MDB_txn *txn;
    MDB_dbi dbi;
    const struct schema_index *index;
};

/* 0 if no entry has this head. */
static int check_unique(const struct adding *a, str head)
{
    MDB_cursor *cursor;
    MDB_val key = env_val(head), value;
    int rc = env_err(mdb_cursor_open(a->txn, a->dbi, &cursor));
    if (rc)
        return rc;
    rc = env_err(mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE));
    mdb_cursor_close(cursor);
    if (rc)
        return rc == 1 ? 0 : rc;
    return str_starts(env_str(key), head) ? E_EXISTS : 0;
}

static int add_entry(void *arg, str entry)
{
    const struct adding *a = arg;
    size_t head;
    int rc = entry_head(a->index, entry, &head);
    if (!rc && a->index->unique)
        rc = check_unique(a, str_slice(entry, 0, head));
    if (!rc)
        rc = build_put(a->txn, a->dbi, entry, STR(""));
    if (!rc && a->index->kind == SCHEMA_WORDS)
        rc = add_to(a->txn, a->dbi, str_slice(entry, 0, PAIRS_HASH), 1);
    return rc;
}

int build_entries(const struct store *s, MDB_txn *txn, MDB_dbi dbi,
    const struct schema_index *index, str row_key, const struct json *row)
{
    struct adding a = {txn, dbi, index};
    return entry_each(s, index, row_key, row, add_entry, &a);
}

int build_count(
    MDB_txn *txn, MDB_dbi counters, const struct schema_counter *counter, const struct json *row)
{
    struct buf key = {0};
    int rc = 0;
    buf_append(&key, counter->name);
    buf_append_byte(&key, '\0');
    for (size_t i = 0; i < counter->by_count && !rc; i++)
        rc = tuple_put(&key, json_path(row, counter->by[i]));
    if (!rc)
        rc = add_to(txn, counters, buf_str(&key), 1);
    buf_release(&key);
    return rc;
}

int build_read(struct keys *keys, str database, str key, str value, struct arena *arena,
    const struct json **row)
{
    struct buf plain = {0};
    int rc = value.n < 8 ? E_CORRUPT
                         : keys_unseal(keys, database, key, str_slice(value, 8, value.n), &plain);
    if (!rc && json_parse(buf_str(&plain), BUILD_DEPTH, arena, row, NULL))
        rc = E_CORRUPT;
    if (plain.p)
        mem_wipe(plain.p, plain.cap);
    buf_release(&plain);
    return rc;
}

const char *build_row_name(const struct schema_table *table, str key, struct arena *arena)
{
    struct buf text = {0};
    buf_printf(&text, "%.*s ", STR_ARG(table->database));
    rowkey_show(table->key, key, &text);
    str name = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return name.p;
}
