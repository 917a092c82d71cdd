// SPDX-License-Identifier: Apache-2.0
// ledger: what the signer was about to sign, signed, and took back: the truth about certificates.
//
// An intent (ticket, serial number, digest of the bytes) is committed before anything is signed. A
// ticket has one certificate, and so has a case's line while that certificate lives. Which of two
// that run at once wins is decided by the store's read sets alone; nothing is kept in memory. Every
// change is a record of the log "audit", whose numbers are the sequence that the hall follows.
// Knows no keys and signs nothing.
#ifndef CORE_SIGNER_LEDGER_H
#define CORE_SIGNER_LEDGER_H

#include "core/pki/crl.h"
#include "core/pki/issue.h"
#include "store/tx.h"

/* The schema of the signer's store, as JSON. */
str ledger_schema(void);

enum { LEDGER_DIGEST = 64, LEDGER_SERIAL = 2 * SERIAL_SIZE };

/* What is about to be signed. Texts are borrowed, or live in the arena it was read into. */
struct ledger_intent {
    str ticket;
    str line; /* case and line: one living certificate for each */
    str authority;
    str profile;
    str subject; /* digest of the name */
    str spki;    /* digest of the key */
    str tbs;     /* digest of the bytes to be signed */
    str serial;  /* hexadecimal */
    int64_t not_before;
    int64_t not_after;
};

/* Certificates begun today, all and for one name, that may not be exceeded. */
struct ledger_limits {
    int64_t per_day;
    int64_t per_name;
};

enum ledger_step {
    LEDGER_DONE,  /* the certificate exists: `der` is it */
    LEDGER_SIGN,  /* the intent is the one that was given: sign it */
    LEDGER_REDO,  /* another intent stands for this ticket: make the bytes for that one */
    LEDGER_BEGIN, /* nothing stands in the way of a new one */
};
struct ledger_answer {
    enum ledger_step step;
    struct ledger_intent intent; /* DONE, REDO: what stands */
    str der;                     /* DONE */
};

/* Looks what stands for ticket, line and key. E_CONFLICT with a sentence when ticket or line belong
 * to another key. */
must_use int ledger_look(struct store_tx *tx, str ticket, str line, str spki, struct arena *arena,
    struct ledger_answer *out, struct err *err);
/* Records an intent that ledger_look called for: DONE, SIGN or REDO. `replaces` names the serial
 * number of this ticket's own intent, whose bytes cannot be made any more; empty: none. E_BUSY over
 * a limit, E_CRYPTO when the serial number was used before. */
must_use int ledger_intend(struct store_tx *tx, const struct ledger_intent *wanted, str replaces,
    const struct ledger_limits *limits, struct arena *arena, struct ledger_answer *out,
    struct err *err);
/* Records the certificate of an intent: DONE with the certificate that stands, which is another one
 * when somebody was faster. E_CONFLICT when the intent was replaced meanwhile. */
must_use int ledger_settle(struct store_tx *tx, const struct ledger_intent *intent, str der,
    struct arena *arena, struct ledger_answer *out, struct err *err);
/* Records a certificate of the signer's own (OCSP) before it is made. */
must_use int ledger_note_own(struct store_tx *tx, str serial, str authority, str profile,
    int64_t not_after, struct err *err);

enum ledger_state {
    LEDGER_INTENT, /* never signed so far, or the signature never left */
    LEDGER_GOOD,
    LEDGER_HOLD,
    LEDGER_REVOKED,
    LEDGER_VOID /* an intent that was replaced */
};
/* "good". Static. */
const char *ledger_state_name(enum ledger_state state);

struct ledger_certificate {
    enum ledger_state state;
    str authority;
    str ticket;
    str line;
    str subject;
    str profile;
    int64_t begun_ms;
    int64_t not_after;
    int64_t changed_ms; /* when the state began */
    unsigned reason;
};
/* 1 when there is no such serial number. */
must_use int ledger_certificate(
    struct store_tx *tx, str serial, struct arena *arena, struct ledger_certificate *out);
/* The certificate of a ticket; 1 without. */
must_use int ledger_of_ticket(struct store_tx *tx, str ticket, struct arena *arena, str *serial,
    struct ledger_certificate *out);

/* Where the years of a renewal begin: at the end of the old one, or now when that is over. 1 when
 * it is not good, or it is too early or too late: ninety days before its end to thirty after. */
int ledger_renewal_start(const struct ledger_certificate *old, int64_t now_s, int64_t *start);

/* What the hall ordered. */
struct ledger_order {
    str id;
    str serial;
    enum ledger_state to; /* GOOD, HOLD or REVOKED */
    unsigned reason;
    str actor;
    str why;
};
/* Carries it out once, raising the CRL's number in the same transaction; the same order again
 * changes nothing. E_NOT_FOUND, E_CONFLICT with a sentence. *changed tells whether a new list is
 * due. */
must_use int ledger_change(struct store_tx *tx, const struct ledger_order *order,
    struct arena *arena, struct ledger_certificate *out, bool *changed, struct err *err);

/* The number of the newest list, recorded or to come; 0 before the first. */
must_use int ledger_crl_number(struct store_tx *tx, str authority, uint64_t *out);
must_use int ledger_crl_raise(struct store_tx *tx, str authority);
/* Writes an entry for each certificate that is revoked or held. */
must_use int ledger_crl_fill(
    struct store_tx *tx, str authority, struct crl_writer *w, struct err *err);

/* Appends the changes behind sequence `since` as JSON: {"changes": […], "seq", "more"}. */
must_use int ledger_changes(struct store_tx *tx, uint64_t since, struct buf *out);
/* When the last change was committed; 0 before the first. Its number into *seq. */
must_use int ledger_last(struct store_tx *tx, int64_t *time_ms, uint64_t *seq);

#endif
