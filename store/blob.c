// SPDX-License-Identifier: Apache-2.0
// blob: writing and reading sealed files.
#define _GNU_SOURCE
#include "store/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/codec.h"
#include "core/crypto/hash.h"
#include "core/crypto/token.h"
#include "store/blob_file.h"
#include "store/blobs.h"
#include "store/files.h"
#include "store/store_private.h"

struct store_blob_writer {
    int blobs;  /* DIR/blobs */
    int fresh;  /* DIR/blobs/new */
    int fd;     /* the file in it */
    int failed; /* the first error; all later calls give it again */
    struct seal_key *key;
    struct hash sha256;
    uint64_t chunk;   /* number of the next one */
    struct buf plain; /* at most one chunk: it may be the last one */
    struct buf sealed;
    struct store_blob blob;
};

struct store_blob_reader {
    struct blob_file file;
    struct seal_key *key;
    uint64_t at; /* number of the chunk in plain */
    struct buf plain;
};

static int pick_secret(const struct store *s, str data_key, uint8_t secret[BLOB_SECRET])
{
    struct buf bytes = {0};
    if (!s->keys)
        return E_DENIED;
    if (!data_key.n) {
        memcpy(secret, keys_secrets(s->keys)->blob, BLOB_SECRET);
        return 0;
    }
    int rc = codec_unhex(&bytes, data_key);
    if (!rc && bytes.n == BLOB_SECRET)
        memcpy(secret, bytes.p, BLOB_SECRET);
    else
        rc = E_INVALID;
    if (bytes.p)
        mem_wipe(bytes.p, bytes.n);
    buf_release(&bytes);
    return rc;
}

static void name_new(char name[STORE_BLOB_NAME + 1], uint8_t raw[BLOB_RAW])
{
    token_random(raw, BLOB_RAW);
    for (int i = 0; i < BLOB_RAW; i++)
        (void)snprintf(name + (size_t)i * 2, 3, "%02x", raw[i]);
}

static void writer_free(struct store_blob_writer *w)
{
    if (w->fd >= 0)
        (void)close(w->fd);
    if (w->fresh >= 0)
        (void)close(w->fresh);
    if (w->blobs >= 0)
        (void)close(w->blobs);
    seal_key_free(w->key);
    if (w->plain.p)
        mem_wipe(w->plain.p, w->plain.cap);
    buf_release(&w->plain);
    buf_release(&w->sealed);
    free(w);
}

