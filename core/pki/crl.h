// SPDX-License-Identifier: Apache-2.0
// crl: certificate revocation lists of version 2 (RFC 5280 section 5): written as a stream of
// entries, read entry by entry. Full lists only, no deltas. Which certificates are revoked and how
// numbers rise is the caller's record.
#ifndef CORE_PKI_CRL_H
#define CORE_PKI_CRL_H

#include "core/pki/issuer.h"

enum { CRL_DER_MAX = 256 << 20 };

/* RFC 5280 5.3.1. Unspecified is written by leaving the extension out; removeFromCRL (8) belongs to
 * deltas: an unfrozen certificate just leaves the list. */
enum crl_reason {
    CRL_UNSPECIFIED = 0,
    CRL_KEY_COMPROMISE = 1,
    CRL_CA_COMPROMISE = 2,
    CRL_AFFILIATION_CHANGED = 3,
    CRL_SUPERSEDED = 4,
    CRL_CESSATION = 5,
    CRL_HOLD = 6,
    CRL_PRIVILEGE_WITHDRAWN = 9,
    CRL_AA_COMPROMISE = 10
};
bool crl_reason_is_known(unsigned reason);

struct crl_writer;

/* Begins a list that only grows at its end: a million entries take about 50 MB and a second, so
 * build large ones on a pool thread. `by` is borrowed until the end. E_INVALID when next_update is
 * not behind this_update. Times are seconds since 1970 UTC. */
must_use int crl_begin(const struct issuer *by, uint64_t number, int64_t this_update,
    int64_t next_update, struct crl_writer **out, struct err *err);
/* One entry, in the caller's order; each serial number once. E_INVALID for a serial that is empty,
 * zero or longer than 20 bytes, an unknown reason, a date behind this_update. */
must_use int crl_add(
    struct crl_writer *w, str serial, int64_t revoked_at, enum crl_reason reason, struct err *err);
/* Signs, verifies and appends the DER. Frees *w and nulls it, also on error. */
must_use int crl_end(struct crl_writer **w, struct buf *out, struct err *err);
/* Gives up: NULL is fine. */
void crl_cancel(struct crl_writer *w);

/* Borrowed from `der`. */
struct crl {
    str tbs;
    str issuer; /* Name as DER */
    str algorithm;
    str signature;
    str authority_id;
    int64_t this_update;
    int64_t next_update;
    uint64_t number;
    str entries; /* for crl_next */
};

struct crl_entry {
    str serial; /* big-endian, without the sign's zero */
    int64_t revoked_at;
    enum crl_reason reason;
};

/* Reads DER as crl_end writes it. E_TOO_BIG over CRL_DER_MAX, E_PARSE otherwise; entries are only
 * looked at by crl_next. */
must_use int crl_parse(str der, struct crl *out, struct err *err);
/* Cuts the next entry off *entries: 0, 1 at the end, E_PARSE when damaged. */
must_use int crl_next(str *entries, struct crl_entry *out);
/* Looks for one serial number from the front: 0, 1 when it is not listed, E_PARSE. */
must_use int crl_find(const struct crl *c, str serial, struct crl_entry *out);
bool crl_is_signed_by(const struct crl *c, const struct pk *key);

#endif
