// SPDX-License-Identifier: Apache-2.0
// tls_ctx: certificate, key and rules of the server.
#define _GNU_SOURCE
#include "core/net/tls.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "core/net/tls_private.h"

struct tlsctx {
    SSL_CTX *ssl;
    BIO_METHOD *bio;
    int64_t not_after;
    int refs; /* loop thread only */
};

SSL_CTX *tlsctx_ssl(const struct tlsctx *ctx)
{
    return ctx->ssl;
}

const BIO_METHOD *tlsctx_bio_method(const struct tlsctx *ctx)
{
    return ctx->bio;
}

int64_t tlsctx_not_after(const struct tlsctx *ctx)
{
    return ctx->not_after;
}

struct tlsctx *tlsctx_ref(struct tlsctx *ctx)
{
    ctx->refs++;
    return ctx;
}

void tlsctx_unref(struct tlsctx *ctx)
{
    if (!ctx || --ctx->refs)
        return;
    SSL_CTX_free(ctx->ssl);
    BIO_meth_free(ctx->bio);
    free(ctx);
}

static int select_alpn(
    SSL *ssl, const uint8_t **out, uint8_t *out_n, const uint8_t *in, unsigned in_n, void *arg)
{
    static const uint8_t ours[] = "\x08http/1.1";
    uint8_t *chosen;
    (void)ssl;
    (void)arg;
    if (SSL_select_next_proto(&chosen, out_n, ours, sizeof(ours) - 1, in, in_n) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* The rules. Session tickets and caches are off: no key of ours outlives a connection. */
static bool set_rules(SSL_CTX *ssl)
{
    static const int groups[] = {NID_X25519, NID_X9_62_prime256v1};
    SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_select_cb(ssl, select_alpn, NULL);
    return SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) &&
           SSL_CTX_set_max_proto_version(ssl, TLS1_3_VERSION) &&
           SSL_CTX_set_strict_cipher_list(ssl,
               "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
               "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
               "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305") &&
           SSL_CTX_set1_groups(ssl, groups, countof(groups));
}

static BIO *bio_of(str text)
{
    return text.n > INT32_MAX ? NULL : BIO_new_mem_buf(text.p ? text.p : "", (ssize_t)text.n);
}

static int64_t not_after_of(const X509 *leaf)
{
    int64_t seconds = 0;
    return ASN1_TIME_to_posix(X509_get0_notAfter(leaf), &seconds) ? seconds : 0;
}

static int use_chain(struct tlsctx *ctx, str pem, const char *names, struct err *err)
{
    BIO *bio = bio_of(pem);
    X509 *leaf = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    X509 *next;
    int rc = 0;
    if (!leaf || !SSL_CTX_use_certificate(ctx->ssl, leaf))
        rc = err_set(
            err, E_CONFIG, "%s: the certificate file holds no usable PEM certificate", names);
    if (!rc)
        ctx->not_after = not_after_of(leaf);
    while (!rc && (next = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
        if (!SSL_CTX_add0_chain_cert(ctx->ssl, next)) {
            X509_free(next);
            rc = err_set(err, E_CONFIG, "%s: a certificate of the chain cannot be used", names);
        }
    X509_free(leaf);
    BIO_free(bio);
    return rc;
}

static int use_key(struct tlsctx *ctx, str pem, const char *names, struct err *err)
{
    BIO *bio = bio_of(pem);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)(uintptr_t) "");
    int rc = 0;
    if (!key)
        rc = err_set(err, E_CONFIG,
            "%s: the key file holds no usable PEM private key (an encrypted one cannot be used)",
            names);
    else if (!SSL_CTX_use_PrivateKey(ctx->ssl, key) || !SSL_CTX_check_private_key(ctx->ssl))
        rc = err_set(err, E_CONFIG, "%s: the key belongs to another certificate", names);
    EVP_PKEY_free(key);
    BIO_free(bio);
    return rc;
}

int tlsctx_new(struct tlsctx **out, str chain_pem, str key_pem, const char *names, struct err *err)
{
    struct tlsctx *ctx = mem_zalloc(1, sizeof(*ctx));
    ctx->refs = 1;
    ctx->bio = tls_bio_method_new();
    ctx->ssl = SSL_CTX_new(TLS_server_method());
    if (!ctx->ssl || !set_rules(ctx->ssl))
        abort();
    int rc = use_chain(ctx, chain_pem, names, err);
    if (!rc)
        rc = use_key(ctx, key_pem, names, err);
    ERR_clear_error();
    if (rc) {
        tlsctx_unref(ctx);
        return rc;
    }
    *out = ctx;
    return 0;
}

static EVP_PKEY *new_key(void)
{
    EC_KEY *ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    EVP_PKEY *key = EVP_PKEY_new();
    if (!ec || !key || !EC_KEY_generate_key(ec) || !EVP_PKEY_assign_EC_KEY(key, ec))
        abort();
    return key;
}

static void add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX v3;
    X509V3_set_ctx(&v3, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &v3, nid, value);
    if (!extension || !X509_add_ext(cert, extension, -1))
        abort();
    X509_EXTENSION_free(extension);
}

