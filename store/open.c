// SPDX-License-Identifier: Apache-2.0
// open: from a directory to a store. At most three commits: a new epoch's number before its key is
// used, a new store's secrets, and what this process begins with.
#include "store/open.h"

#include <stdlib.h>
#include <string.h>

#include "core/crypto/token.h"
#include "store/cursors.h"
#include "store/lease.h"

static int begin(struct opening *o, MDB_txn **txn, struct err *err)
{
    int rc = mdb_txn_begin(env_mdb(o->store->env), NULL, 0, txn);
    return rc ? err_set(err, env_err(rc), "the store cannot be written: %s", mdb_strerror(rc)) : 0;
}

/* Ends the transaction by what came before. */
static int end(MDB_txn *txn, int rc, struct err *err)
{
    if (rc) {
        mdb_txn_abort(txn);
        return rc;
    }
    rc = mdb_txn_commit(txn);
    return rc ? err_set(err, env_err(rc), "the store cannot be written: %s", mdb_strerror(rc)) : 0;
}

static int failed(int rc, struct err *err)
{
    return rc ? err_set(err, rc, "the store cannot be written: %s", err_text(rc)) : 0;
}

/* What is stored; the stored schema into the store's arena. */
static int read_stored(struct opening *o, struct err *err)
{
    struct store *s = o->store;
    MDB_txn *txn;
    int rc = env_read_begin(s->env, &txn);
    if (rc)
        return err_set(err, rc, "the store cannot be read: %s", err_text(rc));
    rc = meta_read(s->env, txn, &o->meta, err);
    o->is_new = rc == 1;
    if (!rc && s->keys)
        rc = meta_unlock(s->env, txn, s->keys, err);
    if (!rc)
        o->meta.schema = arena_str(&s->arena, o->meta.schema);
    env_read_end(s->env, txn);
    if (rc != 1)
        return rc;
    return s->opts.read_only ? err_set(err, E_NOT_FOUND, "there is no store in %s", env_dir(s->env))
                             : 0;
}

/* The schema to work with: the given one if it may follow the stored one. */
static int choose_schema(struct opening *o, str given, struct err *err)
{
    struct store *s = o->store;
    struct schema stored;
    if (o->is_new && !given.n)
        return err_set(
            err, E_CONFIG, "there is no store in %s and no schema to make one", env_dir(s->env));
    if (!o->is_new && schema_parse(o->meta.schema, &s->arena, &stored, NULL))
        return err_set(err, E_CORRUPT, "the stored schema cannot be read");
    if (!given.n || s->opts.read_only) {
        s->schema = stored;
        return 0;
    }
    int rc = schema_parse(given, &s->arena, &s->schema, err);
    if (!rc && !o->is_new)
        rc = schema_extends(&stored, &s->schema, err);
    o->new_schema = o->is_new || !str_eq(s->schema.json, o->meta.schema);
    return rc;
}

static int open_read_only(struct opening *o, struct err *err)
{
    MDB_txn *txn;
    struct store *s = o->store;
    int rc = mdb_txn_begin(env_mdb(s->env), NULL, MDB_RDONLY, &txn);
    if (rc)
        return err_set(err, env_err(rc), "the store cannot be read: %s", mdb_strerror(rc));
    /* The handles last only if the transaction is committed, even this one. */
    return end(txn, env_open_schema(s->env, txn, &s->schema, false, err), err);
}

static int write_epoch(struct opening *o, struct err *err)
{
    MDB_txn *txn;
    int rc = begin(o, &txn, err);
    if (rc)
        return rc;
    o->epoch = o->meta.epoch + 1;
    rc = end(txn, failed(meta_put_epoch(o->store->env, txn, o->epoch), err), err);
    if (!rc)
        keys_begin_epoch(o->store->keys, o->epoch);
    return rc;
}

static void make_secrets(struct opening *o)
{
    struct keys_secrets secrets;
    token_random(&secrets, sizeof(secrets));
    keys_set_secrets(o->store->keys, &secrets);
    keys_head_public(o->store->keys, o->meta.head_public);
    token_random(o->meta.store, sizeof(o->meta.store));
    mem_wipe(&secrets, sizeof(secrets));
}

static int lease(struct opening *o, MDB_txn *txn)
{
    struct cursors c;
    cursors_init(&c, o->store->env, ENV_FIXED);
    cursors_begin(&c, txn);
    int rc = leases_write(o->store->leases, &c, true);
    cursors_release(&c);
    return rc;
}

static int write_begin(struct opening *o, MDB_txn *txn, struct err *err)
{
    struct store *s = o->store;
    int rc = env_open_schema(s->env, txn, &s->schema, true, err);
    if (rc)
        return rc;
    rc = lease(o, txn);
    if (rc == E_CORRUPT)
        return err_set(err, rc, "the store's sequences are damaged");
    o->commit = o->meta.commit + 1;
    if (!rc)
        rc = meta_put_commit(s->env, txn, o->commit);
    if (!rc && o->new_schema)
        rc = meta_put_schema(s->env, txn, s->schema.json);
    if (!rc && o->is_new)
        rc = meta_put_secrets(s->env, txn, s->keys);
    if (!rc && o->is_new)
        rc = meta_put_new(s->env, txn, o->meta.store);
    return failed(rc, err);
}

static int open_writable(struct opening *o, struct err *err)
{
    MDB_txn *txn;
    struct store *s = o->store;
    if (!s->keys)
        return err_set(err, E_CONFIG, "a store is written with its seal key only");
    if (mdb_reader_check(env_mdb(s->env), NULL))
        return err_set(err, E_IO, "stale readers of the store cannot be cleared");
    int rc = write_epoch(o, err);
    if (rc)
        return rc;
    if (o->is_new)
        make_secrets(o);
    s->leases = leases_new(&s->schema);
    rc = begin(o, &txn, err);
    if (!rc)
        rc = end(txn, write_begin(o, txn, err), err);
    if (!rc)
        leases_commit(s->leases);
    env_fill(s->env);
    return rc;
}

int open_store(struct opening *o, struct store *s, str schema, struct err *err)
{
    *o = (struct opening){.store = s};
    int rc = read_stored(o, err);
    if (!rc)
        rc = choose_schema(o, schema, err);
    if (!rc)
        rc = s->opts.read_only ? open_read_only(o, err) : open_writable(o, err);
    if (rc)
        return rc;
    memcpy(s->id, o->meta.store, sizeof(s->id));
    memcpy(s->head_public, o->meta.head_public, sizeof(s->head_public));
    return 0;
}
