// SPDX-License-Identifier: Apache-2.0
// ocsp: online certificate status (RFC 6960, 5019, 8954): requests read, responses written and
// signed by a delegated responder.
//
// Reading tells which certificates are asked for; what their state is, and that an unknown serial
// number is never "good", is the caller's answer. Knows neither HTTP nor a cache: a response
// without nonce may be kept until its next_update.
#ifndef CORE_PKI_OCSP_H
#define CORE_PKI_OCSP_H

#include "core/pki/crl.h"

enum {
    OCSP_DER_MAX = 4096,
    OCSP_ASKED_MAX = 8, /* certificates in one request */
    OCSP_NONCE_MAX = 32 /* RFC 8954 */
};

/* Which certificate: digests of its issuer's name and key, and its serial number. */
struct ocsp_id {
    str whole;     /* CertID as DER: echoed */
    bool sha256;   /* otherwise SHA-1 */
    str name_hash; /* of the issuer's Name */
    str key_hash;  /* of the issuer's public key bits */
    str serial;    /* big-endian, without the sign's zero */
};

/* Borrowed from the bytes that were read. */
struct ocsp_request {
    struct ocsp_id asked[OCSP_ASKED_MAX];
    size_t count;
    str nonce; /* empty: none */
};

/* RFC 6960 4.2.1; the numbers are the standard's. */
enum ocsp_status {
    OCSP_SUCCESSFUL = 0,
    OCSP_MALFORMED = 1,
    OCSP_INTERNAL = 2,
    OCSP_TRY_LATER = 3,
    OCSP_UNAUTHORIZED = 6
};

/* Reads a request: bytes to read are the body of a POST, or the decoded path of a GET. Extensions
 * other than the nonce are passed over, unless critical; a signature on the request is passed over.
 * E_TOO_BIG, E_PARSE (answer OCSP_MALFORMED) or E_UNSUPPORTED (a digest other than SHA-1 and
 * SHA-256; answer OCSP_UNAUTHORIZED). */
must_use int ocsp_parse(str der, struct ocsp_request *out, struct err *err);
/* Whether the certificate that is asked for would be one of this CA. */
bool ocsp_is_of(const struct ocsp_id *id, const struct cert *ca);

enum ocsp_state { OCSP_GOOD, OCSP_REVOKED, OCSP_UNKNOWN };

struct ocsp_answer {
    const struct ocsp_id *id;
    enum ocsp_state state;
    enum crl_reason reason; /* when revoked */
    int64_t revoked_at;     /* when revoked; seconds since 1970 UTC, as all */
    int64_t this_update;
    int64_t next_update;
};

/* Who signs: a certificate of the profile "ocsp", which goes along. */
struct ocsp_responder {
    const struct pk *key;
    str certificate; /* DER */
};

/* Appends a signed response to all that was asked, in the caller's order. `nonce` is the request's.
 * E_INVALID when there is nothing to answer, dates are in disorder, or key and certificate do not
 * belong together; E_CRYPTO when the signature fails. */
must_use int ocsp_respond(const struct ocsp_responder *by, const struct ocsp_answer *answers,
    size_t count, str nonce, int64_t produced_at, struct buf *out, struct err *err);
/* Appends an unsigned response that only says why there is none. */
void ocsp_refuse(enum ocsp_status status, struct buf *out);

#endif
