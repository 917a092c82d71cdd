// SPDX-License-Identifier: Apache-2.0
// timer_private: the wheel's life, which the loop holds.
#ifndef CORE_LOOP_TIMER_PRIVATE_H
#define CORE_LOOP_TIMER_PRIVATE_H

struct timer_wheel;

/* Both accept NULL. Close is asynchronous; free after the loop has run its close callbacks. */
void timer_wheel_close(struct timer_wheel *w);
void timer_wheel_free(struct timer_wheel *w);

#endif