static void set_subject(X509 *cert)
{
    X509_NAME *name = X509_get_subject_name(cert);
    uint8_t serial[16];
    RAND_bytes(serial, sizeof(serial));
    serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40);
    BIGNUM *number = BN_bin2bn(serial, sizeof(serial), NULL);
    if (!number || !BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) ||
        !X509_NAME_add_entry_by_txt(
            name, "CN", MBSTRING_UTF8, (const uint8_t *)"Certhall try-it", -1, -1, 0) ||
        !X509_set_issuer_name(cert, name))
        abort();
    BN_free(number);
}

static bool host_is_usable(str host)
{
    for (size_t i = 0; i < host.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", host.p[i]))
            return false;
    return host.n > 0 && host.n < 200;
}

static X509 *new_certificate(EVP_PKEY *key, str host, int64_t now)
{
    char names[320] = "DNS:localhost,IP:127.0.0.1,IP:::1";
    X509 *cert = X509_new();
    if (host_is_usable(host) && !str_eq(host, STR("localhost")))
        (void)snprintf(names + strlen(names), sizeof(names) - strlen(names), ",%s:%.*s",
            host.p[host.n - 1] >= '0' && host.p[host.n - 1] <= '9' ? "IP" : "DNS", STR_ARG(host));
    if (!cert || !X509_set_version(cert, X509_VERSION_3) ||
        !ASN1_TIME_set(X509_getm_notBefore(cert), now - 60) ||
        !ASN1_TIME_set(X509_getm_notAfter(cert), now + 365 * 86400) || !X509_set_pubkey(cert, key))
        abort();
    set_subject(cert);
    add_extension(cert, NID_subject_alt_name, names);
    add_extension(cert, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(cert, NID_key_usage, "critical,digitalSignature");
    add_extension(cert, NID_ext_key_usage, "serverAuth");
    return cert;
}

static void append_bio(struct buf *out, BIO *bio)
{
    const uint8_t *bytes;
    size_t n;
    if (!BIO_mem_contents(bio, &bytes, &n))
        abort();
    buf_append(out, str_of(bytes, n));
    BIO_free(bio);
}

int tls_self_signed(
    str host, int64_t now, struct buf *chain_pem, struct buf *key_pem, struct err *err)
{
    EVP_PKEY *key = new_key();
    X509 *cert = new_certificate(key, host, now);
    BIO *chain_bio = BIO_new(BIO_s_mem());
    BIO *key_bio = BIO_new(BIO_s_mem());
    int rc = 0;
    if (!X509_sign(cert, key, EVP_sha256()) || !PEM_write_bio_X509(chain_bio, cert) ||
        !PEM_write_bio_PKCS8PrivateKey(key_bio, key, NULL, NULL, 0, NULL, NULL))
        rc = err_set(err, E_CRYPTO, "the try-it certificate cannot be made");
    append_bio(chain_pem, chain_bio);
    append_bio(key_pem, key_bio);
    X509_free(cert);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return rc;
}
