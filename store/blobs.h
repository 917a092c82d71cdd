// SPDX-License-Identifier: Apache-2.0
// blobs: the folder of blobs as a whole: who may take files away, and which names rows hold. Knows
// nothing of what is in a file.
#ifndef STORE_BLOBS_H
#define STORE_BLOBS_H

#include <lmdb.h>

#include "store/blob_file.h"

/* Opens DIR/blobs into *fd; closing it gives the two locks below back. */
must_use int blobs_open_dir(const struct store *s, int *fd);
/* For who removes files: E_BUSY while a backup runs, in this process or another. */
must_use int blobs_lock_removing(int fd);
/* For a backup: nothing is removed from now on. Waits for removers and for another backup. */
must_use int blobs_lock_backup(int fd);

/* Whether a row names the blob in this snapshot; E_… of the environment. */
must_use int blobs_is_named(
    const struct store *s, MDB_txn *txn, const uint8_t raw[BLOB_RAW], bool *named);

#endif
