// SPDX-License-Identifier: Apache-2.0
// batch: checking and applying members, committing.
#include "store/batch.h"

#include "core/base/clock.h"
#include "core/base/codec.h"
#include "store/meta.h"
#include "store/tx_private.h"

void batch_init(struct batch *b, struct store *s)
{
    *b = (struct batch){.store = s};
    cursors_init(&b->cursors, s->env, ENV_FIXED + s->schema.slots);
    b->chains = chains_new(&s->schema);
}

void batch_release(struct batch *b)
{
    cursors_release(&b->cursors);
    fold_release(&b->fold);
    chains_free(b->chains);
}

int batch_begin(struct batch *b)
{
    int rc = env_err(mdb_txn_begin(env_mdb(b->store->env), NULL, 0, &b->txn));
    if (rc)
        return rc == 1 ? E_SYSTEM : rc;
    cursors_begin(&b->cursors, b->txn);
    fold_clear(&b->fold);
    b->time_ms = clock_wall_ms();
    b->dirty = b->new_epoch = false;
    return 0;
}

static void forget(struct batch *b)
{
    b->txn = NULL;
    chains_abort(b->chains);
    leases_abort(b->store->leases);
}

void batch_abort(struct batch *b)
{
    mdb_txn_abort(b->txn);
    forget(b);
}

/* Something that should be there and is not was lost on disk; `store check` names it. */
static int absent_is_fine(int rc)
{
    return rc == 1 ? 0 : rc;
}

static int apply_row(struct batch *b, struct store_tx *tx, const struct write *w)
{
    if (!w->is)
        return absent_is_fine(cursors_delete(&b->cursors, w->at.slot, w->at.key));
    char *value = tx->sealed.p + w->sealed;
    codec_put_be64((uint8_t *)value, b->commit + 1);
    return cursors_put(&b->cursors, w->at.slot, w->at.key, str_of(value, w->sealed_n));
}

static int apply_entry(struct batch *b, const struct write *w)
{
    int rc = w->is ? cursors_put(&b->cursors, w->at.slot, w->at.key, (str){NULL, 0})
                   : absent_is_fine(cursors_delete(&b->cursors, w->at.slot, w->at.key));
    if (!rc && w->kind == WRITE_WORD)
        fold_add(&b->fold, w->at.slot, str_slice(w->at.key, 0, 8), w->is ? 1 : -1);
    return rc;
}

static int apply_write(struct batch *b, struct store_tx *tx, const struct write *w)
{
    switch (w->kind) {
    case WRITE_ROW:
        return w->is || w->was ? apply_row(b, tx, w) : 0;
    case WRITE_ENTRY:
    case WRITE_WORD:
        return w->is == w->was ? 0 : apply_entry(b, w);
    case WRITE_ADD:
        fold_add(&b->fold, w->at.slot, w->at.key, w->delta);
        break;
    }
    return 0;
}

static int apply(struct batch *b, struct store_tx *tx)
{
    int rc = 0;
    for (size_t i = 0; i < tx->writes.n && !rc; i++)
        rc = apply_write(b, tx, container_of(tx->writes.list[i], struct write, at));
    for (const struct append *a = tx->appends; a && !rc; a = a->next)
        rc = chains_append(
            b->chains, &b->cursors, a, str_of(tx->sealed.p + a->sealed, a->sealed_n), b->time_ms);
    b->dirty = b->dirty || tx->writes.n || tx->appends;
    return rc;
}

int batch_member(struct batch *b, struct store_tx *tx)
{
    if (tx->task == TX_TASK_HEADS) {
        b->dirty = true;
        return chains_sign(b->chains, &b->cursors, b->store->keys, b->time_ms);
    }
    int rc = readset_check(&tx->reads, &b->cursors);
    return rc ? rc : apply(b, tx);
}

/* What the store itself has to say in this commit. */
static int write_own(struct batch *b)
{
    const struct env *e = b->store->env;
    int rc = 0;
    if (leases_are_wanted(b->store->leases)) {
        b->dirty = true;
        rc = leases_write(b->store->leases, &b->cursors, false);
    }
    if (!rc && keys_is_epoch_worn(b->store->keys)) {
        b->dirty = b->new_epoch = true;
        rc = meta_put_epoch(e, b->txn, b->epoch + 1);
    }
    if (!rc)
        rc = fold_write(&b->fold, &b->cursors);
    if (!rc && b->dirty)
        rc = meta_put_commit(e, b->txn, b->commit + 1);
    return rc;
}

static void committed(struct batch *b)
{
    b->txn = NULL;
    b->commit++;
    chains_commit(b->chains);
    leases_commit(b->store->leases);
    if (b->new_epoch)
        keys_begin_epoch(b->store->keys, ++b->epoch);
    env_fill(b->store->env);
}

int batch_commit(struct batch *b)
{
    int rc = write_own(b);
    if (rc || !b->dirty) {
        batch_abort(b);
        return rc;
    }
    rc = mdb_txn_commit(b->txn);
    if (rc)
        forget(b);
    else
        committed(b);
    return env_err(rc);
}
