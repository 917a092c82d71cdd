// SPDX-License-Identifier: Apache-2.0
// backup: the backup that runs now, if any, for whoever shows its age. Thread-safe. That nothing is
// removed meanwhile is the lock's business (blobs.h), which also works between processes.
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "core/base/base.h"

struct backups;

struct backups *backups_new(void);
/* NULL is fine. */
void backups_free(struct backups *b);
/* Age of the running backup; 0: none runs. */
uint64_t backups_age_ms(struct backups *b);

#endif
