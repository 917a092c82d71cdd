// SPDX-License-Identifier: Apache-2.0
// address: how many connections each client address has now. An IPv6 /64 is one address.
#ifndef CORE_HTTP_ADDRESS_H
#define CORE_HTTP_ADDRESS_H

#include "core/base/base.h"

struct address;

enum { ADDRESS_HASHES = 1024 };

/* Fields are private; addresses_init before use. */
struct addresses {
    uint64_t key[2]; /* random, so that nobody chooses what collides */
    struct address *hashes[ADDRESS_HASHES];
};

void addresses_init(struct addresses *a);
/* One more of that group; NULL when it has `limit` already. */
struct address *addresses_take(struct addresses *a, const uint8_t group[16], unsigned limit);
/* One less. */
void addresses_give(struct addresses *a, struct address *one);

#endif
