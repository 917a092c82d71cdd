// SPDX-License-Identifier: Apache-2.0
// domain_world: a store in a folder of its own with the tables of core/domain, for its tests.
#ifndef TESTS_UNIT_DOMAIN_WORLD_H
#define TESTS_UNIT_DOMAIN_WORLD_H

#include "core/domain/domain.h"

struct world {
    char dir[64];
    struct store *store;
};

void world_open(struct world *w);
void world_close(struct world *w);
/* The n-th invented digest: 64 digits. */
const char *world_digest(unsigned n, char out[65]);
/* An account that is staff of these roles; its person is digest number `person`. */
void world_staff(struct world *w, const char *account, unsigned person, unsigned roles);
/* Lets the account act on the case. */
void world_grant(struct world *w, const char *account, const char *kase);
/* Everything a case needs but payment and review, by applicant `ann`, reviewer's counter `cy`. */
void world_prepare(struct world *w, const char *kase);

#endif
