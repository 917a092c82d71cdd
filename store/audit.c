// SPDX-License-Identifier: Apache-2.0
// audit: the logs of a directory, verified without keys and beside a running server.
#include <string.h>

#include "store/check.h"
#include "store/meta.h"

static int verify_logs(struct check *c, const struct schema *schema)
{
    int rc = 0;
    c->schema = schema;
    for (size_t i = 0; i < schema->log_count && !rc; i++)
        rc = check_log(c, &schema->logs[i]);
    return rc;
}

static int verify_in(struct check *c, const uint8_t *public_key, struct err *err)
{
    struct arena arena = {0};
    struct schema schema;
    struct meta meta;
    int rc = meta_read(c->env, c->txn, &meta, err);
    if (rc == 1)
        rc = err_set(err, E_NOT_FOUND, "there is no store in %s", env_dir(c->env));
    if (rc)
        return rc;
    c->head_public = public_key ? public_key : meta.head_public;
    if (public_key && memcmp(public_key, meta.head_public, sizeof(meta.head_public)) != 0)
        check_found(c, "is another one than the key given", "meta head public");
    rc = schema_parse(meta.schema, &arena, &schema, err);
    if (!rc)
        rc = env_open_schema(c->env, c->txn, &schema, false, err);
    if (!rc && (rc = verify_logs(c, &schema)))
        err_set(err, rc, "the logs cannot be read: %s", err_text(rc));
    arena_release(&arena);
    return rc;
}

int store_audit_verify(const char *dir, const uint8_t *public_key, store_finding *finding,
    void *arg, struct store_check_totals *totals, struct err *err)
{
    struct env_opts opts = {.dir = dir, .read_only = true};
    struct check c = {.finding = finding, .arg = arg, .totals = totals};
    *totals = (struct store_check_totals){0};
    int rc = env_open(&c.env, &opts, err);
    if (rc)
        return rc;
    rc = env_read_begin(c.env, &c.txn);
    if (rc)
        rc = err_set(err, rc, "no snapshot of the logs: %s", err_text(rc));
    if (!rc) {
        rc = verify_in(&c, public_key, err);
        env_read_end(c.env, c.txn);
    }
    arena_release(&c.arena);
    env_close(c.env);
    return rc;
}
