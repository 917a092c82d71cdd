// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bench/load/hist.h"

static double error_of(uint64_t v)
{
    struct hist *h = hist_new();
    /* A second, larger value keeps the exact maximum from hiding the bucket's error. */
    hist_add(h, v);
    hist_add(h, HIST_MAX);
    hist_add(h, 0);
    uint64_t got = hist_at(h, 0.5);
    hist_free(h);
    double d = got > v ? (double)(got - v) : (double)(v - got);
    return v ? d / (double)v : d;
}

static void values_come_back_within_a_thousandth(void **state)
{
    (void)state;
    for (uint64_t v = 1; v < HIST_MAX / 3; v = v * 3 + v % 7 + 1)
        for (uint64_t near = v - 1; near <= v + 1; near++)
            assert_true(error_of(near) <= 0.0005);
    for (int bit = 1; bit < 40; bit++)
        for (int64_t d = -1; d <= 1; d++)
            assert_true(error_of((UINT64_C(1) << bit) + (uint64_t)d) <= 0.0005);
}

static void quantiles_are_those_of_the_sorted_values(void **state)
{
    (void)state;
    struct hist *h = hist_new();
    for (uint64_t i = 1; i <= 100000; i++)
        hist_add(h, i * 1000);
    static const double qs[] = {0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 0.9999};
    for (size_t i = 0; i < countof(qs); i++) {
        double want = qs[i] * 100000 * 1000;
        assert_true((double)hist_at(h, qs[i]) > want * 0.999);
        assert_true((double)hist_at(h, qs[i]) < want * 1.001);
    }
    assert_int_equal(hist_at(h, 0), 1000);
    assert_int_equal(hist_at(h, 1), 100000 * 1000);
    assert_int_equal(hist_min(h), 1000);
    assert_int_equal(hist_max(h), 100000 * 1000);
    assert_true(hist_mean(h) > 50000499 && hist_mean(h) < 50000501);
    hist_free(h);
}

static void merging_equals_adding_everything_to_one(void **state)
{
    (void)state;
    struct hist *a = hist_new(), *b = hist_new(), *all = hist_new();
    for (uint64_t i = 0; i < 10000; i++) {
        uint64_t v = i * i % 1000003;
        hist_add(i % 3 ? a : b, v);
        hist_add(all, v);
    }
    hist_merge(a, b);
    assert_int_equal(hist_count(a), hist_count(all));
    assert_int_equal(hist_min(a), hist_min(all));
    assert_true(hist_mean(a) > hist_mean(all) - 1 && hist_mean(a) < hist_mean(all) + 1);
    for (double q = 0; q <= 1; q += 0.01)
        assert_int_equal(hist_at(a, q), hist_at(all, q));
    hist_free(a);
    hist_free(b);
    hist_free(all);
}

static void empty_and_extreme_values_are_harmless(void **state)
{
    (void)state;
    struct hist *h = hist_new();
    assert_int_equal(hist_at(h, 0.5), 0);
    hist_add(h, UINT64_MAX);
    assert_int_equal(hist_max(h), HIST_MAX);
    assert_int_equal(hist_at(h, 0.5), HIST_MAX);
    hist_clear(h);
    assert_int_equal(hist_count(h), 0);
    assert_int_equal(hist_max(h), 0);
    hist_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_back_within_a_thousandth),
        cmocka_unit_test(quantiles_are_those_of_the_sorted_values),
        cmocka_unit_test(merging_equals_adding_everything_to_one),
        cmocka_unit_test(empty_and_extreme_values_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
