// SPDX-License-Identifier: Apache-2.0
// copy: the pieces of a backup and of its way back: rows, blobs, the mark of completeness. Refuses
// folders that hold anything.
#ifndef STORE_COPY_H
#define STORE_COPY_H

#include <lmdb.h>

#include "core/base/base.h"

struct copy {
    const char *from; /* folder of a store or backup */
    const char *to;
    int from_blobs; /* -1: there is none */
    int to_dir;
    int to_rows;
    int to_blobs;
    uint64_t blobs; /* copied */
    uint64_t bytes; /* of them */
};

/* Makes TO, TO/rows and TO/blobs. copy_end in any case after 0. */
must_use int copy_begin(struct copy *c, const char *from, const char *to, struct err *err);
void copy_end(struct copy *c);

/* LMDB's compacting copy of the newest snapshot. */
must_use int copy_rows(struct copy *c, MDB_env *mdb, struct err *err);
/* From a backup; skips many epochs, so that no key seals again under a nonce the lost store has
 * used after the backup. */
must_use int copy_rows_back(struct copy *c, struct err *err);
/* All blobs under their names; nothing of what is being written. */
must_use int copy_blobs(struct copy *c, struct err *err);

/* The file `complete`, last of all. */
must_use int copy_complete(struct copy *c, struct err *err);
/* E_INVALID if it is not there: no backup, or one that was cut off. */
must_use int copy_check_complete(const char *backup, struct err *err);
/* E_CORRUPT if there were fewer blobs than `complete` says. */
must_use int copy_check_count(const struct copy *c, const char *backup, struct err *err);

#endif
