// SPDX-License-Identifier: Apache-2.0
// Tests of pk and pem: pairs made, written and read back; altered, foreign and weak keys refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/bytestring.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>

#include "core/crypto/pem.h"
#include "core/crypto/pk.h"

static const enum pk_kind KINDS[] = {PK_P256, PK_RSA};

static struct pk *made(enum pk_kind kind)
{
    struct pk *k = NULL;
    assert_int_equal(pk_generate(kind, &k), 0);
    return k;
}

static void a_pair_signs_and_its_public_half_verifies(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(KINDS); i++) {
        struct pk *pair = made(KINDS[i]), *public = NULL;
        struct buf spki = {0}, signature = {0};
        uint8_t one[PK_ID_SIZE], two[PK_ID_SIZE];
        pk_put_spki(pair, &spki);
        assert_int_equal(pk_from_spki(buf_str(&spki), &public, NULL), 0);
        assert_int_equal(pk_sign(pair, STR("tbs"), &signature), 0);
        assert_true(pk_verify(public, STR("tbs"), buf_str(&signature)));
        assert_false(pk_verify(public, STR("tbt"), buf_str(&signature)));
        signature.p[signature.n - 1] ^= 1;
        assert_false(pk_verify(public, STR("tbs"), buf_str(&signature)));
        assert_int_equal(pk_sign(public, STR("tbs"), &signature), E_INVALID);
        assert_true(pk_is_pair(pair) && !pk_is_pair(public) && pk_is_same(pair, public));
        assert_int_equal(pk_bits(pair), KINDS[i] == PK_RSA ? 2048 : 256);
        pk_id(pair, one);
        pk_id(public, two);
        assert_memory_equal(one, two, PK_ID_SIZE);
        assert_int_equal(ERR_peek_error(), 0);
        buf_release(&spki);
        buf_release(&signature);
        pk_free(public);
        pk_free(pair);
    }
    struct pk *none = NULL;
    assert_int_equal(pk_generate((enum pk_kind)3, &none), E_UNSUPPORTED);
}

static void files_come_back_with_the_right_passphrase_only(void **state)
{
    (void)state;
    struct err err;
    for (size_t i = 0; i < countof(KINDS); i++) {
        struct pk *pair = made(KINDS[i]), *back = NULL;
        struct buf clear = {0}, sealed = {0};
        assert_int_equal(pk_put_pem(pair, STR(""), &clear), 0);
        assert_int_equal(pk_put_pem(pair, STR("口令 1"), &sealed), 0);
        assert_int_equal(pk_from_pem(buf_str(&clear), STR(""), &back, &err), 0);
        assert_true(pk_is_same(pair, back) && pk_is_pair(back));
        pk_free(back);
        assert_int_equal(pk_from_pem(buf_str(&sealed), STR("口令 1"), &back, &err), 0);
        assert_true(pk_is_same(pair, back));
        pk_free(back);
        assert_int_equal(pk_from_pem(buf_str(&sealed), STR("口令 2"), &back, &err), E_DENIED);
        assert_int_equal(pk_from_pem(buf_str(&sealed), STR(""), &back, &err), E_DENIED);
        assert_int_equal(pk_from_pem(buf_str(&clear), STR("x"), &back, &err), E_DENIED);
        assert_null(back);
        assert_int_equal(ERR_peek_error(), 0);
        buf_release(&clear);
        buf_release(&sealed);
        pk_free(pair);
    }
}

static void spki_of(EVP_PKEY *key, struct buf *out)
{
    CBB cbb;
    uint8_t *bytes;
    size_t n;
    buf_clear(out);
    assert_true(CBB_init(&cbb, 64) && EVP_marshal_public_key(&cbb, key));
    assert_true(CBB_finish(&cbb, &bytes, &n));
    buf_append(out, str_of(bytes, n));
    OPENSSL_free(bytes);
    EVP_PKEY_free(key);
}

static EVP_PKEY *rsa_public(const BIGNUM *n, unsigned e)
{
    EVP_PKEY *key = EVP_PKEY_new();
    RSA *rsa = RSA_new();
    BIGNUM *exponent = BN_new();
    assert_true(BN_set_word(exponent, e));
    assert_true(RSA_set0_key(rsa, BN_dup(n), exponent, NULL) && EVP_PKEY_assign_RSA(key, rsa));
    return key;
}

static void refused(EVP_PKEY *key, int code, const char *word)
{
    struct buf spki = {0};
    struct err err = {0};
    struct pk *k = NULL;
    spki_of(key, &spki);
    assert_int_equal(pk_from_spki(buf_str(&spki), &k, &err), code);
    assert_non_null(strstr(err.message, word));
    assert_null(k);
    assert_int_equal(ERR_peek_error(), 0);
    buf_release(&spki);
}

