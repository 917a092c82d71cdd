// SPDX-License-Identifier: Apache-2.0
// issue_build: the bytes of a certificate. Checks nothing. Used inside core/pki only.
#ifndef CORE_PKI_ISSUE_BUILD_H
#define CORE_PKI_ISSUE_BUILD_H

#include "core/pki/issue.h"

/* Appends the to-be-signed bytes; without `by` they are self-signed. */
must_use int issue_build(
    const struct issuer *by, const struct cert_order *order, struct buf *tbs, struct err *err);
/* Appends SEQUENCE { signed, algorithm of the key, signature }: certificate, CRL and the like. */
must_use int issue_assemble(str tbs, const struct pk *key, struct buf *out);

#endif
