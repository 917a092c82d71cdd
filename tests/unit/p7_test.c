// SPDX-License-Identifier: Apache-2.0
// Tests of p7: chains written and read back, in any order, altered and cut.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/pki/p7.h"
#include "tests/unit/pki_fixture.h"

static struct fixture fix;

static int setup(void **state)
{
    (void)state;
    fixture_init(&fix, PK_P256);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_release(&fix);
    return 0;
}

static void chains_come_back_in_any_order(void **state)
{
    (void)state;
    const str there[] = {issuer_cert(fix.root)->der, issuer_cert(fix.issuing)->der};
    const str back[] = {there[1], there[0]};
    struct buf one = {0}, two = {0};
    str out[P7_CERTS_MAX];
    size_t count;
    assert_int_equal(p7_put(there, 2, &one, NULL), 0);
    assert_int_equal(p7_put(back, 2, &two, NULL), 0);
    assert_true(str_eq(buf_str(&one), buf_str(&two)));
    assert_int_equal(p7_parse(buf_str(&one), out, &count, NULL), 0);
    assert_int_equal(count, 2);
    bool first = str_eq(out[0], there[0]);
    assert_true(str_eq(out[0], there[first ? 0 : 1]) && str_eq(out[1], there[first ? 1 : 0]));
    for (size_t i = 0; i < one.n; i++)
        assert_true(p7_parse(str_of(one.p, i), out, &count, NULL) < 0);
    buf_append_byte(&one, 0);
    assert_int_equal(p7_parse(buf_str(&one), out, &count, NULL), E_PARSE);
    buf_release(&one);
    buf_release(&two);
}

static void wrong_chains_are_refused(void **state)
{
    (void)state;
    const str twice[] = {issuer_cert(fix.root)->der, issuer_cert(fix.root)->der};
    const str broken[] = {issuer_cert(fix.root)->der, STR("\x30\x00")};
    struct buf out = {0};
    struct err err = {0};
    assert_int_equal(p7_put(twice, 0, &out, &err), E_INVALID);
    assert_int_equal(p7_put(twice, P7_CERTS_MAX + 1, &out, &err), E_INVALID);
    assert_int_equal(p7_put(twice, 2, &out, &err), E_INVALID);
    assert_int_equal(p7_put(broken, 2, &out, &err), E_PARSE);
    assert_int_equal(out.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_come_back_in_any_order),
        cmocka_unit_test(wrong_chains_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