static EVP_PKEY *ec_public(int curve)
{
    EVP_PKEY *key = EVP_PKEY_new();
    EC_KEY *ec = EC_KEY_new_by_curve_name(curve);
    assert_true(EC_KEY_generate_key(ec) && EVP_PKEY_assign_EC_KEY(key, ec));
    return key;
}

static EVP_PKEY *rsa_of(int bits)
{
    EVP_PKEY *key = EVP_PKEY_new();
    RSA *rsa = RSA_new();
    BIGNUM *e = BN_new();
    assert_true(BN_set_word(e, 65537) && RSA_generate_key_ex(rsa, bits, e, NULL));
    BN_free(e);
    assert_true(EVP_PKEY_assign_RSA(key, rsa));
    return key;
}

static void foreign_kinds_are_refused(void **state)
{
    (void)state;
    uint8_t seed[32] = {1};
    refused(ec_public(NID_secp384r1), E_UNSUPPORTED, "P-256");
    refused(ec_public(NID_secp521r1), E_UNSUPPORTED, "P-256");
    refused(rsa_of(1024), E_UNSUPPORTED, "1024");
    refused(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32), E_UNSUPPORTED, "P-256");
}

static EVP_PKEY *guessable(unsigned d, bool negative)
{
    EVP_PKEY *key = EVP_PKEY_new();
    EC_KEY *ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    const EC_GROUP *group = EC_KEY_get0_group(ec);
    EC_POINT *point = EC_POINT_new(group);
    BIGNUM *k = BN_new();
    assert_true(BN_set_word(k, d) && EC_POINT_mul(group, point, k, NULL, NULL, NULL));
    if (negative)
        assert_true(EC_POINT_invert(group, point, NULL));
    assert_true(EC_KEY_set_public_key(ec, point) && EVP_PKEY_assign_EC_KEY(key, ec));
    BN_free(k);
    EC_POINT_free(point);
    return key;
}

/* n = p * q with q the next prime behind p. */
static BIGNUM *close_modulus(void)
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *p = BN_new(), *q = BN_new(), *n = BN_new();
    int prime = 0;
    assert_true(BN_generate_prime_ex(p, 1024, 0, NULL, NULL, NULL) && BN_copy(q, p));
    do
        assert_true(BN_add_word(q, 2) && BN_primality_test(&prime, q, 20, ctx, 1, NULL));
    while (!prime);
    assert_true(BN_mul(n, p, q, ctx));
    if (BN_num_bits(n) < 2048)
        assert_true(BN_num_bits(n) == 2047);
    BN_free(p);
    BN_free(q);
    BN_CTX_free(ctx);
    return n;
}

/* A power of 65537 modulo the product of the primes of the test, plus multiples of that product up
 * to 2048 bits, without small factors: what the faulty library leaves behind. */
static BIGNUM *roca_modulus(void)
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *product = BN_new(), *n = BN_new(), *base = BN_new(), *power = BN_new();
    assert_true(BN_one(product));
    for (unsigned p = 2; p <= 167; p++) {
        bool prime = true;
        for (unsigned d = 2; d < p; d++)
            prime = prime && p % d;
        if (prime)
            assert_true(BN_mul_word(product, p));
    }
    assert_true(BN_set_word(base, 65537) && BN_set_word(power, 12345));
    assert_true(BN_mod_exp(base, base, power, product, ctx));
    assert_true(BN_rand(n, 2048, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ANY));
    assert_true(BN_div(n, NULL, n, product, ctx) && BN_mul(n, n, product, ctx));
    for (bool small = true; small;) {
        assert_true(BN_sub(n, n, product));
        assert_true(BN_add(power, n, base));
        small = !BN_is_odd(power);
        for (unsigned p = 3; p <= 752 && !small; p += 2)
            small = BN_mod_word(power, p) == 0;
    }
    BN_free(product);
    BN_free(n);
    BN_free(base);
    BN_CTX_free(ctx);
    return power;
}

static void weak_keys_are_refused(void **state)
{
    (void)state;
    BIGNUM *n = BN_new();
    refused(guessable(1, false), E_INVALID, "guessable");
    refused(guessable(17, true), E_INVALID, "guessable");
    assert_true(BN_rand(n, 2048, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD));
    assert_true(BN_sub_word(n, BN_mod_word(n, 2 * 751)) && BN_add_word(n, 751));
    refused(rsa_public(n, 65537), E_INVALID, "small factor");
    BN_free(n);
    do
        n = close_modulus();
    while (BN_num_bits(n) != 2048 && (BN_free(n), true));
    refused(rsa_public(n, 65537), E_INVALID, "close together");
    refused(rsa_public(n, 3), E_INVALID, "exponent");
    BN_free(n);
    n = roca_modulus();
    refused(rsa_public(n, 65537), E_INVALID, "ROCA");
    BN_free(n);
}

