// SPDX-License-Identifier: Apache-2.0
// store_fixture: a store in a directory of its own.
#define _GNU_SOURCE
#include "tests/unit/store_fixture.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char schema[] =
    "{\"tables\":{"
    "\"item\":{\"key\":\"time\",\"indexes\":["
    "{\"name\":\"state\",\"kind\":\"plain\",\"fields\":[\"state\",\"n\"]},"
    "{\"name\":\"phone\",\"kind\":\"blind\",\"fields\":[\"phone\"],\"unique\":true},"
    "{\"name\":\"names\",\"kind\":\"words\",\"fields\":[\"name\"]},"
    "{\"name\":\"files\",\"kind\":\"blob\",\"fields\":[\"files\"],\"multi\":true}],"
    "\"counters\":[{\"name\":\"item_by_state\",\"by\":[\"state\"]}]},"
    "\"setting\":{\"key\":\"text\",\"indexes\":["
    "{\"name\":\"kind\",\"kind\":\"plain\",\"fields\":[\"kind\"]}]}},"
    "\"counters\":[\"visits\"],\"logs\":[\"audit\"],"
    "\"sequences\":[{\"name\":\"number\",\"first\":1}],\"jobs\":[\"mail\"]}";

str fixture_schema(void)
{
    return str_from(schema);
}

struct fixture *fixture_new(void)
{
    struct fixture *f = mem_zalloc(1, sizeof(*f));
    (void)snprintf(f->dir, sizeof(f->dir), "/tmp/certhall-store-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    (void)snprintf(f->data, sizeof(f->data), "%s/data", f->dir);
    memset(f->key, 0x5a, sizeof(f->key));
    return f;
}

void fixture_free(struct fixture *f)
{
    fixture_close(f);
    fixture_remove(f->dir);
    free(f);
}

struct store_opts fixture_opts(const struct fixture *f)
{
    return (struct store_opts){.dir = f->data,
        .seal_key = f->key,
        .schema = fixture_schema(),
        .map_size = (uint64_t)256 << 20};
}

void fixture_open(struct fixture *f)
{
    struct store_opts opts = fixture_opts(f);
    struct err err = {0};
    if (store_open(&f->store, &opts, &err))
        fail_msg("%s", err.message);
}

void fixture_close(struct fixture *f)
{
    store_close(f->store);
    f->store = NULL;
}

const char *fixture_path(const struct fixture *f, const char *name, char out[160])
{
    (void)snprintf(out, 160, "%s/%s", f->dir, name);
    return out;
}

void fixture_put(struct store *s, const char *table, const char *key, const char *json,
    char made[STORE_KEY_TEXT + 1])
{
    struct store_tx *tx = store_tx_begin(s, STORE_TX_WRITE);
    char fresh[STORE_KEY_TEXT + 1];
    if (!key) {
        store_key_new(tx, fresh);
        key = fresh;
        if (made)
            memcpy(made, fresh, sizeof(fresh));
    }
    assert_int_equal(store_put(tx, str_from(table), str_from(key), str_from(json)), 0);
    assert_int_equal(store_commit(tx), 0);
    store_tx_end(tx);
}

void fixture_append(struct store *s, const char *subject, const char *json)
{
    struct store_tx *tx = store_tx_begin(s, STORE_TX_WRITE);
    assert_int_equal(store_append(tx, STR("audit"), str_from(subject), str_from(json)), 0);
    assert_int_equal(store_commit(tx), 0);
    store_tx_end(tx);
}

void fixture_bytes(struct buf *out, size_t n, unsigned seed)
{
    char *to = buf_reserve(out, n + 1);
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1103515245u + 12345u;
        to[i] = (char)(seed >> 16);
    }
    buf_added(out, n);
}

struct store_blob fixture_blob(struct store *s, str data_key, size_t n, unsigned seed)
{
    struct store_blob_writer *w;
    struct store_blob blob;
    struct buf bytes = {0};
    struct err err = {0};
    fixture_bytes(&bytes, n, seed);
    assert_int_equal(store_blob_start(s, data_key, &w, &err), 0);
    /* Pieces that do not fit the chunks. */
    for (size_t at = 0; at < n; at += 10007)
        assert_int_equal(store_blob_write(w, str_slice(buf_str(&bytes), at, at + 10007)), 0);
    assert_int_equal(store_blob_finish(w, &blob), 0);
    assert_int_equal(blob.size, n);
    buf_release(&bytes);
    return blob;
}

