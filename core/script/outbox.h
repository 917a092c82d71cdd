// SPDX-License-Identifier: Apache-2.0
// outbox: claims due job rows of the store and runs their handlers: at least once, with growing
// pauses after failures, given up after the last attempt.
#ifndef CORE_SCRIPT_OUTBOX_H
#define CORE_SCRIPT_OUTBOX_H

#include "core/base/base.h"

struct outbox;
struct script;

struct outbox *outbox_new(struct script *s);
/* Nothing may be running. NULL is fine. */
void outbox_free(struct outbox *o);
/* Looks for due jobs now. */
void outbox_wake(struct outbox *o);
/* Claims no more. */
void outbox_stop(struct outbox *o);
/* Whether handlers or their last transactions are under way. */
bool outbox_is_busy(const struct outbox *o);
/* Pause before attempt `attempts` + 1 in milliseconds. */
int64_t outbox_pause_ms(int64_t attempts);

#endif
