// SPDX-License-Identifier: Apache-2.0
// issue_build: what a certificate is made of, in a fixed order.
#include "core/pki/issue_build.h"

#include "core/pki/cert_ext.h"
#include "core/pki/der.h"
#include "core/pki/oids.h"

enum { URI = 6, MAIL = 1 };

/* Opens one extension up to the content of its OCTET STRING. The three live until der_close of the
 * extensions. */
struct ext {
    CBB whole;
    CBB value;
};

static CBB *ext_open(CBB *exts, struct ext *e, enum cert_ext which, bool critical)
{
    der_open(exts, &e->whole, CBS_ASN1_SEQUENCE);
    der_oid(&e->whole, CERT_EXTS[which].oid);
    if (critical)
        der_element(&e->whole, CBS_ASN1_BOOLEAN, STR("\xff"));
    der_open(&e->whole, &e->value, CBS_ASN1_OCTETSTRING);
    return &e->value;
}

static void put_basic(CBB *exts, const struct profile *p)
{
    struct ext e;
    CBB seq;
    der_open(ext_open(exts, &e, EXT_BASIC, true), &seq, CBS_ASN1_SEQUENCE);
    if (p->ca)
        der_element(&seq, CBS_ASN1_BOOLEAN, STR("\xff"));
    if (p->path_length != PATH_NONE) {
        const char length = (char)p->path_length;
        der_unsigned(&seq, str_of(&length, 1));
    }
    der_close(exts);
}

static void put_usages(CBB *exts, const struct profile *p, enum pk_kind kind)
{
    struct ext e;
    CBB seq;
    der_flags(ext_open(exts, &e, EXT_KEY_USAGE, true), profile_usage(p, kind));
    der_close(exts);
    if (!p->ext_key_usage)
        return;
    der_open(ext_open(exts, &e, EXT_EXT_KEY_USAGE, false), &seq, CBS_ASN1_SEQUENCE);
    for (unsigned i = 0; i < CERT_PURPOSE_COUNT; i++)
        if (p->ext_key_usage >> i & 1)
            der_oid(&seq, CERT_PURPOSES[i]);
    der_close(exts);
}

static void put_policy(CBB *exts, str policy)
{
    struct ext e;
    CBB seq, info;
    der_open(ext_open(exts, &e, EXT_POLICIES, false), &seq, CBS_ASN1_SEQUENCE);
    der_open(&seq, &info, CBS_ASN1_SEQUENCE);
    der_oid(&info, policy);
    der_close(exts);
}

static void put_key_ids(CBB *exts, str own, str authority)
{
    struct ext e;
    CBB seq;
    der_element(ext_open(exts, &e, EXT_KEY_ID, false), CBS_ASN1_OCTETSTRING, own);
    der_close(exts);
    der_open(ext_open(exts, &e, EXT_AUTHORITY_ID, false), &seq, CBS_ASN1_SEQUENCE);
    der_element(&seq, DER_IMPLICIT(0), authority);
    der_close(exts);
}

static void put_crl_point(CBB *exts, str url)
{
    struct ext e;
    CBB seq, point, where, full;
    der_open(ext_open(exts, &e, EXT_CRL_POINTS, false), &seq, CBS_ASN1_SEQUENCE);
    der_open(&seq, &point, CBS_ASN1_SEQUENCE);
    der_open(&point, &where, DER_EXPLICIT(0));
    der_open(&where, &full, DER_EXPLICIT(0));
    der_element(&full, DER_IMPLICIT(URI), url);
    der_close(exts);
}

static void put_access(CBB *seq, str method, str url)
{
    CBB access;
    der_open(seq, &access, CBS_ASN1_SEQUENCE);
    der_oid(&access, method);
    der_element(&access, DER_IMPLICIT(URI), url);
    der_close(seq);
}

static void put_located(CBB *exts, const struct issuer_opts *opts)
{
    struct ext e;
    CBB seq;
    put_policy(exts, opts->policy);
    put_crl_point(exts, opts->crl_url);
    der_open(ext_open(exts, &e, EXT_INFO_ACCESS, false), &seq, CBS_ASN1_SEQUENCE);
    put_access(&seq, DER_OID(OID_ACCESS_OCSP), opts->ocsp_url);
    put_access(&seq, DER_OID(OID_ACCESS_ISSUERS), opts->issuer_url);
    der_close(exts);
}

