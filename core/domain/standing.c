// SPDX-License-Identifier: Apache-2.0
// standing: what the facts of a case amount to now.
#include <string.h>

#include "core/domain/fact.h"
#include "core/domain/money_private.h"

enum { FOUND = 2 };

struct reading {
    struct domain_standing *out;
    int64_t now;
    unsigned waivers;
};

static void note_identity(struct reading *r, const struct json *fact)
{
    int64_t age = r->now - record_number(fact, "at");
    r->out->identified |= age <= (int64_t)DOMAIN_IDENTITY_DAYS * 86400000;
}

static void note_review(struct reading *r, const struct json *fact)
{
    r->out->reviewed++;
    r->out->stages = (unsigned)record_number(fact, "stages");
}

static int note(void *arg, str key, const struct json *fact)
{
    struct reading *r = arg;
    str kind = record_get(fact, "kind");
    (void)key;
    if (str_eq(kind, STR("agreement")))
        r->out->agreed = true;
    else if (str_eq(kind, STR("identity")))
        note_identity(r, fact);
    else if (str_eq(kind, STR("material")))
        r->out->materials++;
    else if (str_eq(kind, STR("review")))
        note_review(r, fact);
    else if (str_eq(kind, STR("paper")))
        r->out->paper = true;
    else if (str_eq(kind, STR("waiver")))
        r->waivers++; /* domain_waive lets each person waive once */
    return 0;
}

static int is_paid(void *arg, str key, const struct json *order)
{
    const str *kase = arg;
    (void)key;
    bool paid = str_eq(record_get(order, "state"), STR("paid"));
    return paid && !money_has_left(order, *kase) ? FOUND : 0;
}

int domain_standing(struct store_tx *tx, str kase, struct domain_standing *out)
{
    struct reading r = {.out = out, .now = store_tx_now(tx)};
    *out = (struct domain_standing){0};
    int rc = fact_each(tx, kase, NULL, note, &r);
    if (rc)
        return rc;
    out->waived = r.waivers >= 2;
    rc = record_each(tx, STR("order"), STR("case"), &kase, 1, is_paid, &kase);
    out->paid = rc == FOUND;
    return rc == FOUND ? 0 : rc;
}

static int is_type(void *arg, str key, const struct json *fact)
{
    const str *type = arg;
    (void)key;
    return str_eq(record_get(fact, "type"), *type) ? FOUND : 0;
}

int domain_has_material(struct store_tx *tx, str kase, str type)
{
    int rc = fact_each(tx, kase, "material", is_type, &type);
    return rc == FOUND ? 0 : rc ? rc : 1;
}
