// SPDX-License-Identifier: Apache-2.0
// Paths, pairs, cookies, ranges: a path that passes is clean, and passes again when it is escaped
// anew.
#include <stdlib.h>

#include "core/base/codec.h"
#include "core/http/assets_private.h"
#include "core/http/gate.h"
#include "core/http/gzip.h"
#include "core/http/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(str text, struct arena *a)
{
    struct buf again = {0};
    str path, same;
    if (target_path(text, a, &path))
        return;
    for (str rest = str_slice(path, 1, path.n); rest.n;) {
        str segment = str_cut(&rest, '/');
        if (!segment.n || str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
            abort();
        buf_append_byte(&again, '/');
        codec_percent(&again, segment);
    }
    if (!again.n)
        buf_append_byte(&again, '/');
    if (target_path(buf_str(&again), a, &same) || !str_eq(path, same) || !codec_is_utf8(path))
        abort();
    buf_release(&again);
}

static void check_pairs(str text, struct arena *a)
{
    const struct pair *pairs;
    size_t n;
    str value;
    if (target_pairs(text, a, &pairs, &n))
        return;
    for (size_t i = 0; i < n; i++)
        if (!codec_is_utf8(pairs[i].name) || !codec_is_utf8(pairs[i].value) ||
            target_pair_get(pairs, n, pairs[i].name, &value) == 1)
            abort();
}

static void check_range(str text)
{
    uint64_t from, to;
    int rc = assets_range(text, 1000, &from, &to);
    if (rc == 0 && (from >= to || to > 1000))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    str text = str_of(data, size), value;
    check_path(text, &a);
    check_pairs(text, &a);
    check_range(text);
    (void)target_cookie(text, STR("a"), &value);
    (void)assets_tag_matches(text, STR("\"a\""));
    (void)gzip_is_taken(text);
    (void)gate_is_host(text);
    arena_release(&a);
    return 0;
}
