// SPDX-License-Identifier: Apache-2.0
// admin_ask: a command's question to the admin listener of the running server, blocking.
#ifndef CORE_APP_ADMIN_ASK_H
#define CORE_APP_ADMIN_ASK_H

#include "core/app/options.h"
#include "core/base/buf.h"

struct admin_question {
    str method, path;
    str headers; /* whole lines, or empty */
    str body;
    int seconds;  /* of waiting for more of the answer */
    size_t limit; /* bytes of the answer */
};

/* Appends the answer's body; *status gets its status. E_UNREACHABLE when no server answers. */
must_use int admin_ask(const struct options *o, const struct admin_question *q, int *status,
    struct buf *answer, struct err *err);

#endif
