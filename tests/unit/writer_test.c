// SPDX-License-Identifier: Apache-2.0
// Tests of the writer: batches, completions, limits, logs, a kill.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include "store_world.h"

#include "core/base/codec.h"

#include "store/store_private.h"

/* Counts completions. */
struct counts {
    int done;
    int conflicts;
    int failed;
    int last_status;
    _Atomic int wakes;
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

static void count_wake(void *arg)
{
    ((struct counts *)arg)->wakes++;
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

static void what_waits_goes_to_disk_together(void **state)
{
    struct world *w = *state;
    struct counts c = {0};
    struct store_stats before, after;
    w->opts.wake = count_wake;
    w->opts.wake_arg = &c;
    world_open(w);
    assert_int_equal(submit(w, 0, "{}", &c), 0);
    wait_for(w, &c, 1);
    MDB_txn *held = hold_writer(w);
    assert_int_equal(submit(w, 1, "{}", &c), 0);
    usleep(50000); /* the writer took it and waits for the lock */
    store_read_stats(w->store, &before);
    for (int i = 2; i < 102; i++)
        assert_int_equal(submit(w, i, "{\"state\":\"s\"}", &c), 0);
    store_read_stats(w->store, &after);
    assert_int_equal(after.queued, 100);
    assert_int_equal(store_poll(w->store), 0);
    int wakes = c.wakes;
    mdb_txn_abort(held);
    wait_for(w, &c, 102);
    store_read_stats(w->store, &after);
    assert_int_equal(after.commits - before.commits, 2);
    assert_int_equal(after.batch_last, 100);
    assert_int_equal(after.batch_most, 100);
    assert_int_equal(after.members, 102);
    assert_int_equal(c.conflicts + c.failed, 0);
    for (int i = 0; i < 1000 && c.wakes - wakes < 2; i++)
        usleep(1000); /* the wake-up comes behind the delivery */
    assert_int_equal(c.wakes - wakes, 2);
    assert_true(after.sync_us_last > 0 && after.sync_us_most >= after.sync_us_last);
    assert_int_equal(world_count(w, "case_by_state", "[\"s\"]"), 100);
}

static void a_member_sees_the_one_before_it_in_the_batch(void **state)
{
    struct world *w = *state;
    struct counts c = {0};
    world_open(w);
    MDB_txn *held = hold_writer(w);
    assert_int_equal(submit(w, 1, "{\"n\":1}", &c), 0);
    assert_int_equal(submit(w, 1, "{\"n\":2}", &c), 0);
    assert_int_equal(submit(w, 2, "{}", &c), 0);
    mdb_txn_abort(held);
    wait_for(w, &c, 3);
    assert_int_equal(c.conflicts, 1);
    assert_string_equal(world_get(w, "case", world_key(1)), "{\"n\":1}");
    assert_non_null(world_get(w, "case", world_key(2)));
    assert_int_equal(world_count(w, "cases", ""), 2);
}

static void the_queue_has_a_limit(void **state)
{
    struct world *w = *state;
    struct counts c = {0};
    world_open(w);
    MDB_txn *held = hold_writer(w);
    assert_int_equal(submit(w, 0, "{}", &c), 0);
    usleep(50000);
    for (int i = 1; i <= 8192; i++) {
        struct store_tx *tx = world_begin(w);
        assert_int_equal(store_add(tx, STR("visits"), STR(""), 1), 0);
        assert_int_equal(store_submit(tx, count_done, &c), 0);
    }
    assert_int_equal(submit(w, 9000, "{}", &c), E_BUSY);
    mdb_txn_abort(held);
    wait_for(w, &c, 8193);
    assert_int_equal(c.conflicts + c.failed, 0);
    assert_int_equal(world_count(w, "visits", ""), 8192);
    assert_int_equal(submit(w, 9000, "{}", &c), 0);
    wait_for(w, &c, 8194);
}

static void nobody_is_told_of_an_abandoned_one(void **state)
{
    struct world *w = *state;
    struct counts c = {0};
    world_open(w);
    MDB_txn *held = hold_writer(w);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_put(tx, STR("unit"), STR("a"), STR("{}")), 0);
    assert_int_equal(store_submit(tx, count_done, &c), 0);
    store_abandon(tx);
    assert_int_equal(submit(w, 1, "{}", &c), 0);
    mdb_txn_abort(held);
    wait_for(w, &c, 1);
    assert_non_null(world_get(w, "unit", "a"));
}

struct keeper {
    struct store_tx *tx;
    int status;
};

static void keep_tx(void *arg, struct store_tx *tx, int status)
{
    struct keeper *k = arg;
    k->tx = tx;
    k->status = status;
}

/* The completion came, but before its owner looked at it nobody wanted it any more. */
static void abandoning_after_the_completion_frees(void **state)
{
    struct world *w = *state;
    struct keeper k = {0};
    world_open(w);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_add(tx, STR("visits"), STR(""), 1), 0);
    assert_int_equal(store_submit(tx, keep_tx, &k), 0);
    while (!k.tx)
        store_poll_wait(w->store, 100);
    store_abandon(k.tx);
}

