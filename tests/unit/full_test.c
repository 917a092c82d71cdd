// SPDX-License-Identifier: Apache-2.0
// Tests of the writer in need: a full map, a full disk, a broken one.
#define _GNU_SOURCE
#include <fcntl.h>
#include "store_world.h"

#include "store/store_private.h"

/* Counts completions. */
struct counts {
    int done;
    int conflicts;
    int failed;
    int last_status;
};

static void count_done(void *arg, struct store_tx *tx, int status)
{
    struct counts *c = arg;
    c->done++;
    c->conflicts += status == E_CONFLICT;
    c->failed += status && status != E_CONFLICT;
    c->last_status = status;
    store_tx_end(tx);
}

static int submit(struct world *w, int key, const char *json, struct counts *c)
{
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_put(tx, STR("case"), str_from(world_key(key)), str_from(json)), 0);
    int rc = store_submit(tx, count_done, c);
    if (rc)
        store_tx_end(tx);
    return rc;
}

static void wait_for(struct world *w, const struct counts *c, int n)
{
    for (int i = 0; i < 1000 && c->done < n; i++)
        store_poll_wait(w->store, 100);
    assert_int_equal(c->done, n);
}

/* LMDB's write lock in the test's hands: the writer waits. */
static MDB_txn *hold_writer(struct world *w)
{
    MDB_txn *txn;
    assert_int_equal(mdb_txn_begin(env_mdb(w->store->env), NULL, 0, &txn), 0);
    return txn;
}

enum { BIG = 40000 };

static int put_big(struct world *w, int n, char fill)
{
    static char json[BIG + 40];
    snprintf(json, sizeof(json), "{\"state\":\"big\",\"x\":\"");
    size_t at = strlen(json);
    memset(json + at, fill, BIG);
    memcpy(json + at + BIG, "\"}", 3);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_put(tx, STR("case"), str_from(world_key(n)), str_from(json)), 0);
    assert_int_equal(store_append(tx, STR("audit"), STR(""), STR("{\"what\":\"put\"}")), 0);
    int rc = store_commit(tx);
    store_tx_end(tx);
    return rc;
}

/* Nothing of a refused commit is in the log. */
static void check_log(struct world *w, int records)
{
    uint8_t last[32];
    assert_int_equal(world_check_chain(w, "audit", last), records);
}

static void check_big(struct world *w, int n, char fill)
{
    const char *json = world_get(w, "case", world_key(n));
    assert_non_null(json);
    assert_int_equal(strlen(json), BIG + 22);
    for (size_t i = 20; i < 20 + BIG; i++)
        assert_int_equal(json[i], fill);
}

static void a_full_map_refuses_and_keeps_what_is_there(void **state)
{
    struct world *w = *state;
    int n = 0, rc;
    w->opts.map_size = w->opts.map_limit = (uint64_t)16 << 20;
    world_open(w);
    while ((rc = put_big(w, n, (char)('a' + n % 26))) == 0)
        n++;
    assert_int_equal(rc, E_MAP_FULL);
    assert_in_range(n, 250, 420);
    for (int i = 0; i < n; i++)
        check_big(w, i, (char)('a' + i % 26));
    assert_null(world_get(w, "case", world_key(n)));
    assert_int_equal(world_count(w, "case_by_state", "[\"big\"]"), n);
    assert_int_equal(put_big(w, n, 'x'), E_MAP_FULL);
    struct store_stats stats;
    store_read_stats(w->store, &stats);
    assert_false(stats.read_only);
    assert_true(stats.failed >= 2);
    w->opts.map_limit = (uint64_t)64 << 20;
    world_reopen(w);
    assert_int_equal(put_big(w, n, 'x'), 0);
    check_big(w, n, 'x');
    check_log(w, n + 1);
    store_read_stats(w->store, &stats);
    assert_int_equal(stats.map_bytes, (uint64_t)32 << 20);
}

static void a_full_map_with_small_writes_lets_the_others_pass(void **state)
{
    struct world *w = *state;
    struct counts c = {0};
    int n = 0;
    w->opts.map_size = w->opts.map_limit = (uint64_t)16 << 20;
    world_open(w);
    while (put_big(w, n, 'a') == 0)
        n++;
    MDB_txn *held = hold_writer(w);
    for (int i = 0; i < 5; i++) {
        struct store_tx *tx = world_begin(w);
        char *big = mem_zalloc(1, 400010);
        memset(big, 'y', 400000);
        memcpy(big, "{\"x\":\"", 6);
        memcpy(big + 400000, "\"}", 3);
        str json = i == 2 ? str_from(big) : STR("{\"state\":\"small\"}");
        assert_int_equal(store_put(tx, STR("case"), str_from(world_key(10000 + i)), json), 0);
        assert_int_equal(store_submit(tx, count_done, &c), 0);
        free(big);
    }
    mdb_txn_abort(held);
    wait_for(w, &c, 5);
    assert_int_equal(c.failed, 1);
    assert_null(world_get(w, "case", world_key(10002)));
    assert_int_equal(world_count(w, "case_by_state", "[\"small\"]"), 4);
}

