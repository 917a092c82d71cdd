// SPDX-License-Identifier: Apache-2.0
// cert_ext: the contents of single extensions.
#include "core/pki/cert_ext.h"

#include "core/pki/der.h"
#include "core/pki/oids.h"

enum { URI = 6, MAIL = 1 };

static bool get_basic(CBS *in, struct cert *out)
{
    CBS seq;
    uint64_t length = 0;
    if (!CBS_get_asn1(in, &seq, CBS_ASN1_SEQUENCE) || !der_get_default_false(&seq, &out->ca))
        return false;
    out->path_length = PATH_NONE;
    if (CBS_peek_asn1_tag(&seq, CBS_ASN1_INTEGER)) {
        if (!CBS_get_asn1_uint64(&seq, &length) || length > 16 || !out->ca)
            return false;
        out->path_length = (int)length;
    }
    return !CBS_len(&seq);
}

static bool get_key_usage(CBS *in, struct cert *out)
{
    return der_get_flags(in, &out->key_usage) && out->key_usage;
}

const str CERT_PURPOSES[CERT_PURPOSE_COUNT] = {
    {OID_CLIENT_AUTH, sizeof(OID_CLIENT_AUTH) - 1},
    {OID_EMAIL_PROTECTION, sizeof(OID_EMAIL_PROTECTION) - 1},
    {OID_DOCUMENT_SIGNING, sizeof(OID_DOCUMENT_SIGNING) - 1},
    {OID_OCSP_SIGNING, sizeof(OID_OCSP_SIGNING) - 1},
};

static unsigned purpose_of(str oid)
{
    for (unsigned i = 0; i < CERT_PURPOSE_COUNT; i++)
        if (str_eq(CERT_PURPOSES[i], oid))
            return 1u << i;
    return 0;
}

static bool get_ext_key_usage(CBS *in, struct cert *out)
{
    CBS seq;
    str oid;
    if (!CBS_get_asn1(in, &seq, CBS_ASN1_SEQUENCE) || !CBS_len(&seq))
        return false;
    while (CBS_len(&seq)) {
        if (!der_get_oid(&seq, &oid))
            return false;
        unsigned purpose = purpose_of(oid);
        if (purpose & out->ext_key_usage)
            return false; /* twice */
        out->ext_key_usage |= purpose;
        out->ext_key_usage_unknown = out->ext_key_usage_unknown || !purpose;
    }
    return true;
}

static bool get_policies(CBS *in, struct cert *out)
{
    CBS seq, info, qualifiers;
    str oid;
    if (!CBS_get_asn1(in, &seq, CBS_ASN1_SEQUENCE) || !CBS_len(&seq))
        return false;
    while (CBS_len(&seq)) {
        if (!CBS_get_asn1(&seq, &info, CBS_ASN1_SEQUENCE) || !der_get_oid(&info, &oid))
            return false;
        if (CBS_len(&info) && (!CBS_get_asn1(&info, &qualifiers, CBS_ASN1_SEQUENCE) ||
                                  CBS_len(&info) || !CBS_len(&qualifiers)))
            return false;
        if (!out->policy.n)
            out->policy = oid;
    }
    return true;
}

static bool get_key_id(CBS *in, struct cert *out)
{
    CBS id;
    if (!CBS_get_asn1(in, &id, CBS_ASN1_OCTETSTRING) || !CBS_len(&id))
        return false;
    out->key_id = der_str(&id);
    return true;
}

/* Only the key identifier; issuer and serial (the other two fields) are passed over. */
static bool get_authority_id(CBS *in, struct cert *out)
{
    CBS seq, id;
    int present = 0;
    if (!CBS_get_asn1(in, &seq, CBS_ASN1_SEQUENCE) ||
        !CBS_get_optional_asn1(&seq, &id, &present, DER_IMPLICIT(0)) ||
        !CBS_get_optional_asn1(&seq, NULL, NULL, DER_EXPLICIT(1)) ||
        !CBS_get_optional_asn1(&seq, NULL, NULL, DER_IMPLICIT(2)) || CBS_len(&seq))
        return false;
    if (present)
        out->authority_id = der_str(&id);
    return true;
}

