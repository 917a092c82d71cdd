// SPDX-License-Identifier: Apache-2.0
// check_blobs: the files that rows name are there and whole, and no old file is without a row. The
// key of a blob is the store's, or stands in the row that names it, or in a row which that one
// names.
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/crypto/hash.h"
#include "store/blobs.h"
#include "store/check.h"
#include "store/files.h"

enum { ORPHAN_MS = 48 * 3600 * 1000, SECRET_TEXT = 2 * BLOB_SECRET };

/* One blob that is tried with one key after the other. */
struct trial {
    struct check *check;
    struct blob_file file;
    uint8_t raw[BLOB_RAW];
    str name;
    struct seal_key *key; /* the one that opens it; NULL: not found yet */
};

typedef int text_fn(void *arg, str text);

/* Calls fn for every string in a value until it returns another value than 0. */
static int each_text(const struct json *value, text_fn *fn, void *arg)
{
    struct json_iter it;
    int rc = 0;
    if (json_is_str(value))
        return fn(arg, json_str(value));
    if (json_type(value) != JSON_ARRAY && json_type(value) != JSON_OBJECT)
        return 0;
    json_iter_init(&it, value);
    while (!rc && json_iter_next(&it))
        rc = each_text(it.value, fn, arg);
    return rc;
}

static int try_secret(struct trial *t, const uint8_t secret[BLOB_SECRET])
{
    struct buf plain = {0};
    struct seal_key *key = blob_file_key(secret, t->raw);
    int rc = blob_file_chunk(&t->file, key, t->file.chunks - 1, &plain);
    if (rc && t->file.chunks > 1) {
        buf_clear(&plain);
        rc = blob_file_chunk(&t->file, key, 0, &plain);
    }
    buf_release(&plain);
    if (rc)
        seal_key_free(key);
    else
        t->key = key;
    return rc ? 0 : 1;
}

static int try_text(void *arg, str text)
{
    struct trial *t = arg;
    struct buf secret = {0};
    int rc = 0;
    if (text.n == SECRET_TEXT && !codec_unhex(&secret, text))
        rc = try_secret(t, (const uint8_t *)secret.p);
    if (secret.p)
        mem_wipe(secret.p, secret.cap);
    buf_release(&secret);
    return rc;
}

static int try_row(struct trial *t, const struct schema_table *table, str text)
{
    struct buf key = {0};
    const struct json *row;
    int rc =
        rowkey_read(table->key, text, &key) ? 1 : check_row(t->check, table, buf_str(&key), &row);
    buf_release(&key);
    return rc ? 0 : each_text(row, try_text, t);
}

static int try_named_row(void *arg, str text)
{
    struct trial *t = arg;
    const struct schema *s = t->check->schema;
    int rc = 0;
    for (size_t i = 0; i < s->table_count && !rc; i++)
        rc = try_row(t, &s->tables[i], text);
    return rc;
}

static void find_key(struct trial *t, const struct json *row)
{
    if (!try_secret(t, keys_secrets(t->check->keys)->blob) && !each_text(row, try_text, t))
        (void)each_text(row, try_named_row, t);
}

struct digest {
    str name;
    str sha256;
};

/* The member sha256 of the object that names the blob. */
static void find_digest(const struct json *value, struct digest *d)
{
    struct json_iter it;
    bool here = false;
    if (json_type(value) != JSON_ARRAY && json_type(value) != JSON_OBJECT)
        return;
    json_iter_init(&it, value);
    while (json_iter_next(&it)) {
        here = here || (it.name.p && str_eq(json_str(it.value), d->name));
        find_digest(it.value, d);
    }
    if (here && json_is_str(json_get(value, STR("sha256"))))
        d->sha256 = json_str(json_get(value, STR("sha256")));
}

