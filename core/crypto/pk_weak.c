// SPDX-License-Identifier: Apache-2.0
// pk_weak: public keys whose private half can be found: the checks of CA/B Forum BR 6.1.1.3 that
// need no list of known keys.
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>

#include "core/crypto/pk_private.h"

enum { SMALL_FACTOR_MAX = 752, ROCA_PRIME_MAX = 167, FERMAT_ROUNDS = 100, GUESSABLE_POINTS = 32 };

static bool is_prime(unsigned n)
{
    for (unsigned d = 2; d * d <= n; d++)
        if (n % d == 0)
            return false;
    return n > 1;
}

static bool has_small_factor(const BIGNUM *n)
{
    for (unsigned p = 2; p <= SMALL_FACTOR_MAX; p++)
        if (is_prime(p) && BN_mod_word(n, p) == 0)
            return true;
    return false;
}

/* Whether r is a power of 65537 modulo p. */
static bool is_power(unsigned r, unsigned p)
{
    unsigned x = 1;
    do {
        if (x == r)
            return true;
        x = x * (65537 % p) % p;
    } while (x != 1);
    return false;
}

/* Keys of a faulty library are powers of 65537 modulo every small prime; another key is so by
 * chance once in 2^27. */
static bool is_roca(const BIGNUM *n)
{
    for (unsigned p = 3; p <= ROCA_PRIME_MAX; p++)
        if (is_prime(p) && !is_power((unsigned)BN_mod_word(n, p), p))
            return false;
    return true;
}

/* a = floor(sqrt(n)) by Newton from above. */
static bool floor_sqrt(BIGNUM *a, const BIGNUM *n, BN_CTX *ctx)
{
    BIGNUM *next = BN_new();
    bool fine = next && BN_one(a) && BN_lshift(a, a, (int)(BN_num_bits(n) + 1) / 2 + 1);
    while (fine) {
        fine = BN_div(next, NULL, n, a, ctx) && BN_add(next, next, a) && BN_rshift1(next, next);
        if (!fine || BN_cmp(next, a) >= 0)
            break;
        fine = BN_copy(a, next) != NULL;
    }
    BN_free(next);
    return fine;
}

static bool is_square(const BIGNUM *n, BN_CTX *ctx)
{
    BN_ULONG low = BN_mod_word(n, 16);
    if (low != 0 && low != 1 && low != 4 && low != 9)
        return false; /* three of four need no root */
    BIGNUM *root = BN_new();
    bool square = root && BN_sqrt(root, n, ctx);
    ERR_clear_error();
    BN_free(root);
    return square;
}

/* Fermat: n = a² - b² with a near the root means that the primes stand close together. */
static bool has_close_factors(const BIGNUM *n)
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *a = BN_new();
    BIGNUM *rest = BN_new();
    bool close = false;
    bool fine = ctx && a && rest && floor_sqrt(a, n, ctx);
    for (int i = 0; fine && !close && i < FERMAT_ROUNDS; i++) {
        fine = BN_sqr(rest, a, ctx) && BN_sub(rest, rest, n) && BN_add_word(a, 1);
        close = fine && !BN_is_negative(rest) && is_square(rest, ctx);
    }
    BN_free(rest);
    BN_free(a);
    BN_CTX_free(ctx);
    return close;
}

int pk_weak_rsa(const EVP_PKEY *key, struct err *err)
{
    const RSA *rsa = EVP_PKEY_get0_RSA(key);
    const BIGNUM *n = RSA_get0_n(rsa);
    if (BN_num_bits(RSA_get0_e(rsa)) < 17 || !BN_is_odd(RSA_get0_e(rsa)))
        return err_set(err, E_INVALID, "the RSA exponent must be odd and at least 65537");
    if (has_small_factor(n))
        return err_set(err, E_INVALID, "the RSA modulus has a small factor");
    if (is_roca(n))
        return err_set(err, E_INVALID, "the RSA key comes from a faulty library (ROCA)");
    if (has_close_factors(n))
        return err_set(err, E_INVALID, "the factors of the RSA modulus stand too close together");
    return 0;
}

/* Whether the point is ±G, ±2G, …: a private key that anybody tries first. The x coordinate decides
 * for both signs. */
static bool is_guessable(const EC_GROUP *group, const EC_POINT *point)
{
    EC_POINT *multiple = EC_POINT_dup(EC_GROUP_get0_generator(group), group);
    EC_POINT *minus = EC_POINT_dup(point, group);
    bool hit = false;
    bool fine = multiple && minus && EC_POINT_invert(group, minus, NULL);
    for (int i = 0; fine && !hit && i < GUESSABLE_POINTS; i++) {
        hit = EC_POINT_cmp(group, multiple, point, NULL) == 0 ||
              EC_POINT_cmp(group, multiple, minus, NULL) == 0;
        fine = EC_POINT_add(group, multiple, multiple, EC_GROUP_get0_generator(group), NULL);
    }
    EC_POINT_free(minus);
    EC_POINT_free(multiple);
    return hit;
}

int pk_weak_p256(const EVP_PKEY *key, struct err *err)
{
    const EC_KEY *ec = EVP_PKEY_get0_EC_KEY(key);
    if (is_guessable(EC_KEY_get0_group(ec), EC_KEY_get0_public_key(ec)))
        return err_set(err, E_INVALID, "the private key of this public key is a guessable number");
    return 0;
}
