// SPDX-License-Identifier: Apache-2.0
// stat: how much is in a store, without any key and beside a running server.
#ifndef STORE_STAT_H
#define STORE_STAT_H

#include <stdio.h>

#include "core/base/base.h"

/* One line for each database, in words. */
must_use int stat_print(const char *dir, FILE *out, struct err *err);

#endif
