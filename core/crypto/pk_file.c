// SPDX-License-Identifier: Apache-2.0
// pk_file: private keys at rest: PKCS#8, encrypted with PBES2.
#include <openssl/aes.h>
#include <openssl/cipher.h>
#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/pkcs8.h>
#include <stdlib.h>

#include "core/crypto/pem.h"
#include "core/crypto/pk_private.h"
#include "core/crypto/token.h"

enum { SALT_SIZE = 16, IV_SIZE = 16, KEY_SIZE = 32 };

static const uint8_t PBES2[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d};
static const uint8_t PBKDF2[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c};
static const uint8_t HMAC_SHA256[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09};
static const uint8_t AES_256_CBC[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a};

int pk_from_pkcs8(str der, struct pk **out, struct err *err)
{
    CBS in;
    *out = NULL;
    if (der.n > PK_FILE_MAX)
        return err_set(err, E_TOO_BIG, "the key has more than %d bytes", PK_FILE_MAX);
    CBS_init(&in, (const uint8_t *)der.p, der.n);
    EVP_PKEY *key = EVP_parse_private_key(&in);
    if (key && CBS_len(&in)) {
        EVP_PKEY_free(key);
        return err_set(err, E_PARSE, "bytes follow the private key");
    }
    return pk_wrap(key, true, out, err); /* the parser has compared both halves */
}

static int open_encrypted(str der, str passphrase, struct pk **out, struct err *err)
{
    CBS in;
    if (!passphrase.n)
        return err_set(err, E_DENIED, "the key file is encrypted: its passphrase is needed");
    CBS_init(&in, (const uint8_t *)der.p, der.n);
    EVP_PKEY *key = PKCS8_parse_encrypted_private_key(&in, passphrase.p, passphrase.n);
    ERR_clear_error();
    if (!key)
        return err_set(err, E_DENIED, "the passphrase is wrong, or the key file is damaged");
    if (CBS_len(&in)) {
        EVP_PKEY_free(key);
        return err_set(err, E_PARSE, "bytes follow the private key");
    }
    return pk_wrap(key, true, out, err); /* the parser has compared both halves */
}

int pk_from_pem(str pem, str passphrase, struct pk **out, struct err *err)
{
    struct buf der = {0};
    str label;
    *out = NULL;
    if (pem.n > PK_FILE_MAX)
        return err_set(err, E_TOO_BIG, "the key file has more than %d bytes", PK_FILE_MAX);
    int rc = pem_get(pem, &label, &der, err);
    if (rc)
        goto out;
    if (str_eq(label, STR("ENCRYPTED PRIVATE KEY")))
        rc = open_encrypted(buf_str(&der), passphrase, out, err);
    else if (!str_eq(label, STR("PRIVATE KEY")))
        rc = err_set(err, E_UNSUPPORTED,
            "a key file holds PKCS#8: BEGIN PRIVATE KEY or "
            "BEGIN ENCRYPTED PRIVATE KEY");
    else if (passphrase.n)
        rc = err_set(err, E_DENIED, "the key file is not encrypted, but a passphrase was given");
    else
        rc = pk_from_pkcs8(buf_str(&der), out, err);
out:
    if (der.p)
        mem_wipe(der.p, der.n);
    buf_release(&der);
    return rc;
}

int pk_put_pkcs8(const struct pk *k, struct buf *out)
{
    CBB cbb;
    if (!k->pair)
        return E_INVALID;
    if (!CBB_init(&cbb, 2048))
        abort();
    if (!EVP_marshal_private_key(&cbb, k->key)) {
        CBB_cleanup(&cbb);
        ERR_clear_error();
        return E_CRYPTO;
    }
    pk_finish(&cbb, out);
    return 0;
}

static int encrypt_bytes(
    const uint8_t key[KEY_SIZE], const uint8_t iv[IV_SIZE], str plain, struct buf *out)
{
    EVP_CIPHER_CTX ctx;
    int n = 0, more = 0;
    EVP_CIPHER_CTX_init(&ctx);
    uint8_t *to = (uint8_t *)buf_reserve(out, plain.n + IV_SIZE);
    bool fine = EVP_EncryptInit_ex(&ctx, EVP_aes_256_cbc(), NULL, key, iv) &&
                EVP_EncryptUpdate(&ctx, to, &n, (const uint8_t *)plain.p, (int)plain.n) &&
                EVP_EncryptFinal_ex(&ctx, to + n, &more);
    EVP_CIPHER_CTX_cleanup(&ctx);
    ERR_clear_error();
    if (!fine)
        return E_CRYPTO;
    buf_added(out, (size_t)(n + more));
    return 0;
}

