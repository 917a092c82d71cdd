// SPDX-License-Identifier: Apache-2.0
// Tests of damage: whatever is altered on disk, no altered value comes out.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "store_world.h"

#include "store/store_private.h"

enum { ROWS = 60, FLIPS = 250 };

static void row_text(int n, char key[20], char json[200])
{
    snprintf(key, 20, "row%03d", n);
    snprintf(json, 200, "{\"code\":%d,\"mail\":\"%d@example.org\",\"text\":\"this is row %d\"}", n,
        n, n);
}

static void put_rows(struct world *w)
{
    char key[20], json[200];
    for (int i = 0; i < ROWS; i++) {
        row_text(i, key, json);
        world_put(w, "unit", key, json);
    }
}

static unsigned slot_of(struct world *w)
{
    return ENV_FIXED + schema_table(&w->store->schema, STR("unit"))->slot;
}

static MDB_txn *write_txn(struct world *w)
{
    MDB_txn *txn;
    assert_int_equal(mdb_txn_begin(env_mdb(w->store->env), NULL, 0, &txn), 0);
    return txn;
}

static size_t raw_get(struct world *w, MDB_txn *txn, const char *key, char value[400])
{
    MDB_val k = env_val(str_from(key)), v;
    assert_int_equal(mdb_get(txn, env_dbi(w->store->env, slot_of(w)), &k, &v), 0);
    assert_true(v.mv_size <= 400);
    memcpy(value, v.mv_data, v.mv_size);
    return v.mv_size;
}

static void raw_put(struct world *w, const char *key, const char *value, size_t n)
{
    MDB_txn *txn = write_txn(w);
    MDB_val k = env_val(str_from(key)), v = {n, (void *)(uintptr_t)value};
    assert_int_equal(mdb_put(txn, env_dbi(w->store->env, slot_of(w)), &k, &v, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
}

static int try_get(struct world *w, const char *key)
{
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    buf_clear(&w->out);
    int rc = store_get(tx, STR("unit"), str_from(key), &w->out);
    store_tx_end(tx);
    if (rc)
        assert_int_equal(w->out.n, 0);
    return rc;
}

static void swapped_values_are_refused(void **state)
{
    struct world *w = *state;
    char a[400], b[400];
    world_open(w);
    put_rows(w);
    MDB_txn *txn = write_txn(w);
    size_t a_n = raw_get(w, txn, "row001", a), b_n = raw_get(w, txn, "row002", b);
    mdb_txn_abort(txn);
    raw_put(w, "row001", b, b_n);
    raw_put(w, "row002", a, a_n);
    assert_int_equal(try_get(w, "row001"), E_CORRUPT);
    assert_int_equal(try_get(w, "row002"), E_CORRUPT);
    assert_int_equal(try_get(w, "row003"), 0);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_put(tx, STR("unit"), STR("row001"), STR("{}")), E_CORRUPT);
    assert_int_equal(store_delete(tx, STR("unit"), STR("row002")), E_CORRUPT);
    assert_false(store_tx_is_dirty(tx));
    store_tx_end(tx);
}

static void every_flipped_bit_of_a_value_is_seen(void **state)
{
    struct world *w = *state;
    char value[400], key[20], json[200];
    world_open(w);
    put_rows(w);
    row_text(5, key, json);
    MDB_txn *txn = write_txn(w);
    size_t n = raw_get(w, txn, key, value);
    mdb_txn_abort(txn);
    for (size_t i = 0; i < n; i++) {
        value[i] = (char)(value[i] ^ (1 << (i % 8)));
        raw_put(w, key, value, n);
        /* The commit number in front is not sealed: it says nothing about the value. */
        assert_int_equal(try_get(w, key), i < 8 ? 0 : E_CORRUPT);
        if (i < 8)
            assert_true(str_eq(buf_str(&w->out), str_from(json)));
        value[i] = (char)(value[i] ^ (1 << (i % 8)));
    }
    for (size_t shorter = 0; shorter < n; shorter += 7) {
        raw_put(w, key, value, shorter);
        assert_int_equal(try_get(w, key), E_CORRUPT);
    }
}

static void an_entry_without_its_row_is_damage(void **state)
{
    struct world *w = *state;
    world_open(w);
    put_rows(w);
    MDB_txn *txn = write_txn(w);
    MDB_val k = env_val(STR("row001"));
    assert_int_equal(mdb_del(txn, env_dbi(w->store->env, slot_of(w)), &k, NULL), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    struct store_range one = {.table = STR("unit"), .index = STR("code"), .equal = STR("[1]")};
    struct store_iter *it;
    struct store_row row;
    assert_int_equal(store_iter_open(&it, tx, &one, NULL), 0);
    assert_int_equal(store_iter_next(it, &row), E_CORRUPT);
    store_iter_close(it);
    store_tx_end(tx);
}

/* In a process of its own, which damage may kill: 3 an altered value came out. */
static int read_all(struct world *w)
{
    struct err err;
    char key[20], json[200];
    if (store_open(&w->store, &w->opts, &err))
        return 0;
    for (int i = 0; i < ROWS; i++) {
        row_text(i, key, json);
        struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
        struct buf out = {0};
        if (store_get(tx, STR("unit"), str_from(key), &out) == 0 &&
            !str_eq(buf_str(&out), str_from(json)))
            return 3;
        store_tx_end(tx);
    }
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    struct store_range all = {.table = STR("unit"), .index = STR("code")};
    struct store_iter *it;
    struct store_row row;
    if (store_iter_open(&it, tx, &all, &err))
        return 0;
    for (int i = 0; i < 2 * ROWS && store_iter_next(it, &row) == 0; i++) {
        uint64_t n;
        if (str_to_u64(str_slice(row.key, 3, row.key.n), &n) || n >= ROWS)
            return 3;
        row_text((int)n, key, json);
        if (!str_eq(row.json, str_from(json)))
            return 3;
    }
    return 0;
}

static int status_of_child(struct world *w)
{
    int status;
    pid_t child = fork();
    if (!child) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 2);
        alarm(20);
        _exit(read_all(w));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

/* One byte of the file after the other; the file is what it was before each. */
static void flipped_bytes_of_the_file_give_no_altered_value(void **state)
{
    struct world *w = *state;
    char path[100], command[300];
    struct stat st;
    world_open(w);
    put_rows(w);
    world_close(w);
    snprintf(path, sizeof(path), "%s/rows/data.mdb", w->dir);
    snprintf(command, sizeof(command), "cp %s %s/kept", path, w->dir);
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof(command), "cp %s/kept %s", w->dir, path);
    assert_int_equal(stat(path, &st), 0);
    srand(7);
    for (int i = 0; i < FLIPS; i++) {
        int fd = open(path, O_RDWR);
        off_t at = (off_t)rand() % st.st_size;
        char byte;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte = (char)(byte ^ (1 << (rand() % 8)));
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
        assert_int_not_equal(status_of_child(w), 3);
        assert_int_equal(system(command), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_world(swapped_values_are_refused),
        with_world(every_flipped_bit_of_a_value_is_seen),
        with_world(an_entry_without_its_row_is_damage),
        with_world(flipped_bytes_of_the_file_give_no_altered_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
