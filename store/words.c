// SPDX-License-Identifier: Apache-2.0
// words: searching text by its pairs of characters. The rarest pair is walked, newest rows first; a
// row that has all pairs is a candidate; its text decides.
#include <stdlib.h>

#include "core/base/codec.h"
#include "store/iter_private.h"
#include "store/pairs.h"

enum {
    CANDIDATES_MAX = 2000,
    STEPS_MAX =
        20000 /* entries of the rarest pair, so that a search takes milliseconds at any size */
};

struct words {
    struct buf text;   /* looked for, normalised */
    struct buf hashes; /* its pairs, PAIRS_HASH bytes each */
    size_t rarest;     /* offset in hashes */
    size_t candidates;
    size_t steps;
    bool has_more;
    struct buf entry;
    struct buf found; /* a row's text */
};

void words_free(struct words *w)
{
    if (!w)
        return;
    buf_release(&w->text);
    buf_release(&w->hashes);
    buf_release(&w->entry);
    buf_release(&w->found);
    free(w);
}

bool words_has_more(const struct words *w)
{
    return w->has_more;
}

/* How many rows had a pair at the snapshot; only a hint, so it joins no read set. */
static uint64_t count_of(struct store_iter *it, MDB_txn *txn, str pair)
{
    MDB_val k = env_val(pair), v;
    MDB_dbi dbi = env_dbi(it->tx->store->env, it->walk.slot);
    if (!dbi || mdb_get(txn, dbi, &k, &v) || v.mv_size != 8)
        return 0;
    return codec_get_be64(v.mv_data);
}

static int choose_rarest(struct store_iter *it)
{
    struct words *w = it->words;
    MDB_txn *txn;
    uint64_t least = UINT64_MAX;
    int rc = snapshot_enter(it->tx->store->snapshots, &it->tx->snapshot, &txn);
    if (rc)
        return rc;
    for (size_t at = 0; at < w->hashes.n; at += PAIRS_HASH) {
        uint64_t n = count_of(it, txn, str_of(w->hashes.p + at, PAIRS_HASH));
        if (n < least) {
            least = n;
            w->rarest = at;
        }
    }
    snapshot_leave(&it->tx->snapshot);
    return 0;
}

int words_start(struct store_iter *it, const struct store_range *r, struct err *err)
{
    struct words *w = it->words = mem_zalloc(1, sizeof(*w));
    if (r->equal.n || r->from.n || r->to.n)
        return err_set(err, E_INVALID, "range: an index of kind words answers to text only");
    if (!codec_is_utf8(r->text))
        return err_set(err, E_INVALID, "range: the text is not UTF-8");
    pairs_normalise(r->text, &w->text);
    int rc = pairs_hash(it->tx->store->keys, it->index->database, buf_str(&w->text), &w->hashes);
    if (rc)
        return err_set(err, rc, "range: the text is too long");
    if (!w->hashes.n)
        return err_set(err, E_INVALID, "range: a search needs at least two characters");
    rc = choose_rarest(it);
    if (rc)
        return err_set(err, rc, "range: %s", err_text(rc));
    str pair = str_of(w->hashes.p + w->rarest, PAIRS_HASH);
    walk_prefix(&it->walk, pair);
    buf_append_byte(&it->walk.lower, '\0'); /* behind the pair's count */
    it->walk.descending = true;
    return range_after(&it->walk, pair, r->after, err);
}

/* Whether the row has the other pairs too: 0 or 1. */
static int has_all(struct store_iter *it, str row_key)
{
    struct words *w = it->words;
    int has = 1;
    for (size_t at = 0; at < w->hashes.n && has == 1; at += PAIRS_HASH) {
        if (at == w->rarest)
            continue;
        buf_clear(&w->entry);
        buf_append(&w->entry, str_of(w->hashes.p + at, PAIRS_HASH));
        buf_append(&w->entry, row_key);
        has = row_entry_exists(it->tx, it->walk.slot, buf_str(&w->entry));
    }
    return has;
}

/* Whether the row's text has the searched one: 0 or 1. */
static int row_matches(struct store_iter *it, str row_key)
{
    struct words *w = it->words;
    const struct json *row;
    buf_clear(&it->json);
    int rc = row_read(it->tx, &it->place, row_key, &it->json);
    if (rc)
        return rc == 1 ? E_CORRUPT : rc;
    arena_clear(&it->tx->scratch);
    buf_clear(&w->found);
    if (json_parse(buf_str(&it->json), TX_DEPTH_MAX, &it->tx->scratch, &row, NULL) ||
        pairs_row_text(it->index, row, &w->found))
        return E_CORRUPT;
    return str_find(buf_str(&w->found), buf_str(&w->text)) >= 0;
}

/* One entry of the rarest pair: 1 match, 0 none. */
static int try_entry(struct store_iter *it, str entry, str *row_key)
{
    struct words *w = it->words;
    if (entry.n != PAIRS_HASH + ROWKEY_TIME)
        return E_CORRUPT;
    *row_key = str_slice(entry, PAIRS_HASH, entry.n);
    int has = has_all(it, *row_key);
    if (has != 1)
        return has;
    w->candidates++;
    return it->keys_only ? 1 : row_matches(it, *row_key);
}

int words_next(struct store_iter *it, str *row_key)
{
    struct words *w = it->words;
    struct walk_item item;
    int rc;
    while ((rc = walk_next(&it->walk, &item)) == 0) {
        if (w->candidates == CANDIDATES_MAX || w->steps++ == STEPS_MAX) {
            w->has_more = true;
            return 1;
        }
        int found = try_entry(it, item.key, row_key);
        if (found)
            return found < 0 ? found : 0;
    }
    return rc;
}
