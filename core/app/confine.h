// SPDX-License-Identifier: Apache-2.0
// confine: takes from a process everything but computing and its open descriptors. Linux only.
#ifndef CORE_APP_CONFINE_H
#define CORE_APP_CONFINE_H

#include "core/base/base.h"

/* For good, for all threads: no files, no network, no processes; at most cpu_seconds of processor
 * time and `memory` bytes of address space (sanitizers: no limit of memory). Any other system call
 * fails; those that nobody makes by mistake end the process. */
must_use int confine(unsigned cpu_seconds, size_t memory, struct err *err);

#endif
