// SPDX-License-Identifier: Apache-2.0
// p7: degenerate SignedData.
#include "core/pki/p7.h"

#include <string.h>

#include "core/pki/der.h"
#include "core/pki/oids.h"

/* X.690 11.6: a SET OF is ordered by its encodings. */
static void sort(str *sorted, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && str_cmp(sorted[k - 1], sorted[k]) > 0; k--) {
            str swap = sorted[k];
            sorted[k] = sorted[k - 1];
            sorted[k - 1] = swap;
        }
}

static int check(const str *sorted, size_t count, struct err *err)
{
    struct cert c;
    for (size_t i = 0; i < count; i++) {
        int rc = cert_parse(sorted[i], &c, err);
        if (rc)
            return rc;
        if (i && str_eq(sorted[i - 1], sorted[i]))
            return err_set(err, E_INVALID, "a certificate stands in the chain twice");
    }
    return 0;
}

int p7_put(const str *certificates, size_t count, struct buf *out, struct err *err)
{
    CBB cbb, content, explicit, data, inner, certs;
    str sorted[P7_CERTS_MAX];
    if (!count || count > P7_CERTS_MAX)
        return err_set(err, E_INVALID, "a chain has 1 to %d certificates", P7_CERTS_MAX);
    memcpy(sorted, certificates, count * sizeof(*sorted));
    sort(sorted, count);
    int rc = check(sorted, count, err);
    if (rc)
        return rc;
    der_init(&cbb, 4096);
    der_open(&cbb, &content, CBS_ASN1_SEQUENCE);
    der_oid(&content, DER_OID(OID_SIGNED_DATA));
    der_open(&content, &explicit, DER_EXPLICIT(0));
    der_open(&explicit, &data, CBS_ASN1_SEQUENCE);
    der_unsigned(&data, STR("\x01"));
    der_element(&data, CBS_ASN1_SET, STR(""));
    der_open(&data, &inner, CBS_ASN1_SEQUENCE);
    der_oid(&inner, DER_OID(OID_DATA));
    der_open(&data, &certs, DER_EXPLICIT(0));
    for (size_t i = 0; i < count; i++)
        der_raw(&certs, sorted[i]);
    der_element(&data, CBS_ASN1_SET, STR(""));
    der_finish(&cbb, out);
    return 0;
}

/* SignedData up to the certificates, as p7_put writes it. */
static bool get_certs(CBS *in, CBS *certs)
{
    CBS content, explicit, data, set, inner;
    str oid;
    uint64_t version;
    return CBS_get_asn1(in, &content, CBS_ASN1_SEQUENCE) && !CBS_len(in) &&
           der_get_oid(&content, &oid) && str_eq(oid, DER_OID(OID_SIGNED_DATA)) &&
           CBS_get_asn1(&content, &explicit, DER_EXPLICIT(0)) && !CBS_len(&content) &&
           CBS_get_asn1(&explicit, &data, CBS_ASN1_SEQUENCE) && !CBS_len(&explicit) &&
           CBS_get_asn1_uint64(&data, &version) && version == 1 &&
           CBS_get_asn1(&data, &set, CBS_ASN1_SET) && !CBS_len(&set) &&
           CBS_get_asn1(&data, &inner, CBS_ASN1_SEQUENCE) && der_get_oid(&inner, &oid) &&
           !CBS_len(&inner) && str_eq(oid, DER_OID(OID_DATA)) &&
           CBS_get_asn1(&data, certs, DER_EXPLICIT(0)) && CBS_get_asn1(&data, &set, CBS_ASN1_SET) &&
           !CBS_len(&set) && !CBS_len(&data);
}

int p7_parse(str der, str out[P7_CERTS_MAX], size_t *count, struct err *err)
{
    CBS in = der_cbs(der), certs;
    *count = 0;
    if (der.n > P7_DER_MAX)
        return err_set(err, E_TOO_BIG, "the PKCS#7 file has more than %d bytes", P7_DER_MAX);
    if (!get_certs(&in, &certs) || !CBS_len(&certs))
        return err_set(err, E_PARSE, "not a PKCS#7 file that holds certificates only");
    while (CBS_len(&certs))
        if (*count == P7_CERTS_MAX || !der_get_whole(&certs, &out[(*count)++], CBS_ASN1_SEQUENCE))
            return err_set(err, E_PARSE, "the PKCS#7 file is damaged, or holds too many");
    return check(out, *count, err);
}
