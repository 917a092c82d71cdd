// SPDX-License-Identifier: Apache-2.0
// crl: writing.
#include "core/pki/crl.h"

#include <stdlib.h>

#include "core/pki/der.h"
#include "core/pki/oids.h"

struct crl_writer {
    const struct issuer *by;
    uint64_t number;
    int64_t this_update;
    bool listing; /* `list` is open: an empty list is not written at all */
    CBB cbb;      /* the whole; each of the following stands inside the one before */
    CBB crl;
    CBB tbs;
    CBB list;
};

bool crl_reason_is_known(unsigned reason)
{
    return reason <= CRL_HOLD || reason == CRL_PRIVILEGE_WITHDRAWN || reason == CRL_AA_COMPROMISE;
}

int crl_begin(const struct issuer *by, uint64_t number, int64_t this_update, int64_t next_update,
    struct crl_writer **out, struct err *err)
{
    if (next_update <= this_update || this_update < DER_TIME_MIN || next_update > DER_TIME_MAX)
        return err_set(err, E_INVALID, "a CRL's next update comes after its date");
    struct crl_writer *w = mem_zalloc(1, sizeof(*w));
    *w = (struct crl_writer){.by = by, .number = number, .this_update = this_update};
    der_init(&w->cbb, 4096);
    der_open(&w->cbb, &w->crl, CBS_ASN1_SEQUENCE);
    der_open(&w->crl, &w->tbs, CBS_ASN1_SEQUENCE);
    der_unsigned(&w->tbs, STR("\x01"));
    der_raw(&w->tbs, pk_signature_algorithm(pk_kind(issuer_key(by))));
    der_raw(&w->tbs, issuer_cert(by)->subject);
    der_time(&w->tbs, this_update);
    der_time(&w->tbs, next_update);
    *out = w;
    return 0;
}

static int check_entry(
    const struct crl_writer *w, str serial, int64_t revoked_at, unsigned reason, struct err *err)
{
    bool zero = true;
    for (size_t i = 0; i < serial.n; i++)
        zero = zero && serial.p[i] == 0;
    if (zero || serial.n > CERT_SERIAL_MAX)
        return err_set(err, E_INVALID, "a serial number in a CRL has 1 to 20 bytes and is not 0");
    if (!crl_reason_is_known(reason))
        return err_set(err, E_INVALID, "%u is not a reason of a CRL entry", reason);
    if (revoked_at < DER_TIME_MIN || revoked_at > w->this_update)
        return err_set(err, E_INVALID, "a certificate cannot be revoked after the CRL's date");
    return 0;
}

static void put_reason(CBB *entry, enum crl_reason reason)
{
    CBB exts, ext, value;
    const char code = (char)reason;
    der_open(entry, &exts, CBS_ASN1_SEQUENCE);
    der_open(&exts, &ext, CBS_ASN1_SEQUENCE);
    der_oid(&ext, DER_OID(OID_REASON));
    der_open(&ext, &value, CBS_ASN1_OCTETSTRING);
    der_element(&value, CBS_ASN1_ENUMERATED, str_of(&code, 1));
    der_close(entry);
}

int crl_add(
    struct crl_writer *w, str serial, int64_t revoked_at, enum crl_reason reason, struct err *err)
{
    CBB entry;
    int rc = check_entry(w, serial, revoked_at, reason, err);
    if (rc)
        return rc;
    if (!w->listing)
        der_open(&w->tbs, &w->list, CBS_ASN1_SEQUENCE);
    w->listing = true;
    der_open(&w->list, &entry, CBS_ASN1_SEQUENCE);
    der_unsigned(&entry, serial);
    der_time(&entry, revoked_at);
    if (reason != CRL_UNSPECIFIED)
        put_reason(&entry, reason);
    der_close(&w->list);
    return 0;
}

static CBB *ext_open(CBB *exts, CBB *ext, CBB *value, str oid)
{
    der_open(exts, ext, CBS_ASN1_SEQUENCE);
    der_oid(ext, oid);
    der_open(ext, value, CBS_ASN1_OCTETSTRING);
    return value;
}

static void put_extensions(struct crl_writer *w)
{
    CBB explicit, exts, ext, value, seq;
    uint8_t number[8];
    for (int i = 0; i < 8; i++)
        number[i] = (uint8_t)(w->number >> (56 - 8 * i));
    der_open(&w->tbs, &explicit, DER_EXPLICIT(0));
    der_open(&explicit, &exts, CBS_ASN1_SEQUENCE);
    der_open(ext_open(&exts, &ext, &value, DER_OID(OID_AUTHORITY_ID)), &seq, CBS_ASN1_SEQUENCE);
    der_element(&seq, DER_IMPLICIT(0), issuer_cert(w->by)->key_id);
    der_close(&exts);
    der_unsigned(
        ext_open(&exts, &ext, &value, DER_OID(OID_CRL_NUMBER)), str_of(number, sizeof(number)));
    der_close(&w->crl);
}

/* Signs what stands in the writer, in place: a large list is not copied for it. */
static int sign(struct crl_writer *w, struct err *err)
{
    struct buf signature = {0};
    str tbs = str_of(CBB_data(&w->crl), CBB_len(&w->crl));
    int rc = pk_sign(issuer_key(w->by), tbs, &signature);
    if (!rc && !pk_verify(issuer_key(w->by), tbs, buf_str(&signature)))
        rc = E_CRYPTO;
    if (!rc) {
        der_raw(&w->crl, pk_signature_algorithm(pk_kind(issuer_key(w->by))));
        der_bits(&w->crl, buf_str(&signature));
    }
    buf_release(&signature);
    return rc ? err_set(err, rc, "the CA's key could not sign the CRL") : 0;
}

int crl_end(struct crl_writer **w, struct buf *out, struct err *err)
{
    put_extensions(*w);
    int rc = sign(*w, err);
    if (!rc)
        der_finish(&(*w)->cbb, out);
    crl_cancel(*w);
    *w = NULL;
    return rc;
}

void crl_cancel(struct crl_writer *w)
{
    if (!w)
        return;
    CBB_cleanup(&w->cbb);
    free(w);
}
