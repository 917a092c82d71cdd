// SPDX-License-Identifier: Apache-2.0
// Tests of ranges: borders, orders, own writes, positions, phantoms.
#define _GNU_SOURCE
#include "store_world.h"

/* Keys of units a, b, c … with codes 10, 20, 30 … */
static void put_units(struct world *w, int n)
{
    for (int i = 0; i < n; i++) {
        char key[2] = {(char)('a' + i), 0}, json[60];
        snprintf(
            json, sizeof(json), "{\"code\":%d,\"mail\":\"%s@example.org\"}", (i + 1) * 10, key);
        world_put(w, "unit", key, json);
    }
}

static void primary_ranges_have_borders_and_orders(void **state)
{
    struct world *w = *state;
    world_open(w);
    put_units(w, 5);
    struct store_range r = {.table = STR("unit")};
    assert_string_equal(world_keys(w, &r), "a,b,c,d,e");
    r.descending = true;
    assert_string_equal(world_keys(w, &r), "e,d,c,b,a");
    r.from = STR("b");
    r.to = STR("d");
    assert_string_equal(world_keys(w, &r), "c,b");
    r.descending = false;
    assert_string_equal(world_keys(w, &r), "b,c");
    r.to = STR("a");
    assert_string_equal(world_keys(w, &r), "");
    r.descending = true;
    assert_string_equal(world_keys(w, &r), "");
    struct store_range none = {.table = STR("case")};
    assert_string_equal(world_keys(w, &none), "");
}

static void index_ranges_have_borders_and_orders(void **state)
{
    struct world *w = *state;
    world_open(w);
    put_units(w, 5);
    struct store_range r = {.table = STR("unit"), .index = STR("code")};
    assert_string_equal(world_keys(w, &r), "a,b,c,d,e");
    r.descending = true;
    assert_string_equal(world_keys(w, &r), "e,d,c,b,a");
    r.from = STR("20");
    assert_string_equal(world_keys(w, &r), "e,d,c,b");
    r.to = STR("40");
    assert_string_equal(world_keys(w, &r), "c,b");
    r.from = STR("");
    assert_string_equal(world_keys(w, &r), "c,b,a");
    struct store_range equal = {.table = STR("unit"), .index = STR("code"), .equal = STR("[30]")};
    assert_string_equal(world_keys(w, &equal), "c");
    struct store_range blind = {
        .table = STR("unit"), .index = STR("mail"), .equal = STR("[\"d@example.org\"]")};
    assert_string_equal(world_keys(w, &blind), "d");
    blind.equal = STR("[\"D@example.org\"]");
    assert_string_equal(world_keys(w, &blind), "");
}

static void leading_fields_may_be_equal_and_the_next_bounded(void **state)
{
    struct world *w = *state;
    char json[80];
    world_open(w);
    for (int i = 0; i < 6; i++) {
        snprintf(json, sizeof(json), "{\"state\":\"%s\",\"n\":%d}", i % 2 ? "odd" : "even", i - 3);
        world_put(w, "case", world_key(i), json);
    }
    world_put(w, "case", world_key(6), "{\"state\":\"odd\"}");
    struct store_range r = {.table = STR("case"), .index = STR("state"), .equal = STR("[\"odd\"]")};
    struct buf expected = {0};
    buf_printf(&expected, "%s,%s,%s,%s", world_key(6), world_key(1), world_key(3), world_key(5));
    buf_append_byte(&expected, '\0');
    assert_string_equal(world_keys(w, &r), expected.p); /* null is first */
    r.from = STR("0");
    assert_string_equal(strchr(expected.p, ',') + 1 + 27, world_keys(w, &r));
    r.from = STR("-2");
    r.to = STR("0");
    assert_string_equal(world_keys(w, &r), world_key(1));
    r.from = r.to = STR("");
    r.equal = STR("[\"odd\",2]");
    assert_string_equal(world_keys(w, &r), world_key(5));
    buf_release(&expected);
}

static void blobs_and_tags_are_found_by_element(void **state)
{
    struct world *w = *state;
    world_open(w);
    world_put(w, "case", world_key(1),
        "{\"files\":[\"000102030405060708090a0b0c0d0eff\"],\"tags\":[\"x\",\"y\"]}");
    world_put(w, "case", world_key(2), "{\"files\":[],\"tags\":[\"y\"]}");
    struct store_range file = {.table = STR("case"),
        .index = STR("files"),
        .equal = STR("[\"000102030405060708090a0b0c0d0eff\"]")};
    assert_string_equal(world_keys(w, &file), world_key(1));
    file.equal = STR("");
    assert_string_equal(world_keys(w, &file), world_key(1));
    struct store_range tag = {.table = STR("case"), .index = STR("tags"), .equal = STR("[\"x\"]")};
    assert_string_equal(world_keys(w, &tag), world_key(1));
    world_put(w, "case", world_key(1), "{\"files\":[],\"tags\":[\"z\"]}");
    assert_string_equal(world_keys(w, &tag), "");
    file.equal = STR("");
    assert_string_equal(world_keys(w, &file), "");
}

