// SPDX-License-Identifier: Apache-2.0
// blob_file: the sealed file of one blob (store/README.md, "Blobs"). Knows neither rows nor which
// key a blob has.
#ifndef STORE_BLOB_FILE_H
#define STORE_BLOB_FILE_H

#include "core/crypto/seal.h"
#include "store/blob.h"

enum {
    BLOB_RAW = STORE_BLOB_NAME / 2, /* bytes of a name as it stands in an index */
    BLOB_HEAD = 16,                 /* bytes in front of the first chunk */
    BLOB_SECRET = 32
};

extern const char BLOB_HEAD_TEXT[BLOB_HEAD + 1];

/* A file open for reading. Fields are private but size and chunks. */
struct blob_file {
    int fd;
    uint64_t size;   /* of the plaintext, as the file's length says it */
    uint64_t chunks; /* at least 1 */
};

/* The 16 bytes of 32 lower-case hexadecimal digits; false for any other text. */
bool blob_name_read(str name, uint8_t raw[BLOB_RAW]);
/* "ab/NAME", NUL-terminated. */
void blob_name_path(str name, char out[STORE_BLOB_NAME + 4]);
/* The key of a blob. */
struct seal_key *blob_file_key(const uint8_t secret[BLOB_SECRET], const uint8_t raw[BLOB_RAW]);
/* Appends chunk i, sealed. */
must_use int blob_file_seal(
    const struct seal_key *key, uint64_t i, bool last, str plain, struct buf *out);

/* Opens by name below DIR/blobs; E_NOT_FOUND; E_CORRUPT if head or length cannot be. */
must_use int blob_file_open(struct blob_file *f, int blobs, str name);
/* Appends the plaintext of chunk i; E_CORRUPT. */
must_use int blob_file_chunk(
    const struct blob_file *f, const struct seal_key *key, uint64_t i, struct buf *out);
void blob_file_close(struct blob_file *f);

#endif
