// SPDX-License-Identifier: Apache-2.0
// The picture walker: any bytes, in any split; what is kept must come through a second walk
// unchanged.
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/media/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void collect(void *arg, str bytes)
{
    buf_append(arg, bytes);
}

static int walk(str file, size_t step, struct buf *out)
{
    const struct image_opts opts = {.max_bytes = 1 << 20};
    struct image_info info;
    struct image *im = image_new(&opts, collect, out);
    int rc = 0;
    for (size_t at = 0; at < file.n && !rc; at += step)
        rc = image_feed(im, str_slice(file, at, at + step));
    if (!rc)
        rc = image_end(im, &info);
    image_free(im);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf first = {0};
    struct buf second = {0};
    if (size < 2)
        return 0;
    if (walk(str_of(data + 1, size - 1), (size_t)data[0] + 1, &first) == 0)
        if (walk(buf_str(&first), first.n, &second) || !str_eq(buf_str(&first), buf_str(&second)))
            abort();
    buf_release(&first);
    buf_release(&second);
    return 0;
}