static void check_refused(struct world *w, const struct store_range *r, const char *part)
{
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    struct store_iter *it;
    struct err err = {0};
    int rc = store_iter_open(&it, tx, r, &err);
    if (rc != E_INVALID || !strstr(err.message, part))
        fail_msg("%s: %s", err_name(rc), err.message);
    store_tx_end(tx);
}

static void wrong_ranges_are_refused_with_the_reason(void **state)
{
    struct world *w = *state;
    world_open(w);
    struct store_range r = {.table = STR("none")};
    check_refused(w, &r, "no table none");
    r = (struct store_range){.table = STR("unit"), .index = STR("none")};
    check_refused(w, &r, "no index none");
    r = (struct store_range){.table = STR("outbox"), .index = STR("code")};
    check_refused(w, &r, "no index");
    r = (struct store_range){.table = STR("unit"), .equal = STR("[1]")};
    check_refused(w, &r, "needs an index");
    r = (struct store_range){.table = STR("case"), .from = STR("abc")};
    check_refused(w, &r, "keys of the table");
    r = (struct store_range){.table = STR("unit"), .index = STR("code"), .equal = STR("[1,2]")};
    check_refused(w, &r, "leading fields");
    r.equal = STR("{\"code\":1}");
    check_refused(w, &r, "leading fields");
    r.equal = STR("[1");
    check_refused(w, &r, "no JSON");
    r.equal = STR("[1.5]");
    check_refused(w, &r, "no index holds");
    r.equal = STR("[1]");
    r.from = STR("1");
    check_refused(w, &r, "leaves no field");
    r = (struct store_range){.table = STR("unit"), .index = STR("mail"), .from = STR("1")};
    check_refused(w, &r, "only a plain index");
    r.from = STR("");
    check_refused(w, &r, "all its fields");
    r = (struct store_range){.table = STR("unit"), .index = STR("code"), .text = STR("ab")};
    check_refused(w, &r, "words");
    r.text = STR("");
    r.after = STR("=");
    check_refused(w, &r, "position");
    r = (struct store_range){.table = STR("case"), .index = STR("files"), .equal = STR("[\"zz\"]")};
    check_refused(w, &r, "blob's name");
}

/* One page of two rows; the position of the last one into `after`. */
static size_t page(struct world *w, struct store_range *r, char after[100], char keys[100])
{
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    struct store_iter *it;
    struct store_row row;
    size_t n = 0;
    r->after = str_from(after);
    assert_int_equal(store_iter_open(&it, tx, r, NULL), 0);
    keys[0] = '\0';
    while (n < 2 && store_iter_next(it, &row) == 0) {
        snprintf(keys + strlen(keys), 100 - strlen(keys), "%.*s", STR_ARG(row.key));
        assert_int_equal(str_to_c(row.position, after, 100), 0);
        n++;
    }
    store_iter_close(it);
    store_tx_end(tx);
    return n;
}

static void check_pages(struct world *w, struct store_range r, const char *expected)
{
    char after[100] = "", keys[100];
    struct buf all = {0};
    while (page(w, &r, after, keys)) {
        buf_append(&all, str_from(keys));
        buf_append_byte(&all, '|');
    }
    assert_true(str_eq(buf_str(&all), str_from(expected)));
    buf_release(&all);
}

static void pages_continue_behind_a_position(void **state)
{
    struct world *w = *state;
    world_open(w);
    put_units(w, 5);
    check_pages(w, (struct store_range){.table = STR("unit")}, "ab|cd|e|");
    check_pages(w, (struct store_range){.table = STR("unit"), .descending = true}, "ed|cb|a|");
    check_pages(w, (struct store_range){.table = STR("unit"), .index = STR("code")}, "ab|cd|e|");
    check_pages(w,
        (struct store_range){
            .table = STR("unit"), .index = STR("code"), .descending = true, .to = STR("50")},
        "dc|ba|");
    check_pages(w,
        (struct store_range){.table = STR("unit"), .index = STR("code"), .from = STR("40")}, "de|");
}

