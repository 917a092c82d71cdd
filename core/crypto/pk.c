// SPDX-License-Identifier: Apache-2.0
// pk: BoringSSL's EVP_PKEY, narrowed.
#include "core/crypto/pk.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "core/crypto/hash.h"
#include "core/crypto/pk_private.h"

void pk_finish(CBB *cbb, struct buf *out)
{
    uint8_t *bytes;
    size_t n;
    if (!CBB_finish(cbb, &bytes, &n))
        abort(); /* a CBB fails when memory is gone, or by a bug of ours */
    buf_append(out, str_of(bytes, n));
    OPENSSL_cleanse(bytes, n);
    OPENSSL_free(bytes);
}

static int judge_rsa(const EVP_PKEY *key, enum pk_kind *kind, struct err *err)
{
    unsigned bits = (unsigned)EVP_PKEY_bits(key);
    *kind = PK_RSA;
    if (bits < PK_RSA_BITS_MIN || bits > PK_RSA_BITS_MAX)
        return err_set(err, E_UNSUPPORTED, "an RSA key has %d to %d bits here, not %u",
            PK_RSA_BITS_MIN, PK_RSA_BITS_MAX, bits);
    return pk_weak_rsa(key, err);
}

static int judge_ec(const EVP_PKEY *key, enum pk_kind *kind, struct err *err)
{
    const EC_GROUP *group = EC_KEY_get0_group(EVP_PKEY_get0_EC_KEY(key));
    *kind = PK_P256;
    if (EC_GROUP_get_curve_name(group) != NID_X9_62_prime256v1)
        return err_set(err, E_UNSUPPORTED, "the only elliptic curve accepted is P-256");
    return pk_weak_p256(key, err);
}

static int judge(const EVP_PKEY *key, enum pk_kind *kind, struct err *err)
{
    switch (EVP_PKEY_id(key)) {
    case EVP_PKEY_RSA:
        return judge_rsa(key, kind, err);
    case EVP_PKEY_EC:
        return judge_ec(key, kind, err);
    default:
        return err_set(err, E_UNSUPPORTED, "keys are P-256 or RSA of %d to %d bits",
            PK_RSA_BITS_MIN, PK_RSA_BITS_MAX);
    }
}

int pk_wrap(EVP_PKEY *key, bool pair, struct pk **out, struct err *err)
{
    enum pk_kind kind = PK_P256;
    if (!key) {
        ERR_clear_error();
        return err_set(err, E_PARSE, "the key cannot be read: damaged, or of an unknown kind");
    }
    int rc = judge(key, &kind, err);
    if (rc) {
        EVP_PKEY_free(key);
        return rc;
    }
    *out = mem_alloc(sizeof(**out));
    **out = (struct pk){key, kind, pair};
    return 0;
}

static EVP_PKEY *make_p256(void)
{
    EVP_PKEY *key = EVP_PKEY_new();
    EC_KEY *ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    if (key && ec && EC_KEY_generate_key(ec) && EVP_PKEY_assign_EC_KEY(key, ec))
        return key;
    EC_KEY_free(ec);
    EVP_PKEY_free(key);
    return NULL;
}

static EVP_PKEY *make_rsa(void)
{
    EVP_PKEY *key = EVP_PKEY_new();
    RSA *rsa = RSA_new();
    BIGNUM *e = BN_new();
    bool fine = key && rsa && e && BN_set_word(e, RSA_F4) &&
                RSA_generate_key_ex(rsa, PK_RSA_BITS_MADE, e, NULL) && EVP_PKEY_set1_RSA(key, rsa);
    BN_free(e);
    RSA_free(rsa);
    if (fine)
        return key;
    EVP_PKEY_free(key);
    return NULL;
}

int pk_generate(enum pk_kind kind, struct pk **out)
{
    EVP_PKEY *key = kind == PK_P256 ? make_p256() : kind == PK_RSA ? make_rsa() : NULL;
    if (!key) {
        ERR_clear_error();
        return kind == PK_P256 || kind == PK_RSA ? E_CRYPTO : E_UNSUPPORTED;
    }
    return pk_wrap(key, true, out, NULL);
}

