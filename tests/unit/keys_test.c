// SPDX-License-Identifier: Apache-2.0
// Tests of store/keys.c: framing, nonces, binding to name and key, damage, signatures.
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/codec.h"
#include "core/crypto/seal.h"
#include "store/keys.h"

static const uint8_t root[32] = "0123456789abcdef0123456789abcdef";

static struct keys *new_keys(uint32_t epoch)
{
    struct keys *k = keys_new(root);
    struct keys_secrets s;
    memset(&s, 7, sizeof(s));
    keys_set_secrets(k, &s);
    if (epoch)
        keys_begin_epoch(k, epoch);
    return k;
}

static void a_sealed_value_can_be_opened_from_its_description(void **state)
{
    (void)state;
    struct keys *k = new_keys(258);
    struct buf sealed = {0}, plain = {0};
    uint8_t derived[32];
    assert_int_equal(keys_seal(k, STR("rows.case"), STR("key"), STR("{\"a\":1}"), &sealed), 0);
    assert_int_equal(sealed.n, 7 + KEYS_SEALED_EXTRA);
    assert_int_equal(codec_get_be32((uint8_t *)sealed.p), 258);
    assert_int_equal(codec_get_be64((uint8_t *)sealed.p + 4), 0);
    assert_int_equal(
        hash_hkdf(str_of(root, 32), STR(""), STR("certhall epoch\0\0\1\2"), derived, 32), 0);
    struct seal_key *own = seal_key_new(derived);
    assert_int_equal(seal_get(own, (uint8_t *)sealed.p, STR("rows.case\0key"),
                         str_slice(buf_str(&sealed), 12, sealed.n), &plain),
        0);
    assert_true(str_eq(buf_str(&plain), STR("{\"a\":1}")));
    seal_key_free(own);
    buf_release(&sealed);
    buf_release(&plain);
    keys_free(k);
}

static void a_value_is_bound_to_its_place(void **state)
{
    (void)state;
    struct keys *k = new_keys(1);
    struct buf sealed = {0}, out = {0};
    assert_int_equal(keys_seal(k, STR("rows.a"), STR("k1"), STR("secret"), &sealed), 0);
    assert_int_equal(keys_unseal(k, STR("rows.a"), STR("k2"), buf_str(&sealed), &out), E_CORRUPT);
    assert_int_equal(keys_unseal(k, STR("rows.b"), STR("k1"), buf_str(&sealed), &out), E_CORRUPT);
    assert_int_equal(keys_unwrap(k, STR("rows.a"), STR("k1"), buf_str(&sealed), &out), E_CORRUPT);
    assert_int_equal(
        keys_unseal_log(k, STR("rows.a"), STR("k1"), buf_str(&sealed), &out), E_CORRUPT);
    assert_int_equal(out.n, 0);
    for (size_t i = 0; i < sealed.n; i++) {
        sealed.p[i] = (char)(sealed.p[i] ^ 0x40);
        assert_int_equal(
            keys_unseal(k, STR("rows.a"), STR("k1"), buf_str(&sealed), &out), E_CORRUPT);
        sealed.p[i] = (char)(sealed.p[i] ^ 0x40);
    }
    for (size_t n = 0; n < sealed.n; n++)
        assert_int_equal(
            keys_unseal(k, STR("rows.a"), STR("k1"), str_of(sealed.p, n), &out), E_CORRUPT);
    assert_int_equal(out.n, 0);
    assert_int_equal(keys_unseal(k, STR("rows.a"), STR("k1"), buf_str(&sealed), &out), 0);
    assert_true(str_eq(buf_str(&out), STR("secret")));
    buf_release(&sealed);
    buf_release(&out);
    keys_free(k);
}