static const char *read_all(struct trial *t, const struct json *row)
{
    struct digest d = {.name = t->name};
    struct buf plain = {0}, hex = {0};
    struct hash sha;
    uint8_t digest[HASH_SIZE];
    int rc = 0;
    hash_init(&sha);
    for (uint64_t i = 0; i < t->file.chunks && !rc; i++) {
        buf_clear(&plain);
        rc = blob_file_chunk(&t->file, t->key, i, &plain);
        hash_update(&sha, buf_str(&plain));
    }
    hash_final(&sha, digest);
    codec_hex(&hex, str_of(digest, sizeof(digest)));
    find_digest(row, &d);
    const char *what = rc ? "does not unseal" : NULL;
    if (!rc && d.sha256.n && !str_eq(d.sha256, buf_str(&hex)))
        what = "has another SHA-256 than its row says";
    if (plain.p)
        mem_wipe(plain.p, plain.cap);
    buf_release(&plain);
    buf_release(&hex);
    return what;
}

/* The snapshot may be older than the file's end. */
static bool is_still_named(struct check *c, const uint8_t raw[BLOB_RAW])
{
    MDB_txn *txn;
    bool named = true;
    if (env_read_begin(c->env, &txn))
        return true;
    if (blobs_is_named(c->store, txn, raw, &named))
        named = true;
    env_read_end(c->env, txn);
    return named;
}

static const char *check_file(struct trial *t, int blobs, const struct json *row)
{
    int rc = blob_file_open(&t->file, blobs, t->name);
    if (rc == E_NOT_FOUND)
        return is_still_named(t->check, t->raw) ? "is missing" : NULL;
    if (rc)
        return rc == E_CORRUPT ? "is not a blob" : "cannot be read";
    find_key(t, row);
    const char *what = t->key ? read_all(t, row) : "does not unseal";
    seal_key_free(t->key);
    blob_file_close(&t->file);
    return what;
}

static int check_blob(struct check *c, str name, int blobs, const struct json *row)
{
    struct trial t = {.check = c, .name = name};
    if (!blob_name_read(name, t.raw))
        return 0; /* the row is told already */
    c->totals->blobs++;
    const char *what = check_file(&t, blobs, row);
    if (what)
        check_found(c, what, "blobs/%.2s/%.*s", name.p, STR_ARG(name));
    return 0;
}

int check_blobs_of(
    struct check *c, const struct schema_index *index, str row_key, const struct json *row)
{
    const struct json *value = json_path(row, index->fields[0]);
    struct json_iter it;
    int blobs, rc;
    (void)row_key;
    if (json_type(value) == JSON_NULL)
        return 0;
    rc = blobs_open_dir(c->store, &blobs);
    if (rc)
        return rc;
    if (json_is_str(value)) {
        rc = check_blob(c, json_str(value), blobs, row);
    } else if (json_type(value) == JSON_ARRAY) {
        json_iter_init(&it, value);
        while (!rc && json_iter_next(&it))
            rc = json_is_str(it.value) ? check_blob(c, json_str(it.value), blobs, row) : 0;
    }
    (void)close(blobs);
    return rc;
}

static int check_orphan(void *arg, int dir, const char *name)
{
    struct check *c = arg;
    struct stat st;
    uint8_t raw[BLOB_RAW];
    bool named;
    if (!blob_name_read(str_from(name), raw) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
        return 0;
    if ((int64_t)st.st_mtim.tv_sec * 1000 > clock_wall_ms() - ORPHAN_MS)
        return 0;
    int rc = blobs_is_named(c->store, c->txn, raw, &named);
    if (!rc && !named && !is_still_named(c, raw))
        check_found(c, "is named by no row", "blobs/%.2s/%s", name, name);
    return rc;
}

static int check_folder(void *arg, int dir, const char *name)
{
    int fd, rc;
    if (strlen(name) != 2)
        return 0;
    rc = files_open_dir(dir, name, &fd);
    if (rc)
        return rc == E_NOT_FOUND ? 0 : rc;
    rc = files_each(fd, check_orphan, arg);
    (void)close(fd);
    return rc;
}

int check_orphans(struct check *c)
{
    int blobs, rc = blobs_open_dir(c->store, &blobs);
    if (rc)
        return rc == E_NOT_FOUND ? 0 : rc;
    rc = files_each(blobs, check_folder, c);
    (void)close(blobs);
    return rc;
}