/* The first name with this tag, if any. */
static bool get_general(CBS *names, unsigned tag, str *first)
{
    CBS name;
    CBS_ASN1_TAG found;
    if (!CBS_len(names))
        return false;
    while (CBS_len(names)) {
        if (!CBS_get_any_asn1(names, &name, &found))
            return false;
        if (found == DER_IMPLICIT(tag) && !first->n)
            *first = der_str(&name);
    }
    return true;
}

static bool get_point(CBS *seq, str *url)
{
    CBS point, where, full;
    if (!CBS_get_asn1(seq, &point, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&point, &where, DER_EXPLICIT(0)) ||
        !CBS_get_asn1(&where, &full, DER_EXPLICIT(0)) || CBS_len(&where))
        return false;
    return get_general(&full, URI, url);
}

static bool get_crl_points(CBS *in, struct cert *out)
{
    CBS seq;
    if (!CBS_get_asn1(in, &seq, CBS_ASN1_SEQUENCE) || !CBS_len(&seq))
        return false;
    while (CBS_len(&seq))
        if (!get_point(&seq, &out->crl_url))
            return false;
    return true;
}

static bool get_info_access(CBS *in, struct cert *out)
{
    CBS seq, access;
    str oid, other = {0};
    if (!CBS_get_asn1(in, &seq, CBS_ASN1_SEQUENCE) || !CBS_len(&seq))
        return false;
    while (CBS_len(&seq)) {
        if (!CBS_get_asn1(&seq, &access, CBS_ASN1_SEQUENCE) || !der_get_oid(&access, &oid))
            return false;
        str *url = str_eq(oid, DER_OID(OID_ACCESS_OCSP))      ? &out->ocsp_url
                   : str_eq(oid, DER_OID(OID_ACCESS_ISSUERS)) ? &out->issuer_url
                                                              : &other;
        if (!get_general(&access, URI, url))
            return false;
    }
    return true;
}

static bool get_alt_name(CBS *in, struct cert *out)
{
    CBS seq;
    return CBS_get_asn1(in, &seq, CBS_ASN1_SEQUENCE) && get_general(&seq, MAIL, &out->mail);
}

static bool get_nocheck(CBS *in, struct cert *out)
{
    CBS null;
    (void)out;
    return CBS_get_asn1(in, &null, CBS_ASN1_NULL) && !CBS_len(&null);
}

static bool get_number(CBS *in, str *out)
{
    CBS text;
    if (!CBS_get_asn1(in, &text, CBS_ASN1_PRINTABLESTRING) || !CBS_len(&text))
        return false;
    *out = der_str(&text);
    return true;
}

static bool get_registry(CBS *in, struct cert *out)
{
    return get_number(in, &out->numbers[NUMBER_REGISTRY]);
}

static bool get_organisation(CBS *in, struct cert *out)
{
    return get_number(in, &out->numbers[NUMBER_ORGANISATION]);
}

static bool get_tax(CBS *in, struct cert *out)
{
    return get_number(in, &out->numbers[NUMBER_TAX]);
}

#define ROW(ext, oid, get) [ext] = {{oid, sizeof(oid) - 1}, get}

const struct cert_ext_kind CERT_EXTS[EXT_COUNT] = {
    ROW(EXT_BASIC, OID_BASIC, get_basic),
    ROW(EXT_KEY_USAGE, OID_KEY_USAGE, get_key_usage),
    ROW(EXT_EXT_KEY_USAGE, OID_EXT_KEY_USAGE, get_ext_key_usage),
    ROW(EXT_POLICIES, OID_POLICIES, get_policies),
    ROW(EXT_KEY_ID, OID_KEY_ID, get_key_id),
    ROW(EXT_AUTHORITY_ID, OID_AUTHORITY_ID, get_authority_id),
    ROW(EXT_CRL_POINTS, OID_CRL_POINTS, get_crl_points),
    ROW(EXT_INFO_ACCESS, OID_INFO_ACCESS, get_info_access),
    ROW(EXT_ALT_NAME, OID_ALT_NAME, get_alt_name),
    ROW(EXT_NOCHECK, OID_OCSP_NOCHECK, get_nocheck),
    ROW(EXT_REGISTRY, OID_CN_REGISTRY, get_registry),
    ROW(EXT_ORGANISATION, OID_CN_ORGANISATION, get_organisation),
    ROW(EXT_TAX, OID_CN_TAX, get_tax),
};
