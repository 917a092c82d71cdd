// SPDX-License-Identifier: Apache-2.0
// lease: blocks of sequence numbers in memory. A block is usable when the commit that leased it is
// on disk; what a process did not use is a gap. Thread-safe.
#ifndef STORE_LEASE_H
#define STORE_LEASE_H

#include "store/cursors.h"

enum { LEASE_BLOCK = 1000 };

struct leases;

struct leases *leases_new(const struct schema *s);
/* NULL is fine. */
void leases_free(struct leases *l);
/* The next number of a sequence; *want becomes true when the writer should lease another block
 * (said once). E_BUSY: none is left, *want says it again. */
must_use int leases_next(struct leases *l, size_t sequence, int64_t *out, bool *want);
/* Whether any block is wanted. */
bool leases_are_wanted(struct leases *l);
/* Writer: leases every wanted block (at open: all) in this transaction; usable after leases_commit.
 * E_CORRUPT for a value that is no number. */
must_use int leases_write(struct leases *l, struct cursors *c, bool all);
void leases_commit(struct leases *l);
/* The transaction was not committed. */
void leases_abort(struct leases *l);

#endif
