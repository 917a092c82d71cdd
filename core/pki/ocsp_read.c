// SPDX-License-Identifier: Apache-2.0
// ocsp_read: requests.
#include "core/crypto/hash.h"
#include "core/pki/der.h"
#include "core/pki/ocsp.h"
#include "core/pki/oids.h"

enum { SHA1_SIZE = 20 };

/* AlgorithmIdentifier: absent or NULL parameters. */
static bool get_digest(CBS *in, str *oid)
{
    CBS seq, null;
    if (!CBS_get_asn1(in, &seq, CBS_ASN1_SEQUENCE) || !der_get_oid(&seq, oid))
        return false;
    if (!CBS_len(&seq))
        return true;
    return CBS_get_asn1(&seq, &null, CBS_ASN1_NULL) && !CBS_len(&null) && !CBS_len(&seq);
}

static bool get_octets(CBS *in, str *out)
{
    CBS octets;
    if (!CBS_get_asn1(in, &octets, CBS_ASN1_OCTETSTRING))
        return false;
    *out = der_str(&octets);
    return true;
}

static int get_serial(CBS *in, str *out)
{
    CBS serial;
    if (!CBS_get_asn1(in, &serial, CBS_ASN1_INTEGER) || !der_is_unsigned(&serial) ||
        CBS_len(&serial) > CERT_SERIAL_MAX + 1)
        return E_PARSE;
    *out = der_str(&serial);
    if (out->n > 1 && out->p[0] == 0)
        *out = str_slice(*out, 1, out->n);
    return 0;
}

static int get_id(CBS *in, struct ocsp_id *out)
{
    CBS id;
    str oid;
    if (!der_get_whole(in, &out->whole, CBS_ASN1_SEQUENCE))
        return E_PARSE;
    CBS whole = der_cbs(out->whole);
    if (!CBS_get_asn1(&whole, &id, CBS_ASN1_SEQUENCE) || !get_digest(&id, &oid) ||
        !get_octets(&id, &out->name_hash) || !get_octets(&id, &out->key_hash) ||
        get_serial(&id, &out->serial) || CBS_len(&id))
        return E_PARSE;
    out->sha256 = str_eq(oid, DER_OID(OID_SHA256));
    if (!out->sha256 && !str_eq(oid, DER_OID(OID_SHA1)))
        return E_UNSUPPORTED;
    size_t size = out->sha256 ? (size_t)HASH_SIZE : (size_t)SHA1_SIZE;
    return out->name_hash.n == size && out->key_hash.n == size ? 0 : E_PARSE;
}

/* A nonce is an OCTET STRING inside the extension's OCTET STRING. */
static bool get_nonce(CBS *value, str *nonce)
{
    return !nonce->n && get_octets(value, nonce) && !CBS_len(value) && nonce->n &&
           nonce->n <= OCSP_NONCE_MAX;
}

/* [n] EXPLICIT Extensions OPTIONAL; *nonce may be NULL where none is looked for. */
static bool get_extensions(CBS *in, unsigned tag, str *nonce)
{
    CBS explicit, exts, ext, value;
    str oid;
    bool critical;
    if (!CBS_peek_asn1_tag(in, DER_EXPLICIT(tag)))
        return true;
    if (!CBS_get_asn1(in, &explicit, DER_EXPLICIT(tag)) ||
        !CBS_get_asn1(&explicit, &exts, CBS_ASN1_SEQUENCE) || CBS_len(&explicit))
        return false;
    while (CBS_len(&exts)) {
        if (!CBS_get_asn1(&exts, &ext, CBS_ASN1_SEQUENCE) || !der_get_oid(&ext, &oid) ||
            !der_get_default_false(&ext, &critical) ||
            !CBS_get_asn1(&ext, &value, CBS_ASN1_OCTETSTRING) || CBS_len(&ext))
            return false;
        bool known = nonce && str_eq(oid, DER_OID(OID_OCSP_NONCE));
        if (known ? !get_nonce(&value, nonce) : critical)
            return false;
    }
    return true;
}

static int get_asked(CBS *list, struct ocsp_request *out)
{
    while (CBS_len(list)) {
        CBS single;
        if (out->count == OCSP_ASKED_MAX || !CBS_get_asn1(list, &single, CBS_ASN1_SEQUENCE))
            return E_PARSE;
        int rc = get_id(&single, &out->asked[out->count++]);
        if (rc)
            return rc;
        if (!get_extensions(&single, 0, NULL) || CBS_len(&single))
            return E_PARSE;
    }
    return out->count ? 0 : E_PARSE;
}

/* Version is DEFAULT v1 and so never written; the requestor's name says nothing to us. */
static int get_tbs(CBS *in, struct ocsp_request *out)
{
    CBS tbs, list;
    if (!CBS_get_asn1(in, &tbs, CBS_ASN1_SEQUENCE) ||
        !CBS_get_optional_asn1(&tbs, NULL, NULL, DER_EXPLICIT(1)) ||
        !CBS_get_asn1(&tbs, &list, CBS_ASN1_SEQUENCE))
        return E_PARSE;
    int rc = get_asked(&list, out);
    if (rc)
        return rc;
    return get_extensions(&tbs, 2, &out->nonce) && !CBS_len(&tbs) ? 0 : E_PARSE;
}

int ocsp_parse(str der, struct ocsp_request *out, struct err *err)
{
    CBS in = der_cbs(der), all;
    *out = (struct ocsp_request){0};
    if (der.n > OCSP_DER_MAX)
        return err_set(err, E_TOO_BIG, "an OCSP request has at most %d bytes", OCSP_DER_MAX);
    if (!CBS_get_asn1(&in, &all, CBS_ASN1_SEQUENCE) || CBS_len(&in))
        return err_set(err, E_PARSE, "the OCSP request is damaged, or something follows it");
    int rc = get_tbs(&all, out);
    if (!rc && (!CBS_get_optional_asn1(&all, NULL, NULL, DER_EXPLICIT(0)) || CBS_len(&all)))
        rc = E_PARSE;
    if (rc == E_UNSUPPORTED)
        return err_set(err, rc,
            "the OCSP request names issuers by another digest than SHA-1 and "
            "SHA-256");
    return rc ? err_set(err, rc, "the OCSP request is damaged, too long, or has a wrong nonce") : 0;
}

static bool is_digest(const struct ocsp_id *id, str digest, str of)
{
    uint8_t out[HASH_SIZE];
    if (id->sha256)
        hash_sha256(of, out);
    else
        hash_sha1(of, out);
    return str_eq(digest, str_of(out, digest.n));
}

bool ocsp_is_of(const struct ocsp_id *id, const struct cert *ca)
{
    CBS spki = der_cbs(ca->spki), body;
    str bits;
    return CBS_get_asn1(&spki, &body, CBS_ASN1_SEQUENCE) &&
           CBS_get_asn1(&body, NULL, CBS_ASN1_SEQUENCE) && der_get_bits(&body, &bits) &&
           is_digest(id, id->name_hash, ca->subject) && is_digest(id, id->key_hash, bits);
}
