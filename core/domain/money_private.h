// SPDX-License-Identifier: Apache-2.0
// money_private: what the money files share.
#ifndef CORE_DOMAIN_MONEY_PRIVATE_H
#define CORE_DOMAIN_MONEY_PRIVATE_H

#include "core/domain/record.h"

/* Writes an order's new state and its audit record. */
must_use int money_set_order(struct store_tx *tx, const struct domain_actor *by, str key,
    const struct json *order, const char *state, str why);
/* Whether the actor may act on every case of the order, or is staff of a role, or the system. */
must_use int money_may_act(struct store_tx *tx, const struct domain_actor *by,
    const struct json *order, unsigned staff, struct err *err);

/* Whether a case left the order: it counts as if it had never been in it. */
bool money_has_left(const struct json *order, str kase);
/* The sum of the frozen lines of a case. */
int64_t money_part_of(const struct json *order, str kase);
/* Writes a paid order that a case leaves, and its audit record; the last one ends it. */
must_use int money_leave_order(struct store_tx *tx, const struct domain_actor *by, str key,
    const struct json *order, str kase);

/* The parts of a receipt; their sum is its amount, always. */
struct money_parts {
    int64_t applied;
    int64_t refunded;
    int64_t unapplied;
};
void money_parts_of(const struct json *receipt, struct money_parts *out);
/* Writes a receipt's parts and the order it belongs to (empty: none). E_CORRUPT if they do not add
 * up. */
must_use int money_set_parts(struct store_tx *tx, const struct domain_actor *by, str key,
    const struct json *receipt, const struct money_parts *parts, str order);

#endif