void pk_free(struct pk *k)
{
    if (!k)
        return;
    EVP_PKEY_free(k->key);
    free(k);
}

enum pk_kind pk_kind(const struct pk *k)
{
    return k->kind;
}

unsigned pk_bits(const struct pk *k)
{
    return (unsigned)EVP_PKEY_bits(k->key);
}

bool pk_is_pair(const struct pk *k)
{
    return k->pair;
}

bool pk_is_same(const struct pk *a, const struct pk *b)
{
    bool same = EVP_PKEY_cmp(a->key, b->key) == 1;
    ERR_clear_error();
    return same;
}

int pk_from_spki(str der, struct pk **out, struct err *err)
{
    CBS in;
    struct buf again = {0};
    if (der.n > PK_SPKI_MAX)
        return err_set(err, E_TOO_BIG, "the public key has more than %d bytes", PK_SPKI_MAX);
    CBS_init(&in, (const uint8_t *)der.p, der.n);
    int rc = pk_wrap(EVP_parse_public_key(&in), false, out, err);
    if (rc)
        return rc;
    pk_put_spki(*out, &again);
    bool canonical = str_eq(buf_str(&again), der); /* also: no bytes behind */
    buf_release(&again);
    if (canonical)
        return 0;
    pk_free(*out);
    *out = NULL;
    return err_set(err, E_PARSE, "the public key is not in its one canonical encoding");
}

void pk_put_spki(const struct pk *k, struct buf *out)
{
    CBB cbb;
    if (!CBB_init(&cbb, 512) || !EVP_marshal_public_key(&cbb, k->key))
        abort(); /* a wrapped key can always be written */
    pk_finish(&cbb, out);
}

void pk_id(const struct pk *k, uint8_t out[PK_ID_SIZE])
{
    struct buf spki = {0};
    CBS in, body, bits;
    uint8_t unused;
    pk_put_spki(k, &spki);
    CBS_init(&in, (const uint8_t *)spki.p, spki.n);
    if (!CBS_get_asn1(&in, &body, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&body, NULL, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&body, &bits, CBS_ASN1_BITSTRING) || !CBS_get_u8(&bits, &unused))
        abort(); /* our own encoding */
    hash_sha1(str_of(CBS_data(&bits), CBS_len(&bits)), out);
    buf_release(&spki);
}

int pk_sign(const struct pk *k, str message, struct buf *out)
{
    EVP_MD_CTX ctx;
    if (!k->pair)
        return E_INVALID;
    EVP_MD_CTX_init(&ctx);
    size_t n = (size_t)EVP_PKEY_size(k->key);
    uint8_t *to = (uint8_t *)buf_reserve(out, n);
    bool fine = EVP_DigestSignInit(&ctx, NULL, EVP_sha256(), NULL, k->key) &&
                EVP_DigestSign(&ctx, to, &n, (const uint8_t *)message.p, message.n);
    EVP_MD_CTX_cleanup(&ctx);
    ERR_clear_error();
    if (!fine)
        return E_CRYPTO;
    buf_added(out, n);
    return 0;
}

bool pk_verify(const struct pk *k, str message, str signature)
{
    EVP_MD_CTX ctx;
    EVP_MD_CTX_init(&ctx);
    bool fine = EVP_DigestVerifyInit(&ctx, NULL, EVP_sha256(), NULL, k->key) &&
                EVP_DigestVerify(&ctx, (const uint8_t *)signature.p, signature.n,
                    (const uint8_t *)message.p, message.n);
    EVP_MD_CTX_cleanup(&ctx);
    ERR_clear_error();
    return fine;
}

str pk_signature_algorithm(enum pk_kind kind)
{
    static const char p256[] = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
    static const char rsa[] = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
    return kind == PK_P256 ? str_of(p256, sizeof(p256) - 1) : str_of(rsa, sizeof(rsa) - 1);
}

const char *pk_kind_name(enum pk_kind kind)
{
    return kind == PK_P256 ? "P-256" : "RSA";
}
