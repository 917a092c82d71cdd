// SPDX-License-Identifier: Apache-2.0
// assets_gzip: twins that the build did not make.
#include <zlib.h>

#include "core/base/buf.h"
#include "core/http/assets_private.h"

enum { GZIP_WINDOW = 15 + 16, MEMORY = 9, LEVEL = 6 };

bool assets_gzip(str bytes, struct buf *out)
{
    z_stream z = {0};
    size_t before = out->n;
    if (bytes.n > UINT32_MAX / 2 ||
        deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t most = deflateBound(&z, bytes.n);
    z.next_in = (Bytef *)(uintptr_t)bytes.p;
    z.avail_in = (uInt)bytes.n;
    z.next_out = (Bytef *)buf_reserve(out, most);
    z.avail_out = (uInt)most;
    bool good = deflate(&z, Z_FINISH) == Z_STREAM_END;
    buf_added(out, most - z.avail_out);
    deflateEnd(&z);
    if (good && out->n - before < bytes.n - bytes.n / 10)
        return true;
    out->n = before;
    return false;
}
