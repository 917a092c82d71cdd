// SPDX-License-Identifier: Apache-2.0
// pki_fixture: a root, an issuing CA and orders for tests of core/pki.
#ifndef TESTS_UNIT_PKI_FIXTURE_H
#define TESTS_UNIT_PKI_FIXTURE_H

#include "core/pki/issue.h"

/* 2026-01-01T00:00:00Z */
#define FIXTURE_NOW INT64_C(1767225600)

struct fixture {
    struct issuer *root;
    struct issuer *issuing;
    struct name holder; /* C=CN, O, CN of a unit */
    struct pk *key;     /* the holder's, P-256 */
};

/* Aborts when anything fails. */
void fixture_init(struct fixture *f, enum pk_kind kind);
void fixture_release(struct fixture *f);
/* A year's certificate of unit_sign for the holder, with a fresh serial number. */
struct cert_order fixture_order(const struct fixture *f);
/* Appends a signed certificate. */
void fixture_issue(const struct fixture *f, const struct cert_order *o, struct buf *out);

#endif
