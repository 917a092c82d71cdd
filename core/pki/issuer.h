// SPDX-License-Identifier: Apache-2.0
// issuer: a CA's key with its own certificate, checked to belong together, and what it writes into
// what it signs. Owns the key. Knows no files and keeps no list of what it signed.
#ifndef CORE_PKI_ISSUER_H
#define CORE_PKI_ISSUER_H

#include "core/pki/cert.h"

enum { ISSUER_URL_MAX = 255 };

/* Addresses (http:// only: a client that checks a certificate must not need another one first) and
 * the policy as dotted numbers ("1.2.156.…"). All four are needed to issue from profiles that are
 * `located`. */
struct issuer_opts {
    str policy;
    str crl_url;
    str ocsp_url;
    str issuer_url;
};

/* Immutable; usable by several threads at once. */
struct issuer;

/* Takes *key (and nulls it) when it returns 0. `certificate` is DER and copied. E_INVALID with a
 * sentence when key and certificate do not belong together, the certificate is not one of a CA, or
 * an address or policy is unfit. Makes a throwaway key of the same kind, which takes a while for
 * RSA: for a pool thread. */
must_use int issuer_new(struct pk **key, str certificate, const struct issuer_opts *opts,
    struct issuer **out, struct err *err);
/* NULL is fine. */
void issuer_free(struct issuer *i);

/* Valid as long as the issuer. */
const struct cert *issuer_cert(const struct issuer *i);
const struct pk *issuer_key(const struct issuer *i);
/* A key that signs only copies for inspection, never anything that leaves. */
const struct pk *issuer_throwaway(const struct issuer *i);
/* As given, except policy: that is DER content. */
const struct issuer_opts *issuer_opts(const struct issuer *i);

#endif