static void submit_again(void *arg, struct store_tx *tx, int status)
{
    struct counts *c = arg;
    c->done++;
    c->failed += status != 0;
    assert_int_equal(store_tx_rerun(tx), 0);
    assert_int_equal(store_add(tx, STR("visits"), STR(""), 1), 0);
    c->last_status = store_submit(tx, submit_again, c);
    store_tx_end(tx);
}

static void closing_commits_what_is_queued_and_takes_no_more(void **state)
{
    struct world *w = *state;
    struct counts c = {0}, again = {0};
    world_open(w);
    MDB_txn *held = hold_writer(w);
    for (int i = 0; i < 10; i++)
        assert_int_equal(submit(w, i, "{}", &c), 0);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_add(tx, STR("visits"), STR(""), 1), 0);
    assert_int_equal(store_submit(tx, submit_again, &again), 0);
    mdb_txn_abort(held);
    world_close(w);
    assert_int_equal(c.done, 10);
    assert_int_equal(c.failed, 0);
    assert_int_equal(again.done, 1);
    assert_int_equal(again.failed, 0);
    assert_int_equal(again.last_status, E_CLOSED);
    world_open(w);
    assert_int_equal(world_count(w, "cases", ""), 10);
    assert_int_equal(world_count(w, "visits", ""), 1);
}

static void append(struct world *w, const char *log, const char *subject, int n)
{
    char json[40];
    struct store_tx *tx = world_begin(w);
    snprintf(json, sizeof(json), "{\"n\":%d}", n);
    assert_int_equal(store_append(tx, str_from(log), str_from(subject), str_from(json)), 0);
    assert_int_equal(store_append(tx, str_from(log), STR(""), str_from(json)), 0);
    world_commit(tx);
}

static void logs_are_unbroken_chains(void **state)
{
    struct world *w = *state;
    uint8_t last[32];
    world_open(w);
    assert_int_equal(world_check_chain(w, "audit", last), 0);
    for (int i = 0; i < 10; i++)
        append(w, "audit", "case-a", i);
    append(w, "other", "", 1);
    assert_int_equal(world_check_chain(w, "audit", last), 20);
    assert_int_equal(world_check_chain(w, "other", last), 2);
    world_reopen(w);
    append(w, "audit", "case-b", 11);
    assert_int_equal(world_check_chain(w, "audit", last), 22);
}

static size_t count_heads(struct world *w, uint64_t *seq, const uint8_t last[32])
{
    struct store *s = w->store;
    const struct schema_log *l = schema_log(&s->schema, STR("audit"));
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, value;
    size_t n = 0;
    char message[200] = "certhall head\0audit";
    assert_int_equal(env_read_begin(s->env, &txn), 0);
    assert_int_equal(mdb_cursor_open(txn, env_dbi(s->env, ENV_FIXED + l->slot + 2), &cursor), 0);
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        n++;
        *seq = codec_get_be64(key.mv_data);
        assert_int_equal(value.mv_size, 8 + 32 + 64);
        memcpy(message + 20, key.mv_data, 8);
        memcpy(message + 28, value.mv_data, 40);
        assert_int_equal(keys_verify_head(str_of(message, 68), (const uint8_t *)value.mv_data + 40,
                             s->head_public),
            0);
    }
    if (n)
        assert_memory_equal(message + 36, last, 32);
    mdb_cursor_close(cursor);
    env_read_end(s->env, txn);
    return n;
}