/* Every bit of a key's encoding matters, and nothing may stand behind it. */
static void only_the_canonical_encoding_is_read(void **state)
{
    (void)state;
    struct pk *pair = made(PK_P256), *k = NULL;
    struct buf spki = {0};
    pk_put_spki(pair, &spki);
    for (size_t bit = 0; bit < spki.n * 8; bit++) {
        spki.p[bit / 8] ^= (char)(1 << bit % 8);
        assert_true(pk_from_spki(buf_str(&spki), &k, NULL) < 0);
        spki.p[bit / 8] ^= (char)(1 << bit % 8);
    }
    buf_append_byte(&spki, 0);
    assert_int_equal(pk_from_spki(buf_str(&spki), &k, NULL), E_PARSE);
    for (size_t n = 0; n < spki.n - 1; n++)
        assert_int_equal(pk_from_spki(str_of(spki.p, n), &k, NULL), E_PARSE);
    assert_int_equal(ERR_peek_error(), 0);
    buf_release(&spki);
    pk_free(pair);
}

/* The last bytes are the public half of a P-256 key and a derived number of an RSA key. */
static void halves_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(KINDS); i++) {
        struct pk *pair = made(KINDS[i]), *k = NULL;
        struct buf file = {0};
        assert_int_equal(pk_put_pkcs8(pair, &file), 0);
        assert_int_equal(pk_from_pkcs8(buf_str(&file), &k, NULL), 0);
        assert_true(pk_is_same(pair, k));
        pk_free(k);
        file.p[file.n - 1] ^= 1;
        assert_true(pk_from_pkcs8(buf_str(&file), &k, NULL) < 0);
        assert_null(k);
        file.p[file.n - 1] ^= 1;
        file.p[40] ^= 1; /* inside the secret, or the modulus */
        assert_true(pk_from_pkcs8(buf_str(&file), &k, NULL) < 0);
        file.p[40] ^= 1;
        buf_append_byte(&file, 0);
        assert_int_equal(pk_from_pkcs8(buf_str(&file), &k, NULL), E_PARSE);
        assert_int_equal(ERR_peek_error(), 0);
        buf_release(&file);
        pk_free(pair);
    }
}

static void compressed_points_are_refused(void **state)
{
    (void)state;
    struct pk *pair = made(PK_P256), *k = NULL;
    struct buf spki = {0};
    struct err err;
    pk_put_spki(pair, &spki);
    str head =
        STR("\x30\x39\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d"
            "\x03\x01\x07\x03\x22\x00");
    struct buf compressed = {0};
    buf_append(&compressed, head);
    buf_append_byte(&compressed, (char)(2 + (spki.p[spki.n - 1] & 1)));
    buf_append(&compressed, str_of(spki.p + spki.n - 64, 32));
    assert_int_equal(pk_from_spki(buf_str(&compressed), &k, &err), E_PARSE);
    assert_non_null(strstr(err.message, "canonical"));
    buf_release(&compressed);
    buf_release(&spki);
    pk_free(pair);
}

static void pem_is_strict(void **state)
{
    (void)state;
    struct buf der = {0}, text = {0};
    str label;
    pem_put(STR("X Y"), STR("\x01\x02\x03"), &text);
    assert_true(str_eq(buf_str(&text), STR("-----BEGIN X Y-----\nAQID\n-----END X Y-----\n")));
    assert_int_equal(pem_get(buf_str(&text), &label, &der, NULL), 0);
    assert_true(str_eq(label, STR("X Y")) && str_eq(buf_str(&der), STR("\x01\x02\x03")));
    static const char *const bad[] = {"", "AQID", "-----BEGIN X-----", "-----BEGIN X-----\nAQID\n",
        "-----BEGIN X-----\nAQID\n-----END Y-----\n", "-----BEGIN X-----\nAQI\n-----END X-----\n",
        "-----BEGIN X-----\nAQID\n-----END X-----\nx", "-----BEGIN X-----\n-----END X-----\n",
        "-----BEGIN X-----\nP: 4\n\nAQID\n-----END X-----\n",
        "-----BEGIN X-----\nAQID\n-----END X-----\n-----BEGIN X-----\nAQID\n-----END X-----\n"};
    for (size_t i = 0; i < countof(bad); i++)
        assert_int_equal(pem_get(str_from(bad[i]), &label, &der, NULL), E_PARSE);
    assert_int_equal(der.n, 3);
    buf_release(&der);
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_signs_and_its_public_half_verifies),
        cmocka_unit_test(files_come_back_with_the_right_passphrase_only),
        cmocka_unit_test(foreign_kinds_are_refused),
        cmocka_unit_test(weak_keys_are_refused),
        cmocka_unit_test(only_the_canonical_encoding_is_read),
        cmocka_unit_test(halves_that_do_not_fit_are_refused),
        cmocka_unit_test(compressed_points_are_refused),
        cmocka_unit_test(pem_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
