// SPDX-License-Identifier: Apache-2.0
// Logs: records come back in order with an unbroken chain, heads sign them, and a proof holds for
// nothing but the records it was made of.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/json.h"
#include "tests/unit/store_fixture.h"

enum { RECORDS = 25 };

static int setup(void **state)
{
    struct fixture *f = fixture_new();
    char json[64], subject[16];
    fixture_open(f);
    for (int i = 1; i <= RECORDS; i++) {
        (void)snprintf(json, sizeof(json), "{\"n\":%d}", i);
        (void)snprintf(subject, sizeof(subject), "case%d", i % 3);
        fixture_append(f->store, i % 5 ? subject : "", json);
    }
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

static void sign_heads(struct fixture *f)
{
    struct err err = {0};
    if (store_hourly(f->store, &err))
        fail_msg("%s", err.message);
}

/* How many records a range gives, checking order and text of each. */
static int walk(
    struct fixture *f, const struct store_log_range *range, uint64_t *first, uint64_t *last)
{
    struct store_tx *tx = store_tx_begin(f->store, STORE_TX_READ);
    struct store_log_iter *it;
    struct store_record r;
    char json[32];
    int rc, n = 0;
    assert_int_equal(store_log_open(&it, tx, range), 0);
    while (!(rc = store_log_next(it, &r))) {
        (void)snprintf(json, sizeof(json), "{\"n\":%d}", (int)r.seq);
        assert_true(str_eq(r.json, range->bare ? STR("") : str_from(json)));
        if (range->subject.n)
            assert_true(str_eq(r.subject, range->subject));
        if (n)
            assert_true(range->descending ? r.seq < *last : r.seq > *last);
        else
            *first = r.seq;
        *last = r.seq;
        n++;
    }
    assert_int_equal(rc, 1);
    assert_int_equal(store_log_next(it, &r), 1);
    store_log_close(it);
    store_tx_end(tx);
    return n;
}

static void ranges_give_what_they_say(void **state)
{
    uint64_t first, last;
    struct store_log_range all = {.log = STR("audit")};
    assert_int_equal(walk(*state, &all, &first, &last), RECORDS);
    assert_int_equal(first, 1);
    assert_int_equal(last, RECORDS);
    struct store_log_range some = {.log = STR("audit"), .from = 20, .bare = true};
    assert_int_equal(walk(*state, &some, &first, &last), RECORDS - 19);
    struct store_log_range back = {.log = STR("audit"), .descending = true};
    assert_int_equal(walk(*state, &back, &first, &last), RECORDS);
    assert_int_equal(last, 1);
    struct store_log_range from = {.log = STR("audit"), .from = 7, .descending = true};
    assert_int_equal(walk(*state, &from, &first, &last), 7);
    struct store_log_range behind = {.log = STR("audit"), .from = 1000};
    assert_int_equal(walk(*state, &behind, &first, &last), 0);
}

static void a_subject_has_its_own_records(void **state)
{
    uint64_t first, last;
    int total = 0;
    for (int i = 0; i < 3; i++) {
        char subject[16];
        (void)snprintf(subject, sizeof(subject), "case%d", i);
        struct store_log_range range = {.log = STR("audit"), .subject = str_from(subject)};
        int n = walk(*state, &range, &first, &last);
        range.descending = true;
        assert_int_equal(walk(*state, &range, &first, &last), n);
        total += n;
    }
    assert_int_equal(total, RECORDS - RECORDS / 5);
    struct store_log_range prefix = {.log = STR("audit"), .subject = STR("case")};
    assert_int_equal(walk(*state, &prefix, &first, &last), 0);
    struct store_log_range from = {.log = STR("audit"), .subject = STR("case1"), .from = 20};
    assert_int_equal(walk(*state, &from, &first, &last), 1);
    assert_int_equal(first, 22);
    from.descending = true;
    (void)walk(*state, &from, &first, &last);
    assert_int_equal(first, 19);
}

static void an_unknown_log_is_invalid(void **state)
{
    struct fixture *f = *state;
    struct store_log_iter *it;
    struct store_log_range range = {.log = STR("nothing")};
    struct store_head head;
    struct buf proof = {0};
    struct store_tx *tx = store_tx_begin(f->store, STORE_TX_READ);
    assert_int_equal(store_log_open(&it, tx, &range), E_INVALID);
    assert_int_equal(store_log_head(tx, STR("nothing"), &head), E_INVALID);
    assert_int_equal(store_log_proof(tx, STR("nothing"), STR("case1"), &proof), E_INVALID);
    store_tx_end(tx);
}

static void the_chain_is_unbroken(void **state)
{
    struct fixture *f = *state;
    struct store_tx *tx = store_tx_begin(f->store, STORE_TX_READ);
    struct store_log_range range = {.log = STR("audit"), .bare = true};
    struct store_log_iter *it;
    struct store_record r;
    uint8_t before[STORE_HASH] = {0};
    assert_int_equal(store_log_open(&it, tx, &range), 0);
    while (!store_log_next(it, &r)) {
        assert_memory_equal(r.prev, before, STORE_HASH);
        memcpy(before, r.hash, STORE_HASH);
    }
    store_log_close(it);
    store_tx_end(tx);
}

static void heads_sign_the_newest_record(void **state)
{
    struct fixture *f = *state;
    struct store_head head;
    struct store_tx *tx = store_tx_begin(f->store, STORE_TX_READ);
    assert_int_equal(store_log_head(tx, STR("audit"), &head), 1);
    store_tx_end(tx);
    sign_heads(f);
    tx = store_tx_begin(f->store, STORE_TX_READ);
    assert_int_equal(store_log_head(tx, STR("audit"), &head), 0);
    assert_int_equal(head.seq, RECORDS);
    store_tx_end(tx);
}

static int prove(struct fixture *f, const char *subject, struct buf *out)
{
    struct store_tx *tx = store_tx_begin(f->store, STORE_TX_READ);
    int rc = store_log_proof(tx, STR("audit"), str_from(subject), out);
    store_tx_end(tx);
    return rc;
}

static void a_proof_holds_without_the_store(void **state)
{
    struct fixture *f = *state;
    struct buf proof = {0};
    struct store_head head;
    struct err err = {0};
    assert_int_equal(prove(f, "case1", &proof), E_BUSY); /* nothing is signed yet */
    assert_int_equal(prove(f, "nobody", &proof), 1);
    sign_heads(f);
    struct store_tx *tx = store_tx_begin(f->store, STORE_TX_READ);
    assert_int_equal(store_log_head(tx, STR("audit"), &head), 0);
    store_tx_end(tx);
    assert_int_equal(prove(f, "case1", &proof), 0);
    fixture_close(f);
    if (store_log_proof_verify(buf_str(&proof), head.public_key, &err))
        fail_msg("%s", err.message);
    assert_int_equal(store_log_proof_verify(buf_str(&proof), NULL, &err), 0);
    head.public_key[0] ^= 1;
    assert_int_equal(store_log_proof_verify(buf_str(&proof), head.public_key, &err), E_CORRUPT);
    buf_release(&proof);
}

static void every_altered_byte_breaks_a_proof(void **state)
{
    struct fixture *f = *state;
    struct buf proof = {0};
    struct err err = {0};
    sign_heads(f);
    assert_int_equal(prove(f, "case2", &proof), 0);
    for (size_t i = 0; i < proof.n; i++) {
        proof.p[i] ^= 1;
        if (!store_log_proof_verify(buf_str(&proof), NULL, &err))
            fail_msg("byte %zu of %.*s", i, STR_ARG(buf_str(&proof)));
        proof.p[i] ^= 1;
    }
    assert_int_equal(store_log_proof_verify(buf_str(&proof), NULL, &err), 0);
    buf_release(&proof);
}

/* Takes one record out of the array, or its payload. */
static void without(str proof, size_t index, bool payload_only, struct buf *out)
{
    struct arena arena = {0};
    const struct json *root;
    struct json_iter it, members;
    struct json_writer w = {.out = out};
    assert_int_equal(json_parse(proof, 8, &arena, &root, NULL), 0);
    json_begin_object(&w);
    json_iter_init(&it, root);
    while (json_iter_next(&it)) {
        json_key(&w, it.name);
        if (!str_eq(it.name, STR("records"))) {
            json_put_value(&w, it.value);
            continue;
        }
        json_begin_array(&w);
        for (size_t i = 0; i < json_count(it.value); i++) {
            const struct json *record = json_at(it.value, i);
            if (i != index) {
                json_put_value(&w, record);
            } else if (payload_only) {
                json_begin_object(&w);
                json_iter_init(&members, record);
                while (json_iter_next(&members)) {
                    if (str_eq(members.name, STR("payload")))
                        continue;
                    json_key(&w, members.name);
                    json_put_value(&w, members.value);
                }
                json_end_object(&w);
            }
        }
        json_end_array(&w);
    }
    json_end_object(&w);
    arena_release(&arena);
}

static void a_proof_that_hides_a_record_is_refused(void **state)
{
    struct fixture *f = *state;
    struct buf proof = {0}, altered = {0};
    struct err err = {0};
    sign_heads(f);
    assert_int_equal(prove(f, "case1", &proof), 0);
    for (size_t i = 0; i < RECORDS; i += 3) { /* case1 has 1, 4, 7 … */
        buf_clear(&altered);
        without(buf_str(&proof), i, false, &altered);
        assert_int_not_equal(store_log_proof_verify(buf_str(&altered), NULL, &err), 0);
        buf_clear(&altered);
        without(buf_str(&proof), i, true, &altered);
        if (i % 15 != 9 && i != 24) /* 10 and 25 have no subject and so no payload anyway */
            assert_int_not_equal(store_log_proof_verify(buf_str(&altered), NULL, &err), 0);
    }
    buf_release(&proof);
    buf_release(&altered);
}

static void what_is_no_proof_is_refused(void **state)
{
    static const char *const texts[] = {"", "{}", "[]", "1", "{\"format\":\"certhall proof 1\"}",
        "{\"format\":\"certhall proof 2\",\"log\":\"audit\"}"};
    struct err err = {0};
    (void)state;
    for (size_t i = 0; i < countof(texts); i++)
        assert_true(store_log_proof_verify(str_from(texts[i]), NULL, &err) < 0);
}

static void records_survive_a_restart(void **state)
{
    struct fixture *f = *state;
    uint64_t first, last;
    struct store_log_range all = {.log = STR("audit")};
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(walk(f, &all, &first, &last), RECORDS);
    fixture_append(f->store, "case1", "{\"n\":26}");
    assert_int_equal(walk(f, &all, &first, &last), RECORDS + 1);
    the_chain_is_unbroken(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ranges_give_what_they_say, setup, teardown),
        cmocka_unit_test_setup_teardown(a_subject_has_its_own_records, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unknown_log_is_invalid, setup, teardown),
        cmocka_unit_test_setup_teardown(the_chain_is_unbroken, setup, teardown),
        cmocka_unit_test_setup_teardown(heads_sign_the_newest_record, setup, teardown),
        cmocka_unit_test_setup_teardown(a_proof_holds_without_the_store, setup, teardown),
        cmocka_unit_test_setup_teardown(every_altered_byte_breaks_a_proof, setup, teardown),
        cmocka_unit_test_setup_teardown(a_proof_that_hides_a_record_is_refused, setup, teardown),
        cmocka_unit_test(what_is_no_proof_is_refused),
        cmocka_unit_test_setup_teardown(records_survive_a_restart, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
