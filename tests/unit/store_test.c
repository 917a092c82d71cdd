// SPDX-License-Identifier: Apache-2.0
// Tests of store/store.c and open.c: opening, refusing, reopening, figures.
#define _GNU_SOURCE
#include <sys/stat.h>
#include <sys/wait.h>
#include "store_world.h"

#include "core/base/codec.h"
#include "store/meta.h"
#include "store/store_private.h"

static void what_was_committed_is_there_after_reopening(void **state)
{
    struct world *w = *state;
    world_open(w);
    world_put(w, "unit", "alpha", "{\"code\":1,\"mail\":\"a@example.org\"}");
    assert_string_equal(world_get(w, "unit", "alpha"), "{\"code\":1,\"mail\":\"a@example.org\"}");
    world_reopen(w);
    assert_string_equal(world_get(w, "unit", "alpha"), "{\"code\":1,\"mail\":\"a@example.org\"}");
    assert_null(world_get(w, "unit", "beta"));
}

static void another_seal_key_is_refused(void **state)
{
    struct world *w = *state;
    static const uint8_t other[32] = "quite another seal key for tests";
    const uint8_t *own = w->opts.seal_key;
    world_open(w);
    world_put(w, "unit", "a", "{}");
    world_close(w);
    w->opts.seal_key = other;
    world_open_fails(w, E_DENIED, "seal key");
    w->opts.read_only = true;
    world_open_fails(w, E_DENIED, "seal key");
    w->opts.read_only = false;
    w->opts.seal_key = NULL;
    world_open_fails(w, E_CONFIG, "seal key");
    w->opts.seal_key = own;
    world_open(w);
    assert_non_null(world_get(w, "unit", "a"));
}

