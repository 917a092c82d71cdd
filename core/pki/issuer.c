// SPDX-License-Identifier: Apache-2.0
// issuer: key and certificate of a CA.
#include "core/pki/issuer.h"

#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <stdlib.h>

#include "core/base/arena.h"
#include "core/pki/der.h"

struct issuer {
    struct arena arena; /* copies of certificate, addresses and policy */
    struct pk *key;
    struct pk *throwaway;
    struct cert cert;
    struct issuer_opts opts;
};

static int check_url(str url, const char *what, struct err *err)
{
    if (url.n > ISSUER_URL_MAX || !str_starts(url, STR("http://")) || url.n < 8)
        return err_set(err, E_INVALID,
            "the %s address must begin with http:// and have at most %d "
            "characters",
            what, ISSUER_URL_MAX);
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= ' ' || url.p[i] > '~')
            return err_set(
                err, E_INVALID, "the %s address holds a character that needs escaping", what);
    return 0;
}

static int check_urls(const struct issuer_opts *o, struct err *err)
{
    int rc = o->crl_url.n ? check_url(o->crl_url, "CRL", err) : 0;
    if (!rc && o->ocsp_url.n)
        rc = check_url(o->ocsp_url, "OCSP", err);
    if (!rc && o->issuer_url.n)
        rc = check_url(o->issuer_url, "issuer", err);
    return rc;
}

static int read_policy(str dotted, struct arena *a, str *out, struct err *err)
{
    CBB cbb;
    struct buf oid = {0};
    *out = STR("");
    if (!dotted.n)
        return 0;
    der_init(&cbb, 32);
    if (!CBB_add_asn1_oid_from_text(&cbb, dotted.p, dotted.n)) {
        CBB_cleanup(&cbb);
        ERR_clear_error();
        return err_set(err, E_INVALID, "the policy is not an object identifier in dotted numbers");
    }
    der_finish(&cbb, &oid);
    *out = arena_str(a, buf_str(&oid));
    buf_release(&oid);
    return 0;
}

static int read_opts(
    const struct issuer_opts *from, struct arena *a, struct issuer_opts *to, struct err *err)
{
    int rc = check_urls(from, err);
    if (rc)
        return rc;
    to->crl_url = arena_str(a, from->crl_url);
    to->ocsp_url = arena_str(a, from->ocsp_url);
    to->issuer_url = arena_str(a, from->issuer_url);
    return read_policy(from->policy, a, &to->policy, err);
}

static int check_ca(const struct cert *c, const struct pk *key, struct err *err)
{
    struct buf spki = {0};
    pk_put_spki(key, &spki);
    bool own = str_eq(buf_str(&spki), c->spki);
    buf_release(&spki);
    if (!own || !pk_is_pair(key))
        return err_set(err, E_INVALID, "the certificate is not the one of this private key");
    if (!c->ca || !(c->key_usage & USE_CERTS) || !(c->key_usage & USE_CRLS))
        return err_set(err, E_INVALID, "the certificate is not one of a CA");
    if (!c->key_id.n)
        return err_set(err, E_INVALID, "the CA's certificate has no subject key identifier");
    return 0;
}

int issuer_new(struct pk **key, str certificate, const struct issuer_opts *opts,
    struct issuer **out, struct err *err)
{
    struct issuer *i = mem_zalloc(1, sizeof(*i));
    int rc = cert_parse(arena_str(&i->arena, certificate), &i->cert, err);
    if (!rc)
        rc = check_ca(&i->cert, *key, err);
    if (!rc)
        rc = read_opts(opts, &i->arena, &i->opts, err);
    if (!rc && pk_generate(pk_kind(*key), &i->throwaway))
        rc = err_set(err, E_CRYPTO, "no throwaway key could be made");
    if (rc) {
        issuer_free(i);
        return rc;
    }
    i->key = *key;
    *key = NULL;
    *out = i;
    return 0;
}

void issuer_free(struct issuer *i)
{
    if (!i)
        return;
    pk_free(i->key);
    pk_free(i->throwaway);
    arena_release(&i->arena);
    free(i);
}

const struct cert *issuer_cert(const struct issuer *i)
{
    return &i->cert;
}

const struct pk *issuer_key(const struct issuer *i)
{
    return i->key;
}

const struct pk *issuer_throwaway(const struct issuer *i)
{
    return i->throwaway;
}

const struct issuer_opts *issuer_opts(const struct issuer *i)
{
    return &i->opts;
}
