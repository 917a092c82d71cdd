// SPDX-License-Identifier: Apache-2.0
// check_counters: what is stored against what the rows say.
#include <stdio.h>

#include "store/check.h"

static void found_counter(struct check *c, str key, const char *what)
{
    struct buf hex = {0};
    str rest = key, name = str_cut(&rest, '\0');
    codec_hex(&hex, rest);
    check_found(c, what, "counters %.*s %.*s", STR_ARG(name), STR_ARG(buf_str(&hex)));
    buf_release(&hex);
}

static void compare(struct check *c, str key, int64_t stored, int64_t rows)
{
    char what[96];
    if (stored == rows)
        return;
    (void)snprintf(
        what, sizeof(what), "is %lld, the rows say %lld", (long long)stored, (long long)rows);
    found_counter(c, key, what);
}

static int check_one(struct check *c, void *arg, str key, str value)
{
    str rest = key;
    const struct schema_counter *counter = schema_counter(c->schema, str_cut(&rest, '\0'));
    (void)arg;
    c->totals->counters++;
    if (value.n != 8)
        found_counter(c, key, "has a wrong length");
    else if (!counter)
        found_counter(c, key, "is not in the schema");
    else if (!counter->free)
        compare(
            c, key, (int64_t)codec_get_be64((const uint8_t *)value.p), tally_get(c->counters, key));
    return 0;
}

/* A counter that is not stored stands at 0. */
static int check_absent(void *arg, str key, int64_t n)
{
    struct check *c = arg;
    MDB_val k = env_val(key), value;
    int rc = env_err(mdb_get(c->txn, env_dbi(c->env, ENV_COUNTERS), &k, &value));
    if (rc == 1)
        compare(c, key, 0, n);
    return rc == 1 || rc == E_CORRUPT ? 0 : rc;
}

int check_counters(struct check *c)
{
    int rc = check_each(c, env_dbi(c->env, ENV_COUNTERS), STR("counters"), check_one, NULL);
    return rc ? rc : tally_each(c->counters, check_absent, c);
}
