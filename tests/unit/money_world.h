// SPDX-License-Identifier: Apache-2.0
// money_world: orders of one or several cases, and word of money, for the tests of money. Failures
// are the calling test's.
#ifndef TESTS_UNIT_MONEY_WORLD_H
#define TESTS_UNIT_MONEY_WORLD_H

#include "core/domain/money.h"
#include "tests/unit/domain_world.h"

enum { MONEY_PRICE = 19000, MONEY_CASES = 6 };

/* The applicant, the cashier, and the system. */
extern const struct domain_actor money_ann, money_carl, money_machine;

int money_setup(void **state);
int money_teardown(void **state);
struct store_tx *money_begin(void **state);
/* Lets the applicant act on the case. */
void money_grant(struct store_tx *tx, const char *kase);
/* One order of `count` cases: two lines of each, whose sum is MONEY_PRICE. */
int money_open(
    struct store_tx *tx, const char *const *cases, size_t count, char key[STORE_KEY_TEXT + 1]);
int money_open_one(struct store_tx *tx, const char *kase, char key[STORE_KEY_TEXT + 1]);
/* Genuine, of MONEY_PRICE. */
struct money_notice money_notice_of(const char *trade, const char *out_no);
enum money_outcome money_tell(struct store_tx *tx, const struct money_notice *n);
bool money_is_paid(struct store_tx *tx, const char *kase);

#endif
