// SPDX-License-Identifier: Apache-2.0
// open: the steps of store_open between the environment and the writer.
#ifndef STORE_OPEN_H
#define STORE_OPEN_H

#include "store/meta.h"
#include "store/store_private.h"

/* What was found and what was begun. */
struct opening {
    struct store *store;
    struct meta meta;
    bool is_new;
    bool new_schema;
    uint32_t epoch;
    uint64_t commit;
};

/* With env and keys open: reads meta, settles the schema, opens the databases; not read_only:
 * begins an epoch, makes a new store's secrets, leases all sequences. */
must_use int open_store(struct opening *o, struct store *s, str schema, struct err *err);

#endif
