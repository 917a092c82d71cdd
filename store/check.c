// SPDX-License-Identifier: Apache-2.0
// check: the whole walk, in the order in which one part needs another.
#include "store/check.h"

static int check_all(struct check *c)
{
    const struct schema *s = c->schema;
    int rc = check_meta(c);
    for (size_t i = 0; i < s->table_count && !rc; i++)
        rc = check_table(c, &s->tables[i]);
    if (!rc)
        rc = check_counters(c);
    for (size_t i = 0; i < s->log_count && !rc; i++)
        rc = check_log(c, &s->logs[i]);
    if (!rc)
        rc = check_sequences(c);
    if (!rc)
        rc = check_outbox(c, ENV_OUTBOX, STR("outbox"));
    if (!rc)
        rc = check_outbox(c, ENV_DEAD, STR("outbox.dead"));
    return rc ? rc : check_orphans(c);
}

int store_check(struct store *s, store_finding *finding, void *arg,
    struct store_check_totals *totals, struct err *err)
{
    *totals = (struct store_check_totals){0};
    if (!s->keys)
        return err_set(err, E_DENIED, "checking needs the seal key");
    struct check c = {
        .store = s,
        .env = s->env,
        .schema = &s->schema,
        .keys = s->keys,
        .head_public = s->head_public,
        .finding = finding,
        .arg = arg,
        .totals = totals,
    };
    int rc = env_read_begin(s->env, &c.txn);
    if (rc)
        return err_set(err, rc, "no snapshot to check: %s", err_text(rc));
    c.counters = tally_new();
    rc = check_all(&c);
    tally_free(c.counters);
    arena_release(&c.arena);
    env_read_end(s->env, c.txn);
    return rc ? err_set(err, rc, "the check could not go on: %s", err_text(rc)) : 0;
}
