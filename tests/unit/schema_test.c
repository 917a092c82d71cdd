// SPDX-License-Identifier: Apache-2.0
// Tests of store/schema.c: reading, refusing, comparing.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "store/schema.h"

static const char full[] =
    "{\"tables\": {\"unit\": {\"key\": \"text\"}, \"case\": {\"key\": \"time\", \"indexes\": ["
    "{\"name\":\"state\",\"kind\":\"plain\",\"fields\":[\"state\",\"kind\"]},"
    "{\"name\":\"phone\",\"kind\":\"blind\",\"fields\":[\"contact.phone\"],\"unique\":true},"
    "{\"name\":\"names\",\"kind\":\"words\",\"fields\":[\"unit.name\"]},"
    "{\"name\":\"files\",\"kind\":\"blob\",\"fields\":[\"blobs\"],\"multi\":true}],"
    "\"counters\":[{\"name\":\"case_by_state\",\"by\":[\"state\"]}]}},"
    "\"counters\":[\"visits\"],\"logs\":[\"audit\",\"signer\"],"
    "\"sequences\":[{\"name\":\"case_number\",\"first\":7},{\"name\":\"other\"}],"
    "\"jobs\":[\"mail.send\"]}";

static void a_whole_schema_is_read(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct schema s;
    struct err err;
    assert_int_equal(schema_parse(str_from(full), &arena, &s, &err), 0);
    assert_int_equal(s.table_count, 2);
    const struct schema_table *t = schema_table(&s, STR("case"));
    assert_ptr_equal(t, &s.tables[0]); /* by name */
    assert_int_equal(t->index_count, 4);
    assert_int_equal(t->key, SCHEMA_KEY_TIME);
    assert_true(str_eq(t->database, STR("rows.case")));
    const struct schema_index *x = schema_index(t, STR("phone"));
    assert_true(x && x->unique && !x->multi && x->kind == SCHEMA_BLIND);
    assert_true(str_eq(x->database, STR("index.case.phone")));
    assert_true(str_eq(x->fields[0], STR("contact.phone")));
    assert_true(schema_index(t, STR("files"))->multi);
    assert_null(schema_index(t, STR("none")));
    assert_int_equal(schema_table(&s, STR("unit"))->key, SCHEMA_KEY_TEXT);
    assert_null(schema_table(&s, STR("v")));
    assert_true(schema_counter(&s, STR("visits"))->free);
    assert_int_equal(schema_counter(&s, STR("case_by_state"))->by_count, 1);
    assert_int_equal(schema_sequence(&s, STR("case_number"))->first, 7);
    assert_int_equal(schema_sequence(&s, STR("other"))->first, 1);
    assert_true(schema_has_job(&s, STR("mail.send")));
    assert_false(schema_has_job(&s, STR("mail")));
    const struct schema_log *l = schema_log(&s, STR("signer"));
    assert_true(str_eq(l->heads, STR("head.signer")));
    assert_int_equal(s.slots, 2 + 4 + 6);
    assert_int_equal(l->slot, 9);
    arena_release(&arena);
}

static void slots_are_distinct(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct schema s;
    bool used[32] = {0};
    assert_int_equal(schema_parse(str_from(full), &arena, &s, NULL), 0);
    for (size_t i = 0; i < s.table_count; i++) {
        assert_false(used[s.tables[i].slot]);
        used[s.tables[i].slot] = true;
        for (size_t j = 0; j < s.tables[i].index_count; j++) {
            assert_false(used[s.tables[i].indexes[j].slot]);
            used[s.tables[i].indexes[j].slot] = true;
        }
    }
    for (size_t i = 0; i < s.log_count; i++)
        for (unsigned j = 0; j < 3; j++) {
            assert_false(used[s.logs[i].slot + j]);
            used[s.logs[i].slot + j] = true;
        }
    for (unsigned i = 0; i < s.slots; i++)
        assert_true(used[i]);
    arena_release(&arena);
}

static void the_canonical_text_does_not_depend_on_order_or_space(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct schema a, b;
    str one = STR(
        "{ \"logs\": [\"x\"], \"tables\": {\"b\": {\"key\":\"time\"}, \"a\":{\"key\":\"text\"}}}");
    str two =
        STR("{\"tables\":{\"a\":{\"key\":\"text\"},\"b\":{\"key\":\"time\"}},\"logs\":[\"x\"]}");
    assert_int_equal(schema_parse(one, &arena, &a, NULL), 0);
    assert_int_equal(schema_parse(two, &arena, &b, NULL), 0);
    assert_true(str_eq(a.json, b.json));
    assert_true(str_eq(a.json,
        STR("{\"logs\":[\"x\"],\"tables\":{\"a\":{\"key\":\"text\"},\"b\":{\"key\":\"time\"}}}")));
    arena_release(&arena);
}