static void a_map_grows_up_to_its_limit_unnoticed(void **state)
{
    struct world *w = *state;
    struct counts c = {0};
    struct store_stats stats;
    w->opts.map_size = (uint64_t)1 << 20;
    w->opts.map_limit = (uint64_t)64 << 20;
    world_open(w);
    char json[5000];
    memset(json, 'z', sizeof(json));
    memcpy(json, "{\"x\":\"", 6);
    memcpy(json + sizeof(json) - 3, "\"}", 3);
    for (int i = 0; i < 2000; i++) {
        while (submit(w, i, json, &c) == E_BUSY)
            store_poll_wait(w->store, 10);
        store_poll(w->store);
    }
    wait_for(w, &c, 2000);
    assert_int_equal(c.failed + c.conflicts, 0);
    store_read_stats(w->store, &stats);
    assert_true(stats.map_bytes >= (uint64_t)16 << 20);
    assert_true(stats.used_bytes > (uint64_t)8 << 20 && stats.used_bytes <= stats.map_bytes);
    world_reopen(w); /* with the small size again */
    assert_int_equal(world_count(w, "cases", ""), 2000);
    assert_int_equal(put_big(w, 5000, 'q'), 0);
}

/* Another file in place of LMDB's; returns the true one. */
static int swap_file(struct world *w, int fd, int with)
{
    int kept = dup(fd);
    (void)w;
    assert_true(kept >= 0);
    assert_true(dup2(with, fd) == fd);
    return kept;
}

static void a_full_disk_refuses_until_there_is_room(void **state)
{
    struct world *w = *state;
    mdb_filehandle_t fd;
    struct store_stats stats;
    struct counts c = {0};
    world_open(w);
    world_put(w, "unit", "a", "{\"code\":1}");
    assert_int_equal(mdb_env_get_fd(env_mdb(w->store->env), &fd), 0);
    int full = open("/dev/full", O_RDWR), kept = swap_file(w, fd, full);
    assert_int_equal(put_big(w, 1, 'a'), E_NO_SPACE);
    MDB_txn *held = hold_writer(w);
    assert_int_equal(submit(w, 2, "{}", &c), 0);
    assert_int_equal(submit(w, 3, "{}", &c), 0);
    mdb_txn_abort(held);
    wait_for(w, &c, 2);
    assert_int_equal(c.failed, 2);
    assert_int_equal(c.last_status, E_NO_SPACE);
    store_read_stats(w->store, &stats);
    assert_false(stats.read_only);
    assert_string_equal(world_get(w, "unit", "a"), "{\"code\":1}");
    assert_true(dup2(kept, fd) == fd);
    close(full);
    close(kept);
    assert_int_equal(put_big(w, 1, 'b'), 0);
    check_big(w, 1, 'b');
    assert_int_equal(world_count(w, "cases", ""), 1);
    check_log(w, 1);
    world_reopen(w);
    check_big(w, 1, 'b');
}

static void a_broken_disk_makes_the_store_read_only(void **state)
{
    struct world *w = *state;
    mdb_filehandle_t fd;
    struct store_stats stats;
    struct counts c = {0};
    world_open(w);
    world_put(w, "unit", "a", "{\"code\":1}");
    assert_int_equal(mdb_env_get_fd(env_mdb(w->store->env), &fd), 0);
    int broken = open("/dev/null", O_RDONLY), kept = swap_file(w, fd, broken);
    MDB_txn *held = hold_writer(w);
    for (int i = 0; i < 3; i++)
        assert_int_equal(submit(w, i, "{}", &c), 0);
    mdb_txn_abort(held);
    wait_for(w, &c, 3);
    assert_int_equal(c.failed, 3);
    assert_true(dup2(kept, fd) == fd);
    close(broken);
    close(kept);
    store_read_stats(w->store, &stats);
    assert_true(stats.read_only);
    assert_int_equal(submit(w, 5, "{}", &c), E_READ_ONLY); /* also when the disk is back */
    assert_int_equal(put_big(w, 1, 'a'), E_READ_ONLY);
    assert_string_equal(world_get(w, "unit", "a"), "{\"code\":1}");
    struct err err;
    assert_int_equal(store_hourly(w->store, &err), E_READ_ONLY);
    world_reopen(w);
    assert_int_equal(put_big(w, 1, 'a'), 0);
    assert_int_equal(world_count(w, "cases", ""), 1);
    check_log(w, 1);
}

static void a_held_snapshot_makes_a_full_map_wait(void **state)
{
    struct world *w = *state;
    int n = 0;
    MDB_txn *held;
    w->opts.map_size = (uint64_t)1 << 20;
    w->opts.map_limit = (uint64_t)8 << 20;
    world_open(w);
    assert_int_equal(env_read_begin(w->store->env, &held), 0); /* as a backup holds one */
    while (put_big(w, n, 'a') == 0)
        n++;
    assert_in_range(n, 5, 30);
    assert_int_equal(put_big(w, n, 'a'), E_MAP_FULL);
    env_read_end(w->store->env, held);
    assert_int_equal(put_big(w, n, 'a'), 0);
}

/* Its owner does nothing with it; the map must grow all the same. */
static void a_forgotten_transaction_does_not_stop_growth(void **state)
{
    struct world *w = *state;
    w->opts.map_size = (uint64_t)1 << 20;
    w->opts.map_limit = (uint64_t)8 << 20;
    world_open(w);
    struct store_tx *forgotten = world_begin(w);
    for (int i = 0; i < 60; i++)
        assert_int_equal(put_big(w, i, 'a'), 0);
    store_tx_end(forgotten);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_world(a_full_map_refuses_and_keeps_what_is_there),
        with_world(a_full_map_with_small_writes_lets_the_others_pass),
        with_world(a_map_grows_up_to_its_limit_unnoticed),
        with_world(a_full_disk_refuses_until_there_is_room),
        with_world(a_broken_disk_makes_the_store_read_only),
        with_world(a_forgotten_transaction_does_not_stop_growth),
        with_world(a_held_snapshot_makes_a_full_map_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
