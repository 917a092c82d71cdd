// SPDX-License-Identifier: Apache-2.0
// wire: one connected socket on which frames come and go, one at a time. Owns the descriptor. Both
// programs use it; what the frames say is theirs.
#ifndef CORE_ISSUER_WIRE_H
#define CORE_ISSUER_WIRE_H

#include "core/issuer/message.h"
#include "core/loop/loop.h"

struct wire;

struct wire_handler {
    /* A frame came; borrowed for the call. The next one is read after wire_next. */
    void (*frame)(void *arg, const struct message_frame *frame);
    /* At most once: E_EOF, E_TOO_BIG, E_TIMEOUT (a frame stands still half-way), E_IO. Close it. */
    void (*end)(void *arg, int status);
};

/* Takes the descriptor (non-blocking) also on failure; reads the first frame. The handler is
 * static. */
must_use int wire_open(struct wire **out, struct loop *l, int fd,
    const struct message_limits *limits, const struct wire_handler *handler, void *arg);
/* Sends bytes (one frame); takes the content. Never calls back. */
void wire_send(struct wire *w, struct buf *bytes);
/* Reads the next frame. */
void wire_next(struct wire *w);
/* No call after this returns; frees itself. */
void wire_close(struct wire *w);

#endif
