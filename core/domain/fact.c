// SPDX-License-Identifier: Apache-2.0
// fact: written once, ended once.
#include "core/domain/fact.h"

#include <stdio.h>

enum { ENDED_MAX = 64 };

void fact_begin(struct record *r, struct store_tx *tx, const struct domain_actor *by, str kase,
    const char *kind)
{
    record_begin(r, tx, by);
    record_str(r, "case", kase);
    record_str(r, "kind", str_from(kind));
}

int fact_add(struct record *r, const struct domain_actor *by, str kase, const char *kind)
{
    char key[STORE_KEY_TEXT + 1], event[64];
    struct store_tx *tx = r->tx;
    int rc = record_insert(r, STR("fact"), key);
    snprintf(event, sizeof(event), "fact.%s", kind);
    return rc ? rc : record_audit(tx, by, kase, event, str_from(key));
}

int fact_end(struct store_tx *tx, const struct domain_actor *by, str key, str why)
{
    static const char *const none[] = {NULL};
    struct arena arena = {0};
    const struct json *fact;
    struct record r;
    int rc = record_load(tx, STR("fact"), key, &arena, &fact);
    if (!rc) {
        record_begin_from(&r, tx, fact, none);
        record_int(&r, "ended", store_tx_now(tx));
        record_str(&r, "ended_by", by ? by->account : STR(""));
        record_str(&r, "ended_why", why);
        rc = record_put(&r, STR("fact"), key);
    }
    if (!rc)
        rc = record_audit(tx, by, record_get(fact, "case"), "fact.ended", key);
    arena_release(&arena);
    return rc;
}

struct live {
    record_fn *fn;
    void *arg;
};

static int pass_live(void *arg, str key, const struct json *fact)
{
    struct live *l = arg;
    return json_get(fact, STR("ended")) ? 0 : l->fn(l->arg, key, fact);
}

int fact_each(struct store_tx *tx, str kase, const char *kind, record_fn *fn, void *arg)
{
    struct live l = {fn, arg};
    const str values[] = {kase, str_from(kind)};
    return record_each(tx, STR("fact"), STR("case"), values, kind ? 2 : 1, pass_live, &l);
}

struct gathered {
    struct arena arena;
    str type;
    str keys[ENDED_MAX];
    size_t count;
};

static int gather(void *arg, str key, const struct json *fact)
{
    struct gathered *g = arg;
    if (g->type.n && !str_eq(record_get(fact, "type"), g->type))
        return 0;
    if (g->count == ENDED_MAX)
        return E_TOO_BIG;
    g->keys[g->count++] = arena_str(&g->arena, key);
    return 0;
}

int fact_end_all(struct store_tx *tx, const struct domain_actor *by, str kase, const char *kind,
    str type, str why, size_t *ended)
{
    struct gathered g = {.type = type};
    int rc = fact_each(tx, kase, kind, gather, &g);
    for (size_t i = 0; !rc && i < g.count; i++)
        rc = fact_end(tx, by, g.keys[i], why);
    *ended = g.count;
    arena_release(&g.arena);
    return rc;
}

int fact_newest(struct store_tx *tx, str kase, const char *kind, struct arena *arena, str *key,
    const struct json **fact)
{
    struct gathered g = {0};
    int rc = fact_each(tx, kase, kind, gather, &g);
    if (!rc && !g.count)
        rc = 1;
    if (!rc) {
        *key = arena_str(arena, g.keys[g.count - 1]);
        rc = record_load(tx, STR("fact"), *key, arena, fact);
    }
    arena_release(&g.arena);
    return rc;
}
