// SPDX-License-Identifier: Apache-2.0
// admin: maintenance of a store: check, backup, restore, migrate, rekey, verify; and the same as
// commands for the command line.
#ifndef STORE_ADMIN_H
#define STORE_ADMIN_H

#include <stdio.h>

#include "store/store.h"

/* One damage found; `where` names table and key, log and record, or file. */
typedef void store_finding(void *arg, const char *where, const char *what);

struct store_check_totals {
    uint64_t rows;
    uint64_t index_entries;
    uint64_t counters;
    uint64_t records; /* of logs */
    uint64_t blobs;
    uint64_t findings;
};

/* Walks every invariant: each value unseals, primary and index agree both ways, counters are what
 * rows say, chains are unbroken, signed heads verify, sequences are ahead, blobs are whole and
 * named. Works on a running store (one snapshot). 0 also with findings; E_… if it could not go on.
 */
must_use int store_check(struct store *s, store_finding *finding, void *arg,
    struct store_check_totals *totals, struct err *err);

/* Verifies chains and signed heads of the logs in a directory without any key and without the
 * store's lock. `public_key`: 32 bytes or NULL for the one inside. */
must_use int store_audit_verify(const char *dir, const uint8_t *public_key, store_finding *finding,
    void *arg, struct store_check_totals *totals, struct err *err);

/* Copies rows (compacted), then blobs into the empty or missing folder `to` while the store runs.
 * seal.key is never part of it. */
must_use int store_backup(struct store *s, const char *to, struct err *err);
/* The same of a store another process may have open: needs no seal key. */
must_use int store_backup_dir(const char *dir, const char *to, struct err *err);
/* Copies a backup into the empty or missing folder `dir`; opening it checks the seal key. */
must_use int store_restore(const char *backup, const char *dir, struct err *err);

/* Opens with a changed schema: builds new indexes and counters, drops gone ones, and keeps the new
 * schema. Refuses to drop a table with rows. `backup` is a folder for the backup it makes first. */
must_use int store_migrate(
    const struct store_opts *opts, const char *backup, FILE *out, struct err *err);

/* Seals everything with a new key into a new data file and swaps it in; the logs' payloads and the
 * blobs keep their own keys, wrapped anew. The store must be closed. */
must_use int store_rekey(const struct store_opts *opts, const uint8_t new_key[STORE_SEAL_KEY_SIZE],
    FILE *out, struct err *err);

/* The command line. What it needs beyond its words comes from the caller: opts with dir and the
 * seal key (NULL if there is none: commands that need it say so), the new key for rekey (or NULL).
 */
struct store_command {
    struct store_opts opts;
    const uint8_t *new_key;
    FILE *out;
};

/* Runs one of
 *     store check | store stat | store migrate BACKUP | store rekey
 *     audit verify [PUBLIC_KEY_HEX] | audit proof LOG SUBJECT
 *     backup FOLDER | restore FOLDER
 * and returns the exit status: 0 fine, 1 findings, 2 could not be done (err says why). */
int store_command(const struct store_command *c, int argc, char **argv, struct err *err);

/* The words above, for help texts: NULL-ended pairs of words and sentence. */
const char *const *store_command_help(void);

#endif
