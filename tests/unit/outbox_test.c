// SPDX-License-Identifier: Apache-2.0
// Tests of the outbox: claiming, finishing, retrying, giving up, damage.
#define _GNU_SOURCE
#include "store_world.h"

#include "core/base/clock.h"
#include "store/claims.h"

static void enqueue(struct world *w, const char *job, const char *args, int64_t due_ms, char *id)
{
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_enqueue(tx, str_from(job), str_from(args), due_ms, id), 0);
    world_commit(tx);
}

static void a_job_is_claimed_once_and_finished_with_its_data(void **state)
{
    struct world *w = *state;
    struct arena arena = {0};
    struct store_job job, other;
    uint8_t raw[ROWKEY_TIME];
    char id[STORE_KEY_TEXT + 1];
    int64_t next;
    world_open(w);
    assert_int_equal(store_job_claim(w->store, 5000, &arena, &job, &next), 1);
    assert_true(next == INT64_MAX);
    enqueue(w, "mail.send", "{\"to\":\"a\",\"n\":[1,2]}", 1000, id);
    assert_int_equal(store_job_claim(w->store, 999, &arena, &job, &next), 1);
    assert_int_equal(next, 1000);
    assert_int_equal(store_job_claim(w->store, 1000, &arena, &job, &next), 0);
    assert_string_equal(job.id, id);
    assert_true(str_eq(job.job, STR("mail.send")));
    assert_true(str_eq(job.args, STR("{\"to\":\"a\",\"n\":[1,2]}")));
    assert_int_equal(job.attempts, 0);
    assert_int_equal(job.due_ms, 1000);
    assert_int_equal(job.last_error.n, 0);
    assert_int_equal(store_job_claim(w->store, 1000, &arena, &other, &next), 1);
    store_job_unclaim(w->store, str_from(id));
    assert_int_equal(store_job_claim(w->store, 1000, &arena, &job, &next), 0);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_job_finish(tx, str_from(id)), 0);
    assert_int_equal(store_job_finish(tx, str_from(id)), 1);
    assert_int_equal(store_put(tx, STR("unit"), STR("a"), STR("{}")), 0);
    assert_int_equal(store_job_claim(w->store, 1000, &arena, &other, &next), 1); /* still claimed */
    assert_int_equal(rowkey_bytes(str_from(id), raw), 0);
    assert_false(claims_take(w->store->claims, raw));
    world_commit(tx);
    assert_true(claims_take(w->store->claims, raw));
    assert_int_equal(store_job_claim(w->store, 1000, &arena, &job, &next), 1);
    assert_non_null(world_get(w, "unit", "a"));
    arena_release(&arena);
}

static void jobs_come_in_the_order_they_are_due(void **state)
{
    struct world *w = *state;
    struct arena arena = {0};
    struct store_job job;
    char ids[3][STORE_KEY_TEXT + 1];
    int64_t next;
    world_open(w);
    enqueue(w, "issue", "{}", 3000, ids[0]);
    enqueue(w, "issue", "{}", 1000, ids[1]);
    enqueue(w, "issue", "{}", 2000, ids[2]);
    assert_int_equal(store_job_claim(w->store, 2500, &arena, &job, &next), 0);
    assert_string_equal(job.id, ids[1]);
    assert_int_equal(store_job_claim(w->store, 2500, &arena, &job, &next), 0);
    assert_string_equal(job.id, ids[2]);
    assert_int_equal(store_job_claim(w->store, 2500, &arena, &job, &next), 1);
    assert_int_equal(next, 3000);
    arena_release(&arena);
}

static void a_job_without_time_is_due_now(void **state)
{
    struct world *w = *state;
    struct arena arena = {0};
    struct store_job job;
    char id[STORE_KEY_TEXT + 1];
    int64_t next;
    world_open(w);
    enqueue(w, "issue", "{}", 0, id);
    assert_int_equal(store_job_claim(w->store, clock_wall_ms(), &arena, &job, &next), 0);
    assert_string_equal(job.id, id);
    arena_release(&arena);
}

static void a_claim_is_forgotten_by_a_restart(void **state)
{
    struct world *w = *state;
    struct arena arena = {0};
    struct store_job job;
    int64_t next;
    world_open(w);
    enqueue(w, "issue", "{\"case\":1}", 1000, NULL);
    assert_int_equal(store_job_claim(w->store, 1000, &arena, &job, &next), 0);
    world_reopen(w);
    assert_int_equal(store_job_claim(w->store, 1000, &arena, &job, &next), 0);
    assert_true(str_eq(job.args, STR("{\"case\":1}")));
    arena_release(&arena);
}

