// SPDX-License-Identifier: Apache-2.0
// entry: what a row stands under in an index.
#include <stdlib.h>
#include <string.h>

#include "core/base/codec.h"
#include "core/base/json.h"
#include "store/pairs.h"
#include "store/store_private.h"

enum { BLIND_SIZE = 16, BLOB_SIZE = 16 };

/* One call of entry_each. */
struct making {
    const struct store *store;
    const struct schema_index *index;
    str row_key;
    entry_fn *fn;
    void *arg;
    struct buf entry;
};

/* Behind the head stands the row key. */
static int give(struct making *m)
{
    if (m->entry.n > ENTRY_HEAD_MAX)
        return E_TOO_BIG;
    buf_append(&m->entry, m->row_key);
    return m->fn(m->arg, buf_str(&m->entry));
}

static int put_blob(struct buf *out, const struct json *value)
{
    str name = json_str(value);
    if (name.n != 2 * BLOB_SIZE)
        return E_INVALID;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] >= 'A' && name.p[i] <= 'F') /* names are lower-case: one spelling */
            return E_INVALID;
    return codec_unhex(out, name) ? E_INVALID : 0;
}

static void blind_in_place(struct making *m)
{
    uint8_t mac[KEYS_HASH];
    keys_blind(m->store->keys, m->index->database, buf_str(&m->entry), mac);
    buf_clear(&m->entry);
    buf_append(&m->entry, str_of(mac, BLIND_SIZE));
}

/* The head of one element of a multi index. */
static int put_one(struct making *m, const struct json *value)
{
    buf_clear(&m->entry);
    int rc =
        m->index->kind == SCHEMA_BLOB ? put_blob(&m->entry, value) : tuple_put(&m->entry, value);
    if (!rc && m->index->kind == SCHEMA_BLIND)
        blind_in_place(m);
    return rc;
}

static bool has_no_entry(const struct schema_index *x, bool all_null)
{
    return all_null && (x->unique || x->kind == SCHEMA_BLOB);
}

static int each_tuple(struct making *m, const struct json *row)
{
    bool all_null = true;
    int rc = 0;
    for (size_t i = 0; i < m->index->field_count && !rc; i++) {
        const struct json *v = json_path(row, m->index->fields[i]);
        all_null = all_null && json_type(v) == JSON_NULL;
        rc = tuple_put(&m->entry, v);
    }
    if (rc || has_no_entry(m->index, all_null))
        return rc;
    if (m->index->kind == SCHEMA_BLIND)
        blind_in_place(m);
    return give(m);
}

static int each_single(struct making *m, const struct json *value)
{
    if (has_no_entry(m->index, json_type(value) == JSON_NULL))
        return 0;
    int rc = put_one(m, value);
    return rc ? rc : give(m);
}

static int by_content(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

/* Collects the heads first, so that each distinct one is given once. */
static int collect(struct making *m, const struct json *array, struct buf *bytes, str *heads)
{
    struct json_iter it;
    size_t n = 0;
    int rc = 0;
    json_iter_init(&it, array);
    while (!rc && json_iter_next(&it)) {
        rc = has_no_entry(m->index, json_type(it.value) == JSON_NULL) ? 1 : put_one(m, it.value);
        if (!rc) {
            heads[n++] = (str){(const char *)(uintptr_t)bytes->n, m->entry.n}; /* offset for now */
            buf_append(bytes, buf_str(&m->entry));
        }
        rc = rc == 1 ? 0 : rc;
    }
    for (size_t i = 0; i < n; i++)
        heads[i].p = bytes->p + (uintptr_t)heads[i].p;
    qsort(heads, n, sizeof(*heads), by_content);
    return rc ? rc : (int)n;
}

static int each_of_array(struct making *m, const struct json *array)
{
    if (json_count(array) > PAIRS_MAX)
        return E_TOO_BIG;
    struct buf bytes = {0};
    str *heads = mem_zalloc(json_count(array) + 1, sizeof(*heads));
    int n = collect(m, array, &bytes, heads), rc = n < 0 ? n : 0;
    for (int i = 0; i < n && !rc; i++) {
        if (i && str_eq(heads[i], heads[i - 1]))
            continue;
        buf_clear(&m->entry);
        buf_append(&m->entry, heads[i]);
        rc = give(m);
    }
    free(heads);
    buf_release(&bytes);
    return rc;
}

static int each_pair(struct making *m, const struct json *row)
{
    struct buf text = {0}, hashes = {0};
    int rc = pairs_row_text(m->index, row, &text);
    if (!rc)
        rc = pairs_hash(m->store->keys, m->index->database, buf_str(&text), &hashes);
    for (size_t at = 0; at < hashes.n && !rc; at += PAIRS_HASH) {
        buf_clear(&m->entry);
        buf_append(&m->entry, str_slice(buf_str(&hashes), at, at + PAIRS_HASH));
        rc = give(m);
    }
    mem_wipe(text.p, text.n);
    buf_release(&text);
    buf_release(&hashes);
    return rc;
}

int entry_each(const struct store *s, const struct schema_index *index, str row_key,
    const struct json *row, entry_fn *fn, void *arg)
{
    struct making m = {.store = s, .index = index, .row_key = row_key, .fn = fn, .arg = arg};
    const struct json *first = json_path(row, index->fields[0]);
    int rc;
    if (index->kind == SCHEMA_WORDS)
        rc = each_pair(&m, row);
    else if (index->multi && json_type(first) == JSON_ARRAY)
        rc = each_of_array(&m, first);
    else if (index->field_count == 1)
        rc = each_single(&m, first);
    else
        rc = each_tuple(&m, row);
    buf_release(&m.entry);
    return rc;
}

int entry_head(const struct schema_index *index, str entry, size_t *n)
{
    size_t at = 0;
    int rc = 0;
    if (index->kind == SCHEMA_PLAIN) {
        for (size_t i = 0; i < index->field_count && !rc; i++)
            rc = tuple_skip(entry, &at);
    } else {
        at = index->kind == SCHEMA_WORDS ? PAIRS_HASH : BLIND_SIZE;
    }
    if (rc || at >= entry.n)
        return E_CORRUPT;
    *n = at;
    return 0;
}
