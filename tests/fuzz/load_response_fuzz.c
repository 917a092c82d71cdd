// SPDX-License-Identifier: Apache-2.0
// The load generator's answers: however the bytes are cut, the same answers come out, and no step
// consumes more than there is. The first byte says how they are cut.
#include <stdlib.h>

#include "bench/load/response.h"
#include "core/base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads everything in pieces of n and tells it: heads, bodies, ends. */
static void read_in_pieces(str all, size_t n, struct buf *told)
{
    struct response r = {0};
    struct buf in = {0};
    enum response_event event = RESPONSE_MORE;
    for (size_t at = 0; at < all.n && event != RESPONSE_BAD; at += n) {
        buf_append(&in, str_slice(all, at, at + n));
        do {
            str piece = {0};
            size_t used = response_step(&r, buf_str(&in), &event, &piece);
            if (used > in.n)
                abort();
            if (event == RESPONSE_HEAD || event == RESPONSE_BODY)
                buf_append(told, piece);
            if (event == RESPONSE_HEAD || event == RESPONSE_DONE)
                buf_printf(told, "<%d %d %d>", event, r.status, r.close);
            buf_consume(&in, used);
        } while (event != RESPONSE_MORE && event != RESPONSE_BAD);
    }
    buf_printf(told, "<%d>", event);
    buf_release(&in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > RESPONSE_HEAD_MAX / 4)
        return 0;
    str all = str_of(data + 1, size - 1);
    struct buf whole = {0}, pieces = {0};
    read_in_pieces(all, all.n, &whole);
    read_in_pieces(all, 1 + data[0] % 32u, &pieces);
    if (!str_eq(buf_str(&whole), buf_str(&pieces)))
        abort();
    buf_release(&whole);
    buf_release(&pieces);
    return 0;
}