static const char *keys_in(struct world *w, struct store_tx *tx, const struct store_range *r)
{
    struct store_iter *it;
    struct store_row row;
    assert_int_equal(store_iter_open(&it, tx, r, NULL), 0);
    buf_clear(&w->out);
    while (store_iter_next(it, &row) == 0) {
        buf_append(&w->out, row.key);
        buf_append_byte(&w->out, '=');
        buf_append(&w->out, row.json);
        buf_append_byte(&w->out, ' ');
    }
    store_iter_close(it);
    buf_append_byte(&w->out, '\0');
    return w->out.p;
}

static void own_writes_stand_in_their_order(void **state)
{
    struct world *w = *state;
    world_open(w);
    world_put(w, "unit", "b", "{\"code\":20}");
    world_put(w, "unit", "d", "{\"code\":40}");
    world_put(w, "unit", "f", "{\"code\":60}");
    struct store_tx *tx = world_begin(w);
    struct store_range up = {.table = STR("unit")},
                       down = {.table = STR("unit"), .descending = true};
    struct store_range code = {.table = STR("unit"), .index = STR("code")};
    assert_int_equal(store_put(tx, STR("unit"), STR("a"), STR("{\"code\":50}")), 0);
    assert_int_equal(store_put(tx, STR("unit"), STR("c"), STR("{\"code\":1}")), 0);
    assert_int_equal(store_put(tx, STR("unit"), STR("f"), STR("{\"code\":2}")), 0);
    assert_int_equal(store_put(tx, STR("unit"), STR("g"), STR("{}")), 0);
    assert_int_equal(store_delete(tx, STR("unit"), STR("d")), 0);
    assert_string_equal(
        keys_in(w, tx, &up), "a={\"code\":50} b={\"code\":20} c={\"code\":1} f={\"code\":2} g={} ");
    assert_string_equal(keys_in(w, tx, &down),
        "g={} f={\"code\":2} c={\"code\":1} b={\"code\":20} a={\"code\":50} ");
    assert_string_equal(
        keys_in(w, tx, &code), "c={\"code\":1} f={\"code\":2} b={\"code\":20} a={\"code\":50} ");
    code.descending = true;
    assert_string_equal(
        keys_in(w, tx, &code), "a={\"code\":50} b={\"code\":20} f={\"code\":2} c={\"code\":1} ");
    world_commit(tx);
    code.descending = false;
    assert_string_equal(world_keys(w, &code), "c,f,b,a");
}

/* Each row read is deleted and one behind it is made: the walk sees both. */
static void a_walk_sees_what_is_written_on_the_way(void **state)
{
    struct world *w = *state;
    struct store_iter *it;
    struct store_row row;
    world_open(w);
    put_units(w, 3);
    struct store_tx *tx = world_begin(w);
    struct store_range all = {.table = STR("unit")};
    assert_int_equal(store_iter_open(&it, tx, &all, NULL), 0);
    assert_int_equal(store_iter_next(it, &row), 0);
    assert_true(str_eq(row.key, STR("a")));
    assert_int_equal(store_delete(tx, STR("unit"), STR("a")), 0);
    assert_int_equal(store_delete(tx, STR("unit"), STR("b")), 0);
    assert_int_equal(store_put(tx, STR("unit"), STR("bb"), STR("{}")), 0);
    assert_int_equal(store_iter_next(it, &row), 0);
    assert_true(str_eq(row.key, STR("bb")));
    assert_int_equal(store_put(tx, STR("unit"), STR("bbb"), STR("{}")), 0);
    assert_int_equal(store_put(tx, STR("unit"), STR("aa"), STR("{}")), 0);
    assert_int_equal(store_iter_next(it, &row), 0);
    assert_true(str_eq(row.key, STR("bbb")));
    assert_int_equal(store_put(tx, STR("unit"), STR("c"), STR("{\"x\":1}")), 0);
    assert_int_equal(store_iter_next(it, &row), 0);
    assert_true(str_eq(row.json, STR("{\"x\":1}")));
    assert_int_equal(store_put(tx, STR("unit"), STR("d"), STR("{}")), 0);
    assert_int_equal(store_iter_next(it, &row), 0);
    assert_true(str_eq(row.key, STR("d")));
    assert_int_equal(store_iter_next(it, &row), 1);
    assert_int_equal(store_iter_next(it, &row), 1);
    store_iter_close(it);
    store_tx_end(tx);
}

/* Walks `steps` rows of a range, writes something, lets another transaction put a unit, and
 * commits. */
