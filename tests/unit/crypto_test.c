// SPDX-License-Identifier: Apache-2.0
// Tests of hash, seal and token: published vectors, altered bytes, unbiased codes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/codec.h"
#include "core/crypto/hash.h"
#include "core/crypto/seal.h"
#include "core/crypto/token.h"

static void is_hex(const uint8_t *bytes, size_t n, const char *hex)
{
    struct buf b = {0};
    codec_hex(&b, str_of(bytes, n));
    assert_true(str_eq(buf_str(&b), str_from(hex)));
    buf_release(&b);
}

static void published_vectors(void **state)
{
    (void)state;
    uint8_t out[64];
    hash_sha256(STR("abc"), out); /* FIPS 180-4 */
    is_hex(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_sm3(STR("abc"), out); /* GB/T 32905 annex A.1 */
    is_hex(out, 32, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    hash_hmac(STR("Jefe"), STR("what do ya want for nothing?"), out); /* RFC 4231 case 2 */
    is_hex(out, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    uint8_t ikm[22];
    memset(ikm, 0x0b, sizeof(ikm)); /* RFC 5869 case 1 */
    str salt = STR("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c");
    str info = STR("\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9");
    assert_int_equal(hash_hkdf(str_of(ikm, sizeof(ikm)), salt, info, out, 42), 0);
    is_hex(out, 42,
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

static void pieces_give_the_same(void **state)
{
    (void)state;
    uint8_t whole[32], pieces[32], key[100];
    struct hash h;
    struct hash_key k;
    memset(key, 7, sizeof(key));
    hash_init(&h);
    hash_update(&h, STR("a"));
    hash_update(&h, STR(""));
    hash_update(&h, STR("bc"));
    hash_final(&h, pieces);
    hash_sha256(STR("abc"), whole);
    assert_memory_equal(whole, pieces, 32);
    hash_key_init(&k, str_of(key, sizeof(key)));
    hash_key_mac2(&k, STR("ab"), STR("c"), pieces);
    hash_hmac(str_of(key, sizeof(key)), STR("abc"), whole);
    assert_memory_equal(whole, pieces, 32);
}

static void seal_notices_every_altered_byte(void **state)
{
    (void)state;
    const uint8_t bytes[SEAL_KEY_SIZE] = {1, 2, 3};
    const uint8_t nonce[SEAL_NONCE_SIZE] = {9};
    struct seal_key *k = seal_key_new(bytes);
    struct buf sealed = {0};
    struct buf plain = {0};
    assert_int_equal(seal_put(k, nonce, STR("table/key"), STR("hello"), &sealed), 0);
    assert_int_equal(sealed.n, 5 + SEAL_TAG_SIZE);
    assert_int_equal(seal_get(k, nonce, STR("table/key"), buf_str(&sealed), &plain), 0);
    assert_true(str_eq(buf_str(&plain), STR("hello")));
    for (size_t i = 0; i < sealed.n; i++) {
        sealed.p[i] = (char)(sealed.p[i] ^ 1);
        assert_int_equal(seal_get(k, nonce, STR("table/key"), buf_str(&sealed), &plain), E_CORRUPT);
        sealed.p[i] = (char)(sealed.p[i] ^ 1);
    }
    assert_int_equal(seal_get(k, nonce, STR("table/kez"), buf_str(&sealed), &plain), E_CORRUPT);
    assert_int_equal(seal_get(k, nonce, STR("table/key"), STR("short"), &plain), E_CORRUPT);
    assert_int_equal(plain.n, 5);
    buf_release(&sealed);
    buf_release(&plain);
    seal_key_free(k);
}

static void codes_are_unbiased(void **state)
{
    (void)state;
    struct buf b = {0};
    int counts[256] = {0};
    token_letters(&b, 62000);
    for (size_t i = 0; i < b.n; i++)
        counts[(unsigned char)b.p[i]]++;
    for (const char *p = "09AZaz5m"; *p; p++)
        assert_in_range(counts[(unsigned char)*p], 800, 1200); /* six standard deviations */
    buf_clear(&b);
    token_id(&b);
    assert_int_equal(b.n, 22);
    for (int i = 0; i < 1000; i++)
        assert_true(token_below(7) < 7);
    buf_release(&b);
}

static void signed_tokens(void **state)
{
    (void)state;
    struct buf t = {0};
    struct buf p = {0};
    str key = STR("0123456789abcdef");
    token_sign(key, STR("csrf"), STR("s:1"), 1000, &t);
    assert_int_equal(token_verify(key, STR("csrf"), buf_str(&t), 999, &p), 0);
    assert_true(str_eq(buf_str(&p), STR("s:1")));
    assert_int_equal(token_verify(key, STR("csrf"), buf_str(&t), 1000, &p), E_TIMEOUT);
    assert_int_equal(token_verify(key, STR("link"), buf_str(&t), 999, &p), E_DENIED);
    assert_int_equal(token_verify(STR("other"), STR("csrf"), buf_str(&t), 999, &p), E_DENIED);
    assert_int_equal(token_verify(key, STR("csrf"), STR("..."), 0, &p), E_DENIED);
    for (size_t i = 0; i < t.n; i++) {
        char kept = t.p[i];
        t.p[i] = kept == 'A' ? 'B' : 'A';
        assert_int_not_equal(token_verify(key, STR("csrf"), buf_str(&t), 999, &p), 0);
        t.p[i] = kept;
    }
    buf_release(&t);
    buf_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(pieces_give_the_same),
        cmocka_unit_test(seal_notices_every_altered_byte),
        cmocka_unit_test(codes_are_unbiased),
        cmocka_unit_test(signed_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
