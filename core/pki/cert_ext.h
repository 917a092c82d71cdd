// SPDX-License-Identifier: Apache-2.0
// cert_ext: one row for each extension of a view: identifier and reader. Used inside core/pki only.
#ifndef CORE_PKI_CERT_EXT_H
#define CORE_PKI_CERT_EXT_H

#include <openssl/bytestring.h>

#include "core/pki/cert.h"

/* Reads the content of the OCTET STRING into the view; the caller checks that nothing is left. */
struct cert_ext_kind {
    str oid;
    bool (*get)(CBS *in, struct cert *out);
};

extern const struct cert_ext_kind CERT_EXTS[EXT_COUNT];

/* Identifiers of FOR_CLIENT and the following, in the order of the bits. */
enum { CERT_PURPOSE_COUNT = 4 };
extern const str CERT_PURPOSES[CERT_PURPOSE_COUNT];

#endif
