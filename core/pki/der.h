// SPDX-License-Identifier: Apache-2.0
// der: the few shapes of DER (X.690) that certificates are made of, over BoringSSL's CBB and CBS.
//
// Writing cannot fail for a reason of the world: a CBB fails when memory is gone or by a bug of
// ours, and both abort. So writers return nothing. Reading is strict:
// what is not the one DER encoding is refused. Used inside core/pki only.
#ifndef CORE_PKI_DER_H
#define CORE_PKI_DER_H

#include <openssl/bytestring.h>

#include "core/base/buf.h"

/* Context tags [n], constructed or primitive. */
#define DER_EXPLICIT(n) (CBS_ASN1_CONSTRUCTED | CBS_ASN1_CONTEXT_SPECIFIC | (n))
#define DER_IMPLICIT(n) (CBS_ASN1_CONTEXT_SPECIFIC | (n))

/* An object identifier as its DER content. */
#define DER_OID(literal) STR(literal)

/* Seconds since 1970-01-01 UTC that a certificate can name: 1950-01-01 to 9999-12-31T23:59:59. */
#define DER_TIME_MIN INT64_C(-631152000)
#define DER_TIME_MAX INT64_C(253402300799)
/* The first second that is written as GeneralizedTime: 2050-01-01 (RFC 5280 4.1.2.5). */
#define DER_TIME_2050 INT64_C(2524608000)

void der_init(CBB *cbb, size_t guess);
/* Appends what was written to `out` and ends the CBB. */
void der_finish(CBB *cbb, struct buf *out);
/* Begins an element inside `parent`; it ends when the parent is written to again, or der_close. */
void der_open(CBB *parent, CBB *child, CBS_ASN1_TAG tag);
void der_close(CBB *parent);
/* Bytes that are DER already. */
void der_raw(CBB *to, str der);
/* One element with these content bytes. */
void der_element(CBB *to, CBS_ASN1_TAG tag, str content);
void der_oid(CBB *to, str oid);
/* A positive INTEGER from big-endian bytes: zeros in front are dropped, one is added if needed. */
void der_unsigned(CBB *to, str big_endian);
/* BIT STRING without unused bits. */
void der_bits(CBB *to, str bytes);
/* BIT STRING of named bits: bit 0 of `flags` is the first; zero bits behind are dropped. */
void der_flags(CBB *to, unsigned flags);
/* UTCTime before 2050, GeneralizedTime from then on, as RFC 5280 4.1.2.5 wants. */
void der_time(CBB *to, int64_t seconds);
/* GeneralizedTime always (OCSP). */
void der_generalized(CBB *to, int64_t seconds);

str der_str(const CBS *cbs);
CBS der_cbs(str s);
/* Whether content bytes of an INTEGER are minimal and not negative. */
bool der_is_unsigned(const CBS *integer);
/* One element as a whole, header included. */
bool der_get_whole(CBS *from, str *out, CBS_ASN1_TAG tag);
/* As der_time writes it, nothing else: seconds, Z, the right one of both kinds. */
bool der_get_time(CBS *from, int64_t *seconds);
bool der_get_generalized(CBS *from, int64_t *seconds);
/* Named bits; at most 16. False when unused bits are set or zero bits stand behind. */
bool der_get_flags(CBS *from, unsigned *flags);
/* A BOOLEAN DEFAULT FALSE: absent or TRUE; a written FALSE is not DER. */
bool der_get_default_false(CBS *from, bool *value);
/* OBJECT IDENTIFIER. */
bool der_get_oid(CBS *from, str *oid);
/* BIT STRING without unused bits. */
bool der_get_bits(CBS *from, str *bytes);

#endif
