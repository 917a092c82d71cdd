// SPDX-License-Identifier: Apache-2.0
// guard: what the process may do, taken away step by step. Linux only.
#ifndef CORE_SIGNER_GUARD_H
#define CORE_SIGNER_GUARD_H

#include "core/base/base.h"

/* First thing: no core files, nobody may trace or read our memory, no new privileges, files for
 * nobody else. */
void guard_begin(void);
/* Becomes another user for good, before any thread starts. The empty name or another start than
 * root's: stays. */
must_use int guard_become(const char *user, struct err *err);
/* Once keys stand in memory, before the store is mapped: keeps them out of swap, as far as the
 * system allows, and out of any dump. */
void guard_lock_memory(void);
/* Once all is open and all threads run: only the system calls of the daily work remain. */
must_use int guard_end(struct err *err);

#endif