static void keep_line(void *arg, const char *where, const char *what)
{
    buf_printf(arg, "%s: %s\n", where, what);
}

uint64_t fixture_check(struct store *s, struct buf *lines)
{
    struct store_check_totals totals;
    struct err err = {0};
    if (store_check(s, keep_line, lines, &totals, &err))
        fail_msg("%s", err.message);
    buf_append_byte(lines, '\0');
    return totals.findings;
}

void fixture_read(const char *path, struct buf *out)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    char *to = buf_reserve(out, (size_t)st.st_size + 1);
    assert_int_equal(read(fd, to, (size_t)st.st_size), st.st_size);
    buf_added(out, (size_t)st.st_size);
    close(fd);
}

void fixture_write(const char *path, str bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.p, bytes.n), (ssize_t)bytes.n);
    close(fd);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

void fixture_remove(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void fixture_copy(const char *from, const char *to)
{
    char command[512];
    (void)snprintf(command, sizeof(command), "cp -a '%s' '%s'", from, to);
    assert_int_equal(system(command), 0);
}

struct fixture *fixture_filled(void)
{
    struct fixture *f = fixture_new();
    char json[256];
    struct buf data_key = {0};
    fixture_open(f);
    store_data_key(&data_key);
    struct store_blob own = fixture_blob(f->store, STR(""), 70000, 1);
    struct store_blob keyed = fixture_blob(f->store, buf_str(&data_key), 100, 2);
    for (int i = 0; i < FIXTURE_ITEMS; i++) {
        (void)snprintf(json, sizeof(json),
            "{\"state\":\"%s\",\"n\":%d,\"phone\":\"139%08d\",\"name\":\"张三丰%d\"}",
            i % 2 ? "a" : "b", i, i, i);
        fixture_put(f->store, "item", NULL, json, NULL);
    }
    (void)snprintf(json, sizeof(json),
        "{\"file\":{\"name\":\"%s\",\"sha256\":\"%s\"},\"files\":[\"%s\"]}", own.name, own.sha256,
        own.name);
    fixture_put(f->store, "item", NULL, json, NULL);
    /* The key of the second one stands in a row that its row names. */
    (void)snprintf(
        json, sizeof(json), "{\"kind\":\"x\",\"key\":\"%.*s\"}", STR_ARG(buf_str(&data_key)));
    fixture_put(f->store, "setting", "the case", json, NULL);
    (void)snprintf(json, sizeof(json), "{\"case\":\"the case\",\"files\":[\"%s\"]}", keyed.name);
    fixture_put(f->store, "item", NULL, json, NULL);
    fixture_append(f->store, "case1", "{\"a\":1}");
    fixture_append(f->store, "", "{\"a\":2}");
    fixture_append(f->store, "case1", "{\"a\":3}");
    buf_release(&data_key);
    return f;
}

void fixture_sign(struct fixture *f)
{
    struct err err = {0};
    if (store_hourly(f->store, &err))
        fail_msg("%s", err.message);
}

void fixture_expect_clean(struct store *s)
{
    struct buf lines = {0};
    if (fixture_check(s, &lines))
        fail_msg("%s", lines.p);
    buf_release(&lines);
}

uint64_t fixture_count(struct store *s, const char *table, const char *index, const char *equal)
{
    struct store_tx *tx = store_tx_begin(s, STORE_TX_READ);
    struct store_range range = {
        .table = str_from(table), .index = str_from(index), .equal = str_from(equal)};
    struct store_iter *it;
    struct store_row row;
    struct err err = {0};
    uint64_t n = 0;
    if (store_iter_open(&it, tx, &range, &err))
        fail_msg("%s", err.message);
    while (!store_iter_next(it, &row))
        n++;
    store_iter_close(it);
    store_tx_end(tx);
    return n;
}