static int writer_create(struct store *s, struct store_blob_writer *w)
{
    int rc = blobs_open_dir(s, &w->blobs);
    if (!rc)
        rc = files_make_dir(w->blobs, "new");
    if (!rc)
        rc = files_open_dir(w->blobs, "new", &w->fresh);
    if (rc)
        return rc;
    w->fd = openat(w->fresh, w->blob.name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (w->fd < 0)
        return err_from_errno(errno);
    return files_write(w->fd, str_of(BLOB_HEAD_TEXT, BLOB_HEAD));
}

int store_blob_start(struct store *s, str data_key, struct store_blob_writer **out, struct err *err)
{
    uint8_t secret[BLOB_SECRET], raw[BLOB_RAW];
    if (s->opts.read_only)
        return err_set(err, E_READ_ONLY, "the store is open for reading only");
    int rc = pick_secret(s, data_key, secret);
    if (rc)
        return err_set(err, rc, "a data key is 64 hexadecimal digits");
    struct store_blob_writer *w = mem_zalloc(1, sizeof(*w));
    w->blobs = w->fresh = w->fd = -1;
    name_new(w->blob.name, raw);
    w->key = blob_file_key(secret, raw);
    mem_wipe(secret, sizeof(secret));
    hash_init(&w->sha256);
    rc = writer_create(s, w);
    if (rc) {
        store_blob_abort(w);
        return err_set(err, rc, "a new file in %s/blobs: %s", env_dir(s->env), err_text(rc));
    }
    *out = w;
    return 0;
}

static int flush_chunk(struct store_blob_writer *w, bool last)
{
    buf_clear(&w->sealed);
    int rc = blob_file_seal(w->key, w->chunk, last, buf_str(&w->plain), &w->sealed);
    if (!rc)
        rc = files_write(w->fd, buf_str(&w->sealed));
    buf_clear(&w->plain);
    w->chunk++;
    return rc;
}

int store_blob_write(struct store_blob_writer *w, str bytes)
{
    hash_update(&w->sha256, bytes);
    w->blob.size += bytes.n;
    while (bytes.n && !w->failed) {
        if (w->plain.n == STORE_BLOB_CHUNK)
            w->failed = flush_chunk(w, false);
        size_t n = STORE_BLOB_CHUNK - w->plain.n;
        n = n < bytes.n ? n : bytes.n;
        buf_append(&w->plain, str_slice(bytes, 0, n));
        bytes = str_slice(bytes, n, bytes.n);
    }
    return w->failed;
}

/* From here on the file stands under its name; the entry is durable before anyone learns it. */
static int publish(struct store_blob_writer *w)
{
    char path[STORE_BLOB_NAME + 4], folder[3] = {w->blob.name[0], w->blob.name[1], 0};
    int fd, rc = files_make_dir(w->blobs, folder);
    if (!rc)
        rc = files_open_dir(w->blobs, folder, &fd);
    if (rc)
        return rc;
    blob_name_path(str_from(w->blob.name), path);
    if (renameat(w->fresh, w->blob.name, w->blobs, path))
        rc = err_from_errno(errno);
    if (!rc && (rc = files_sync(fd)))
        (void)unlinkat(w->blobs, path, 0);
    (void)close(fd);
    return rc;
}

int store_blob_finish(struct store_blob_writer *w, struct store_blob *out)
{
    uint8_t digest[HASH_SIZE];
    int rc = w->failed ? w->failed : flush_chunk(w, true);
    if (!rc)
        rc = files_sync(w->fd);
    if (!rc)
        rc = publish(w);
    if (rc) {
        store_blob_abort(w);
        return rc;
    }
    hash_final(&w->sha256, digest);
    for (int i = 0; i < HASH_SIZE; i++)
        (void)snprintf(w->blob.sha256 + (size_t)i * 2, 3, "%02x", digest[i]);
    *out = w->blob;
    writer_free(w);
    return 0;
}

void store_blob_abort(struct store_blob_writer *w)
{
    if (!w)
        return;
    if (w->fd >= 0)
        (void)unlinkat(w->fresh, w->blob.name, 0);
    writer_free(w);
}

static int load_chunk(struct store_blob_reader *r, uint64_t i)
{
    if (r->plain.n && r->at == i)
        return 0;
    buf_clear(&r->plain);
    r->at = i;
    return blob_file_chunk(&r->file, r->key, i, &r->plain);
}

int store_blob_open(struct store *s, str name, str data_key, struct store_blob_reader **out)
{
    uint8_t secret[BLOB_SECRET], raw[BLOB_RAW];
    int blobs, rc = pick_secret(s, data_key, secret);
    if (rc)
        return rc;
    rc = blob_name_read(name, raw) ? blobs_open_dir(s, &blobs) : E_NOT_FOUND;
    if (rc)
        return rc;
    struct store_blob_reader *r = mem_zalloc(1, sizeof(*r));
    rc = blob_file_open(&r->file, blobs, name);
    (void)close(blobs);
    r->key = blob_file_key(secret, raw);
    mem_wipe(secret, sizeof(secret));
    /* The last chunk proves the key and that nothing was cut off. */
    if (!rc)
        rc = load_chunk(r, r->file.chunks - 1);
    if (rc) {
        store_blob_close(r);
        return rc;
    }
    *out = r;
    return 0;
}

uint64_t store_blob_size(const struct store_blob_reader *r)
{
    return r->file.size;
}

int store_blob_read(struct store_blob_reader *r, uint64_t offset, size_t n, struct buf *out)
{
    while (n && offset < r->file.size) {
        int rc = load_chunk(r, offset / STORE_BLOB_CHUNK);
        if (rc)
            return rc;
        size_t from = (size_t)(offset % STORE_BLOB_CHUNK);
        size_t most = n < STORE_BLOB_CHUNK ? n : STORE_BLOB_CHUNK;
        str piece = str_slice(buf_str(&r->plain), from, from + most);
        buf_append(out, piece);
        offset += piece.n;
        n -= piece.n;
    }
    return 0;
}

void store_blob_close(struct store_blob_reader *r)
{
    if (!r)
        return;
    blob_file_close(&r->file);
    seal_key_free(r->key);
    if (r->plain.p)
        mem_wipe(r->plain.p, r->plain.cap);
    buf_release(&r->plain);
    free(r);
}
