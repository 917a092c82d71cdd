// SPDX-License-Identifier: Apache-2.0
// Tests of store/env.c: making, locking, cut files, snapshots, growth.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/clock.h"
#include "store/env.h"

struct world {
    char dir[64];
    struct env_opts opts;
    struct env *env;
};

static int setup(void **state)
{
    struct world *w = mem_zalloc(1, sizeof(*w));
    snprintf(w->dir, sizeof(w->dir), "/tmp/env_test.XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    w->opts = (struct env_opts){.dir = w->dir, .map_size = 1 << 20, .map_limit = 4 << 20};
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    char command[100];
    env_close(w->env);
    snprintf(command, sizeof(command), "rm -r %s", w->dir);
    assert_int_equal(system(command), 0);
    free(w);
    return 0;
}

static void open_it(struct world *w)
{
    struct err err;
    if (env_open(&w->env, &w->opts, &err))
        fail_msg("%s", err.message);
}

static void reopen(struct world *w)
{
    env_close(w->env);
    w->env = NULL;
    open_it(w);
}

static void write_pages(struct world *w, int from, int to)
{
    static char page[4000];
    for (int i = from; i < to; i++) {
        MDB_txn *txn;
        assert_int_equal(mdb_txn_begin(env_mdb(w->env), NULL, 0, &txn), 0);
        MDB_val k = {sizeof(i), &i}, v = {sizeof(page), page};
        assert_int_equal(mdb_put(txn, env_dbi(w->env, ENV_COUNTERS), &k, &v, 0), 0);
        assert_int_equal(mdb_txn_commit(txn), 0);
    }
}

static void a_second_process_is_refused(void **state)
{
    struct world *w = *state;
    open_it(w);
    pid_t child = fork();
    if (!child) {
        struct env *other;
        struct err err;
        int rc = env_open(&other, &w->opts, &err);
        _exit(rc == E_BUSY && strstr(err.message, "another process") ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void the_folder_is_for_its_owner_only(void **state)
{
    struct world *w = *state;
    struct stat st;
    char path[100];
    w->opts.dir = path;
    snprintf(path, sizeof(path), "%s/new", w->dir);
    open_it(w);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    snprintf(path, sizeof(path), "%s/new/rows/data.mdb", w->dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static off_t cut(struct world *w, off_t by)
{
    char path[100];
    struct stat st;
    env_close(w->env);
    w->env = NULL;
    snprintf(path, sizeof(path), "%s/rows/data.mdb", w->dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size > by ? st.st_size - by : 0), 0);
    return st.st_size;
}

static void check_corrupt(struct world *w)
{
    struct err err = {0};
    for (int i = 0; i < 2; i++) { /* the first try must not mend it */
        assert_int_equal(env_open(&w->env, &w->opts, &err), E_CORRUPT);
        assert_true(strlen(err.message) > 0);
    }
}

static void a_cut_file_is_refused(void **state)
{
    struct world *w = *state;
    static const off_t cuts[] = {1, 4096, 65536, 200000, 1 << 30};
    open_it(w);
    write_pages(w, 0, 100);
    for (size_t i = 0; i < countof(cuts); i++) {
        cut(w, cuts[i]);
        check_corrupt(w);
    }
}

static void a_missing_file_beside_blobs_is_refused(void **state)
{
    struct world *w = *state;
    char path[100];
    open_it(w);
    env_close(w->env);
    w->env = NULL;
    snprintf(path, sizeof(path), "%s/rows/data.mdb", w->dir);
    assert_int_equal(unlink(path), 0);
    check_corrupt(w);
}

/* Values of one page and a big one that is put and deleted in one transaction: freed pages at the
 * end are never written. */
static void a_file_that_ends_with_freed_pages_is_whole(void **state)
{
    struct world *w = *state;
    struct stat st;
    char path[100];
    MDB_envinfo info;
    static char big[100000];
    open_it(w);
    write_pages(w, 0, 3);
    MDB_txn *txn;
    MDB_val k = {3, "big"}, v = {sizeof(big), big};
    assert_int_equal(mdb_txn_begin(env_mdb(w->env), NULL, 0, &txn), 0);
    assert_int_equal(mdb_put(txn, env_dbi(w->env, ENV_COUNTERS), &k, &v, 0), 0);
    assert_int_equal(mdb_del(txn, env_dbi(w->env, ENV_COUNTERS), &k, NULL), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_info(env_mdb(w->env), &info);
    snprintf(path, sizeof(path), "%s/rows/data.mdb", w->dir);
    assert_int_equal(stat(path, &st), 0);
    if ((uint64_t)st.st_size >= (info.me_last_pgno + 1) * 4096)
        skip(); /* this LMDB writes them */
    reopen(w);
    assert_int_equal(stat(path, &st), 0);
    assert_true((uint64_t)st.st_size >= (info.me_last_pgno + 1) * 4096);
    write_pages(w, 0, 10);
}

static void snapshots_are_counted_and_used_again(void **state)
{
    struct world *w = *state;
    MDB_txn *a, *b;
    open_it(w);
    assert_int_equal(env_read_begin(w->env, &a), 0);
    assert_int_equal(env_read_begin(w->env, &b), 0);
    assert_int_equal(env_readers(w->env), 2);
    env_read_end(w->env, b);
    MDB_txn *again;
    assert_int_equal(env_read_begin(w->env, &again), 0);
    assert_ptr_equal(again, b);
    env_read_end(w->env, again);
    env_read_end(w->env, a);
    assert_int_equal(env_readers(w->env), 0);
}

static void *end_later(void *arg)
{
    struct world *w = arg;
    MDB_txn *txn;
    if (env_read_begin(w->env, &txn))
        abort();
    usleep(300000);
    env_read_end(w->env, txn);
    return NULL;
}

static void growth_waits_for_snapshots_and_ends_at_the_limit(void **state)
{
    struct world *w = *state;
    pthread_t thread;
    uint64_t used, map;
    open_it(w);
    assert_int_equal(pthread_create(&thread, NULL, end_later, w), 0);
    while (!env_readers(w->env))
        usleep(1000);
    uint64_t start = clock_mono_ms();
    assert_int_equal(env_grow(w->env), 0);
    assert_true(clock_mono_ms() - start >= 200);
    pthread_join(thread, NULL);
    env_sizes(w->env, &used, &map);
    assert_int_equal(map, 2 << 20);
    assert_int_equal(env_grow(w->env), 0);
    write_pages(w, 0, 300);
    assert_int_equal(env_grow(w->env), E_MAP_FULL);
    MDB_txn *held;
    assert_int_equal(env_read_begin(w->env, &held), 0);
    env_read_end(w->env, held);
}

static void a_held_snapshot_stops_growth_but_nobody_else(void **state)
{
    struct world *w = *state;
    MDB_txn *held;
    open_it(w);
    assert_int_equal(env_read_begin(w->env, &held), 0);
    assert_int_equal(env_grow(w->env), E_BUSY);
    env_read_end(w->env, held);
    assert_int_equal(env_grow(w->env), 0);
}

static void reading_only_creates_nothing(void **state)
{
    struct world *w = *state;
    struct err err;
    MDB_txn *txn;
    w->opts.read_only = true;
    assert_int_equal(env_open(&w->env, &w->opts, &err), E_NOT_FOUND);
    char path[100];
    snprintf(path, sizeof(path), "%s/lock", w->dir);
    assert_int_not_equal(access(path, F_OK), 0);
    w->opts.read_only = false;
    open_it(w);
    w->opts.read_only = true;
    reopen(w);
    assert_int_equal(env_read_begin(w->env, &txn), 0);
    env_read_end(w->env, txn);
    assert_int_equal(mdb_txn_begin(env_mdb(w->env), NULL, 0, &txn), EACCES);
}

static void codes_are_translated(void **state)
{
    (void)state;
    assert_int_equal(env_err(0), 0);
    assert_int_equal(env_err(MDB_NOTFOUND), 1);
    assert_int_equal(env_err(MDB_MAP_FULL), E_MAP_FULL);
    assert_int_equal(env_err(ENOSPC), E_NO_SPACE);
    assert_int_equal(env_err(EIO), E_IO);
    assert_int_equal(env_err(MDB_PANIC), E_IO);
    assert_int_equal(env_err(MDB_CORRUPTED), E_CORRUPT);
    assert_int_equal(env_err(MDB_BAD_TXN), E_SYSTEM);
}

#define with_world(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_world(a_second_process_is_refused),
        with_world(the_folder_is_for_its_owner_only),
        with_world(a_cut_file_is_refused),
        with_world(a_missing_file_beside_blobs_is_refused),
        with_world(a_file_that_ends_with_freed_pages_is_whole),
        with_world(snapshots_are_counted_and_used_again),
        with_world(growth_waits_for_snapshots_and_ends_at_the_limit),
        with_world(a_held_snapshot_stops_growth_but_nobody_else),
        with_world(reading_only_creates_nothing),
        cmocka_unit_test(codes_are_translated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
