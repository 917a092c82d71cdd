// SPDX-License-Identifier: Apache-2.0
// absent_blob: refuses files while the store keeps none; compiled only then (CMakeLists.txt).
#include "store/blob.h"

int store_blob_start(struct store *s, str data_key, struct store_blob_writer **out, struct err *err)
{
    (void)s, (void)data_key, (void)out;
    return err_set(err, E_UNSUPPORTED, "this build keeps no files");
}

int store_blob_write(struct store_blob_writer *w, str bytes)
{
    (void)w, (void)bytes;
    return E_UNSUPPORTED;
}

int store_blob_finish(struct store_blob_writer *w, struct store_blob *out)
{
    (void)w, (void)out;
    return E_UNSUPPORTED;
}

void store_blob_abort(struct store_blob_writer *w)
{
    (void)w;
}

int store_blob_open(struct store *s, str name, str data_key, struct store_blob_reader **out)
{
    (void)s, (void)name, (void)data_key, (void)out;
    return E_UNSUPPORTED;
}

uint64_t store_blob_size(const struct store_blob_reader *r)
{
    (void)r;
    return 0;
}

int store_blob_read(struct store_blob_reader *r, uint64_t offset, size_t n, struct buf *out)
{
    (void)r, (void)offset, (void)n, (void)out;
    return E_UNSUPPORTED;
}

void store_blob_close(struct store_blob_reader *r)
{
    (void)r;
}

int store_blob_remove(struct store *s, str name)
{
    (void)s, (void)name;
    return E_UNSUPPORTED;
}
