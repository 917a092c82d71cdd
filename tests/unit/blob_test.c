// SPDX-License-Identifier: Apache-2.0
// Blobs: whole round trips at every border of a chunk, nothing altered is ever given out, and the
// sweep takes only what is old and named by nobody.
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/unit/store_fixture.h"

static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 1 << 20};
static const int64_t DAY = 24 * 3600 * 1000;
enum { HEAD = 16, SEALED_CHUNK = 65536 + 16 };

static int setup(void **state)
{
    struct fixture *f = fixture_new();
    fixture_open(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

static const char *file_of(const struct fixture *f, const struct store_blob *b, char out[160])
{
    char name[64];
    (void)snprintf(name, sizeof(name), "data/blobs/%.2s/%s", b->name, b->name);
    return fixture_path(f, name, out);
}

/* Reads everything in pieces; E_… of open or read. */
static int read_whole(struct store *s, const char *name, str key, size_t piece, struct buf *out)
{
    struct store_blob_reader *r;
    int rc = store_blob_open(s, str_from(name), key, &r);
    if (rc)
        return rc;
    uint64_t size = store_blob_size(r);
    for (uint64_t at = 0; at < size && !rc; at += piece)
        rc = store_blob_read(r, at, piece, out);
    store_blob_close(r);
    return rc;
}

static void comes_back_as_written(void **state)
{
    struct fixture *f = *state;
    struct buf key = {0};
    store_data_key(&key);
    for (size_t i = 0; i < countof(sizes); i++) {
        for (int with_key = 0; with_key < 2; with_key++) {
            str data_key = with_key ? buf_str(&key) : STR("");
            struct buf wanted = {0}, got = {0};
            fixture_bytes(&wanted, sizes[i], (unsigned)i + 1);
            struct store_blob b = fixture_blob(f->store, data_key, sizes[i], (unsigned)i + 1);
            assert_int_equal(strlen(b.name), STORE_BLOB_NAME);
            assert_int_equal(read_whole(f->store, b.name, data_key, 4099, &got), 0);
            assert_true(str_eq(buf_str(&wanted), buf_str(&got)));
            buf_release(&wanted);
            buf_release(&got);
        }
    }
    buf_release(&key);
}

static void names_the_plaintexts_sha256(void **state)
{
    struct fixture *f = *state;
    struct store_blob b = fixture_blob(f->store, STR(""), 0, 1);
    assert_string_equal(
        b.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void reads_any_range(void **state)
{
    struct fixture *f = *state;
    struct buf wanted = {0}, got = {0};
    struct store_blob_reader *r;
    const size_t size = 200000;
    fixture_bytes(&wanted, size, 9);
    struct store_blob b = fixture_blob(f->store, STR(""), size, 9);
    assert_int_equal(store_blob_open(f->store, str_from(b.name), STR(""), &r), 0);
    assert_int_equal(store_blob_size(r), size);
    static const size_t ranges[][2] = {{0, 1}, {65535, 2}, {131071, 65538}, {199999, 100},
        {200000, 5}, {300000, 5}, {0, SIZE_MAX}};
    for (size_t i = 0; i < countof(ranges); i++) {
        size_t from = ranges[i][0], n = ranges[i][1];
        size_t to = from >= size ? from : (n > size - from ? size : from + n);
        buf_clear(&got);
        assert_int_equal(store_blob_read(r, from, n, &got), 0);
        assert_true(str_eq(str_slice(buf_str(&wanted), from, to), buf_str(&got)));
    }
    store_blob_close(r);
    buf_release(&wanted);
    buf_release(&got);
}

/* Whatever comes out before the error is a piece of the real thing. */
static void check_refused(struct fixture *f, const char *name, str key, str wanted, size_t piece)
{
    struct buf got = {0};
    assert_int_equal(read_whole(f->store, name, key, piece, &got), E_CORRUPT);
    assert_true(got.n <= wanted.n && str_eq(buf_str(&got), str_slice(wanted, 0, got.n)));
    buf_release(&got);
}

static void every_flipped_byte_is_refused(void **state)
{
    struct fixture *f = *state;
    static const size_t small[] = {0, 1, 300};
    char path[160];
    for (size_t i = 0; i < countof(small); i++) {
        struct buf file = {0}, wanted = {0};
        struct store_blob b = fixture_blob(f->store, STR(""), small[i], 3);
        fixture_bytes(&wanted, small[i], 3);
        fixture_read(file_of(f, &b, path), &file);
        for (size_t at = 0; at < file.n; at++) {
            file.p[at] = (char)(file.p[at] ^ (1 << (at % 8)));
            fixture_write(path, buf_str(&file));
            check_refused(f, b.name, STR(""), buf_str(&wanted), 64);
            file.p[at] = (char)(file.p[at] ^ (1 << (at % 8)));
        }
        buf_release(&file);
        buf_release(&wanted);
    }
}

static void flipped_bytes_of_large_ones_are_refused(void **state)
{
    struct fixture *f = *state;
    struct buf file = {0}, wanted = {0};
    char path[160];
    struct store_blob b = fixture_blob(f->store, STR(""), 200000, 5);
    fixture_bytes(&wanted, 200000, 5);
    fixture_read(file_of(f, &b, path), &file);
    for (size_t at = 0; at < file.n; at += 3989) {
        file.p[at] ^= 1;
        fixture_write(path, buf_str(&file));
        check_refused(f, b.name, STR(""), buf_str(&wanted), 4096);
        file.p[at] ^= 1;
    }
    buf_release(&file);
    buf_release(&wanted);
}

static void every_truncation_is_refused(void **state)
{
    struct fixture *f = *state;
    struct buf file = {0}, wanted = {0};
    char path[160];
    struct store_blob b = fixture_blob(f->store, STR(""), 65536 * 2 + 700, 6);
    fixture_bytes(&wanted, 65536 * 2 + 700, 6);
    fixture_read(file_of(f, &b, path), &file);
    for (size_t n = 0; n<file.n; n += n % SEALED_CHUNK> 40 ? 1013 : 1) {
        fixture_write(path, str_slice(buf_str(&file), 0, n));
        check_refused(f, b.name, STR(""), buf_str(&wanted), 65536);
    }
    /* Exactly at the borders of chunks, where only the last flag tells. */
    for (size_t chunks = 1; chunks <= 2; chunks++) {
        fixture_write(path, str_slice(buf_str(&file), 0, HEAD + chunks * SEALED_CHUNK));
        check_refused(f, b.name, STR(""), buf_str(&wanted), 65536);
    }
    buf_release(&file);
    buf_release(&wanted);
}

static void swapped_and_repeated_chunks_are_refused(void **state)
{
    struct fixture *f = *state;
    struct buf file = {0}, wanted = {0}, other = {0};
    char path[160];
    struct store_blob b = fixture_blob(f->store, STR(""), 65536 * 3, 7);
    fixture_bytes(&wanted, 65536 * 3, 7);
    fixture_read(file_of(f, &b, path), &file);
    str whole = buf_str(&file), head = str_slice(whole, 0, HEAD);
    str chunk[3];
    for (size_t i = 0; i < 3; i++)
        chunk[i] = str_slice(whole, HEAD + i * SEALED_CHUNK, HEAD + (i + 1) * SEALED_CHUNK);
    static const int orders[][4] = {
        {1, 0, 2, -1}, {0, 0, 2, -1}, {0, 2, -1, -1}, {0, 1, 1, 2}, {2, 1, 0, -1}};
    for (size_t i = 0; i < countof(orders); i++) {
        buf_clear(&other);
        buf_append(&other, head);
        for (size_t j = 0; j < 4 && orders[i][j] >= 0; j++)
            buf_append(&other, chunk[orders[i][j]]);
        fixture_write(path, buf_str(&other));
        check_refused(f, b.name, STR(""), buf_str(&wanted), 65536);
    }
    buf_release(&file);
    buf_release(&wanted);
    buf_release(&other);
}

static void another_key_or_name_is_refused(void **state)
{
    struct fixture *f = *state;
    struct buf key = {0}, other = {0}, file = {0};
    char path[160], second[160];
    store_data_key(&key);
    store_data_key(&other);
    struct store_blob a = fixture_blob(f->store, buf_str(&key), 1000, 8);
    struct store_blob b = fixture_blob(f->store, buf_str(&key), 1000, 8);
    check_refused(f, a.name, buf_str(&other), STR(""), 1000);
    check_refused(f, a.name, STR(""), STR(""), 1000);
    fixture_read(file_of(f, &a, path), &file);
    fixture_write(file_of(f, &b, second), buf_str(&file));
    check_refused(f, b.name, buf_str(&key), STR(""), 1000);
    buf_release(&key);
    buf_release(&other);
    buf_release(&file);
}

static void unknown_names_are_not_found(void **state)
{
    struct fixture *f = *state;
    struct store_blob_reader *r;
    static const char *const names[] = {"", "00000000000000000000000000000000", "../../lock",
        "0000000000000000000000000000000g", "ABCDEF00000000000000000000000000",
        "../../../../../../../../etc/passw"};
    for (size_t i = 0; i < countof(names); i++)
        assert_int_equal(store_blob_open(f->store, str_from(names[i]), STR(""), &r), E_NOT_FOUND);
    assert_int_equal(store_blob_remove(f->store, str_from(names[1])), E_NOT_FOUND);
}

static void a_key_of_another_form_is_invalid(void **state)
{
    struct fixture *f = *state;
    struct store_blob_writer *w;
    struct err err = {0};
    assert_int_equal(store_blob_start(f->store, STR("abc"), &w, &err), E_INVALID);
    assert_int_equal(store_blob_start(f->store, STR("abcd"), &w, &err), E_INVALID);
}

static void an_aborted_blob_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct store_blob_writer *w;
    char path[160];
    struct err err = {0};
    struct stat st;
    assert_int_equal(store_blob_start(f->store, STR(""), &w, &err), 0);
    assert_int_equal(store_blob_write(w, STR("some bytes")), 0);
    store_blob_abort(w);
    assert_int_equal(stat(fixture_path(f, "data/blobs/new", path), &st), 0);
    assert_int_equal(rmdir(path), 0); /* it is empty */
}

static void make_old(const char *path, int64_t ms)
{
    struct timespec t[2] = {{.tv_sec = ms / 1000}, {.tv_sec = ms / 1000}};
    assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
}

static bool exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static void the_sweep_takes_old_ones_without_a_row(void **state)
{
    struct fixture *f = *state;
    char named[160], orphan[160], young[160], half[160], json[128];
    int64_t now = clock_wall_ms();
    uint64_t removed;
    struct store_blob a = fixture_blob(f->store, STR(""), 10, 1);
    struct store_blob b = fixture_blob(f->store, STR(""), 10, 2);
    struct store_blob c = fixture_blob(f->store, STR(""), 10, 3);
    (void)snprintf(json, sizeof(json), "{\"files\":[\"%s\"]}", a.name);
    fixture_put(f->store, "item", NULL, json, NULL);
    make_old(file_of(f, &a, named), now - 2 * DAY);
    make_old(file_of(f, &b, orphan), now - DAY - 60000);
    make_old(file_of(f, &c, young), now - DAY + 60000);
    fixture_path(f, "data/blobs/new/00112233445566778899aabbccddeeff", half);
    fixture_write(half, STR("half a blob"));
    make_old(half, now - 2 * DAY);
    assert_int_equal(store_blob_sweep(f->store, now, &removed), 0);
    assert_int_equal(removed, 2);
    assert_true(exists(named) && exists(young));
    assert_false(exists(orphan) || exists(half));
    assert_int_equal(store_blob_remove(f->store, str_from(a.name)), E_EXISTS);
    assert_int_equal(store_blob_remove(f->store, str_from(c.name)), 0);
    assert_false(exists(young));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(comes_back_as_written, setup, teardown),
        cmocka_unit_test_setup_teardown(names_the_plaintexts_sha256, setup, teardown),
        cmocka_unit_test_setup_teardown(reads_any_range, setup, teardown),
        cmocka_unit_test_setup_teardown(every_flipped_byte_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(flipped_bytes_of_large_ones_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(every_truncation_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(swapped_and_repeated_chunks_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(another_key_or_name_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(unknown_names_are_not_found, setup, teardown),
        cmocka_unit_test_setup_teardown(a_key_of_another_form_is_invalid, setup, teardown),
        cmocka_unit_test_setup_teardown(an_aborted_blob_leaves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(the_sweep_takes_old_ones_without_a_row, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