static void check_refused(const char *json, const char *part)
{
    struct arena arena = {0};
    struct schema s;
    struct err err = {0};
    int rc = schema_parse(str_from(json), &arena, &s, &err);
    if (rc != E_INVALID || !strstr(err.message, part))
        fail_msg("%s: %d %s", json, rc, err.message);
    arena_release(&arena);
}

static void wrong_schemas_are_refused_with_the_place(void **state)
{
    (void)state;
    check_refused("", "schema");
    check_refused("[]", "the schema");
    check_refused("{\"table\":{}}", "unknown member \"table\"");
    check_refused("{\"tables\":{\"A\":{\"key\":\"time\"}}}", "\"A\"");
    check_refused("{\"tables\":{\"outbox\":{\"key\":\"time\"}}}", "outbox");
    check_refused("{\"tables\":{\"a\":{}}}", "rows.a");
    check_refused(
        "{\"tables\":{\"a\":{\"key\":\"time\",\"index\":[]}}}", "unknown member \"index\"");
    check_refused("{\"tables\":{\"a\":3}}", "rows.a");
    check_refused("{\"counters\":[\"x\",\"x\"]}", "counter x");
    check_refused("{\"logs\":[\"x\",\"x\"]}", "log x");
    check_refused("{\"logs\":{\"x\":\"x\"}}", "no list");
    check_refused("{\"logs\":3}", "no list");
    check_refused("{\"tables\":3}", "by name");
    check_refused("{\"tables\":[1]}", "by name");
    check_refused("{\"jobs\":[\"x\",\"x\"]}", "job x");
    check_refused("{\"jobs\":[\"X\"]}", "\"X\"");
    check_refused("{\"sequences\":[{\"name\":\"q\",\"first\":-1}]}", "sequence q");
    check_refused("{\"sequences\":[{\"name\":\"q\"},{\"name\":\"q\"}]}", "sequence q");
    check_refused("{\"logs\":[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]}", "40 bytes");
}

static void check_index_refused(const char *key, const char *index, const char *part)
{
    char json[600];
    snprintf(
        json, sizeof(json), "{\"tables\":{\"a\":{\"key\":\"%s\",\"indexes\":[%s]}}}", key, index);
    check_refused(json, part);
}

static void wrong_indexes_are_refused_with_the_place(void **state)
{
    (void)state;
    check_index_refused("time", "{\"name\":\"x\",\"kind\":\"tree\",\"fields\":[\"a\"]}", "tree");
    check_index_refused("time", "{\"name\":\"x\",\"kind\":\"plain\",\"fields\":[]}", "no fields");
    check_index_refused("time", "{\"name\":\"x\",\"kind\":\"plain\",\"fields\":\"a\"}", "no list");
    check_index_refused(
        "time", "{\"name\":\"x\",\"kind\":\"plain\",\"fields\":[\"a..b\"]}", "dotted");
    check_index_refused(
        "time", "{\"name\":\"x\",\"kind\":\"plain\",\"fields\":[\"a.\"]}", "dotted");
    check_index_refused("time", "{\"name\":\"x\",\"kind\":\"plain\",\"fields\":[1]}", "dotted");
    check_index_refused("time",
        "{\"name\":\"x\",\"kind\":\"plain\",\"fields\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\","
        "\"h\",\"i\"]}",
        "more than 8");
    check_index_refused(
        "time", "{\"name\":\"x\",\"kind\":\"words\",\"fields\":[\"a\"],\"unique\":true}", "unique");
    check_index_refused(
        "time", "{\"name\":\"x\",\"kind\":\"words\",\"fields\":[\"a\"],\"multi\":true}", "multi");
    check_index_refused("time",
        "{\"name\":\"x\",\"kind\":\"plain\",\"fields\":[\"a\",\"b\"],\"multi\":true}",
        "more than one");
    check_index_refused(
        "time", "{\"name\":\"x\",\"kind\":\"blob\",\"fields\":[\"a\",\"b\"]}", "more than one");
    check_index_refused(
        "time", "{\"name\":\"x\",\"kind\":\"plain\",\"fields\":[\"a\"],\"unique\":1}", "flag");
    check_index_refused(
        "text", "{\"name\":\"x\",\"kind\":\"words\",\"fields\":[\"a\"]}", "time keys");
    check_index_refused("time",
        "{\"name\":\"x\",\"kind\":\"plain\",\"fields\":[\"a\"]},"
        "{\"name\":\"x\",\"kind\":\"blind\",\"fields\":[\"a\"]}",
        "twice");
}

