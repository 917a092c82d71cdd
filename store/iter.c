// SPDX-License-Identifier: Apache-2.0
// iter: ranges of rows by primary key or index.
#include <stdlib.h>

#include "core/base/codec.h"
#include "store/iter_private.h"

static int find_index(struct store_iter *it, const struct store_range *r, struct err *err)
{
    int rc = place_find(it->tx->store, r->table, &it->place);
    if (rc)
        return err_set(err, rc, "range: there is no table %.*s", STR_ARG(r->table));
    if (!r->index.n)
        return 0;
    it->index = it->place.table ? schema_index(it->place.table, r->index) : NULL;
    return it->index ? 0
                     : err_set(err, E_INVALID, "range: table %.*s has no index %.*s",
                           STR_ARG(r->table), STR_ARG(r->index));
}

static int start(struct store_iter *it, const struct store_range *r, struct err *err)
{
    int rc = find_index(it, r, err);
    if (rc)
        return rc;
    walk_init(&it->walk, it->tx, it->index ? ENV_FIXED + it->index->slot : it->place.slot);
    if (it->index && it->index->kind == SCHEMA_WORDS)
        return words_start(it, r, err);
    if (!it->index && !it->keys_only)
        it->walk.place = &it->place;
    return range_borders(it, r, err);
}

int store_iter_open(
    struct store_iter **out, struct store_tx *tx, const struct store_range *range, struct err *err)
{
    struct store_iter *it = mem_zalloc(1, sizeof(*it));
    it->tx = tx;
    it->keys_only = range->keys_only;
    int rc = start(it, range, err);
    if (rc) {
        store_iter_close(it);
        return rc;
    }
    *out = it;
    return 0;
}

void store_iter_close(struct store_iter *it)
{
    if (!it)
        return;
    walk_release(&it->walk);
    words_free(it->words);
    buf_release(&it->key);
    buf_release(&it->json);
    buf_release(&it->position);
    free(it);
}

bool store_iter_has_more(const struct store_iter *it)
{
    return it->words && words_has_more(it->words);
}

/* The row an index entry stands for. */
static int read_indexed(struct store_iter *it, str entry, str *row_key)
{
    size_t head;
    int rc = entry_head(it->index, entry, &head);
    if (rc)
        return rc;
    *row_key = str_slice(entry, head, entry.n);
    if (it->keys_only)
        return 0;
    rc = row_read(it->tx, &it->place, *row_key, &it->json);
    return rc == 1 ? E_CORRUPT : rc; /* an entry without a row */
}

/* The next row key in bytes, and the position of the step. */
static int step(struct store_iter *it, str *row_key, str *position)
{
    struct walk_item item;
    if (it->words) {
        int rc = words_next(it, row_key);
        *position = *row_key;
        return rc;
    }
    int rc = walk_next(&it->walk, &item);
    if (rc)
        return rc;
    *position = *row_key = item.key;
    return it->index ? read_indexed(it, item.key, row_key) : 0;
}

int store_iter_next(struct store_iter *it, struct store_row *row)
{
    str row_key, position;
    buf_clear(&it->key);
    buf_clear(&it->json);
    buf_clear(&it->position);
    int rc = step(it, &row_key, &position);
    if (rc)
        return rc;
    rowkey_show(it->place.key, row_key, &it->key);
    codec_base64url(&it->position, position);
    row->key = buf_str(&it->key);
    row->json = buf_str(it->walk.place ? &it->walk.json : &it->json);
    row->position = buf_str(&it->position);
    return 0;
}
