// SPDX-License-Identifier: Apache-2.0
// blob_file: the sealed file of one blob.
#define _GNU_SOURCE
#include "store/blob_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/codec.h"
#include "core/crypto/hash.h"
#include "store/files.h"

enum { SEALED_CHUNK = STORE_BLOB_CHUNK + SEAL_TAG_SIZE, AAD_SIZE = 9 };

const char BLOB_HEAD_TEXT[BLOB_HEAD + 1] = "certhall blob 1\n";

bool blob_name_read(str name, uint8_t raw[BLOB_RAW])
{
    if (name.n != STORE_BLOB_NAME)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
            return false;
        int digit = c <= '9' ? c - '0' : c - 'a' + 10;
        raw[i / 2] = (uint8_t)(i % 2 ? raw[i / 2] | digit : digit << 4);
    }
    return true;
}

void blob_name_path(str name, char out[STORE_BLOB_NAME + 4])
{
    (void)snprintf(out, STORE_BLOB_NAME + 4, "%.2s/%.*s", name.p, STORE_BLOB_NAME, name.p);
}

struct seal_key *blob_file_key(const uint8_t secret[BLOB_SECRET], const uint8_t raw[BLOB_RAW])
{
    uint8_t key[SEAL_KEY_SIZE] = {0};
    /* Only an impossible length fails. */
    (void)!hash_hkdf(
        str_of(secret, BLOB_SECRET), str_of(raw, BLOB_RAW), STR("certhall blob"), key, sizeof(key));
    struct seal_key *k = seal_key_new(key);
    mem_wipe(key, sizeof(key));
    return k;
}

static void chunk_words(
    uint64_t i, bool last, uint8_t nonce[SEAL_NONCE_SIZE], uint8_t aad[AAD_SIZE])
{
    memset(nonce, 0, SEAL_NONCE_SIZE);
    codec_put_be64(nonce, i);
    codec_put_be64(aad, i);
    aad[8] = last ? 1 : 0;
}

int blob_file_seal(const struct seal_key *key, uint64_t i, bool last, str plain, struct buf *out)
{
    uint8_t nonce[SEAL_NONCE_SIZE], aad[AAD_SIZE];
    chunk_words(i, last, nonce, aad);
    return seal_put(key, nonce, str_of(aad, sizeof(aad)), plain, out);
}

/* The length alone says how many chunks there are; the last flag in each chunk's AAD and the tags
 * say whether that is true. */
static int measure(struct blob_file *f, uint64_t length)
{
    if (length < BLOB_HEAD + SEAL_TAG_SIZE)
        return E_CORRUPT;
    uint64_t body = length - BLOB_HEAD;
    uint64_t rest = body % SEALED_CHUNK;
    if (rest && rest < SEAL_TAG_SIZE)
        return E_CORRUPT;
    f->chunks = body / SEALED_CHUNK + (rest ? 1 : 0);
    f->size = body - f->chunks * SEAL_TAG_SIZE;
    return 0;
}

static int read_head(const struct blob_file *f)
{
    struct buf head = {0};
    int rc = files_read(f->fd, 0, BLOB_HEAD, &head);
    if (!rc && !str_eq(buf_str(&head), str_of(BLOB_HEAD_TEXT, BLOB_HEAD)))
        rc = E_CORRUPT;
    buf_release(&head);
    return rc == E_EOF ? E_CORRUPT : rc;
}

int blob_file_open(struct blob_file *f, int blobs, str name)
{
    uint8_t raw[BLOB_RAW];
    char path[STORE_BLOB_NAME + 4];
    struct stat st;
    *f = (struct blob_file){.fd = -1};
    if (!blob_name_read(name, raw))
        return E_NOT_FOUND;
    blob_name_path(name, path);
    f->fd = openat(blobs, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (f->fd < 0)
        return err_from_errno(errno);
    int rc = fstat(f->fd, &st) ? err_from_errno(errno) : 0;
    if (!rc)
        rc = S_ISREG(st.st_mode) ? measure(f, (uint64_t)st.st_size) : E_CORRUPT;
    if (!rc)
        rc = read_head(f);
    if (rc)
        blob_file_close(f);
    return rc;
}

int blob_file_chunk(
    const struct blob_file *f, const struct seal_key *key, uint64_t i, struct buf *out)
{
    uint8_t nonce[SEAL_NONCE_SIZE], aad[AAD_SIZE];
    struct buf sealed = {0};
    bool last = i + 1 == f->chunks;
    uint64_t plain = last ? f->size - i * STORE_BLOB_CHUNK : STORE_BLOB_CHUNK;
    int rc =
        files_read(f->fd, BLOB_HEAD + i * SEALED_CHUNK, (size_t)plain + SEAL_TAG_SIZE, &sealed);
    chunk_words(i, last, nonce, aad);
    if (!rc)
        rc = seal_get(key, nonce, str_of(aad, sizeof(aad)), buf_str(&sealed), out);
    buf_release(&sealed);
    return rc == E_EOF ? E_CORRUPT : rc;
}

void blob_file_close(struct blob_file *f)
{
    if (f->fd >= 0)
        (void)close(f->fd);
    f->fd = -1;
}
