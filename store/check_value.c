// SPDX-License-Identifier: Apache-2.0
// check_value: telling findings, walking databases, unsealing values.
#include <stdarg.h>
#include <stdio.h>

#include "core/base/codec.h"
#include "store/check.h"

void check_found(struct check *c, const char *what, const char *where, ...)
{
    char text[512];
    va_list args;
    va_start(args, where);
    (void)vsnprintf(text, sizeof(text), where, args);
    va_end(args);
    c->totals->findings++;
    c->finding(c->arg, text, what);
}

/* A damaged branch page leads a search astray although a walk still comes by. */
static void check_is_found(
    struct check *c, MDB_cursor *cursor, str name, MDB_val key, MDB_val value)
{
    MDB_val found;
    struct buf hex = {0};
    if (!mdb_get(c->txn, mdb_cursor_dbi(cursor), &key, &found) && found.mv_data == value.mv_data)
        return;
    codec_hex(&hex, env_str(key));
    check_found(
        c, "is not found by its key", "database %.*s %.*s", STR_ARG(name), STR_ARG(buf_str(&hex)));
    buf_release(&hex);
}

static int walk(struct check *c, MDB_cursor *cursor, str name, check_fn *fn, void *arg)
{
    MDB_val key, value;
    int code, rc = 0;
    while (!(code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) && !rc) {
        check_is_found(c, cursor, name, key, value);
        rc = fn(c, arg, env_str(key), env_str(value));
    }
    if (rc)
        return rc;
    rc = env_err(code);
    if (rc == 1)
        return 0;
    if (rc == E_CORRUPT)
        check_found(c, "its pages are damaged", "database %.*s", STR_ARG(name));
    return rc == E_CORRUPT ? 0 : rc;
}

int check_each(struct check *c, MDB_dbi dbi, str name, check_fn *fn, void *arg)
{
    MDB_cursor *cursor;
    if (!dbi) {
        check_found(c, "is missing", "database %.*s", STR_ARG(name));
        return 0;
    }
    int rc = env_err(mdb_cursor_open(c->txn, dbi, &cursor));
    if (rc)
        return rc;
    rc = walk(c, cursor, name, fn, arg);
    mdb_cursor_close(cursor);
    return rc;
}

const char *check_unseal(struct check *c, str database, str key, str value, struct buf *plain)
{
    if (value.n < 8 + KEYS_SEALED_EXTRA)
        return "is shorter than a sealed value";
    str sealed = str_slice(value, 8, value.n);
    if (keys_unseal(c->keys, database, key, sealed, plain))
        return "does not unseal";
    if (codec_get_be64((const uint8_t *)value.p) > c->commit)
        return "was written by a commit that has not been";
    if (codec_get_be32((const uint8_t *)sealed.p) > c->epoch)
        return "was sealed in an epoch that has not been";
    return NULL;
}

int check_row(struct check *c, const struct schema_table *table, str key, const struct json **row)
{
    struct buf plain = {0};
    MDB_val k = env_val(key), value;
    MDB_dbi dbi = env_dbi(c->env, ENV_FIXED + table->slot);
    int rc = dbi ? env_err(mdb_get(c->txn, dbi, &k, &value)) : 1;
    if (!rc && check_unseal(c, table->database, key, env_str(value), &plain))
        rc = E_CORRUPT;
    if (!rc && json_parse(buf_str(&plain), ROW_DEPTH, &c->arena, row, NULL))
        rc = E_CORRUPT;
    if (plain.p)
        mem_wipe(plain.p, plain.cap);
    buf_release(&plain);
    return rc;
}

void check_row_name(const struct schema_table *table, str key, struct buf *out)
{
    buf_printf(out, "%.*s ", STR_ARG(table->database));
    rowkey_show(table->key, key, out);
}
