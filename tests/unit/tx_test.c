// SPDX-License-Identifier: Apache-2.0
// Tests of transactions: rows, own writes, indexes and counters, conflicts, limits, purity,
// sequences.
#define _GNU_SOURCE
#include "store_world.h"

#include "core/base/clock.h"

static int put(struct store_tx *tx, const char *table, const char *key, const char *json)
{
    return store_put(tx, str_from(table), str_from(key), str_from(json));
}

static void own_writes_are_visible_and_others_are_not(void **state)
{
    struct world *w = *state;
    struct buf out = {0};
    world_open(w);
    struct store_tx *tx = world_begin(w), *other = world_begin(w);
    assert_int_equal(store_get(tx, STR("unit"), STR("a"), &out), 1);
    assert_int_equal(put(tx, "unit", "a", "{\"code\":1}"), 0);
    assert_int_equal(store_get(tx, STR("unit"), STR("a"), &out), 0);
    assert_true(str_eq(buf_str(&out), STR("{\"code\":1}")));
    assert_int_equal(store_get(other, STR("unit"), STR("a"), &out), 1);
    assert_int_equal(put(tx, "unit", "a", "{\"code\":2}"), 0);
    assert_int_equal(store_delete(tx, STR("unit"), STR("a")), 0);
    assert_int_equal(store_delete(tx, STR("unit"), STR("a")), 1);
    assert_int_equal(store_get(tx, STR("unit"), STR("a"), &out), 1);
    assert_int_equal(put(tx, "unit", "a", "{\"code\":3}"), 0);
    world_commit(tx);
    assert_int_equal(store_get(other, STR("unit"), STR("a"), &out), 1); /* its snapshot is older */
    store_tx_end(other);
    assert_string_equal(world_get(w, "unit", "a"), "{\"code\":3}");
    assert_true(str_eq(buf_str(&out), STR("{\"code\":1}"))); /* nothing was appended at a 1 */
    buf_release(&out);
}

static void insert_refuses_what_is_there(void **state)
{
    struct world *w = *state;
    world_open(w);
    world_put(w, "unit", "a", "{}");
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_insert(tx, STR("unit"), STR("a"), STR("{}")), E_EXISTS);
    assert_int_equal(store_insert(tx, STR("unit"), STR("b"), STR("{}")), 0);
    assert_int_equal(store_insert(tx, STR("unit"), STR("b"), STR("{}")), E_EXISTS);
    assert_int_equal(store_delete(tx, STR("unit"), STR("b")), 0);
    assert_int_equal(store_insert(tx, STR("unit"), STR("b"), STR("{\"x\":1}")), 0);
    world_commit(tx);
    assert_string_equal(world_get(w, "unit", "b"), "{\"x\":1}");
}

static void what_is_no_row_is_refused_without_trace(void **state)
{
    struct world *w = *state;
    struct buf deep = {0};
    world_open(w);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(put(tx, "unit", "a", ""), E_INVALID);
    assert_int_equal(put(tx, "unit", "a", "[]"), E_INVALID);
    assert_int_equal(put(tx, "unit", "a", "{\"a\":1,\"a\":2}"), E_INVALID);
    assert_int_equal(put(tx, "unit", "a", "{\"code\":1.5}"), E_INVALID);
    assert_int_equal(put(tx, "unit", "a", "{\"code\":5,\"mail\":[]}"), E_INVALID);
    assert_int_equal(put(tx, "none", "a", "{}"), E_INVALID);
    assert_int_equal(put(tx, "outbox", "a", "{}"), E_INVALID);
    assert_int_equal(put(tx, "case", "a", "{}"), E_INVALID);
    assert_int_equal(put(tx, "unit", "", "{}"), E_INVALID);
    for (int i = 0; i < 33; i++)
        buf_append(&deep, STR("{\"a\":"));
    buf_append(&deep, STR("1"));
    for (int i = 0; i < 33; i++)
        buf_append(&deep, STR("}"));
    assert_int_equal(store_put(tx, STR("unit"), STR("a"), buf_str(&deep)), E_TOO_BIG);
    assert_int_equal(
        store_put(tx, STR("unit"), STR("a"), str_slice(buf_str(&deep), 5, deep.n - 1)), 0);
    assert_int_equal(store_delete(tx, STR("unit"), STR("a")), 0);
    buf_clear(&deep);
    buf_append(&deep, STR("{\"a\":\""));
    while (deep.n <= 1 << 20)
        buf_append(&deep, STR("0123456789012345678901234567890123456789"));
    buf_append(&deep, STR("\"}"));
    assert_int_equal(store_put(tx, STR("unit"), STR("a"), buf_str(&deep)), E_TOO_BIG);
    world_commit(tx);
    assert_null(world_get(w, "unit", "a"));
    world_put(w, "unit", "b", "{\"code\":5}"); /* the refused puts left no entry */
    buf_release(&deep);
}