static void heads_are_signed_when_the_log_has_grown(void **state)
{
    struct world *w = *state;
    uint8_t last[32];
    uint64_t seq = 0;
    struct err err;
    world_open(w);
    assert_int_equal(store_hourly(w->store, &err), 0);
    assert_int_equal(count_heads(w, &seq, last), 0);
    append(w, "audit", "x", 1);
    assert_int_equal(store_hourly(w->store, &err), 0);
    world_check_chain(w, "audit", last);
    assert_int_equal(count_heads(w, &seq, last), 1);
    assert_int_equal(seq, 2);
    assert_int_equal(store_hourly(w->store, &err), 0);
    assert_int_equal(count_heads(w, &seq, last), 1);
    world_reopen(w);
    assert_int_equal(store_hourly(w->store, &err), 0);
    assert_int_equal(count_heads(w, &seq, last), 1);
    append(w, "audit", "x", 2);
    assert_int_equal(store_hourly(w->store, &err), 0);
    world_check_chain(w, "audit", last);
    assert_int_equal(count_heads(w, &seq, last), 2);
    assert_int_equal(seq, 4);
}

/* A process that commits and says so, until it is killed. */
static void talk(struct world *w, int to)
{
    world_open(w);
    for (int i = 0;; i++) {
        struct store_tx *tx = world_begin(w);
        int64_t n;
        char json[60];
        while (store_next(tx, STR("number"), &n) == E_BUSY)
            usleep(100);
        snprintf(json, sizeof(json), "{\"code\":%lld}", (long long)n);
        if (store_put(tx, STR("unit"), str_from(json), str_from(json)) ||
            store_append(tx, STR("audit"), STR(""), str_from(json)) || store_commit(tx))
            _exit(2);
        store_tx_end(tx);
        if (write(to, &n, sizeof(n)) != sizeof(n))
            _exit(0);
    }
}

static void what_was_said_survives_a_kill_and_numbers_are_not_repeated(void **state)
{
    struct world *w = *state;
    int64_t n, last = 0;
    int64_t said = 0;
    uint8_t hash[32];
    for (int round = 0; round < 8; round++) {
        int pipes[2];
        assert_int_equal(pipe(pipes), 0);
        pid_t child = fork();
        if (!child) {
            close(pipes[0]);
            talk(w, pipes[1]);
        }
        close(pipes[1]);
        for (int i = 0; i < 40 + round * 13; i++) {
            assert_int_equal(read(pipes[0], &n, sizeof(n)), sizeof(n));
            assert_true(n > last);
            last = n;
            said++;
        }
        kill(child, SIGKILL);
        while (read(pipes[0], &n, sizeof(n)) == sizeof(n)) {
            last = n;
            said++;
        }
        close(pipes[0]);
        assert_int_equal(waitpid(child, NULL, 0), child);
        world_open(w);
        char json[60];
        snprintf(json, sizeof(json), "{\"code\":%lld}", (long long)last);
        assert_string_equal(world_get(w, "unit", json), json);
        assert_true(world_check_chain(w, "audit", hash) >= (uint64_t)said);
        world_close(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_world(what_waits_goes_to_disk_together),
        with_world(a_member_sees_the_one_before_it_in_the_batch),
        with_world(the_queue_has_a_limit),
        with_world(nobody_is_told_of_an_abandoned_one),
        with_world(abandoning_after_the_completion_frees),
        with_world(closing_commits_what_is_queued_and_takes_no_more),
        with_world(logs_are_unbroken_chains),
        with_world(heads_are_signed_when_the_log_has_grown),
        with_world(what_was_said_survives_a_kill_and_numbers_are_not_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