static bool put_oid(CBB *to, const uint8_t *oid, size_t n)
{
    CBB child;
    return CBB_add_asn1(to, &child, CBS_ASN1_OBJECT) && CBB_add_bytes(&child, oid, n) &&
           CBB_flush(to);
}

static bool put_kdf(CBB *to, const uint8_t salt[SALT_SIZE])
{
    CBB kdf, params, prf, null;
    return CBB_add_asn1(to, &kdf, CBS_ASN1_SEQUENCE) && put_oid(&kdf, PBKDF2, sizeof(PBKDF2)) &&
           CBB_add_asn1(&kdf, &params, CBS_ASN1_SEQUENCE) &&
           CBB_add_asn1_octet_string(&params, salt, SALT_SIZE) &&
           CBB_add_asn1_uint64(&params, PK_ROUNDS) &&
           CBB_add_asn1(&params, &prf, CBS_ASN1_SEQUENCE) &&
           put_oid(&prf, HMAC_SHA256, sizeof(HMAC_SHA256)) &&
           CBB_add_asn1(&prf, &null, CBS_ASN1_NULL) && CBB_flush(to);
}

static bool put_cipher(CBB *to, const uint8_t iv[IV_SIZE])
{
    CBB cipher;
    return CBB_add_asn1(to, &cipher, CBS_ASN1_SEQUENCE) &&
           put_oid(&cipher, AES_256_CBC, sizeof(AES_256_CBC)) &&
           CBB_add_asn1_octet_string(&cipher, iv, IV_SIZE) && CBB_flush(to);
}

/* EncryptedPrivateKeyInfo. BoringSSL's own writer would derive with SHA-1. */
static void put_encrypted(
    const uint8_t salt[SALT_SIZE], const uint8_t iv[IV_SIZE], str sealed, struct buf *out)
{
    CBB cbb, all, algorithm, params;
    if (!CBB_init(&cbb, sealed.n + 256) || !CBB_add_asn1(&cbb, &all, CBS_ASN1_SEQUENCE) ||
        !CBB_add_asn1(&all, &algorithm, CBS_ASN1_SEQUENCE) ||
        !put_oid(&algorithm, PBES2, sizeof(PBES2)) ||
        !CBB_add_asn1(&algorithm, &params, CBS_ASN1_SEQUENCE) || !put_kdf(&params, salt) ||
        !put_cipher(&params, iv) ||
        !CBB_add_asn1_octet_string(&all, (const uint8_t *)sealed.p, sealed.n))
        abort();
    pk_finish(&cbb, out);
}

static int encrypt(str plain, str passphrase, struct buf *out)
{
    uint8_t salt[SALT_SIZE], iv[IV_SIZE], key[KEY_SIZE];
    struct buf sealed = {0};
    token_random(salt, sizeof(salt));
    token_random(iv, sizeof(iv));
    int rc = PKCS5_PBKDF2_HMAC(passphrase.p, passphrase.n, salt, sizeof(salt), PK_ROUNDS,
                 EVP_sha256(), sizeof(key), key)
                 ? encrypt_bytes(key, iv, plain, &sealed)
                 : E_CRYPTO;
    if (!rc)
        put_encrypted(salt, iv, buf_str(&sealed), out);
    mem_wipe(key, sizeof(key));
    buf_release(&sealed);
    return rc;
}

int pk_put_pem(const struct pk *k, str passphrase, struct buf *out)
{
    struct buf plain = {0};
    struct buf sealed = {0};
    int rc = pk_put_pkcs8(k, &plain);
    if (!rc && passphrase.n)
        rc = encrypt(buf_str(&plain), passphrase, &sealed);
    if (!rc && passphrase.n)
        pem_put(STR("ENCRYPTED PRIVATE KEY"), buf_str(&sealed), out);
    else if (!rc)
        pem_put(STR("PRIVATE KEY"), buf_str(&plain), out);
    if (plain.p)
        mem_wipe(plain.p, plain.n);
    buf_release(&plain);
    buf_release(&sealed);
    return rc;
}
