// SPDX-License-Identifier: Apache-2.0
// Tests of searching: matches, order, own writes, limits, phantoms.
#define _GNU_SOURCE
#include "store_world.h"

static void put_name(struct world *w, int n, const char *name)
{
    char json[200];
    snprintf(json, sizeof(json), "{\"name\":\"%s\"}", name);
    world_put(w, "case", world_key(n), json);
}

static struct store_range search(const char *text)
{
    return (struct store_range){
        .table = STR("case"), .index = STR("names"), .text = str_from(text)};
}

/* Expects the rows with these numbers, in this order; -1 ends. */
static void check_found(struct world *w, const char *text, const int *numbers)
{
    struct buf expected = {0};
    struct store_range r = search(text);
    for (; *numbers >= 0; numbers++)
        buf_printf(&expected, "%s%s", expected.n ? "," : "", world_key(*numbers));
    buf_append_byte(&expected, '\0');
    const char *found = world_keys(w, &r);
    if (strcmp(found, expected.p))
        fail_msg("%s: found %s, not %s", text, found, expected.p);
    buf_release(&expected);
}

#define found(w, text, ...) check_found(w, text, (const int[]){__VA_ARGS__, -1})
#define found_none(w, text) check_found(w, text, (const int[]){-1})

static void texts_are_found_newest_first(void **state)
{
    struct world *w = *state;
    world_open(w);
    put_name(w, 1, "\xe5\x8c\x97\xe4\xba\xac\xe7\xa7\x91\xe6\x8a\x80"); /* 北京科技 */
    put_name(w, 2, "\xe4\xba\xac\xe5\x8c\x97\xe7\xa7\x91\xe6\x8a\x80"); /* 京北科技 */
    put_name(w, 3, "ABC Trading (1998)");
    put_name(w, 4, "abcab");
    put_name(w, 5, "x");
    found(w, "\xe7\xa7\x91\xe6\x8a\x80", 2, 1);
    found(w, "\xe5\x8c\x97\xe4\xba\xac", 1);
    found(w, "abc", 4, 3);
    found(w, "A-b c", 4, 3);
    found(w, "\xef\xbc\xa1\xef\xbc\xa2\xef\xbc\xa3", 4, 3); /* full width */
    found(w, "trading1998", 3);
    found_none(w, "abca1"); /* a pair that nobody has */
    found_none(w, "bcabc"); /* all pairs, but not the text */
    size_t pairs = world_check_pairs(w, "case", "names");
    put_name(w, 4, "zz");
    assert_int_equal(world_check_pairs(w, "case", "names"), pairs); /* zz came, ca went */
    found(w, "abc", 3);
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_delete(tx, STR("case"), str_from(world_key(3))), 0);
    world_commit(tx);
    found_none(w, "abc");
    found(w, "zz", 4);
}

static void short_or_wrong_searches_are_refused(void **state)
{
    struct world *w = *state;
    struct store_iter *it;
    struct err err;
    world_open(w);
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    static const char *const bad[] = {"", "a", " a ", "\xe5\x8c\x97", "\xff\xff"};
    for (size_t i = 0; i < countof(bad); i++) {
        struct store_range r = search(bad[i]);
        assert_int_equal(store_iter_open(&it, tx, &r, &err), E_INVALID);
    }
    struct store_range r = search("ab");
    r.equal = STR("[1]");
    assert_int_equal(store_iter_open(&it, tx, &r, &err), E_INVALID);
    store_tx_end(tx);
}

