// SPDX-License-Identifier: Apache-2.0
// walk: merging a cursor with the sorted list of own writes. Own writes are looked up at each step,
// because the body may have written since.
#include "store/walk.h"

#include "store/cursors.h"

void walk_init(struct walk *w, struct store_tx *tx, unsigned slot)
{
    *w = (struct walk){.tx = tx, .slot = slot};
}

void walk_release(struct walk *w)
{
    if (w->cursor)
        mdb_cursor_close(w->cursor);
    buf_release(&w->lower);
    buf_release(&w->upper);
    buf_release(&w->last);
    buf_release(&w->json);
}

void walk_successor(struct buf *b)
{
    while (b->n && (unsigned char)b->p[b->n - 1] == 0xff)
        b->n--;
    if (b->n)
        b->p[b->n - 1] = (char)((unsigned char)b->p[b->n - 1] + 1);
}

void walk_prefix(struct walk *w, str prefix)
{
    buf_clear(&w->lower);
    buf_append(&w->lower, prefix);
    buf_clear(&w->upper);
    buf_append(&w->upper, prefix);
    walk_successor(&w->upper);
}

static bool is_within(const struct walk *w, str key)
{
    return cursor_is_within(key, buf_str(&w->lower), buf_str(&w->upper));
}

static int open_cursor(struct walk *w, MDB_txn *txn)
{
    MDB_dbi dbi = env_dbi(w->tx->store->env, w->slot);
    struct range like = {.slot = w->slot,
        .lower = buf_str(&w->lower),
        .upper = buf_str(&w->upper),
        .descending = w->descending};
    if (w->tx->kind == STORE_TX_WRITE)
        w->range = readset_range(&w->tx->reads, &w->tx->arena, &like);
    return dbi ? env_err(mdb_cursor_open(txn, dbi, &w->cursor)) : 1;
}

static int step_cursor(struct walk *w, MDB_txn *txn)
{
    if (w->cursor)
        return env_err(
            mdb_cursor_get(w->cursor, &w->key, &w->value, w->descending ? MDB_PREV : MDB_NEXT));
    int rc = open_cursor(w, txn);
    return rc ? rc
              : cursor_first(w->cursor, buf_str(&w->lower), buf_str(&w->upper), w->descending,
                    &w->key, &w->value);
}

/* Makes the snapshot's next entry wait, or ends it. Inside the snapshot. */
static int fetch(struct walk *w, MDB_txn *txn)
{
    if (w->waiting || w->ended)
        return 0;
    int rc = step_cursor(w, txn);
    if (rc < 0)
        return rc;
    if (rc || !is_within(w, env_str(w->key))) {
        w->ended = true;
        if (w->range)
            w->range->ended = true;
        return 0;
    }
    w->waiting = true;
    if (!w->range)
        return 0;
    range_saw(w->range, env_str(w->key), env_str(w->value));
    return tx_count_read(w->tx);
}

/* The own write at `at`, if it is of this walk. */
static const struct write *own_at(const struct walk *w, size_t at)
{
    const struct sorted *all = &w->tx->writes;
    if (at >= all->n || all->list[at]->slot != w->slot || !is_within(w, all->list[at]->key))
        return NULL;
    return container_of(all->list[at], struct write, at);
}

static const struct write *next_own(const struct walk *w)
{
    const struct sorted *all = &w->tx->writes;
    str from = buf_str(w->last.n ? &w->last : &w->lower);
    size_t at = sorted_place(all, w->slot, from);
    const struct write *own = own_at(w, at);
    return own && w->last.n && str_eq(own->at.key, from) ? own_at(w, at + 1) : own;
}

static const struct write *previous_own(const struct walk *w)
{
    const struct sorted *all = &w->tx->writes;
    str from = buf_str(w->last.n ? &w->last : &w->upper);
    size_t at =
        from.n ? sorted_place(all, w->slot, from) : sorted_place(all, w->slot + 1, (str){NULL, 0});
    return at ? own_at(w, at - 1) : NULL;
}

/* Whether a comes first, or both are at once. */
static int order(const struct walk *w, str a, str b)
{
    int c = str_cmp(a, b);
    return w->descending ? -c : c;
}

static void remember(struct walk *w, str key)
{
    buf_clear(&w->last);
    buf_append(&w->last, key);
}

/* One entry of the merged order; own deletions come out too. Inside the snapshot. */
static int merge(struct walk *w, MDB_txn *txn, const struct write **own)
{
    int rc = fetch(w, txn);
    if (rc)
        return rc;
    *own = w->descending ? previous_own(w) : next_own(w);
    if (!*own && !w->waiting)
        return 1;
    int c = !*own ? 1 : !w->waiting ? -1 : order(w, (*own)->at.key, env_str(w->key));
    if (c > 0)
        *own = NULL;
    if (c >= 0)
        w->waiting = false;
    remember(w, *own ? (*own)->at.key : env_str(w->key));
    return 0;
}

/* The row of what was given last. Inside the snapshot. */
static int read_row(struct walk *w, const struct write *own)
{
    buf_clear(&w->json);
    if (!own)
        return row_unseal(w->tx->store, w->place, buf_str(&w->last), env_str(w->value), &w->json);
    buf_append(&w->json, own->plain);
    return 0;
}

int walk_next(struct walk *w, struct walk_item *out)
{
    MDB_txn *txn;
    const struct write *own = NULL;
    int rc = snapshot_enter(w->tx->store->snapshots, &w->tx->snapshot, &txn);
    if (rc)
        return rc;
    do {
        rc = merge(w, txn, &own);
    } while (!rc && own && !own->is);
    if (!rc && w->place)
        rc = read_row(w, own);
    snapshot_leave(&w->tx->snapshot);
    out->key = buf_str(&w->last);
    out->own = own;
    return rc;
}
