// SPDX-License-Identifier: Apache-2.0
// p7: a chain of certificates as PKCS#7 without signature (RFC 5652 section 5, "certs-only", .p7b):
// what browsers and EST clients take.
#ifndef CORE_PKI_P7_H
#define CORE_PKI_P7_H

#include "core/pki/cert.h"

enum { P7_CERTS_MAX = 16, P7_DER_MAX = 1 << 20 };

/* Appends the DER. The certificates come in the order that DER wants of a set, whatever the order
 * given. E_INVALID for none, too many, one twice, or one that cert_parse refuses. */
must_use int p7_put(const str *certificates, size_t count, struct buf *out, struct err *err);
/* Reads such a file back: *count certificates, borrowed from `der`. E_PARSE for anything else. */
must_use int p7_parse(str der, str out[P7_CERTS_MAX], size_t *count, struct err *err);

#endif