static void own_writes_are_found(void **state)
{
    struct world *w = *state;
    struct store_iter *it;
    struct store_row row;
    world_open(w);
    put_name(w, 1, "common words");
    put_name(w, 2, "common things");
    struct store_tx *tx = world_begin(w);
    struct store_range r = search("common");
    assert_int_equal(
        store_put(tx, STR("case"), str_from(world_key(3)), STR("{\"name\":\"common own\"}")), 0);
    assert_int_equal(
        store_put(tx, STR("case"), str_from(world_key(2)), STR("{\"name\":\"other\"}")), 0);
    assert_int_equal(store_iter_open(&it, tx, &r, NULL), 0);
    assert_int_equal(store_iter_next(it, &row), 0);
    assert_true(str_eq(row.key, str_from(world_key(3))));
    assert_true(str_eq(row.json, STR("{\"name\":\"common own\"}")));
    assert_int_equal(store_iter_next(it, &row), 0);
    assert_true(str_eq(row.key, str_from(world_key(1))));
    assert_int_equal(store_iter_next(it, &row), 1);
    assert_false(store_iter_has_more(it));
    store_iter_close(it);
    store_tx_end(tx);
}

static void a_new_match_is_a_conflict(void **state)
{
    struct world *w = *state;
    struct store_iter *it;
    struct store_row row;
    static const struct {
        const char *name;
        int rc;
    } others[] = {{"the searched text", E_CONFLICT}, {"nothing of it", 0}};
    for (size_t i = 0; i < countof(others); i++) {
        world_open(w);
        struct store_tx *tx = world_begin(w);
        struct store_range r = search("searched");
        assert_int_equal(store_iter_open(&it, tx, &r, NULL), 0);
        while (store_iter_next(it, &row) == 0)
            ;
        store_iter_close(it);
        assert_int_equal(store_add(tx, STR("visits"), STR(""), 1), 0);
        put_name(w, 7 + (int)i, others[i].name);
        assert_int_equal(store_commit(tx), others[i].rc);
        store_tx_end(tx);
        world_close(w);
    }
}

static void put_many(struct world *w, int from, int to, const char *name)
{
    char json[100];
    for (int i = from; i < to;) {
        struct store_tx *tx = world_begin(w);
        for (int j = 0; j < 500 && i < to; j++, i++) {
            snprintf(json, sizeof(json), "{\"name\":\"%s\"}", name);
            assert_int_equal(store_put(tx, STR("case"), str_from(world_key(i)), str_from(json)), 0);
        }
        world_commit(tx);
    }
}

static int count_found(struct world *w, struct store_range r, bool *more, char last[100])
{
    struct store_iter *it;
    struct store_row row;
    int n = 0, rc;
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    store_tx_extend(tx, 60000);
    assert_int_equal(store_iter_open(&it, tx, &r, NULL), 0);
    for (; (rc = store_iter_next(it, &row)) == 0; n++)
        assert_int_equal(str_to_c(row.position, last, 100), 0);
    assert_int_equal(rc, 1);
    *more = store_iter_has_more(it);
    store_iter_close(it);
    store_tx_end(tx);
    return n;
}

static void a_search_stops_at_2000_candidates_and_says_so(void **state)
{
    struct world *w = *state;
    char last[100];
    bool more;
    world_open(w);
    put_many(w, 0, 2000, "firm");
    assert_int_equal(count_found(w, search("firm"), &more, last), 2000);
    assert_false(more);
    put_many(w, 2000, 2300, "firm");
    struct store_range r = search("firm");
    assert_int_equal(count_found(w, r, &more, last), 2000);
    assert_true(more);
    r.after = str_from(last);
    assert_int_equal(count_found(w, r, &more, last), 300);
    assert_false(more);
    r.keys_only = true;
    r.after = STR("");
    assert_int_equal(count_found(w, r, &more, last), 2000);
    assert_true(more);
    /* Candidates that do not match count too. */
    assert_int_equal(count_found(w, search("mfirm"), &more, last), 0);
    assert_false(more);
    put_many(w, 5000, 7100, "rmfi firm"); /* rm mf fi ir, never "firmf" */
    assert_int_equal(count_found(w, search("firmf"), &more, last), 0);
    assert_true(more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_world(texts_are_found_newest_first),
        with_world(short_or_wrong_searches_are_refused),
        with_world(own_writes_are_found),
        with_world(a_new_match_is_a_conflict),
        with_world(a_search_stops_at_2000_candidates_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
