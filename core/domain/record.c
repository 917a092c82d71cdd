// SPDX-License-Identifier: Apache-2.0
// record: JSON rows over store/tx.h.
#include "core/domain/record.h"

enum { ROW_DEPTH = 16 };

static void open_object(struct record *r, struct store_tx *tx)
{
    *r = (struct record){.tx = tx};
    r->writer.out = &r->json;
    json_begin_object(&r->writer);
}

void record_begin(struct record *r, struct store_tx *tx, const struct domain_actor *by)
{
    open_object(r, tx);
    record_int(r, "at", store_tx_now(tx));
    record_str(r, "by", by ? by->account : STR(""));
}

static bool is_named(str name, const char *const *list)
{
    for (; *list; list++)
        if (str_eq(name, str_from(*list)))
            return true;
    return false;
}

void record_begin_from(
    struct record *r, struct store_tx *tx, const struct json *row, const char *const *without)
{
    struct json_iter it;
    open_object(r, tx);
    json_iter_init(&it, row);
    while (json_iter_next(&it)) {
        if (is_named(it.name, without))
            continue;
        json_key(&r->writer, it.name);
        json_put_value(&r->writer, it.value);
    }
}

void record_str(struct record *r, const char *name, str value)
{
    json_key(&r->writer, str_from(name));
    json_put_str(&r->writer, value);
}

void record_int(struct record *r, const char *name, int64_t value)
{
    json_key(&r->writer, str_from(name));
    json_put_int(&r->writer, value);
}

int record_insert(struct record *r, str table, char key[STORE_KEY_TEXT + 1])
{
    json_end_object(&r->writer);
    store_key_new(r->tx, key);
    int rc = store_insert(r->tx, table, str_from(key), buf_str(&r->json));
    buf_release(&r->json);
    return rc;
}

int record_put(struct record *r, str table, str key)
{
    json_end_object(&r->writer);
    int rc = store_put(r->tx, table, key, buf_str(&r->json));
    buf_release(&r->json);
    return rc;
}

int record_load(
    struct store_tx *tx, str table, str key, struct arena *arena, const struct json **out)
{
    struct buf json = {0};
    int rc = store_get(tx, table, key, &json);
    if (!rc)
        rc = json_parse(buf_str(&json), ROW_DEPTH, arena, out, NULL) ? E_CORRUPT : 0;
    buf_release(&json);
    return rc;
}

static void write_values(struct buf *out, const str *values, size_t count)
{
    struct json_writer w = {.out = out};
    json_begin_array(&w);
    for (size_t i = 0; i < count; i++)
        json_put_str(&w, values[i]);
    json_end_array(&w);
}

static int walk(struct store_iter *it, record_fn *fn, void *arg)
{
    struct store_row row;
    int rc = 0;
    while (!rc && (rc = store_iter_next(it, &row)) == 0) {
        struct arena arena = {0};
        const struct json *value;
        rc = json_parse(row.json, ROW_DEPTH, &arena, &value, NULL) ? E_CORRUPT : 0;
        if (!rc)
            rc = fn(arg, row.key, value);
        arena_release(&arena);
        if (rc)
            return rc;
    }
    return rc == 1 ? 0 : rc;
}

int record_each(struct store_tx *tx, str table, str index, const str *values, size_t count,
    record_fn *fn, void *arg)
{
    struct buf equal = {0};
    struct store_iter *it;
    write_values(&equal, values, count);
    const struct store_range range = {.table = table, .index = index, .equal = buf_str(&equal)};
    int rc = store_iter_open(&it, tx, &range, NULL);
    if (!rc) {
        rc = walk(it, fn, arg);
        store_iter_close(it);
    }
    buf_release(&equal);
    return rc;
}

enum { FOUND = 2 };

struct finding {
    struct store_tx *tx;
    str table;
    struct arena *arena;
    str key;
};

static int note_key(void *arg, str key, const struct json *row)
{
    struct finding *f = arg;
    (void)row;
    f->key = arena_str(f->arena, key);
    return FOUND;
}

int record_find(struct store_tx *tx, str table, str index, const str *values, size_t count,
    struct arena *arena, str *key, const struct json **row)
{
    struct finding f = {.tx = tx, .table = table, .arena = arena};
    int rc = record_each(tx, table, index, values, count, note_key, &f);
    if (rc != FOUND)
        return rc ? rc : 1;
    *key = f.key;
    return record_load(tx, table, f.key, arena, row);
}

int record_audit(
    struct store_tx *tx, const struct domain_actor *by, str subject, const char *event, str key)
{
    struct buf json = {0};
    struct json_writer w = {.out = &json};
    json_begin_object(&w);
    json_key(&w, STR("event"));
    json_put_str(&w, str_from(event));
    json_key(&w, STR("key"));
    json_put_str(&w, key);
    json_key(&w, STR("by"));
    json_put_str(&w, by ? by->account : STR(""));
    json_end_object(&w);
    int rc = store_append(tx, STR("audit"), subject, buf_str(&json));
    buf_release(&json);
    return rc;
}

str record_get(const struct json *row, const char *name)
{
    return json_str(json_get(row, str_from(name)));
}

int64_t record_number(const struct json *row, const char *name)
{
    return json_int(json_get(row, str_from(name)));
}
