// SPDX-License-Identifier: Apache-2.0
// Frames of the signer's socket: what is taken comes out the same when it is written again.
#include <stdlib.h>

#include "core/issuer/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_request(const struct message_frame *f, struct arena *a)
{
    struct message_request r, again;
    struct message_frame g;
    struct buf out = {0};
    struct err err;
    if (message_read_request(f, a, &r, &err) == 0) {
        message_put_request(&r, &out);
        if (message_cut(buf_str(&out), message_answer_limits(), &g) ||
            message_read_request(&g, a, &again, &err) || again.op != r.op ||
            again.number != r.number || !str_eq(again.voucher, r.voucher) ||
            !str_eq(again.authority, r.authority) || !str_eq(again.body, r.body))
            abort();
    }
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct message_frame f;
    struct message_answer answer;
    if (message_cut(str_of(data, size), message_request_limits(), &f) == 0) {
        if (f.size > size)
            abort();
        look_at_request(&f, &a);
        int rc = message_read_answer(&f, &a, &answer);
        if (!rc && (answer.result != NULL) != (answer.code == 0))
            abort();
    }
    arena_release(&a);
    return 0;
}
