// SPDX-License-Identifier: Apache-2.0
// revocation: the hall's order to the signer to revoke, freeze or unfreeze a certificate: a voucher
// like the ticket, five minutes, carried out once.
#ifndef CORE_DOMAIN_REVOCATION_H
#define CORE_DOMAIN_REVOCATION_H

#include "core/domain/ticket.h"

enum revocation_act { REVOCATION_REVOKE, REVOCATION_FREEZE, REVOCATION_UNFREEZE };

struct revocation_ask {
    str ticket; /* the certificate's */
    enum revocation_act act;
    unsigned reason; /* of RFC 5280 5.3.1; for REVOCATION_REVOKE only */
    str why;         /* for the log; without personal data */
};
/* By an applicant with a grant on the case, a reviewer, officer or counter, or the system (the end
 * of a case of revocation). E_NOT_FOUND without ticket, E_CONFLICT without a living certificate,
 * E_DENIED. Appends the order and an audit record. */
must_use int revocation_order(struct store_tx *tx, const struct domain_actor *by,
    const struct revocation_ask *ask, const uint8_t key[TICKET_KEY], struct buf *out,
    struct err *err);

/* What the signer reads out of an order. Lives in the arena. */
struct revocation {
    str id;
    str ticket;
    str serial; /* hexadecimal */
    enum revocation_act act;
    unsigned reason;
    str actor; /* account; empty: the system */
    str why;
    int64_t expires_ms;
};
/* E_DENIED when altered or made with another key, E_TIMEOUT when expired. */
must_use int revocation_verify(str text, const uint8_t key[TICKET_KEY], int64_t now_ms,
    struct arena *arena, struct revocation *out, struct err *err);

/* "revoke", "freeze", "unfreeze". Static. */
const char *revocation_act_name(enum revocation_act act);
/* The reverse; 1 when there is no such word. */
int revocation_act_of(str word, enum revocation_act *out);

#endif
