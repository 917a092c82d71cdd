// SPDX-License-Identifier: Apache-2.0
// env_pin: a snapshot that is not counted among those that hold growth up.
#include "store/env_pin.h"

#include "store/env_private.h"

static void wait_growth(struct env *e)
{
    while (e->growing)
        pthread_cond_wait(&e->changed, &e->lock);
}

int env_pin(struct env *e, MDB_txn **out)
{
    pthread_mutex_lock(&e->lock);
    wait_growth(e);
    /* Under the lock: nobody maps anew while LMDB looks at its newest page. */
    int rc = env_err(mdb_txn_begin(e->mdb, NULL, MDB_RDONLY, out));
    pthread_mutex_unlock(&e->lock);
    return rc;
}

void env_unpin(struct env *e, MDB_txn *txn)
{
    pthread_mutex_lock(&e->lock);
    wait_growth(e);
    mdb_txn_abort(txn);
    pthread_mutex_unlock(&e->lock);
}