static void one_process_has_the_store(void **state)
{
    struct world *w = *state;
    world_open(w);
    struct store *first = w->store;
    world_open_fails(w, E_BUSY, "another process");
    pid_t child = fork();
    if (!child) {
        struct store *s;
        struct err err;
        _exit(store_open(&s, &w->opts, &err) == E_BUSY ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    w->store = first;
    world_put(w, "unit", "a", "{}");
}

/* Reads all that a reader can while another process writes. */
static int read_beside(struct world *w)
{
    struct err err;
    char out[2] = "";
    w->opts.read_only = true;
    w->opts.schema = (str){NULL, 0};
    if (store_open(&w->store, &w->opts, &err))
        return 2;
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    struct buf row = {0};
    int rc = store_get(tx, STR("unit"), STR("a"), &row);
    store_tx_end(tx);
    out[0] = rc == 0 && row.n == 10 ? 'y' : 'n';
    buf_release(&row);
    store_close(w->store);
    return out[0] == 'y' ? 0 : 1;
}

static void a_reader_works_beside_the_writer(void **state)
{
    struct world *w = *state;
    world_open(w);
    world_put(w, "unit", "a", "{\"code\":7}");
    pid_t child = fork();
    if (!child)
        _exit(read_beside(w));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_read_only_store_reads_and_does_not_write(void **state)
{
    struct world *w = *state;
    struct err err;
    struct store_stats stats;
    w->opts.read_only = true;
    world_open_fails(w, E_NOT_FOUND, "no store");
    w->opts.read_only = false;
    world_open(w);
    world_put(w, "unit", "a", "{\"code\":7}");
    w->opts.read_only = true;
    world_reopen(w);
    assert_string_equal(world_get(w, "unit", "a"), "{\"code\":7}");
    struct store_range all = {.table = STR("unit"), .index = STR("code")};
    assert_string_equal(world_keys(w, &all), "a");
    assert_int_equal(world_count(w, "visits", ""), 0);
    struct store_tx *tx = world_begin(w);
    int64_t n;
    assert_int_equal(store_put(tx, STR("unit"), STR("b"), STR("{}")), E_READ_ONLY);
    assert_int_equal(store_next(tx, STR("number"), &n), E_READ_ONLY);
    assert_int_equal(store_commit(tx), E_READ_ONLY);
    store_tx_end(tx);
    assert_int_equal(store_hourly(w->store, &err), E_READ_ONLY);
    assert_int_equal(store_poll(w->store), 0);
    store_read_stats(w->store, &stats);
    assert_true(stats.used_bytes > 0);
    w->opts.seal_key = NULL; /* for what needs no key */
    world_reopen(w);
}

static void a_schema_may_grow_and_nothing_else(void **state)
{
    struct world *w = *state;
    w->opts.schema = (str){NULL, 0};
    world_open_fails(w, E_CONFIG, "no schema");
    w->opts.schema = STR("{\"tables\":{\"a\":{\"key\":\"text\"}}}");
    world_open(w);
    world_put(w, "a", "k", "{}");
    w->opts.schema = STR("{\"tables\":{\"b\":{\"key\":\"text\"},\"a\":{\"key\":\"text\"}},"
                         "\"sequences\":[{\"name\":\"q\"}],\"logs\":[\"l\"]}");
    world_reopen(w);
    world_put(w, "b", "k", "{\"n\":1}");
    assert_non_null(world_get(w, "a", "k"));
    int64_t n;
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_next(tx, STR("q"), &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(store_append(tx, STR("l"), STR(""), STR("{}")), 0);
    world_commit(tx);
    w->opts.schema = (str){NULL, 0}; /* the stored one */
    world_reopen(w);
    assert_non_null(world_get(w, "b", "k"));
    assert_true(str_find(store_schema(w->store), STR("\"sequences\"")) > 0);
    world_close(w);
    w->opts.schema = STR("{\"tables\":{\"a\":{\"key\":\"text\"}}}");
    world_open_fails(w, E_CONFIG, "store migrate");
    w->opts.schema = STR("{\"tables\":1}");
    world_open_fails(w, E_INVALID, "schema");
    w->opts.schema = (str){NULL, 0};
    world_open(w);
    assert_non_null(world_get(w, "b", "k"));
}

static void read_meta(struct world *w, struct meta *m)
{
    MDB_txn *txn;
    assert_int_equal(env_read_begin(w->store->env, &txn), 0);
    assert_int_equal(meta_read(w->store->env, txn, m, NULL), 0);
    env_read_end(w->store->env, txn);
}

static void each_opening_begins_an_epoch(void **state)
{
    struct world *w = *state;
    struct meta first, second;
    world_open(w);
    read_meta(w, &first);
    world_reopen(w);
    read_meta(w, &second);
    assert_int_equal(second.epoch, first.epoch + 1);
    assert_true(second.commit > first.commit);
    assert_memory_equal(first.store, second.store, 16);
    assert_memory_equal(first.head_public, second.head_public, 32);
    assert_memory_equal(w->store->id, first.store, 16);
    w->opts.read_only = true;
    world_reopen(w);
    read_meta(w, &first);
    assert_int_equal(first.epoch, second.epoch);
}

/* A new value of a meta entry, or none. */
static void alter_meta(struct world *w, const char *key, const char *value)
{
    const struct env_opts opts = {.dir = w->dir, .map_size = 1 << 28, .map_limit = 1 << 28};
    struct env *e;
    MDB_txn *txn;
    MDB_val k = env_val(str_from(key)), v = env_val(str_from(value));
    assert_int_equal(env_open(&e, &opts, NULL), 0);
    assert_int_equal(mdb_txn_begin(env_mdb(e), NULL, 0, &txn), 0);
    if (value)
        assert_int_equal(mdb_put(txn, env_dbi(e, ENV_META), &k, &v, 0), 0);
    else
        assert_int_equal(mdb_del(txn, env_dbi(e, ENV_META), &k, NULL), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    env_close(e);
}

static void damaged_meta_is_told_from_a_wrong_key(void **state)
{
    struct world *w = *state;
    static const char *const needed[] = {
        "check", "log key", "blob key", "head seed", "head public", "commit", "epoch", "store"};
    for (size_t i = 0; i < countof(needed); i++) {
        world_open(w);
        world_close(w);
        alter_meta(w, needed[i], NULL);
        world_open_fails(w, E_CORRUPT, needed[i]);
        alter_meta(w, needed[i], "short");
        world_open_fails(w, E_CORRUPT, needed[i]);
        char command[100];
        snprintf(command, sizeof(command), "rm -r %s/*", w->dir);
        assert_int_equal(system(command), 0);
    }
    world_open(w);
    world_close(w);
    alter_meta(w, "format", "2");
    world_open_fails(w, E_UNSUPPORTED, "format");
}

static void a_making_that_was_cut_short_is_made_again(void **state)
{
    struct world *w = *state;
    struct meta m;
    char epoch[5] = "\x01\x01\x01\x05";
    alter_meta(w, "epoch", epoch);
    world_open(w);
    read_meta(w, &m);
    assert_int_equal(m.epoch, 0x01010106); /* the number of that epoch may have been used */
    world_put(w, "unit", "a", "{}");
}

static void a_cut_file_is_refused(void **state)
{
    struct world *w = *state;
    char path[100];
    struct stat st;
    world_open(w);
    world_put(w, "unit", "a", "{}");
    world_close(w);
    snprintf(path, sizeof(path), "%s/rows/data.mdb", w->dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size / 2 / 4096 * 4096), 0);
    world_open_fails(w, E_CORRUPT, "cut off");
    w->opts.read_only = true;
    world_open_fails(w, E_CORRUPT, "cut off");
}

static void nothing_personal_stands_in_the_files(void **state)
{
    struct world *w = *state;
    char command[300];
    world_open(w);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(
        store_put(tx, STR("case"), str_from(world_key(1)),
            STR("{\"name\":\"canary-one\",\"contact\":{\"phone\":\"canary-two\"},\"x\":"
                "\"canary-three\"}")),
        0);
    assert_int_equal(store_append(tx, STR("audit"), STR("case-a"), STR("\"canary-four\"")), 0);
    assert_int_equal(store_enqueue(tx, STR("issue"), STR("[\"canary-five\"]"), 0, NULL), 0);
    assert_int_equal(store_put(tx, STR("unit"), STR("a"), STR("{\"mail\":\"canary-six\"}")), 0);
    world_commit(tx);
    world_close(w);
    snprintf(command, sizeof(command), "grep -rqaF canary %s", w->dir);
    assert_int_not_equal(system(command), 0);
    snprintf(command, sizeof(command), "grep -rqaF case-a %s", w->dir); /* subjects are in clear */
    assert_int_equal(system(command), 0);
}

static void data_keys_are_random_hexadecimal(void **state)
{
    (void)state;
    struct buf a = {0}, b = {0}, raw = {0};
    store_data_key(&a);
    store_data_key(&b);
    assert_int_equal(a.n, 64);
    assert_int_equal(codec_unhex(&raw, buf_str(&a)), 0);
    assert_false(str_eq(buf_str(&a), buf_str(&b)));
    buf_release(&a);
    buf_release(&b);
    buf_release(&raw);
}

static void figures_tell_what_happens(void **state)
{
    struct world *w = *state;
    struct store_stats s;
    world_open(w);
    store_read_stats(w->store, &s);
    assert_int_equal(s.readers, 0);
    assert_int_equal(s.commits, 0);
    struct store_tx *tx = world_begin(w);
    usleep(20000);
    store_read_stats(w->store, &s);
    assert_int_equal(s.readers, 1);
    assert_true(s.reader_ms >= 19 && s.reader_ms < 5000);
    assert_int_equal(store_add(tx, STR("visits"), STR(""), 1), 0);
    world_commit(tx);
    store_read_stats(w->store, &s);
    assert_int_equal(s.readers, 0);
    assert_int_equal(s.reader_ms, 0);
    assert_int_equal(s.commits, 1);
    assert_int_equal(s.members, 1);
    assert_int_equal(s.conflicts + s.failed + s.queued + s.backup_ms, 0);
    assert_int_equal(s.map_bytes, (uint64_t)256 << 20);
    assert_true(s.used_bytes > 4096 && s.used_bytes < 1 << 20);
    assert_false(s.read_only);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_world(what_was_committed_is_there_after_reopening),
        with_world(another_seal_key_is_refused),
        with_world(one_process_has_the_store),
        with_world(a_reader_works_beside_the_writer),
        with_world(a_read_only_store_reads_and_does_not_write),
        with_world(a_schema_may_grow_and_nothing_else),
        with_world(each_opening_begins_an_epoch),
        with_world(damaged_meta_is_told_from_a_wrong_key),
        with_world(a_making_that_was_cut_short_is_made_again),
        with_world(a_cut_file_is_refused),
        with_world(nothing_personal_stands_in_the_files),
        cmocka_unit_test(data_keys_are_random_hexadecimal),
        with_world(figures_tell_what_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
