// SPDX-License-Identifier: Apache-2.0
// store_fixture: a store in a directory of its own, for tests. Everything that fails is a failed
// assertion.
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include "store/admin.h"
#include "store/blob.h"
#include "store/log.h"
#include "store/store.h"
#include "store/tx.h"

enum { FIXTURE_ITEMS = 30 };

struct fixture {
    char dir[64];  /* a new temporary directory */
    char data[80]; /* DIR/data, the store's */
    uint8_t key[STORE_SEAL_KEY_SIZE];
    struct store *store;
};

/* The schema of the tests: tables item (time) and setting (text), counters, log audit. */
str fixture_schema(void);
struct fixture *fixture_new(void);
/* Removes the directory, too. */
void fixture_free(struct fixture *f);
void fixture_open(struct fixture *f);
/* A new one, open, with FIXTURE_ITEMS items (states a and b), blobs, counters, three records. */
struct fixture *fixture_filled(void);
void fixture_close(struct fixture *f);
struct store_opts fixture_opts(const struct fixture *f);
/* DIR/name into out, which is returned. */
const char *fixture_path(const struct fixture *f, const char *name, char out[160]);

/* Puts one row and commits; key NULL: a new one, which is copied to `made`. */
void fixture_put(struct store *s, const char *table, const char *key, const char *json,
    char made[STORE_KEY_TEXT + 1]);
void fixture_append(struct store *s, const char *subject, const char *json);
/* Writes n bytes made from seed and finishes; the blob is returned. */
struct store_blob fixture_blob(struct store *s, str data_key, size_t n, unsigned seed);
void fixture_bytes(struct buf *out, size_t n, unsigned seed);
/* Findings of store_check, each as a line. */
uint64_t fixture_check(struct store *s, struct buf *lines);
/* No findings. */
void fixture_expect_clean(struct store *s);
void fixture_sign(struct fixture *f);
/* Rows under one value of an index. */
uint64_t fixture_count(struct store *s, const char *table, const char *index, const char *equal);

/* Files. */
void fixture_read(const char *path, struct buf *out);
void fixture_write(const char *path, str bytes);
void fixture_remove(const char *path); /* a tree */
void fixture_copy(const char *from, const char *to);

#endif
