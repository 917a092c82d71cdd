// SPDX-License-Identifier: Apache-2.0
// ocsp: responses.
#include "core/pki/ocsp.h"

#include "core/pki/der.h"
#include "core/pki/oids.h"

static int check_answer(const struct ocsp_answer *a, int64_t produced_at, struct err *err)
{
    if (a->this_update > produced_at || a->next_update <= a->this_update ||
        a->this_update < DER_TIME_MIN || a->next_update > DER_TIME_MAX)
        return err_set(err, E_INVALID, "the dates of an OCSP answer are in disorder");
    if (a->state == OCSP_REVOKED &&
        (!crl_reason_is_known(a->reason) || a->revoked_at > produced_at ||
            a->revoked_at < DER_TIME_MIN))
        return err_set(err, E_INVALID, "reason or date of a revocation cannot be");
    return 0;
}

static int check_all(const struct ocsp_responder *by, const struct ocsp_answer *answers,
    size_t count, str nonce, int64_t produced_at, struct err *err)
{
    struct cert c;
    struct buf spki = {0};
    if (!count || count > OCSP_ASKED_MAX || nonce.n > OCSP_NONCE_MAX)
        return err_set(err, E_INVALID, "an OCSP response has 1 to %d answers", OCSP_ASKED_MAX);
    int rc = cert_parse(by->certificate, &c, err);
    if (rc)
        return rc;
    pk_put_spki(by->key, &spki);
    bool own = str_eq(buf_str(&spki), c.spki) && c.ext_key_usage & FOR_OCSP;
    buf_release(&spki);
    if (!own)
        return err_set(err, E_INVALID, "the responder's certificate is not for its key or purpose");
    for (size_t i = 0; i < count && !rc; i++)
        rc = check_answer(&answers[i], produced_at, err);
    return rc;
}

static void put_revoked(CBB *to, const struct ocsp_answer *a)
{
    CBB revoked, reason;
    const char code = (char)a->reason;
    der_open(to, &revoked, DER_EXPLICIT(OCSP_REVOKED));
    der_generalized(&revoked, a->revoked_at);
    if (a->reason != CRL_UNSPECIFIED) {
        der_open(&revoked, &reason, DER_EXPLICIT(0));
        der_element(&reason, CBS_ASN1_ENUMERATED, str_of(&code, 1));
    }
    der_close(to);
}

static void put_answer(CBB *to, const struct ocsp_answer *a)
{
    CBB single, next;
    der_open(to, &single, CBS_ASN1_SEQUENCE);
    der_raw(&single, a->id->whole);
    if (a->state == OCSP_REVOKED)
        put_revoked(&single, a);
    else
        der_element(&single, DER_IMPLICIT((unsigned)a->state), STR(""));
    der_generalized(&single, a->this_update);
    der_open(&single, &next, DER_EXPLICIT(0));
    der_generalized(&next, a->next_update);
    der_close(to);
}

static void put_nonce(CBB *data, str nonce)
{
    CBB explicit, exts, ext, value;
    der_open(data, &explicit, DER_EXPLICIT(1));
    der_open(&explicit, &exts, CBS_ASN1_SEQUENCE);
    der_open(&exts, &ext, CBS_ASN1_SEQUENCE);
    der_oid(&ext, DER_OID(OID_OCSP_NONCE));
    der_open(&ext, &value, CBS_ASN1_OCTETSTRING);
    der_element(&value, CBS_ASN1_OCTETSTRING, nonce);
    der_close(data);
}

/* ResponseData; the responder is named by the digest of its key. */
static void put_data(const struct ocsp_responder *by, const struct ocsp_answer *answers,
    size_t count, str nonce, int64_t produced_at, struct buf *out)
{
    CBB cbb, data, by_key, list;
    uint8_t id[PK_ID_SIZE];
    pk_id(by->key, id);
    der_init(&cbb, 512);
    der_open(&cbb, &data, CBS_ASN1_SEQUENCE);
    der_open(&data, &by_key, DER_EXPLICIT(2));
    der_element(&by_key, CBS_ASN1_OCTETSTRING, str_of(id, sizeof(id)));
    der_generalized(&data, produced_at);
    der_open(&data, &list, CBS_ASN1_SEQUENCE);
    for (size_t i = 0; i < count; i++)
        put_answer(&list, &answers[i]);
    if (nonce.n)
        put_nonce(&data, nonce);
    der_finish(&cbb, out);
}

static void put_basic(const struct ocsp_responder *by, str data, str signature, struct buf *out)
{
    CBB cbb, basic, explicit, certs;
    der_init(&cbb, 2048);
    der_open(&cbb, &basic, CBS_ASN1_SEQUENCE);
    der_raw(&basic, data);
    der_raw(&basic, pk_signature_algorithm(pk_kind(by->key)));
    der_bits(&basic, signature);
    der_open(&basic, &explicit, DER_EXPLICIT(0));
    der_open(&explicit, &certs, CBS_ASN1_SEQUENCE);
    der_raw(&certs, by->certificate);
    der_finish(&cbb, out);
}

/* OCSPResponse; an empty `basic` says only the status. */
static void put_response(enum ocsp_status status, str basic, struct buf *out)
{
    CBB cbb, response, explicit, bytes;
    const char code = (char)status;
    der_init(&cbb, basic.n + 64);
    der_open(&cbb, &response, CBS_ASN1_SEQUENCE);
    der_element(&response, CBS_ASN1_ENUMERATED, str_of(&code, 1));
    if (basic.n) {
        der_open(&response, &explicit, DER_EXPLICIT(0));
        der_open(&explicit, &bytes, CBS_ASN1_SEQUENCE);
        der_oid(&bytes, DER_OID(OID_OCSP_BASIC));
        der_element(&bytes, CBS_ASN1_OCTETSTRING, basic);
    }
    der_finish(&cbb, out);
}

int ocsp_respond(const struct ocsp_responder *by, const struct ocsp_answer *answers, size_t count,
    str nonce, int64_t produced_at, struct buf *out, struct err *err)
{
    struct buf data = {0}, signature = {0}, basic = {0};
    int rc = check_all(by, answers, count, nonce, produced_at, err);
    if (rc)
        return rc;
    put_data(by, answers, count, nonce, produced_at, &data);
    rc = pk_sign(by->key, buf_str(&data), &signature);
    if (!rc) {
        put_basic(by, buf_str(&data), buf_str(&signature), &basic);
        put_response(OCSP_SUCCESSFUL, buf_str(&basic), out);
    }
    buf_release(&data);
    buf_release(&signature);
    buf_release(&basic);
    return rc ? err_set(err, rc, "the responder's key could not sign") : 0;
}

void ocsp_refuse(enum ocsp_status status, struct buf *out)
{
    put_response(status, STR(""), out);
}