static void a_retry_counts_and_keeps_the_reason(void **state)
{
    struct world *w = *state;
    struct arena arena = {0};
    struct store_job job;
    char id[STORE_KEY_TEXT + 1];
    int64_t next;
    world_open(w);
    enqueue(w, "issue", "{\"case\":1}", 1000, id);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(store_job_claim(w->store, 1000 + 100 * i, &arena, &job, &next), 0);
        assert_int_equal(job.attempts, i);
        assert_true(str_eq(job.last_error, i ? STR("no \"answer\"") : STR("")));
        struct store_tx *tx = world_begin(w);
        assert_int_equal(
            store_job_retry(tx, str_from(job.id), 1100 + 100 * i, STR("no \"answer\"")), 0);
        world_commit(tx);
        assert_int_equal(store_job_claim(w->store, 1000 + 100 * i, &arena, &job, &next), 1);
        assert_int_equal(next, 1100 + 100 * i);
    }
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_job_retry(tx, str_from(id), 1, STR("")), 1); /* that one is gone */
    store_tx_end(tx);
    arena_release(&arena);
}

static void a_job_that_is_given_up_can_be_read(void **state)
{
    struct world *w = *state;
    char id[STORE_KEY_TEXT + 1];
    world_open(w);
    enqueue(w, "mail.send", "{\"case\":1}", 1000, id);
    struct store_range waiting = {.table = STR("outbox")}, dead = {.table = STR("outbox.dead")};
    assert_string_equal(world_keys(w, &waiting), id);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_job_give_up(tx, str_from(id), STR("refused")), 0);
    world_commit(tx);
    assert_string_equal(world_keys(w, &waiting), "");
    assert_string_equal(world_keys(w, &dead), id);
    const char *json = world_get(w, "outbox.dead", id);
    assert_non_null(strstr(json, "{\"job\":\"mail.send\",\"args\":{\"case\":1},\"attempts\":1,"
                                 "\"error\":\"refused\",\"dead\":"));
}

static void two_results_of_one_job_conflict(void **state)
{
    struct world *w = *state;
    char id[STORE_KEY_TEXT + 1];
    world_open(w);
    enqueue(w, "issue", "{}", 1000, id);
    struct store_tx *a = world_begin(w), *b = world_begin(w);
    assert_int_equal(store_job_finish(a, str_from(id)), 0);
    assert_int_equal(store_job_retry(b, str_from(id), 2000, STR("x")), 0);
    assert_int_equal(store_commit(a), 0);
    assert_int_equal(store_commit(b), E_CONFLICT);
    store_tx_end(a);
    store_tx_end(b);
}

static void wrong_jobs_are_refused(void **state)
{
    struct world *w = *state;
    world_open(w);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_enqueue(tx, STR("none"), STR("{}"), 0, NULL), E_INVALID);
    assert_int_equal(store_enqueue(tx, STR("issue"), STR("{"), 0, NULL), E_INVALID);
    assert_int_equal(store_enqueue(tx, STR("issue"), STR("{}"), INT64_MAX, NULL), E_INVALID);
    assert_int_equal(store_job_finish(tx, STR("no id")), E_INVALID);
    assert_int_equal(store_job_finish(tx, str_from(world_key(1))), 1);
    assert_int_equal(store_job_give_up(tx, str_from(world_key(1)), STR("")), 1);
    assert_false(store_tx_is_dirty(tx));
    store_tx_end(tx);
}

static void a_damaged_job_stops_nobody(void **state)
{
    struct world *w = *state;
    struct arena arena = {0};
    struct store_job job;
    char id[STORE_KEY_TEXT + 1];
    int64_t next;
    MDB_txn *txn;
    world_open(w);
    enqueue(w, "issue", "{\"n\":1}", 1000, NULL);
    enqueue(w, "issue", "{\"n\":2}", 2000, id);
    struct store *s = w->store;
    MDB_cursor *cursor;
    MDB_val key, value;
    char bytes[400];
    assert_int_equal(mdb_txn_begin(env_mdb(s->env), NULL, 0, &txn), 0);
    assert_int_equal(mdb_cursor_open(txn, env_dbi(s->env, ENV_OUTBOX), &cursor), 0);
    assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_FIRST), 0);
    memcpy(bytes, value.mv_data, value.mv_size);
    bytes[value.mv_size - 1] ^= 1;
    MDB_val altered = {value.mv_size, bytes};
    assert_int_equal(mdb_cursor_put(cursor, &key, &altered, MDB_CURRENT), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    assert_int_equal(store_job_claim(w->store, 3000, &arena, &job, &next), 0);
    assert_string_equal(job.id, id);
    assert_int_equal(store_job_claim(w->store, 3000, &arena, &job, &next), 1);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_world(a_job_is_claimed_once_and_finished_with_its_data),
        with_world(jobs_come_in_the_order_they_are_due),
        with_world(a_job_without_time_is_due_now),
        with_world(a_claim_is_forgotten_by_a_restart),
        with_world(a_retry_counts_and_keeps_the_reason),
        with_world(a_job_that_is_given_up_can_be_read),
        with_world(two_results_of_one_job_conflict),
        with_world(wrong_jobs_are_refused),
        with_world(a_damaged_job_stops_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
