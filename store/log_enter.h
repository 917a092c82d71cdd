// SPDX-License-Identifier: Apache-2.0
// log_enter: a log in a transaction's snapshot.
#ifndef STORE_LOG_ENTER_H
#define STORE_LOG_ENTER_H

#include "store/log_view.h"
#include "store/tx_private.h"

/* Holds the snapshot; E_INVALID for a log that is not in the schema, else as snapshot_enter. */
must_use int log_enter(struct store_tx *tx, const struct schema_log *log, struct log_view *view);
void log_leave(struct store_tx *tx);

#endif
