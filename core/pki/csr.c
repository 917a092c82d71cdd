// SPDX-License-Identifier: Apache-2.0
// csr: PKCS#10.
#include "core/pki/csr.h"

#include "core/crypto/pem.h"
#include "core/pki/der.h"
#include "core/pki/name.h"

/* The pieces of a request while it is taken apart. */
struct parts {
    str signed_part;
    str algorithm;
    str signature;
};

static int refuse(struct err *err, enum csr_reason reason, int code, const char *sentence)
{
    static const char *const words[] = {
#define X(name, word) [name] = word,
        CSR_REASONS(X)
#undef X
    };
    if (sentence)
        (void)err_set(err, code, "%s", sentence);
    err_at(err, "csr.%s", words[reason]);
    return code;
}

static int to_der(str input, struct arena *a, str *der, struct err *err)
{
    struct buf decoded = {0};
    str label;
    if (input.n > CSR_TEXT_MAX)
        return refuse(err, CSR_TOO_BIG, E_TOO_BIG, "the request is too long");
    if (pem_is_der(input)) {
        *der = arena_str(a, input);
        return 0;
    }
    int rc = pem_get(input, &label, &decoded, err);
    if (rc)
        rc = refuse(err, CSR_NOT_PEM, rc, NULL);
    else if (!str_eq(label, STR("CERTIFICATE REQUEST")) &&
             !str_eq(label, STR("NEW CERTIFICATE REQUEST")))
        rc = refuse(err, CSR_WRONG_LABEL, E_INVALID,
            "the file is not a certificate request: its first line must say BEGIN CERTIFICATE "
            "REQUEST");
    else
        *der = arena_str(a, buf_str(&decoded));
    if (decoded.p)
        mem_wipe(decoded.p, decoded.n); /* it may have been somebody's private key */
    buf_release(&decoded);
    return rc;
}

static int split(str der, struct parts *out, struct err *err)
{
    CBS in = der_cbs(der), all;
    if (der.n > CSR_DER_MAX)
        return refuse(err, CSR_TOO_BIG, E_TOO_BIG, "the request is too long");
    if (!CBS_get_asn1(&in, &all, CBS_ASN1_SEQUENCE))
        return refuse(err, CSR_DAMAGED, E_PARSE, "the request is damaged: not a SEQUENCE");
    if (CBS_len(&in))
        return refuse(err, CSR_TRAILING, E_PARSE, "bytes follow the request");
    if (!der_get_whole(&all, &out->signed_part, CBS_ASN1_SEQUENCE) ||
        !der_get_whole(&all, &out->algorithm, CBS_ASN1_SEQUENCE) ||
        !der_get_bits(&all, &out->signature) || CBS_len(&all))
        return refuse(err, CSR_DAMAGED, E_PARSE,
            "the request is damaged: it must have three parts (information, algorithm, signature)");
    return 0;
}

static int read_key(str spki, struct arena *a, struct csr *out, struct err *err)
{
    int rc = pk_from_spki(spki, &out->key, err);
    if (rc)
        return refuse(err, rc == E_INVALID ? CSR_WEAK_KEY : CSR_KEY, rc, NULL);
    arena_defer(a, (void (*)(void *))pk_free, out->key);
    pk_id(out->key, out->key_id);
    out->spki = spki;
    return 0;
}

static bool is_attribute(CBS *from)
{
    CBS attribute, values;
    str type;
    if (!CBS_get_asn1(from, &attribute, CBS_ASN1_SEQUENCE) || !der_get_oid(&attribute, &type) ||
        !CBS_get_asn1(&attribute, &values, CBS_ASN1_SET) || CBS_len(&attribute) ||
        !CBS_len(&values))
        return false;
    while (CBS_len(&values)) {
        CBS value;
        CBS_ASN1_TAG tag;
        if (!CBS_get_any_asn1(&values, &value, &tag))
            return false;
    }
    return true;
}

