// SPDX-License-Identifier: Apache-2.0
// Frames between hall and signer: cut anywhere, too big, of the wrong shape; requests and answers
// there and back.
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "core/issuer/message.h"

static void a_frame_is_cut_when_it_is_whole(void **state)
{
    struct buf out = {0};
    struct message_frame f;
    (void)state;
    message_put(STR("{\"a\":1}"), STR("bytes"), &out);
    message_put(STR("{}"), STR(""), &out);
    size_t first = MESSAGE_HEAD + 7 + 5;
    for (size_t n = 0; n < first; n++)
        assert_int_equal(
            message_cut(str_slice(buf_str(&out), 0, n), message_request_limits(), &f), 1);
    assert_int_equal(message_cut(buf_str(&out), message_request_limits(), &f), 0);
    assert_int_equal(f.size, first);
    assert_true(str_eq(f.json, STR("{\"a\":1}")) && str_eq(f.body, STR("bytes")));
    assert_int_equal(
        message_cut(str_slice(buf_str(&out), first, out.n), message_request_limits(), &f), 0);
    assert_true(str_eq(f.json, STR("{}")) && !f.body.n);
    buf_release(&out);
}

static void a_frame_over_the_limit_is_known_by_its_head(void **state)
{
    struct message_frame f;
    const struct message_limits *l = message_request_limits();
    (void)state;
    struct buf out = {0};
    char *head = buf_reserve(&out, MESSAGE_HEAD);
    memset(head, 0, MESSAGE_HEAD);
    head[0] = 1; /* 16 MiB of JSON */
    assert_int_equal(message_cut(str_of(head, MESSAGE_HEAD), l, &f), E_TOO_BIG);
    memset(head, 0, MESSAGE_HEAD);
    head[4] = 1;
    assert_int_equal(message_cut(str_of(head, MESSAGE_HEAD), l, &f), E_TOO_BIG);
    assert_true(l->json < message_answer_limits()->json);
    buf_release(&out);
}

static int read_text(const char *json, struct arena *a, struct message_request *r)
{
    struct err err;
    const struct message_frame f = {.json = str_from(json)};
    return message_read_request(&f, a, r, &err);
}

static void requests_come_back_as_they_were(void **state)
{
    struct arena a = {0};
    struct err err;
    (void)state;
    for (unsigned op = 0; op < MESSAGE_OP_COUNT; op++) {
        struct buf out = {0};
        struct message_frame f;
        struct message_request back;
        const struct message_request r = {.op = (enum message_op)op,
            .voucher = STR("v\"1"),
            .authority = STR("rsa"),
            .number = UINT64_MAX,
            .body = STR("\0x")};
        message_put_request(&r, &out);
        assert_int_equal(message_cut(buf_str(&out), message_request_limits(), &f), 0);
        assert_int_equal(message_read_request(&f, &a, &back, &err), 0);
        assert_int_equal(back.op, op);
        assert_true(str_eq(back.body, r.body));
        if (op == MESSAGE_ISSUE)
            assert_true(str_eq(back.voucher, r.voucher));
        if (op == MESSAGE_CRL)
            assert_true(str_eq(back.authority, r.authority) && back.number == UINT64_MAX);
        buf_release(&out);
    }
    arena_release(&a);
}

static void other_members_are_refused(void **state)
{
    static const char *const bad[] = {"", "[]", "null", "{}", "{\"op\":\"sign\"}", "{\"op\":1}",
        "{\"op\":\"status\",\"digest\":\"00\"}", "{\"op\":\"issue\"}",
        "{\"op\":\"issue\",\"voucher\":1}", "{\"op\":\"issue\",\"voucher\":\"v\",\"number\":1}",
        "{\"op\":\"changes\",\"number\":-1}", "{\"op\":\"changes\",\"number\":1.5}",
        "{\"op\":\"changes\",\"number\":1,\"number\":2}", "{\"op\":\"crl\",\"authority\":\"\"}",
        "{\"op\":\"status\",\"x\":[[[[[[[[1]]]]]]]]}"};
    struct arena a = {0};
    struct message_request r;
    (void)state;
    for (size_t i = 0; i < countof(bad); i++)
        if (read_text(bad[i], &a, &r) != E_PROTOCOL)
            fail_msg("taken: %s", bad[i]);
    assert_int_equal(read_text("{\"op\":\"status\"}", &a, &r), 0);
    arena_release(&a);
}

static int read_answer(const char *json, struct arena *a, struct message_answer *out)
{
    const struct message_frame f = {.json = str_from(json)};
    return message_read_answer(&f, a, out);
}

static void answers(void **state)
{
    struct arena a = {0};
    struct buf out = {0};
    struct message_frame f;
    struct message_answer back;
    struct err err = {0};
    (void)state;
    message_put_result(STR("{\"n\":7}"), STR("der"), &out);
    assert_int_equal(message_cut(buf_str(&out), message_answer_limits(), &f), 0);
    assert_int_equal(message_read_answer(&f, &a, &back), 0);
    assert_int_equal(back.code, 0);
    assert_int_equal(json_int(json_get(back.result, STR("n"))), 7);
    assert_true(str_eq(back.body, STR("der")));
    buf_clear(&out);
    err_set(&err, E_DENIED, "no \"such\" ticket");
    err_at(&err, "signer.key");
    message_put_failure(&err, &out);
    assert_int_equal(message_cut(buf_str(&out), message_answer_limits(), &f), 0);
    assert_int_equal(message_read_answer(&f, &a, &back), 0);
    assert_int_equal(back.code, E_DENIED);
    assert_true(str_eq(back.message, STR("no \"such\" ticket")));
    assert_true(str_eq(back.where, STR("signer.key")) && !back.result);
    static const char *const bad[] = {"", "[]", "{}", "{\"result\":1}", "{\"code\":0}",
        "{\"code\":1}", "{\"code\":-1000}", "{\"code\":\"E_DENIED\"}"};
    for (size_t i = 0; i < countof(bad); i++)
        assert_int_equal(read_answer(bad[i], &a, &back), E_PROTOCOL);
    buf_release(&out);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_cut_when_it_is_whole),
        cmocka_unit_test(a_frame_over_the_limit_is_known_by_its_head),
        cmocka_unit_test(requests_come_back_as_they_were),
        cmocka_unit_test(other_members_are_refused),
        cmocka_unit_test(answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
