// SPDX-License-Identifier: Apache-2.0
// gzip: deflate by zlib in a gzip wrapper.
#include "core/http/gzip.h"

#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, MEMORY = 9 };

bool gzip_pack(str bytes, int level, struct buf *out)
{
    z_stream z = {0};
    size_t before = out->n;
    if (bytes.n > UINT32_MAX / 2 ||
        deflateInit2(&z, level, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
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

bool gzip_is_taken(str accept)
{
    while (accept.n) {
        str params = str_cut(&accept, ',');
        str coding = str_trim(str_cut(&params, ';'));
        if (!str_eq_nocase(coding, STR("gzip")))
            continue;
        str q = str_trim(params);
        if (!str_starts(q, STR("q=0")))
            return true;
        for (size_t i = 4; i < q.n; i++)
            if (q.p[i] >= '1' && q.p[i] <= '9')
                return true;
        return false;
    }
    return false;
}
