// SPDX-License-Identifier: Apache-2.0
// blob: uploaded files, sealed in 64 KiB chunks while they arrive, under random names beside the
// rows.
//
// All functions block on the disk: pool threads. A blob is whole (fsynced, renamed, directory
// fsynced) before its name is given out; a row names it through an index of kind blob; one without
// a row is swept after a day. One writer or reader is used by one thread at a time.
#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include "store/store.h"

enum { STORE_BLOB_NAME = 32, STORE_BLOB_CHUNK = 65536 };

struct store_blob {
    char name[STORE_BLOB_NAME + 1]; /* 32 hexadecimal digits */
    char sha256[65];                /* of the plaintext, hexadecimal */
    uint64_t size;                  /* of the plaintext */
};

struct store_blob_writer;
/* `data_key` is what store_data_key made (64 hexadecimal digits, from the case's row); empty: the
 * store's own blob key. */
must_use int store_blob_start(
    struct store *s, str data_key, struct store_blob_writer **out, struct err *err);
must_use int store_blob_write(struct store_blob_writer *w, str bytes);
/* Takes the writer, also on failure (nothing is left behind then). */
must_use int store_blob_finish(struct store_blob_writer *w, struct store_blob *out);
/* Takes the writer and removes what was written. NULL is fine. */
void store_blob_abort(struct store_blob_writer *w);

struct store_blob_reader;
/* E_NOT_FOUND; E_CORRUPT for another key or an altered file. */
must_use int store_blob_open(
    struct store *s, str name, str data_key, struct store_blob_reader **out);
uint64_t store_blob_size(const struct store_blob_reader *r);
/* Appends up to n plaintext bytes from `offset`; nothing at the end. E_CORRUPT: nothing appended
 * that was not authentic. */
must_use int store_blob_read(
    struct store_blob_reader *r, uint64_t offset, size_t n, struct buf *out);
void store_blob_close(struct store_blob_reader *r);

/* Removes a blob whose row is gone (the sweep would, a day later). E_NOT_FOUND; E_EXISTS while a
 * row names it; E_BUSY while a backup runs. */
must_use int store_blob_remove(struct store *s, str name);
/* Removes blobs and temporary files older than 24 h that no row names; nothing while a backup runs.
 * Counts what it removed. */
must_use int store_blob_sweep(struct store *s, int64_t now_ms, uint64_t *removed);

#endif
