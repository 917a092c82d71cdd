// SPDX-License-Identifier: Apache-2.0
// money: orders with frozen lines, payment attempts, receipts, refunds: four tables, integer fen.
//
// An order is of one case or of several. A case may leave a paid order with its own lines' sum; the
// order notes it in "left" and stays paid for the others until the last one left.
//
// Always: a receipt's amount = applied + refunded + unapplied; what is applied to an order = the
// sum of the lines in force, those of cases that did not leave, if it is paid, else nothing.
// Genuine money is never dropped: what fits no open order stands unapplied and is a cashier's task.
// Knows no gateway: adapters verify signatures first and hand over what was said.
#ifndef CORE_DOMAIN_MONEY_H
#define CORE_DOMAIN_MONEY_H

#include "core/domain/domain.h"

enum { MONEY_LINES_MAX = 400, MONEY_OUT_NO = 32, MONEY_FEN_MAX = 1000000000 };

/* A frozen line: what, for which case, how much. */
struct money_line {
    str kase;
    str item;  /* id of prices.lua */
    str label; /* as shown */
    int64_t fen;
};

struct money_order {
    const struct money_line *lines;
    size_t line_count;
    str bundle;     /* hash of the rules that priced it */
    str quote_date; /* "2026-11-24" */
};
/* Freezes lines as an open order; key into out. E_EXISTS when one of its cases has an open or paid
 * order. */
must_use int money_order_open(struct store_tx *tx, const struct domain_actor *by,
    const struct money_order *o, char out[STORE_KEY_TEXT + 1], struct err *err);
/* Closes an open order, for all its cases; the gateway's attempts are the caller's to close. An
 * applicant may if they may act on every case. E_CONFLICT when paid. */
must_use int money_order_close(
    struct store_tx *tx, const struct domain_actor *by, str order, str why, struct err *err);

/* Begins an attempt on an open order; its number for the gateway (letters and digits) into out_no.
 */
must_use int money_attempt(struct store_tx *tx, const struct domain_actor *by, str order,
    str channel, char out_no[MONEY_OUT_NO + 1], struct err *err);

/* What a gateway said, after its signature was verified. */
struct money_notice {
    str channel;  /* "alipay", "wechat", "bank", "try" */
    str trade_no; /* the gateway's */
    str out_no;   /* ours */
    int64_t fen;
    str currency;   /* "CNY" */
    str seller;     /* as said; compared with `our_seller` */
    str our_seller; /* of the configuration */
    str app;
    str our_app;
    str payer;       /* masked, for the receipt page; may be empty */
    int64_t paid_ms; /* as said */
    bool success;    /* a status that means money; others are recorded only on the attempt */
};
enum money_outcome {
    MONEY_APPLIED,   /* booked, the order is paid */
    MONEY_REPEATED,  /* booked before: nothing changed */
    MONEY_UNAPPLIED, /* genuine, but fits no open order: a receipt stands unapplied */
    MONEY_NOTED,     /* no money yet */
    MONEY_REFUSED    /* another seller, app or currency: nothing stored but the audit record */
};
/* Idempotent by (channel, trade_no). `order` (a key, may be NULL) tells which order was meant. */
must_use int money_notice(struct store_tx *tx, const struct money_notice *n,
    enum money_outcome *outcome, char order[STORE_KEY_TEXT + 1], struct err *err);

/* A cashier confirms a bank transfer seen on the account; the voucher is evidence only. */
must_use int money_transfer(struct store_tx *tx, const struct domain_actor *cashier, str order,
    str bank_reference, int64_t fen, enum money_outcome *outcome, struct err *err);
/* A cashier applies an unapplied receipt to an open order of exactly that sum. */
must_use int money_apply(struct store_tx *tx, const struct domain_actor *cashier, str receipt,
    str order, struct err *err);

struct money_back {
    str receipt;
    str kase; /* which leaves the paid order; empty: the receipt as a whole */
    int64_t fen;
    str why;
};
/* Asks for a refund of part of a receipt; `out` names it for the gateway.
 * Of a case: it leaves the order, which is no longer paid for it. At most its lines' sum; what is
 * not given back of that stands unapplied, and the other cases' money stays where it is. E_CONFLICT
 * when the case is not in force there, or has a certificate.
 * Of a receipt as a whole: from what stands unapplied first. More than that ends the order for all
 * its cases, and what is left of its money stands unapplied. E_CONFLICT when one of them has a
 * certificate. */
must_use int money_refund(struct store_tx *tx, const struct domain_actor *by,
    const struct money_back *back, char out[STORE_KEY_TEXT + 1], struct err *err);
/* The gateway's answer: done, or failed (the sum stands unapplied again). Idempotent. */
must_use int money_refunded(struct store_tx *tx, str refund, bool done, str said, struct err *err);

/* Sums over all receipts, for the checker. */
struct money_sums {
    int64_t receipts, applied, refunded, unapplied;
};
must_use int money_sums(struct store_tx *tx, struct money_sums *out);

#endif
