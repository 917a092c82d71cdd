// SPDX-License-Identifier: Apache-2.0
// writer: the one thread that writes. Members wait in a queue, which fills while a commit is under
// way; the thread takes all of it, commits once and hands the completions back.
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/store_private.h"

struct store_tx;

/* Starts the thread. `commit` and `epoch` are the newest on disk. */
must_use int writer_new(
    struct writer **out, struct store *s, uint64_t commit, uint32_t epoch, struct err *err);
/* Commits what is queued and ends the thread; completions stay for writer_take. */
void writer_stop(struct writer *w);
/* Stopped, nothing left to take. NULL is fine. */
void writer_free(struct writer *w);

/* Queues a member. E_BUSY, E_READ_ONLY, E_CLOSED: it stays the caller's. */
must_use int writer_put(struct writer *w, struct store_tx *tx);
/* Queues and waits; the member's status. */
must_use int writer_put_wait(struct writer *w, struct store_tx *tx);
/* Something else than a member is to be written: leases. */
void writer_kick(struct writer *w);
/* Finished members, linked by next; waits up to `ms` for the first. */
struct store_tx *writer_take(struct writer *w, int ms);
/* Adds the writer's figures. */
void writer_read_stats(struct writer *w, struct store_stats *out);

#endif
