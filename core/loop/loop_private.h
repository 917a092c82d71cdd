// SPDX-License-Identifier: Apache-2.0
// loop_private: what the files of core/loop share.
#ifndef CORE_LOOP_LOOP_PRIVATE_H
#define CORE_LOOP_LOOP_PRIVATE_H

#include <uv.h>

#include "core/loop/loop.h"

struct timer_wheel;

uv_loop_t *loop_uv(struct loop *l);
/* The loop's timers, made when first asked for. */
struct timer_wheel **loop_timers(struct loop *l);
/* A libuv code as one of ours. */
int loop_err(int uv_code);

#endif
