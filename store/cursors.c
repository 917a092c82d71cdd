// SPDX-License-Identifier: Apache-2.0
// cursors: thin over LMDB.
#include "store/cursors.h"

#include <stdlib.h>
#include <string.h>

void cursors_init(struct cursors *c, const struct env *e, size_t slots)
{
    *c = (struct cursors){.env = e, .count = slots};
    c->list = mem_zalloc(slots, sizeof(*c->list));
}

void cursors_release(struct cursors *c)
{
    free(c->list);
    *c = (struct cursors){0};
}

void cursors_begin(struct cursors *c, MDB_txn *txn)
{
    c->txn = txn;
    for (size_t i = 0; i < c->count; i++) {
        c->list[i].mdb = NULL;
        c->list[i].knows_last = false;
    }
}

int cursors_at(struct cursors *c, unsigned slot, MDB_cursor **out)
{
    struct cursor *at = &c->list[slot];
    if (!at->mdb) {
        int rc = mdb_cursor_open(c->txn, env_dbi(c->env, slot), &at->mdb);
        if (rc) {
            at->mdb = NULL;
            return env_err(rc);
        }
    }
    *out = at->mdb;
    return 0;
}

int cursors_get(struct cursors *c, unsigned slot, str key, str *value)
{
    MDB_cursor *cursor = NULL;
    MDB_val k = env_val(key), v;
    int rc = cursors_at(c, slot, &cursor);
    if (!rc)
        rc = env_err(mdb_cursor_get(cursor, &k, &v, MDB_SET));
    if (!rc)
        *value = env_str(v);
    return rc;
}

static int learn_last(struct cursor *at)
{
    MDB_val k, v;
    int rc = mdb_cursor_get(at->mdb, &k, &v, MDB_LAST);
    if (rc && rc != MDB_NOTFOUND)
        return env_err(rc);
    at->knows_last = true;
    at->last_n = rc ? 0 : k.mv_size;
    if (!rc)
        memcpy(at->last, k.mv_data, k.mv_size);
    return 0;
}

static void set_last(struct cursor *at, str key)
{
    at->last_n = key.n;
    memcpy(at->last, key.p, key.n);
}

static int put(struct cursors *c, unsigned slot, str key, MDB_val *value, unsigned flags)
{
    MDB_cursor *cursor = NULL;
    MDB_val k = env_val(key);
    struct cursor *at = &c->list[slot];
    if (!key.n || key.n > CURSORS_KEY_MAX)
        return E_TOO_BIG;
    int rc = cursors_at(c, slot, &cursor);
    if (!rc && !at->knows_last)
        rc = learn_last(at);
    if (rc)
        return rc;
    bool is_last = str_cmp(key, str_of(at->last, at->last_n)) > 0;
    rc = env_err(mdb_cursor_put(cursor, &k, value, flags | (is_last ? MDB_APPEND : 0)));
    if (!rc && is_last)
        set_last(at, key);
    return rc;
}

int cursors_put(struct cursors *c, unsigned slot, str key, str value)
{
    MDB_val v = env_val(value.n ? value : STR(""));
    return put(c, slot, key, &v, 0);
}

int cursors_reserve(struct cursors *c, unsigned slot, str key, size_t n, char **room)
{
    MDB_val v = {n, NULL};
    int rc = put(c, slot, key, &v, MDB_RESERVE);
    *room = v.mv_data;
    return rc;
}

int cursors_delete(struct cursors *c, unsigned slot, str key)
{
    MDB_cursor *cursor = NULL;
    MDB_val k = env_val(key), v;
    int rc = cursors_at(c, slot, &cursor);
    if (!rc)
        rc = env_err(mdb_cursor_get(cursor, &k, &v, MDB_SET));
    if (!rc)
        rc = env_err(mdb_cursor_del(cursor, 0));
    /* A gone last key would only make the next append go the slow way, never wrong. */
    return rc;
}

static int last_before(MDB_cursor *cursor, str upper, MDB_val *key, MDB_val *value)
{
    if (!upper.n)
        return mdb_cursor_get(cursor, key, value, MDB_LAST);
    *key = env_val(upper);
    int rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    if (rc == MDB_NOTFOUND)
        return mdb_cursor_get(cursor, key, value, MDB_LAST);
    return rc ? rc : mdb_cursor_get(cursor, key, value, MDB_PREV);
}

int cursor_first(
    MDB_cursor *cursor, str lower, str upper, bool descending, MDB_val *key, MDB_val *value)
{
    if (descending)
        return env_err(last_before(cursor, upper, key, value));
    if (!lower.n)
        return env_err(mdb_cursor_get(cursor, key, value, MDB_FIRST));
    *key = env_val(lower);
    return env_err(mdb_cursor_get(cursor, key, value, MDB_SET_RANGE));
}

bool cursor_is_within(str key, str lower, str upper)
{
    return str_cmp(key, lower) >= 0 && (!upper.n || str_cmp(key, upper) < 0);
}