static void a_unique_value_belongs_to_one_row(void **state)
{
    struct world *w = *state;
    world_open(w);
    world_put(w, "unit", "a", "{\"code\":7,\"mail\":\"x@example.org\"}");
    struct store_tx *tx = world_begin(w);
    assert_int_equal(put(tx, "unit", "b", "{\"code\":7}"), E_EXISTS);
    assert_int_equal(put(tx, "unit", "b", "{\"mail\":\"x@example.org\"}"), E_EXISTS);
    assert_int_equal(put(tx, "unit", "a", "{\"code\":7,\"more\":1}"), 0);
    assert_int_equal(put(tx, "unit", "b", "{\"mail\":\"x@example.org\"}"), 0); /* given up above */
    assert_int_equal(put(tx, "unit", "c", "{\"mail\":\"x@example.org\"}"), E_EXISTS);
    assert_int_equal(put(tx, "unit", "a", "{\"code\":8}"), 0);
    assert_int_equal(put(tx, "unit", "c", "{\"code\":7}"), 0);
    assert_int_equal(put(tx, "unit", "d", "{\"code\":null}"), 0); /* null is no value */
    assert_int_equal(put(tx, "unit", "e", "{}"), 0);
    world_commit(tx);
    struct store_range seven = {.table = STR("unit"), .index = STR("code"), .equal = STR("[7]")};
    assert_string_equal(world_keys(w, &seven), "c");
}

/* Both bodies saw that nobody has it. */
static void of_two_who_take_a_unique_value_one_wins(void **state)
{
    struct world *w = *state;
    world_open(w);
    struct store_tx *a = world_begin(w), *b = world_begin(w);
    assert_int_equal(put(a, "unit", "a", "{\"code\":7}"), 0);
    assert_int_equal(put(b, "unit", "b", "{\"code\":7}"), 0);
    assert_int_equal(store_commit(a), 0);
    assert_int_equal(store_commit(b), E_CONFLICT);
    assert_int_equal(store_tx_rerun(b), 0);
    assert_int_equal(put(b, "unit", "b", "{\"code\":7}"), E_EXISTS);
    store_tx_end(a);
    store_tx_end(b);
}

static void a_read_that_is_old_conflicts(void **state)
{
    struct world *w = *state;
    struct buf out = {0};
    world_open(w);
    world_put(w, "unit", "a", "{\"v\":1}");
    struct store_tx *reader = world_begin(w), *absent = world_begin(w), *blind = world_begin(w);
    assert_int_equal(store_get(reader, STR("unit"), STR("a"), &out), 0);
    assert_int_equal(put(reader, "unit", "b", "{}"), 0);
    assert_int_equal(store_get(absent, STR("unit"), STR("new"), &out), 1);
    assert_int_equal(put(absent, "unit", "c", "{}"), 0);
    assert_int_equal(put(blind, "unit", "d", "{}"), 0);
    world_put(w, "unit", "a", "{\"v\":1}"); /* the same value, but another commit */
    world_put(w, "unit", "new", "{}");
    assert_int_equal(store_commit(reader), E_CONFLICT);
    assert_int_equal(store_commit(absent), E_CONFLICT);
    assert_int_equal(store_commit(blind), 0);
    assert_null(world_get(w, "unit", "b"));
    assert_null(world_get(w, "unit", "c"));
    store_tx_end(reader);
    store_tx_end(absent);
    store_tx_end(blind);
    buf_release(&out);
}

static void a_row_that_went_and_came_conflicts(void **state)
{
    struct world *w = *state;
    struct buf out = {0};
    world_open(w);
    world_put(w, "unit", "a", "{}");
    struct store_tx *reader = world_begin(w);
    assert_int_equal(store_get(reader, STR("unit"), STR("a"), &out), 0);
    assert_int_equal(put(reader, "unit", "b", "{}"), 0);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_delete(tx, STR("unit"), STR("a")), 0);
    world_commit(tx);
    world_put(w, "unit", "a", "{}");
    assert_int_equal(store_commit(reader), E_CONFLICT);
    store_tx_end(reader);
    buf_release(&out);
}