static int race(struct world *w, struct store_range r, int steps, const char *key, const char *json)
{
    struct store_iter *it;
    struct store_row row;
    struct store_tx *tx = world_begin(w);
    assert_int_equal(store_iter_open(&it, tx, &r, NULL), 0);
    for (int i = 0; i < steps; i++)
        if (store_iter_next(it, &row))
            break;
    store_iter_close(it);
    assert_int_equal(store_put(tx, STR("case"), str_from(world_key(1)), STR("{}")), 0);
    if (json) {
        world_put(w, "unit", key, json);
    } else {
        struct store_tx *other = world_begin(w);
        assert_int_equal(store_delete(other, STR("unit"), str_from(key)), 0);
        world_commit(other);
    }
    int rc = store_commit(tx);
    store_tx_end(tx);
    return rc;
}

static void phantoms_are_conflicts_and_neighbours_are_not(void **state)
{
    struct world *w = *state;
    world_open(w);
    put_units(w, 5);
    struct store_range all = {.table = STR("unit")};
    struct store_range down = {.table = STR("unit"), .descending = true};
    struct store_range bc = {.table = STR("unit"), .from = STR("b"), .to = STR("d")};
    struct store_range code = {
        .table = STR("unit"), .index = STR("code"), .from = STR("100"), .to = STR("200")};
    assert_int_equal(race(w, all, 99, "zz", "{}"), E_CONFLICT); /* behind the end */
    assert_int_equal(race(w, all, 2, "zy", "{}"), 0);           /* behind what was seen */
    assert_int_equal(race(w, all, 2, "aa", "{}"), E_CONFLICT);  /* in between */
    assert_int_equal(race(w, all, 2, "aa", NULL), E_CONFLICT);  /* and gone again */
    assert_int_equal(race(w, all, 2, "b", "{}"), E_CONFLICT);   /* altered */
    assert_int_equal(race(w, down, 2, "zx", "{}"), 0);          /* below zy, which was the second */
    assert_int_equal(race(w, down, 2, "zzz", "{}"), E_CONFLICT);
    assert_int_equal(race(w, down, 99, "A", "{}"), E_CONFLICT);
    assert_int_equal(race(w, bc, 99, "bz", "{}"), E_CONFLICT);
    assert_int_equal(race(w, bc, 99, "bz", NULL), E_CONFLICT);
    assert_int_equal(race(w, bc, 99, "d", "{}"), 0);
    assert_int_equal(race(w, bc, 99, "az", "{}"), 0);
    assert_int_equal(race(w, code, 99, "q", "{\"code\":150}"), E_CONFLICT);
    assert_int_equal(race(w, code, 99, "q", "{\"code\":150,\"x\":1}"), E_CONFLICT); /* its row */
    assert_int_equal(race(w, code, 99, "q", "{\"code\":200}"), E_CONFLICT);         /* left it */
    assert_int_equal(race(w, code, 99, "q", "{\"code\":250}"), 0);
    assert_int_equal(race(w, code, 99, "q", "{\"code\":199}"), E_CONFLICT);
    code.keys_only = true;
    assert_int_equal(
        race(w, code, 99, "q", "{\"code\":199,\"x\":2}"), 0); /* the row was not read */
}

static void ranges_count_as_reads(void **state)
{
    struct world *w = *state;
    struct store_iter *it;
    struct store_row row;
    char key[32];
    world_open(w);
    for (int i = 0; i < 5; i++) {
        struct store_tx *tx = world_begin(w);
        for (int j = 0; j < 1000; j++) {
            snprintf(key, sizeof(key), "k%d.%d", i, j);
            assert_int_equal(store_put(tx, STR("unit"), str_from(key), STR("{}")), 0);
        }
        world_commit(tx);
    }
    struct store_range all = {.table = STR("unit"), .keys_only = true};
    for (int kind = 0; kind < 2; kind++) {
        struct store_tx *tx = store_tx_begin(w->store, kind ? STORE_TX_READ : STORE_TX_WRITE);
        int n = 0, rc;
        assert_int_equal(store_iter_open(&it, tx, &all, NULL), 0);
        while ((rc = store_iter_next(it, &row)) == 0)
            n++;
        assert_int_equal(n, kind ? 5000 : STORE_READS_MAX);
        assert_int_equal(rc, kind ? 1 : E_TOO_BIG);
        store_iter_close(it);
        store_tx_end(tx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_world(primary_ranges_have_borders_and_orders),
        with_world(index_ranges_have_borders_and_orders),
        with_world(leading_fields_may_be_equal_and_the_next_bounded),
        with_world(blobs_and_tags_are_found_by_element),
        with_world(wrong_ranges_are_refused_with_the_reason),
        with_world(pages_continue_behind_a_position),
        with_world(own_writes_stand_in_their_order),
        with_world(a_walk_sees_what_is_written_on_the_way),
        with_world(phantoms_are_conflicts_and_neighbours_are_not),
        with_world(ranges_count_as_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
