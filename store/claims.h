// SPDX-License-Identifier: Apache-2.0
// claims: ids of jobs that somebody runs at the moment, in memory only. Thread-safe.
#ifndef STORE_CLAIMS_H
#define STORE_CLAIMS_H

#include "store/store_private.h"

struct claims *claims_new(void);
/* NULL is fine. */
void claims_free(struct claims *c);
/* False: somebody has it. */
bool claims_take(struct claims *c, const uint8_t id[ROWKEY_TIME]);
void claims_give(struct claims *c, const uint8_t id[ROWKEY_TIME]);
/* Gives several, ROWKEY_TIME bytes each. */
void claims_give_all(struct claims *c, str ids);

#endif