static void counters_follow_rows_and_never_conflict(void **state)
{
    struct world *w = *state;
    int64_t n;
    world_open(w);
    world_put(w, "case", world_key(1), "{\"state\":\"new\"}");
    world_put(w, "case", world_key(2), "{\"state\":\"new\"}");
    struct store_tx *a = world_begin(w), *b = world_begin(w);
    assert_int_equal(store_count(a, STR("case_by_state"), STR("[\"new\"]"), &n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(put(a, "case", world_key(1), "{\"state\":\"paid\"}"), 0);
    assert_int_equal(store_count(a, STR("case_by_state"), STR("[\"new\"]"), &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(store_count(a, STR("case_by_state"), STR("[\"paid\"]"), &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(put(b, "case", world_key(3), "{\"state\":\"new\"}"), 0);
    assert_int_equal(store_add(a, STR("visits"), STR(""), 5), 0);
    assert_int_equal(store_add(b, STR("visits"), STR(""), -7), 0);
    assert_int_equal(store_add(b, STR("visits"), STR("[\"page\",3]"), 2), 0);
    world_commit(a);
    world_commit(b);
    assert_int_equal(world_count(w, "case_by_state", "[\"new\"]"), 2);
    assert_int_equal(world_count(w, "case_by_state", "[\"paid\"]"), 1);
    assert_int_equal(world_count(w, "case_by_state", "[\"none\"]"), 0);
    assert_int_equal(world_count(w, "cases", ""), 3);
    assert_int_equal(world_count(w, "visits", ""), -2);
    assert_int_equal(world_count(w, "visits", "[\"page\",3]"), 2);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_delete(tx, STR("case"), str_from(world_key(1))), 0);
    world_commit(tx);
    assert_int_equal(world_count(w, "case_by_state", "[\"paid\"]"), 0);
    assert_int_equal(world_count(w, "cases", "[]"), 2);
}

static void wrong_counters_are_refused(void **state)
{
    struct world *w = *state;
    int64_t n;
    world_open(w);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_add(tx, STR("cases"), STR(""), 1), E_INVALID);
    assert_int_equal(store_add(tx, STR("none"), STR(""), 1), E_INVALID);
    assert_int_equal(store_add(tx, STR("visits"), STR("[1.5]"), 1), E_INVALID);
    assert_int_equal(store_add(tx, STR("visits"), STR("{\"a\":1}"), 1), E_INVALID);
    assert_int_equal(store_add(tx, STR("visits"), STR("["), 1), E_INVALID);
    assert_int_equal(store_count(tx, STR("case_by_state"), STR(""), &n), E_INVALID);
    assert_int_equal(store_count(tx, STR("none"), STR(""), &n), E_INVALID);
    assert_false(store_tx_is_dirty(tx));
    store_tx_end(tx);
}

static void a_reading_transaction_does_not_write(void **state)
{
    struct world *w = *state;
    int64_t n;
    char id[STORE_KEY_TEXT + 1];
    world_open(w);
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    assert_int_equal(put(tx, "unit", "a", "{}"), E_READ_ONLY);
    assert_int_equal(store_delete(tx, STR("unit"), STR("a")), E_READ_ONLY);
    assert_int_equal(store_add(tx, STR("visits"), STR(""), 1), E_READ_ONLY);
    assert_int_equal(store_append(tx, STR("audit"), STR(""), STR("{}")), E_READ_ONLY);
    assert_int_equal(store_enqueue(tx, STR("issue"), STR("{}"), 0, id), E_READ_ONLY);
    assert_int_equal(store_next(tx, STR("number"), &n), E_READ_ONLY);
    assert_int_equal(store_commit(tx), E_READ_ONLY);
    store_tx_end(tx);
}

static void limits_of_reads_and_writes_are_kept(void **state)
{
    struct world *w = *state;
    struct buf out = {0};
    char key[20];
    world_open(w);
    struct store_tx *tx = world_begin(w);
    for (int i = 0; i < STORE_WRITES_MAX; i++)
        assert_int_equal(store_add(tx, STR("visits"), STR(""), 1), 0);
    assert_int_equal(store_add(tx, STR("visits"), STR(""), 1), E_TOO_BIG);
    world_commit(tx);
    assert_int_equal(world_count(w, "visits", ""), STORE_WRITES_MAX);
    tx = world_begin(w);
    for (int i = 0; i < STORE_READS_MAX; i++) {
        snprintf(key, sizeof(key), "k%d", i);
        assert_int_equal(store_get(tx, STR("unit"), str_from(key), &out), 1);
        assert_int_equal(store_get(tx, STR("unit"), str_from(key), &out), 1); /* counted once */
    }
    assert_int_equal(store_get(tx, STR("unit"), STR("more"), &out), E_TOO_BIG);
    store_tx_end(tx);
    buf_release(&out);
}

static void an_old_snapshot_is_gone(void **state)
{
    struct world *w = *state;
    struct buf out = {0};
    struct store_stats stats;
    w->opts.snapshot_ms = 50;
    world_open(w);
    world_put(w, "unit", "a", "{}");
    struct store_tx *tx = world_begin(w), *kept = world_begin(w);
    struct store_range all = {.table = STR("unit")};
    struct store_iter *it;
    struct store_row row;
    store_tx_extend(kept, 60000);
    assert_int_equal(store_iter_open(&it, tx, &all, NULL), 0);
    assert_int_equal(store_iter_next(it, &row), 0);
    for (int i = 0; i < 500; i++) { /* the watchdog needs no access to take it away */
        usleep(10000);
        store_read_stats(w->store, &stats);
        if (stats.expired)
            break;
    }
    assert_int_equal(stats.expired, 1);
    assert_int_equal(stats.readers, 1);
    assert_int_equal(store_get(tx, STR("unit"), STR("a"), &out), E_TIMEOUT);
    assert_int_equal(store_iter_next(it, &row), E_TIMEOUT);
    assert_int_equal(put(tx, "unit", "b", "{}"), E_TIMEOUT);
    store_iter_close(it);
    assert_int_equal(store_tx_rerun(tx), 0);
    assert_int_equal(store_get(tx, STR("unit"), STR("a"), &out), 0);
    assert_int_equal(store_get(kept, STR("unit"), STR("a"), &out), 0);
    store_tx_end(tx);
    store_tx_end(kept);
    buf_release(&out);
}

/* Everything a body can get from its transaction. */
static void body(struct store_tx *tx, struct buf *out)
{
    char key[STORE_KEY_TEXT + 1], id[STORE_KEY_TEXT + 1];
    int64_t n, m;
    for (int i = 0; i < 3; i++) {
        store_key_new(tx, key);
        assert_int_equal(store_next(tx, STR("number"), &n), 0);
        assert_int_equal(store_next(tx, STR("serial"), &m), 0);
        buf_clear(out);
        buf_printf(out, "{\"state\":\"s\",\"n\":%lld,\"name\":\"%s\",\"at\":%lld}", (long long)n,
            key, (long long)store_tx_now(tx));
        assert_int_equal(store_put(tx, STR("case"), str_from(key), buf_str(out)), 0);
        assert_int_equal(store_append(tx, STR("audit"), str_from(key), buf_str(out)), 0);
        assert_int_equal(store_enqueue(tx, STR("issue"), buf_str(out), 0, id), 0);
        buf_printf(out, "%s %lld", id, (long long)m);
    }
}

static void a_body_gets_the_same_in_every_run(void **state)
{
    struct world *w = *state;
    struct buf first = {0}, second = {0};
    uint8_t a[32], b[32], c[32], d[32];
    world_open(w);
    struct store_tx *tx = world_begin(w);
    body(tx, &first);
    store_tx_digest(tx, a);
    store_tx_repeat(tx);
    store_tx_digest(tx, d);
    assert_memory_not_equal(a, d, 32);
    usleep(3000);
    body(tx, &second);
    store_tx_digest(tx, b);
    assert_memory_equal(a, b, 32);
    assert_true(str_eq(buf_str(&first), buf_str(&second)));
    assert_int_equal(store_tx_rerun(tx), 0);
    body(tx, &second);
    store_tx_digest(tx, c);
    assert_memory_equal(a, c, 32);
    assert_int_equal(store_append(tx, STR("audit"), STR(""), STR("{}")), 0);
    store_tx_digest(tx, c);
    assert_memory_not_equal(a, c, 32);
    world_commit(tx);
    tx = world_begin(w); /* used again from the pool: nothing is left of the one before */
    body(tx, &second);
    store_tx_digest(tx, c);
    assert_memory_not_equal(a, c, 32);
    assert_false(str_eq(buf_str(&first), buf_str(&second)));
    store_tx_end(tx);
    buf_release(&first);
    buf_release(&second);
}

static void a_digest_tells_values_apart(void **state)
{
    struct world *w = *state;
    uint8_t a[32], b[32];
    world_open(w);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(put(tx, "unit", "a", "{\"x\":1}"), 0);
    store_tx_digest(tx, a);
    assert_int_equal(put(tx, "unit", "a", "{\"x\":2}"), 0);
    store_tx_digest(tx, b);
    assert_memory_not_equal(a, b, 32);
    assert_int_equal(put(tx, "unit", "a", "{\"x\":1}"), 0);
    store_tx_digest(tx, b);
    assert_memory_equal(a, b, 32);
    assert_int_equal(store_add(tx, STR("visits"), STR(""), 1), 0);
    store_tx_digest(tx, b);
    assert_memory_not_equal(a, b, 32);
    store_tx_end(tx);
}

static void a_body_runs_eight_times(void **state)
{
    struct world *w = *state;
    world_open(w);
    struct store_tx *tx = world_begin(w);
    for (int i = 1; i < STORE_RUNS_MAX; i++)
        assert_int_equal(store_tx_rerun(tx), 0);
    store_tx_repeat(tx);
    assert_int_equal(store_tx_rerun(tx), E_BUSY);
    store_tx_end(tx);
}

static void keys_carry_their_time_and_are_new(void **state)
{
    struct world *w = *state;
    char a[STORE_KEY_TEXT + 1], b[STORE_KEY_TEXT + 1];
    world_open(w);
    struct store_tx *tx = world_begin(w);
    store_key_new(tx, a);
    store_key_new(tx, b);
    assert_string_not_equal(a, b);
    assert_int_equal(store_key_time(str_from(a)), store_tx_now(tx));
    int64_t off = clock_wall_ms() - store_tx_now(tx);
    assert_true(off >= 0 && off < 5000);
    store_key_at(store_tx_now(tx), b);
    assert_true(strcmp(b, a) <= 0);
    store_key_at(store_tx_now(tx) + 1, b);
    assert_true(strcmp(b, a) > 0);
    assert_int_equal(store_key_time(STR("no key")), -1);
    store_tx_end(tx);
}

static void sequences_are_not_repeated_over_reopening(void **state)
{
    struct world *w = *state;
    int64_t last = 0, n;
    world_open(w);
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 700; i++) {
            struct store_tx *tx = world_begin(w);
            int rc;
            while ((rc = store_next(tx, STR("number"), &n)) == E_BUSY)
                usleep(1000);
            assert_int_equal(rc, 0);
            assert_true(n > last);
            last = n;
            store_tx_end(tx);
        }
        world_reopen(w);
    }
    assert_true(last <= 4 * 2000);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_next(tx, STR("serial"), &n), 0);
    assert_int_equal(n, 4500); /* four blocks were leased at the four opens before */
    assert_int_equal(store_next(tx, STR("none"), &n), E_INVALID);
    store_tx_end(tx);
}

static void a_used_up_block_says_busy_until_the_next_is_there(void **state)
{
    struct world *w = *state;
    int64_t n, busy = 0;
    world_open(w);
    struct store_tx *tx = world_begin(w);
    for (int64_t i = 1; i <= 5000; i++) {
        while (store_next(tx, STR("number"), &n) == E_BUSY) {
            busy++;
            usleep(100);
        }
        assert_int_equal(n, i);
    }
    store_tx_end(tx);
    assert_true(busy < 5000);
}

static void records_are_checked(void **state)
{
    struct world *w = *state;
    char subject[65];
    world_open(w);
    struct store_tx *tx = world_begin(w);
    memset(subject, 's', sizeof(subject));
    assert_int_equal(store_append(tx, STR("none"), STR(""), STR("{}")), E_INVALID);
    assert_int_equal(store_append(tx, STR("audit"), str_of(subject, 65), STR("{}")), E_INVALID);
    assert_int_equal(store_append(tx, STR("audit"), STR("a\0b"), STR("{}")), E_INVALID);
    assert_int_equal(store_append(tx, STR("audit"), STR(""), STR("{")), E_INVALID);
    assert_false(store_tx_is_dirty(tx));
    assert_int_equal(store_append(tx, STR("audit"), str_of(subject, 64), STR("{}")), 0);
    assert_true(store_tx_is_dirty(tx));
    world_commit(tx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_world(own_writes_are_visible_and_others_are_not),
        with_world(insert_refuses_what_is_there),
        with_world(what_is_no_row_is_refused_without_trace),
        with_world(a_unique_value_belongs_to_one_row),
        with_world(of_two_who_take_a_unique_value_one_wins),
        with_world(a_read_that_is_old_conflicts),
        with_world(a_row_that_went_and_came_conflicts),
        with_world(counters_follow_rows_and_never_conflict),
        with_world(wrong_counters_are_refused),
        with_world(a_reading_transaction_does_not_write),
        with_world(limits_of_reads_and_writes_are_kept),
        with_world(an_old_snapshot_is_gone),
        with_world(a_body_gets_the_same_in_every_run),
        with_world(a_digest_tells_values_apart),
        with_world(a_body_runs_eight_times),
        with_world(keys_carry_their_time_and_are_new),
        with_world(sequences_are_not_repeated_over_reopening),
        with_world(a_used_up_block_says_busy_until_the_next_is_there),
        with_world(records_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
