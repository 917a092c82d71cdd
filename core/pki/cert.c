// SPDX-License-Identifier: Apache-2.0
// cert: the frame of a certificate.
#include "core/pki/cert.h"

#include "core/pki/cert_ext.h"
#include "core/pki/der.h"

static bool get_serial(CBS *in, struct cert *out)
{
    CBS serial;
    if (!CBS_get_asn1(in, &serial, CBS_ASN1_INTEGER) || !der_is_unsigned(&serial))
        return false;
    out->serial = der_str(&serial);
    if (out->serial.n > 1 && out->serial.p[0] == 0)
        out->serial = str_slice(out->serial, 1, out->serial.n);
    return out->serial.n <= CERT_SERIAL_MAX;
}

static bool get_validity(CBS *in, struct cert *out)
{
    CBS seq;
    return CBS_get_asn1(in, &seq, CBS_ASN1_SEQUENCE) && der_get_time(&seq, &out->not_before) &&
           der_get_time(&seq, &out->not_after) && !CBS_len(&seq);
}

static bool get_version(CBS *in)
{
    CBS explicit;
    uint64_t version;
    return CBS_get_asn1(in, &explicit, DER_EXPLICIT(0)) &&
           CBS_get_asn1_uint64(&explicit, &version) && version == 2 && !CBS_len(&explicit);
}

static bool get_known(CBS value, enum cert_ext which, bool critical, struct cert *out)
{
    if (out->present >> which & 1)
        return false; /* twice */
    out->present |= 1u << which;
    if (critical)
        out->critical |= 1u << which;
    return CERT_EXTS[which].get(&value, out) && !CBS_len(&value);
}

static bool get_extension(CBS *seq, struct cert *out)
{
    CBS ext, value;
    str oid;
    bool critical;
    if (!CBS_get_asn1(seq, &ext, CBS_ASN1_SEQUENCE) || !der_get_oid(&ext, &oid) ||
        !der_get_default_false(&ext, &critical) ||
        !CBS_get_asn1(&ext, &value, CBS_ASN1_OCTETSTRING) || CBS_len(&ext))
        return false;
    for (unsigned i = 0; i < EXT_COUNT; i++)
        if (str_eq(CERT_EXTS[i].oid, oid))
            return get_known(value, (enum cert_ext)i, critical, out);
    out->unknown++;
    out->unknown_critical = out->unknown_critical || critical;
    return true;
}

static bool get_extensions(CBS *in, struct cert *out)
{
    CBS explicit, seq;
    if (!CBS_get_asn1(in, &explicit, DER_EXPLICIT(3)) ||
        !CBS_get_asn1(&explicit, &seq, CBS_ASN1_SEQUENCE) || CBS_len(&explicit) || !CBS_len(&seq))
        return false;
    while (CBS_len(&seq))
        if (!get_extension(&seq, out))
            return false;
    return true;
}

static int parse_tbs(struct cert *out, struct err *err)
{
    CBS in = der_cbs(out->tbs), tbs;
    if (!CBS_get_asn1(&in, &tbs, CBS_ASN1_SEQUENCE) || !get_version(&tbs))
        return err_set(err, E_PARSE, "the certificate is damaged, or not of version 3");
    if (!get_serial(&tbs, out) || !der_get_whole(&tbs, &out->algorithm, CBS_ASN1_SEQUENCE))
        return err_set(err, E_PARSE, "serial number or algorithm of the certificate are damaged");
    if (!der_get_whole(&tbs, &out->issuer, CBS_ASN1_SEQUENCE) || !name_is_wellformed(out->issuer) ||
        !get_validity(&tbs, out) || !der_get_whole(&tbs, &out->subject, CBS_ASN1_SEQUENCE) ||
        !name_is_wellformed(out->subject))
        return err_set(err, E_PARSE, "names or validity of the certificate are damaged");
    if (!der_get_whole(&tbs, &out->spki, CBS_ASN1_SEQUENCE))
        return err_set(err, E_PARSE, "the public key of the certificate is damaged");
    if (!get_extensions(&tbs, out) || CBS_len(&tbs))
        return err_set(err, E_PARSE, "an extension of the certificate is damaged or stands twice");
    return 0;
}

int cert_parse(str der, struct cert *out, struct err *err)
{
    CBS in = der_cbs(der), all;
    str outer;
    *out = (struct cert){.der = der, .path_length = PATH_NONE};
    if (der.n > CERT_DER_MAX)
        return err_set(err, E_TOO_BIG, "the certificate has more than %d bytes", CERT_DER_MAX);
    if (!CBS_get_asn1(&in, &all, CBS_ASN1_SEQUENCE) || CBS_len(&in) ||
        !der_get_whole(&all, &out->tbs, CBS_ASN1_SEQUENCE) ||
        !der_get_whole(&all, &outer, CBS_ASN1_SEQUENCE) || !der_get_bits(&all, &out->signature) ||
        CBS_len(&all))
        return err_set(err, E_PARSE, "the certificate is damaged, or something follows it");
    int rc = parse_tbs(out, err);
    if (!rc && !str_eq(outer, out->algorithm))
        rc = err_set(err, E_PARSE, "the certificate names two different signature algorithms");
    return rc;
}

bool cert_is_signed_by(const struct cert *c, const struct pk *key)
{
    return str_eq(c->algorithm, pk_signature_algorithm(pk_kind(key))) &&
           pk_verify(key, c->tbs, c->signature);
}
