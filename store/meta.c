// SPDX-License-Identifier: Apache-2.0
// meta: reading and writing.
#include "store/meta.h"

#include <string.h>

#include "core/base/codec.h"

static const str name = {"meta", 4};
static const str format = {"1", 1};
static const str check_text = {"certhall", 8};

/* Value borrowed from the snapshot; 1 if absent. */
static int get(const struct env *e, MDB_txn *txn, str key, str *out)
{
    MDB_val k = env_val(key), v;
    if (!env_dbi(e, ENV_META))
        return 1;
    int rc = env_err(mdb_get(txn, env_dbi(e, ENV_META), &k, &v));
    if (!rc)
        *out = env_str(v);
    return rc;
}

static int put(const struct env *e, MDB_txn *txn, str key, str value)
{
    MDB_val k = env_val(key), v = env_val(value);
    return env_err(mdb_put(txn, env_dbi(e, ENV_META), &k, &v, 0));
}

/* An entry that must be there, of exactly n bytes (0: any). */
static int need(const struct env *e, MDB_txn *txn, str key, size_t n, str *out, struct err *err)
{
    int rc = get(e, txn, key, out);
    if (rc == 1 || (!rc && n && out->n != n))
        return err_set(
            err, E_CORRUPT, "the store's meta entry \"%.*s\" is missing or damaged", STR_ARG(key));
    return rc ? err_set(err, rc, "the store's meta entries cannot be read") : 0;
}

static int read_clear(const struct env *e, MDB_txn *txn, struct meta *out, struct err *err)
{
    str commit, epoch, id, public_key;
    int rc = need(e, txn, STR("commit"), 8, &commit, err);
    if (!rc)
        rc = need(e, txn, STR("epoch"), 4, &epoch, err);
    if (!rc)
        rc = need(e, txn, STR("schema"), 0, &out->schema, err);
    if (!rc)
        rc = need(e, txn, STR("store"), sizeof(out->store), &id, err);
    if (!rc)
        rc = need(e, txn, STR("head public"), sizeof(out->head_public), &public_key, err);
    if (rc)
        return rc;
    out->commit = codec_get_be64((const uint8_t *)commit.p);
    out->epoch = codec_get_be32((const uint8_t *)epoch.p);
    memcpy(out->store, id.p, sizeof(out->store));
    memcpy(out->head_public, public_key.p, sizeof(out->head_public));
    return 0;
}

/* The epoch of a making that was cut short: its number may have been used. */
static int read_unfinished(const struct env *e, MDB_txn *txn, struct meta *out)
{
    str epoch;
    int rc = get(e, txn, STR("epoch"), &epoch);
    if (rc < 0)
        return rc;
    if (!rc && epoch.n == 4)
        out->epoch = codec_get_be32((const uint8_t *)epoch.p);
    return 1;
}

int meta_read(const struct env *e, MDB_txn *txn, struct meta *out, struct err *err)
{
    str f;
    *out = (struct meta){0};
    int rc = get(e, txn, STR("format"), &f);
    if (rc == 1)
        rc = read_unfinished(e, txn, out);
    else if (!rc && !str_eq(f, format))
        return err_set(err, E_UNSUPPORTED,
            "the store has the format \"%.*s\", this program knows 1", STR_ARG(f));
    else if (!rc)
        return read_clear(e, txn, out, err);
    return rc < 0 ? err_set(err, rc, "the store's meta entries cannot be read") : rc;
}

static int unwrap(const struct env *e, MDB_txn *txn, struct keys *keys, str key, size_t n,
    uint8_t *out, struct err *err)
{
    str sealed;
    struct buf plain = {0};
    int rc = need(e, txn, key, n + KEYS_SEALED_EXTRA, &sealed, err);
    if (rc)
        return rc;
    rc = keys_unwrap(keys, name, key, sealed, &plain);
    if (!rc)
        memcpy(out, plain.p, n);
    mem_wipe(plain.p, plain.n);
    buf_release(&plain);
    return rc ? err_set(err, rc, "the store's meta entry \"%.*s\" is damaged", STR_ARG(key)) : 0;
}

int meta_unlock(const struct env *e, MDB_txn *txn, struct keys *keys, struct err *err)
{
    struct keys_secrets s;
    uint8_t text[8];
    struct err cause = {0};
    int rc = unwrap(e, txn, keys, STR("check"), check_text.n, text, &cause);
    if (!rc)
        rc = unwrap(e, txn, keys, STR("log key"), KEYS_SECRET, s.log, err);
    else if (strstr(cause.message, "missing"))
        return err_set(err, rc, "%s", cause.message);
    else
        return err_set(err, E_DENIED, "the seal key is not the one this store was made with");
    if (!rc)
        rc = unwrap(e, txn, keys, STR("blob key"), KEYS_SECRET, s.blob, err);
    if (!rc)
        rc = unwrap(e, txn, keys, STR("head seed"), KEYS_SECRET, s.head_seed, err);
    if (!rc)
        keys_set_secrets(keys, &s);
    mem_wipe(&s, sizeof(s));
    return rc;
}

int meta_put_commit(const struct env *e, MDB_txn *txn, uint64_t commit)
{
    uint8_t bytes[8];
    codec_put_be64(bytes, commit);
    return put(e, txn, STR("commit"), str_of(bytes, sizeof(bytes)));
}

int meta_put_epoch(const struct env *e, MDB_txn *txn, uint32_t epoch)
{
    uint8_t bytes[4];
    codec_put_be32(bytes, epoch);
    return put(e, txn, STR("epoch"), str_of(bytes, sizeof(bytes)));
}

int meta_put_schema(const struct env *e, MDB_txn *txn, str json)
{
    return put(e, txn, STR("schema"), json);
}

static int wrap(const struct env *e, MDB_txn *txn, struct keys *keys, str key, str plain)
{
    struct buf sealed = {0};
    int rc = keys_wrap(keys, name, key, plain, &sealed);
    if (!rc)
        rc = put(e, txn, key, buf_str(&sealed));
    buf_release(&sealed);
    return rc;
}

int meta_put_secrets(const struct env *e, MDB_txn *txn, struct keys *keys)
{
    const struct keys_secrets *s = keys_secrets(keys);
    uint8_t public_key[32];
    keys_head_public(keys, public_key);
    int rc = wrap(e, txn, keys, STR("check"), check_text);
    if (!rc)
        rc = wrap(e, txn, keys, STR("log key"), str_of(s->log, KEYS_SECRET));
    if (!rc)
        rc = wrap(e, txn, keys, STR("blob key"), str_of(s->blob, KEYS_SECRET));
    if (!rc)
        rc = wrap(e, txn, keys, STR("head seed"), str_of(s->head_seed, KEYS_SECRET));
    if (!rc)
        rc = put(e, txn, STR("head public"), str_of(public_key, sizeof(public_key)));
    return rc;
}

int meta_put_new(const struct env *e, MDB_txn *txn, const uint8_t store[16])
{
    int rc = put(e, txn, STR("store"), str_of(store, 16));
    return rc ? rc : put(e, txn, STR("format"), format);
}