static void put_mail(CBB *exts, str mail)
{
    struct ext e;
    CBB seq;
    der_open(ext_open(exts, &e, EXT_ALT_NAME, false), &seq, CBS_ASN1_SEQUENCE);
    der_element(&seq, DER_IMPLICIT(MAIL), mail);
    der_close(exts);
}

static void put_number(CBB *exts, unsigned i, str number)
{
    struct ext e;
    der_element(ext_open(exts, &e, (enum cert_ext)(EXT_REGISTRY + i), false),
        CBS_ASN1_PRINTABLESTRING, number);
    der_close(exts);
}

static void put_nocheck(CBB *exts)
{
    struct ext e;
    der_element(ext_open(exts, &e, EXT_NOCHECK, false), CBS_ASN1_NULL, STR(""));
    der_close(exts);
}

static void put_extensions(CBB *tbs, const struct issuer *by, const struct cert_order *o)
{
    CBB explicit, exts;
    uint8_t id[PK_ID_SIZE];
    pk_id(o->key, id);
    str own = str_of(id, sizeof(id));
    der_open(tbs, &explicit, DER_EXPLICIT(3));
    der_open(&explicit, &exts, CBS_ASN1_SEQUENCE);
    put_basic(&exts, o->profile);
    put_usages(&exts, o->profile, pk_kind(o->key));
    put_key_ids(&exts, own, by ? issuer_cert(by)->key_id : own);
    if (o->profile->located)
        put_located(&exts, issuer_opts(by));
    if (o->mail.n)
        put_mail(&exts, o->mail);
    for (unsigned i = 0; i < NUMBER_COUNT; i++)
        if (o->numbers[i].n)
            put_number(&exts, i, o->numbers[i]);
    if (o->profile->nocheck)
        put_nocheck(&exts);
    der_close(tbs);
}

static void put_validity(CBB *tbs, const struct cert_order *o)
{
    CBB seq;
    der_open(tbs, &seq, CBS_ASN1_SEQUENCE);
    der_time(&seq, o->not_before);
    der_time(&seq, o->not_after);
    der_close(tbs);
}

int issue_build(
    const struct issuer *by, const struct cert_order *order, struct buf *tbs, struct err *err)
{
    CBB cbb, seq, version;
    struct buf subject = {0};
    struct buf spki = {0};
    int rc = name_put(order->subject, &subject, err);
    if (rc)
        return rc;
    pk_put_spki(order->key, &spki);
    der_init(&cbb, 2048);
    der_open(&cbb, &seq, CBS_ASN1_SEQUENCE);
    der_open(&seq, &version, DER_EXPLICIT(0));
    der_unsigned(&version, STR("\x02"));
    der_unsigned(&seq, str_of(order->serial, SERIAL_SIZE));
    der_raw(&seq, pk_signature_algorithm(pk_kind(by ? issuer_key(by) : order->key)));
    der_raw(&seq, by ? issuer_cert(by)->subject : buf_str(&subject));
    put_validity(&seq, order);
    der_raw(&seq, buf_str(&subject));
    der_raw(&seq, buf_str(&spki));
    put_extensions(&seq, by, order);
    der_finish(&cbb, tbs);
    buf_release(&spki);
    buf_release(&subject);
    return 0;
}

int issue_assemble(str tbs, const struct pk *key, struct buf *out)
{
    CBB cbb, seq;
    struct buf signature = {0};
    int rc = pk_sign(key, tbs, &signature);
    if (!rc) {
        der_init(&cbb, tbs.n + 1024);
        der_open(&cbb, &seq, CBS_ASN1_SEQUENCE);
        der_raw(&seq, tbs);
        der_raw(&seq, pk_signature_algorithm(pk_kind(key)));
        der_bits(&seq, buf_str(&signature));
        der_finish(&cbb, out);
    }
    buf_release(&signature);
    return rc;
}