static void older_epochs_open_and_no_epoch_seals_nothing(void **state)
{
    (void)state;
    struct keys *k = new_keys(1);
    struct buf first = {0}, out = {0};
    assert_int_equal(keys_seal(k, STR("n"), STR("k"), STR("old"), &first), 0);
    keys_begin_epoch(k, 9);
    assert_int_equal(keys_unseal(k, STR("n"), STR("k"), buf_str(&first), &out), 0);
    keys_free(k);
    k = new_keys(0);
    assert_int_equal(keys_unseal(k, STR("n"), STR("k"), buf_str(&first), &out), 0);
    assert_true(str_eq(buf_str(&out), STR("oldold")));
    assert_int_equal(keys_seal(k, STR("n"), STR("k"), STR("new"), &out), E_READ_ONLY);
    assert_int_equal(out.n, 6);
    keys_free(k);
    buf_release(&first);
    buf_release(&out);
}

static void any_named_epoch_is_survived(void **state)
{
    (void)state;
    struct keys *k = new_keys(3);
    char sealed[40] = {0};
    struct buf out = {0};
    for (uint32_t i = 0; i < 4500; i++) {
        codec_put_be32((uint8_t *)sealed, i * 7);
        assert_int_equal(
            keys_unseal(k, STR("n"), STR("k"), str_of(sealed, sizeof(sealed)), &out), E_CORRUPT);
    }
    struct buf good = {0};
    assert_int_equal(keys_seal(k, STR("n"), STR("k"), STR("x"), &good), 0);
    assert_int_equal(keys_unseal(k, STR("n"), STR("k"), buf_str(&good), &out), 0);
    buf_release(&good);
    buf_release(&out);
    keys_free(k);
}

enum { THREADS = 4, SEALS = 500 };

struct sealing {
    struct keys *keys;
    uint64_t counters[SEALS];
};

static void *seal_many(void *arg)
{
    struct sealing *s = arg;
    for (int i = 0; i < SEALS; i++) {
        struct buf out = {0};
        if (keys_seal_log(s->keys, STR("log.a"), STR(""), STR("x"), &out))
            abort();
        s->counters[i] = codec_get_be64((uint8_t *)out.p + 4);
        buf_release(&out);
    }
    return NULL;
}

static void no_nonce_is_used_twice(void **state)
{
    (void)state;
    struct keys *k = new_keys(1);
    static struct sealing s[THREADS];
    static bool seen[THREADS * SEALS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        s[i].keys = k;
        assert_int_equal(pthread_create(&threads[i], NULL, seal_many, &s[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        for (int j = 0; j < SEALS; j++) {
            assert_true(s[i].counters[j] < THREADS * SEALS);
            assert_false(seen[s[i].counters[j]]);
            seen[s[i].counters[j]] = true;
        }
    }
    assert_false(keys_is_epoch_worn(k));
    keys_free(k);
}

static void the_blind_value_is_the_documented_mac(void **state)
{
    (void)state;
    struct keys *k = keys_new(root);
    uint8_t index_key[32], expected[32], mac[32];
    assert_int_equal(hash_hkdf(str_of(root, 32), STR(""), STR("certhall index"), index_key, 32), 0);
    hash_hmac(str_of(index_key, 32), STR("index.t.i\0value"), expected);
    keys_blind(k, STR("index.t.i"), STR("value"), mac);
    assert_memory_equal(mac, expected, 32);
    keys_free(k);
}

static void heads_are_signed_and_verified(void **state)
{
    (void)state;
    struct keys *k = new_keys(1);
    uint8_t signature[64], public_key[32];
    keys_sign_head(k, STR("message"), signature);
    keys_head_public(k, public_key);
    assert_int_equal(keys_verify_head(STR("message"), signature, public_key), 0);
    assert_int_equal(keys_verify_head(STR("massage"), signature, public_key), E_CORRUPT);
    signature[5] ^= 1;
    assert_int_equal(keys_verify_head(STR("message"), signature, public_key), E_CORRUPT);
    keys_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_value_can_be_opened_from_its_description),
        cmocka_unit_test(a_value_is_bound_to_its_place),
        cmocka_unit_test(older_epochs_open_and_no_epoch_seals_nothing),
        cmocka_unit_test(any_named_epoch_is_survived),
        cmocka_unit_test(no_nonce_is_used_twice),
        cmocka_unit_test(the_blind_value_is_the_documented_mac),
        cmocka_unit_test(heads_are_signed_and_verified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