static void limits_are_kept(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_append(&text, STR("{\"tables\":{"));
    for (int i = 0; i <= SCHEMA_TABLES_MAX; i++)
        buf_printf(&text, "%s\"t%d\":{\"key\":\"time\"}", i ? "," : "", i);
    buf_append(&text, STR("}}\0"));
    check_refused(text.p, "64 tables");
    buf_clear(&text);
    buf_append(&text, STR("{\"counters\":["));
    for (int i = 0; i < SCHEMA_COUNTERS_MAX; i++)
        buf_printf(&text, "%s\"c%d\"", i ? "," : "", i);
    buf_append(
        &text, STR("],\"tables\":{\"t\":{\"key\":\"time\",\"counters\":[{\"name\":\"one\"}]}}}\0"));
    check_refused(text.p, "128 counters");
    buf_release(&text);
}

static int extends(const char *before, const char *now, struct err *err)
{
    struct arena arena = {0};
    struct schema a, b;
    assert_int_equal(schema_parse(str_from(before), &arena, &a, NULL), 0);
    assert_int_equal(schema_parse(str_from(now), &arena, &b, NULL), 0);
    int rc = schema_extends(&a, &b, err);
    arena_release(&arena);
    return rc;
}

static void only_additions_extend_a_schema(void **state)
{
    (void)state;
    struct err err;
    static const char before[] =
        "{\"tables\":{\"a\":{\"key\":\"time\",\"indexes\":[{\"name\":\"x\",\"kind\":\"plain\","
        "\"fields\":[\"f\"]}],\"counters\":[{\"name\":\"c\",\"by\":[\"f\"]}]}},\"logs\":[\"l\"],"
        "\"counters\":[\"v\"],\"sequences\":[{\"name\":\"q\",\"first\":1}],\"jobs\":[\"j\"]}";
    static const char more[] =
        "{\"tables\":{\"a\":{\"key\":\"time\",\"indexes\":[{\"name\":\"x\",\"kind\":\"plain\","
        "\"fields\":[\"f\"]}],\"counters\":[{\"name\":\"c\",\"by\":[\"f\"]}]},\"b\":{\"key\":"
        "\"text\"}},"
        "\"logs\":[\"m\",\"l\"],\"counters\":[\"w\",\"v\"],\"sequences\":[{\"name\":\"r\"},"
        "{\"name\":\"q\",\"first\":1}],\"jobs\":[\"k\",\"j\"]}";
    assert_int_equal(extends(before, before, &err), 0);
    assert_int_equal(extends(before, more, &err), 0);
    assert_int_equal(extends(more, before, &err), E_CONFIG);
    assert_non_null(strstr(err.message, "table b is gone"));
    static const char *const changes[][2] = {{"\"time\"", "kind of key"},
        {"\"plain\"", "index.a.x"}, {"[\"f\"]}],", "index.a.x"}, {"\"by\":[\"f\"]", "counter c"},
        {"\"l\"", "log l"}, {"\"v\"", "counter v"}, {"\"j\"", "job j"},
        {"\"first\":1", "sequence q"}};
    static const char *const into[] = {"\"text\"", "\"blind\"", "[\"g\"]}],", "\"by\":[\"g\"]",
        "\"z\"", "\"z\"", "\"z\"", "\"first\":2"};
    for (size_t i = 0; i < countof(changes); i++) {
        char now[600];
        const char *at = strstr(before, changes[i][0]);
        snprintf(now, sizeof(now), "%.*s%s%s", (int)(at - before), before, into[i],
            at + strlen(changes[i][0]));
        assert_int_equal(extends(before, now, &err), E_CONFIG);
        if (!strstr(err.message, changes[i][1]) || !strstr(err.message, "store migrate"))
            fail_msg("%s: %s", changes[i][0], err.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_schema_is_read),
        cmocka_unit_test(slots_are_distinct),
        cmocka_unit_test(the_canonical_text_does_not_depend_on_order_or_space),
        cmocka_unit_test(wrong_schemas_are_refused_with_the_place),
        cmocka_unit_test(wrong_indexes_are_refused_with_the_place),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(only_additions_extend_a_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
