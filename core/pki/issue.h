// SPDX-License-Identifier: Apache-2.0
// issue: makes certificates, in two steps with a record between them.
//
// cert_prepare builds what would be signed, has a copy with a throwaway key's signature linted and
// gives the bytes back. The caller commits its intent (serial number and a hash of the bytes), then
// cert_issue builds the same bytes from the same order again, compares, and signs what it built: it
// never signs bytes that it is handed. The bytes follow from issuer and order alone, so a repeated
// order gives the same to-be-signed bytes.
#ifndef CORE_PKI_ISSUE_H
#define CORE_PKI_ISSUE_H

#include "core/pki/issuer.h"

enum { SERIAL_SIZE = 16 };

struct cert_order {
    const struct profile *profile;
    const struct name *subject;
    const struct pk *key; /* the subject's: only its public half is used */
    uint8_t serial[SERIAL_SIZE];
    int64_t not_before; /* seconds since 1970 UTC */
    int64_t not_after;
    str mail;                  /* alternative name; empty: none */
    str numbers[NUMBER_COUNT]; /* empty: none */
};

/* A serial number: positive, always SERIAL_SIZE bytes long, 126 bits from `random`
 * (token_random). */
void serial_make(void (*random)(void *out, size_t n), uint8_t out[SERIAL_SIZE]);

/* Appends the to-be-signed bytes. E_INVALID, E_DENIED or E_TOO_BIG with a sentence when order and
 * profile do not fit, or the linter finds something (err->where names the rule). */
must_use int cert_prepare(
    const struct issuer *by, const struct cert_order *order, struct buf *tbs, struct err *err);
/* Appends the signed certificate as DER. `tbs` is what cert_prepare gave for this order: E_CONFLICT
 * when the order gives other bytes now. The signature is verified and the certificate read again
 * before anything is appended. */
must_use int cert_issue(const struct issuer *by, const struct cert_order *order, str tbs,
    struct buf *out, struct err *err);
/* Appends a self-signed certificate: order->key is the pair that signs. Linted in the same way.
 * For roots; profiles that are `located` are refused. */
must_use int cert_self_sign(const struct cert_order *order, struct buf *out, struct err *err);

/* The same moment `years` later on the calendar of China (UTC+8): the same day and month; 29
 * February becomes 28 February. Seconds since 1970 UTC. */
int64_t cert_years_later(int64_t from, int years);

#endif
