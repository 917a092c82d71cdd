// SPDX-License-Identifier: Apache-2.0
// crl_read: the frame of a list, and its entries one by one.
#include "core/pki/crl.h"
#include "core/pki/der.h"
#include "core/pki/oids.h"

static bool get_number(CBS *value, struct crl *out)
{
    return CBS_get_asn1_uint64(value, &out->number);
}

static bool get_authority(CBS *value, struct crl *out)
{
    CBS seq, id;
    if (!CBS_get_asn1(value, &seq, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&seq, &id, DER_IMPLICIT(0)) || CBS_len(&seq))
        return false;
    out->authority_id = der_str(&id);
    return true;
}

/* Exactly the two extensions that are written, each once. */
static bool get_extension(CBS *exts, struct crl *out, unsigned *seen)
{
    CBS ext, value;
    str oid;
    bool critical;
    if (!CBS_get_asn1(exts, &ext, CBS_ASN1_SEQUENCE) || !der_get_oid(&ext, &oid) ||
        !der_get_default_false(&ext, &critical) || critical ||
        !CBS_get_asn1(&ext, &value, CBS_ASN1_OCTETSTRING) || CBS_len(&ext))
        return false;
    bool number = str_eq(oid, DER_OID(OID_CRL_NUMBER));
    if (!number && !str_eq(oid, DER_OID(OID_AUTHORITY_ID)))
        return false;
    unsigned bit = number ? 1 : 2;
    if (*seen & bit)
        return false;
    *seen |= bit;
    return (number ? get_number(&value, out) : get_authority(&value, out)) && !CBS_len(&value);
}

static bool get_extensions(CBS *tbs, struct crl *out)
{
    CBS explicit, exts;
    unsigned seen = 0;
    if (!CBS_get_asn1(tbs, &explicit, DER_EXPLICIT(0)) ||
        !CBS_get_asn1(&explicit, &exts, CBS_ASN1_SEQUENCE) || CBS_len(&explicit))
        return false;
    while (CBS_len(&exts))
        if (!get_extension(&exts, out, &seen))
            return false;
    return seen == 3;
}

static bool get_tbs(struct crl *out)
{
    CBS in = der_cbs(out->tbs), tbs, list;
    uint64_t version;
    if (!CBS_get_asn1(&in, &tbs, CBS_ASN1_SEQUENCE) || !CBS_get_asn1_uint64(&tbs, &version) ||
        version != 1 || !der_get_whole(&tbs, &out->algorithm, CBS_ASN1_SEQUENCE) ||
        !der_get_whole(&tbs, &out->issuer, CBS_ASN1_SEQUENCE) || !name_is_wellformed(out->issuer) ||
        !der_get_time(&tbs, &out->this_update) || !der_get_time(&tbs, &out->next_update))
        return false;
    if (CBS_peek_asn1_tag(&tbs, CBS_ASN1_SEQUENCE)) {
        if (!CBS_get_asn1(&tbs, &list, CBS_ASN1_SEQUENCE) || !CBS_len(&list))
            return false;
        out->entries = der_str(&list);
    }
    return get_extensions(&tbs, out) && !CBS_len(&tbs);
}

int crl_parse(str der, struct crl *out, struct err *err)
{
    CBS in = der_cbs(der), all;
    str outer;
    *out = (struct crl){0};
    if (der.n > CRL_DER_MAX)
        return err_set(err, E_TOO_BIG, "the CRL has more than %d bytes", CRL_DER_MAX);
    if (!CBS_get_asn1(&in, &all, CBS_ASN1_SEQUENCE) || CBS_len(&in) ||
        !der_get_whole(&all, &out->tbs, CBS_ASN1_SEQUENCE) ||
        !der_get_whole(&all, &outer, CBS_ASN1_SEQUENCE) || !der_get_bits(&all, &out->signature) ||
        CBS_len(&all) || !get_tbs(out) || !str_eq(outer, out->algorithm))
        return err_set(err, E_PARSE, "the CRL is damaged, or not of the form that is used here");
    return 0;
}

/* The only entry extension that is written. */
static bool get_reason(CBS *entry, enum crl_reason *out)
{
    CBS exts, ext, value, code;
    str oid;
    uint8_t reason;
    if (!CBS_get_asn1(entry, &exts, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&exts, &ext, CBS_ASN1_SEQUENCE) || CBS_len(&exts) ||
        !der_get_oid(&ext, &oid) || !str_eq(oid, DER_OID(OID_REASON)) ||
        !CBS_get_asn1(&ext, &value, CBS_ASN1_OCTETSTRING) || CBS_len(&ext) ||
        !CBS_get_asn1(&value, &code, CBS_ASN1_ENUMERATED) || CBS_len(&value) ||
        !CBS_get_u8(&code, &reason) || CBS_len(&code))
        return false;
    *out = (enum crl_reason)reason;
    return reason != CRL_UNSPECIFIED && crl_reason_is_known(reason);
}

int crl_next(str *entries, struct crl_entry *out)
{
    CBS in = der_cbs(*entries), entry, serial;
    *out = (struct crl_entry){0};
    if (!entries->n)
        return 1;
    if (!CBS_get_asn1(&in, &entry, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&entry, &serial, CBS_ASN1_INTEGER) || !der_is_unsigned(&serial) ||
        !der_get_time(&entry, &out->revoked_at) ||
        (CBS_len(&entry) && !get_reason(&entry, &out->reason)) || CBS_len(&entry))
        return E_PARSE;
    out->serial = der_str(&serial);
    if (out->serial.n > 1 && out->serial.p[0] == 0)
        out->serial = str_slice(out->serial, 1, out->serial.n);
    *entries = der_str(&in);
    return 0;
}

int crl_find(const struct crl *c, str serial, struct crl_entry *out)
{
    str rest = c->entries;
    int rc;
    while ((rc = crl_next(&rest, out)) == 0)
        if (str_eq(out->serial, serial))
            return 0;
    return rc;
}

bool crl_is_signed_by(const struct crl *c, const struct pk *key)
{
    return str_eq(c->algorithm, pk_signature_algorithm(pk_kind(key))) &&
           pk_verify(key, c->tbs, c->signature);
}
