// SPDX-License-Identifier: Apache-2.0
// check_rest: meta, the list of databases, sequences, the outbox.
#include <string.h>

#include "store/check.h"
#include "store/meta.h"

static bool read_numbers(struct check *c)
{
    struct meta meta;
    if (meta_read(c->env, c->txn, &meta, NULL)) {
        check_found(c, "is missing or damaged", "meta");
        return false;
    }
    c->commit = meta.commit;
    c->epoch = meta.epoch;
    return true;
}

static bool is_known_in(const struct schema_table *t, str name)
{
    if (str_eq(name, t->database))
        return true;
    for (size_t i = 0; i < t->index_count; i++)
        if (str_eq(name, t->indexes[i].database))
            return true;
    return false;
}

static bool is_known(const struct schema *s, str name)
{
    static const char *const fixed[] = {"meta", "counters", "sequences", "outbox", "outbox.dead"};
    for (size_t i = 0; i < countof(fixed); i++)
        if (str_eq(name, str_from(fixed[i])))
            return true;
    for (size_t i = 0; i < s->table_count; i++)
        if (is_known_in(&s->tables[i], name))
            return true;
    for (size_t i = 0; i < s->log_count; i++)
        if (str_eq(name, s->logs[i].records) || str_eq(name, s->logs[i].subjects) ||
            str_eq(name, s->logs[i].heads))
            return true;
    return false;
}

static int check_database(struct check *c, void *arg, str key, str value)
{
    (void)arg;
    (void)value;
    if (!is_known(c->schema, key))
        check_found(c, "is not in the schema", "database %.*s", STR_ARG(key));
    return 0;
}

int check_meta(struct check *c)
{
    uint8_t public_key[32];
    MDB_dbi names;
    if (!read_numbers(c))
        return 0;
    keys_head_public(c->keys, public_key);
    if (memcmp(public_key, c->head_public, sizeof(public_key)) != 0)
        check_found(c, "does not belong to the seed", "meta head public");
    int rc = env_err(mdb_dbi_open(c->txn, NULL, 0, &names));
    return rc ? rc : check_each(c, names, STR("main"), check_database, NULL);
}

static int check_sequence(struct check *c, void *arg, str key, str value)
{
    const struct schema_sequence *sequence = schema_sequence(c->schema, key);
    (void)arg;
    if (value.n != 8)
        check_found(c, "has a wrong length", "sequences %.*s", STR_ARG(key));
    else if (sequence && (int64_t)codec_get_be64((const uint8_t *)value.p) < sequence->first)
        check_found(c, "is behind its first number", "sequences %.*s", STR_ARG(key));
    return 0;
}

int check_sequences(struct check *c)
{
    return check_each(c, env_dbi(c->env, ENV_SEQUENCES), STR("sequences"), check_sequence, NULL);
}

static const char *check_job(struct check *c, str database, str key, str value, struct buf *plain)
{
    const struct json *root;
    const char *what = check_unseal(c, database, key, value, plain);
    if (what)
        return what;
    if (json_parse(buf_str(plain), ROW_DEPTH, &c->arena, &root, NULL))
        return "is no JSON";
    return schema_has_job(c->schema, json_str(json_get(root, STR("job"))))
               ? NULL
               : "is a job that the schema does not know";
}

static int check_outbox_entry(struct check *c, void *arg, str key, str value)
{
    const str *database = arg;
    struct buf plain = {0}, name = {0};
    const char *what = key.n == ROWKEY_TIME ? check_job(c, *database, key, value, &plain)
                                            : "has a key of a wrong length";
    if (what) {
        if (key.n == ROWKEY_TIME)
            rowkey_show(SCHEMA_KEY_TIME, key, &name);
        else
            codec_hex(&name, key);
        check_found(c, what, "%.*s %.*s", STR_ARG(*database), STR_ARG(buf_str(&name)));
    }
    if (plain.p)
        mem_wipe(plain.p, plain.cap);
    buf_release(&plain);
    buf_release(&name);
    arena_clear(&c->arena);
    return 0;
}

int check_outbox(struct check *c, unsigned slot, str database)
{
    return check_each(c, env_dbi(c->env, slot), database, check_outbox_entry, &database);
}
