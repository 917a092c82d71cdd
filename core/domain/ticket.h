// SPDX-License-Identifier: Apache-2.0
// ticket: the licence to issue one certificate, minted from stored facts and authenticated with a
// key that only the hall and the signer share. One use, five minutes.
#ifndef CORE_DOMAIN_TICKET_H
#define CORE_DOMAIN_TICKET_H

#include "core/domain/domain.h"

enum { TICKET_KEY = 32, TICKET_ID = 26 };

struct ticket_ask {
    str kase;
    str order;       /* the paid order; empty with a waiver */
    unsigned line;   /* of it: one live certificate for each (case, line) */
    str spki_sha256; /* of the key that the request proves: 64 digits */
};

/* Mints the ticket of a case: E_DENIED with a sentence that names what is missing: agreement,
 * identity, a material of the reviewed list, payment or waiver, review by another person (each
 * stage), or the form changed since (form_sha256 differs from the review's). The same ask again
 * while no certificate stands gives a fresh ticket for the same key; another key is refused once a
 * certificate lives. Appends "payload.mac" (base64url; the payload is JSON: id, case, line,
 * profile, years, subject, spki_sha256, expires_ms). */
must_use int ticket_mint(struct store_tx *tx, const struct ticket_ask *ask, str form_sha256,
    const uint8_t key[TICKET_KEY], struct buf *out, struct err *err);

/* What the signer reads out of a ticket. Lives in the arena. */
struct ticket {
    str id;
    str kase;
    unsigned line;
    str profile;
    str renews; /* ticket of the certificate that this one follows; empty: none */
    unsigned years;
    str subject_json;
    str spki_sha256;
    int64_t expires_ms;
};
/* E_DENIED when altered or made with another key; E_TIMEOUT when expired, out is filled then. One
 * use is the signer's store's business. */
must_use int ticket_verify(str text, const uint8_t key[TICKET_KEY], int64_t now_ms,
    struct arena *arena, struct ticket *out, struct err *err);

/* Records the certificate of a ticket, once the signer has made it: serial (hexadecimal) and DER's
 * SHA-256. Idempotent; E_CONFLICT for another certificate of the same ticket or line. */
must_use int ticket_settle(struct store_tx *tx, str ticket_id, str serial, str der_sha256,
    int64_t not_after_ms, struct err *err);

/* The certificate of a ticket is revoked: its line is free for another one. Idempotent. */
must_use int ticket_revoked(struct store_tx *tx, str ticket_id, str reason, struct err *err);

#endif
