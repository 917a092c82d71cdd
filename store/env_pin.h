// SPDX-License-Identifier: Apache-2.0
// env_pin: a snapshot that is only kept, for a copy that reads the file through another
// environment. LMDB reuses none of its pages, and the map may grow meanwhile.
#ifndef STORE_ENV_PIN_H
#define STORE_ENV_PIN_H

#include "store/env.h"

/* Any thread. Nothing may be read in it. */
must_use int env_pin(struct env *e, MDB_txn **out);
void env_unpin(struct env *e, MDB_txn *txn);

#endif