static int count_attributes(CBS *info, struct csr *out, struct err *err)
{
    CBS attributes;
    if (!CBS_get_asn1(info, &attributes, DER_EXPLICIT(0)) || CBS_len(info))
        return refuse(err, CSR_ATTRIBUTES, E_PARSE,
            "the request has no attributes part (an empty one must be written), or more behind it");
    for (; CBS_len(&attributes); out->attributes++)
        if (out->attributes == CSR_ATTRIBUTES_MAX || !is_attribute(&attributes))
            return refuse(err, CSR_ATTRIBUTES, E_PARSE, "the attributes are damaged or too many");
    return 0;
}

static int read_info(str part, struct arena *a, struct csr *out, struct err *err)
{
    CBS in = der_cbs(part), info;
    uint64_t version;
    str spki;
    if (!CBS_get_asn1(&in, &info, CBS_ASN1_SEQUENCE) || !CBS_get_asn1_uint64(&info, &version))
        return refuse(err, CSR_DAMAGED, E_PARSE, "the request is damaged: no version");
    if (version != 0)
        return refuse(err, CSR_VERSION, E_UNSUPPORTED, "the request is not of version 1");
    if (!der_get_whole(&info, &out->subject, CBS_ASN1_SEQUENCE) ||
        !name_is_wellformed(out->subject))
        return refuse(err, CSR_SUBJECT, E_PARSE, "the subject is not a name, or too long");
    if (!der_get_whole(&info, &spki, CBS_ASN1_SEQUENCE))
        return refuse(err, CSR_DAMAGED, E_PARSE, "the request is damaged: no public key");
    int rc = read_key(spki, a, out, err);
    return rc ? rc : count_attributes(&info, out, err);
}

static int prove(const struct parts *p, const struct csr *csr, struct err *err)
{
    if (!str_eq(p->algorithm, pk_signature_algorithm(pk_kind(csr->key))))
        return refuse(err, CSR_ALGORITHM, E_UNSUPPORTED,
            pk_kind(csr->key) == PK_RSA
                ? "a request with an RSA key is signed with sha256WithRSAEncryption"
                : "a request with a P-256 key is signed with ecdsa-with-SHA256");
    if (!pk_verify(csr->key, p->signed_part, p->signature))
        return refuse(err, CSR_SIGNATURE, E_INVALID,
            "the signature of the request is not made with the private key of its public key");
    return 0;
}

int csr_parse(str input, struct arena *a, struct csr *out, struct err *err)
{
    struct parts parts;
    *out = (struct csr){0};
    int rc = to_der(input, a, &out->der, err);
    if (!rc)
        rc = split(out->der, &parts, err);
    if (!rc)
        rc = read_info(parts.signed_part, a, out, err);
    return rc ? rc : prove(&parts, out, err);
}

static void put_info(const struct pk *key, str subject, struct buf *out)
{
    CBB cbb, info, attributes;
    struct buf spki = {0};
    pk_put_spki(key, &spki);
    der_init(&cbb, 512);
    der_open(&cbb, &info, CBS_ASN1_SEQUENCE);
    der_unsigned(&info, STR(""));
    der_raw(&info, subject);
    der_raw(&info, buf_str(&spki));
    der_open(&info, &attributes, DER_EXPLICIT(0));
    der_finish(&cbb, out);
    buf_release(&spki);
}

int csr_make(const struct pk *key, str subject, struct buf *out, struct err *err)
{
    CBB cbb, all;
    struct buf info = {0};
    struct buf signature = {0};
    if (!name_is_wellformed(subject))
        return err_set(err, E_INVALID, "the subject is not a name");
    put_info(key, subject, &info);
    int rc = pk_sign(key, buf_str(&info), &signature);
    if (!rc) {
        der_init(&cbb, info.n + 1024);
        der_open(&cbb, &all, CBS_ASN1_SEQUENCE);
        der_raw(&all, buf_str(&info));
        der_raw(&all, pk_signature_algorithm(pk_kind(key)));
        der_bits(&all, buf_str(&signature));
        der_finish(&cbb, out);
    }
    buf_release(&signature);
    buf_release(&info);
    return rc ? err_set(err, rc, "the request cannot be signed with this key") : 0;
}
