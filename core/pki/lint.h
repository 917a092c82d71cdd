// SPDX-License-Identifier: Apache-2.0
// lint: judges a finished certificate, read back from its bytes, before the real key signs it.
//
// The rules repeat on purpose what the builder does: they look at the bytes and at the profile, not
// at the builder's input. The first rule that fails is named in err->where as "lint.<word>".
#ifndef CORE_PKI_LINT_H
#define CORE_PKI_LINT_H

#include "core/pki/cert.h"

/* Judges `c` as one of profile `p`, signed by the CA `issuer` (a self-signed root: `c` itself).
 * E_INVALID with rule and sentence when it must not be signed. */
must_use int lint_cert(
    const struct cert *c, const struct profile *p, const struct cert *issuer, struct err *err);

/* The i-th rule's word, NULL behind the last. Static. */
const char *lint_rule(size_t i);

#endif
