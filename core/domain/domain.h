// SPDX-License-Identifier: Apache-2.0
// domain: the facts of trust: who may act, agreement, identity, materials, review, paper, waiver,
// and the issuance ticket that is minted from them alone. Money: core/domain/money.h.
//
// Fixed records in tables that nobody else writes (domain_owns_table); one function for each fact,
// inside the caller's transaction, with actor and separation of duties checked against stored rows,
// never against what the caller says. Knows neither Lua nor HTTP; forms, prices and flows are the
// scripts' business. Returns 0, or E_DENIED, E_INVALID, E_NOT_FOUND, E_CONFLICT with a sentence, or
// what the store returns.
#ifndef CORE_DOMAIN_DOMAIN_H
#define CORE_DOMAIN_DOMAIN_H

#include "store/tx.h"

enum {
    DOMAIN_HEX = 64,                  /* digits of a SHA-256 */
    DOMAIN_IDENTITY_DAYS = 30,        /* a passed identity check is good for */
    DOMAIN_TICKET_MS = 5 * 60 * 1000, /* a ticket is good for */
    DOMAIN_MATERIALS_MAX = 40
};

/* Whether only this folder writes a table: staff, grant, fact, order, attempt, receipt, refund,
 * ticket. */
bool domain_owns_table(str table);

/* Staff roles; a person acts in one of them at a time. */
enum domain_role {
    DOMAIN_APPLICANT = 0,
    DOMAIN_REVIEWER = 1, /* 审核员 */
    DOMAIN_OFFICER = 2,  /* 主管 */
    DOMAIN_CASHIER = 4,
    DOMAIN_ADMIN = 8,   /* 管理员 */
    DOMAIN_COUNTER = 16 /* 受理点 */
};

/* Who acts. `account` is the key of the session's account row; empty only for the system itself
 * (timers, gateways). `role` is what the act needs; the functions look it up. */
struct domain_actor {
    str account;
    enum domain_role role;
};

/* Staff. The first administrators are made by domain_staff_first on an empty table only; later
 * changes need another administrator than the one they concern. `person` names the natural person
 * (key or digest): separation is judged by person, not by account. */
must_use int domain_staff_first(
    struct store_tx *tx, str account, str person, unsigned roles, struct err *err);
must_use int domain_staff_set(struct store_tx *tx, const struct domain_actor *by, str account,
    str person, unsigned roles, struct err *err);
/* Roles of an account; 0 for none. */
must_use int domain_staff_roles(struct store_tx *tx, str account, unsigned *roles);

/* Grants: what an account may do on one thing (case, unit, certificate, …). `until_ms` 0: no end.
 * The creator of a thing gets the first grant on it from the system. */
must_use int domain_grant(struct store_tx *tx, const struct domain_actor *by, str account,
    str object, str role, int64_t until_ms, str why, struct err *err);
/* Ends it. 1 if there is none. */
must_use int domain_grant_end(struct store_tx *tx, const struct domain_actor *by, str account,
    str object, str role, str why, struct err *err);
/* 0 if the account holds a live grant of that role (empty: any) on the object, 1 if not. */
must_use int domain_may(struct store_tx *tx, str account, str object, str role);

/* Facts of one case. An applicant needs a grant on it (E_DENIED). Each appends to the log "audit"
 * under the case. */

/* The applicant accepted a version of the agreement; `sha256` is that of its text (64 digits). */
must_use int domain_agree(struct store_tx *tx, const struct domain_actor *by, str kase, str version,
    str sha256, struct err *err);

struct domain_identity {
    str person;       /* digest of the person identified: 64 digits */
    str document_mac; /* keyed digest of the document's number: 64 digits */
    str method;       /* "face", "counter", "manual" */
    str provider;     /* adapter that judged, or the staff's account */
    str evidence;     /* SHA-256 of the evidence: 64 digits */
};
/* An adapter's verdict (actor: the system) or a reviewer's or counter's comparison. */
must_use int domain_identify(struct store_tx *tx, const struct domain_actor *by, str kase,
    const struct domain_identity *id, struct err *err);
/* A check made for another case counts for this one too, from the moment it was made: the same
 * person and document, judged by an adapter or at a counter (never copied before), while `account`
 * owned that case, and it owns this one. Actor: the system. 1 if there is none. */
must_use int domain_identify_as(struct store_tx *tx, const struct domain_actor *by, str kase,
    str earlier, str account, str person, str document_mac, struct err *err);

struct domain_material {
    str type;   /* id of materials.lua */
    str blob;   /* name of the blob */
    str sha256; /* of its bytes: 64 digits */
    str mark;   /* data mark of the printed form it shows; may be empty */
};
/* Registers a material, replacing the live one of that type. */
must_use int domain_material_add(struct store_tx *tx, const struct domain_actor *by, str kase,
    const struct domain_material *m, struct err *err);
/* The live one is withdrawn. 1 if there is none. */
must_use int domain_material_drop(struct store_tx *tx, const struct domain_actor *by, str kase,
    str type, str why, struct err *err);

struct domain_review {
    unsigned stage;      /* 1 first, 2 second review */
    unsigned stages;     /* how many this case needs: 1 or 2 */
    str form_sha256;     /* of the canonical form that was looked at: 64 digits */
    const str *required; /* types that had to be there */
    size_t required_count;
    str subject_json; /* reviewed subject fields that the certificate will carry, an object */
    str profile;      /* certificate profile */
    str renews;       /* ticket of the certificate that is renewed, whose end the years are added
                         to; empty: none */
    unsigned years;
};
/* Approval. E_DENIED when the reviewer's person stands in `parties` (digests of everyone the case
 * names), holds a grant on the case through any account, or gave the other stage; E_CONFLICT when a
 * required material is missing. */
must_use int domain_approve(struct store_tx *tx, const struct domain_actor *by, str kase,
    const struct domain_review *r, const str *parties, size_t party_count, struct err *err);

/* The paper originals have been received. */
must_use int domain_paper(
    struct store_tx *tx, const struct domain_actor *by, str kase, struct err *err);
/* An officer lets the case pass unpaid; it counts once two officers of different persons have. */
must_use int domain_waive(
    struct store_tx *tx, const struct domain_actor *by, str kase, str reason, struct err *err);

/* A return for repair, a change of what was judged, or a refund ends facts: bits of what. */
enum domain_void {
    DOMAIN_VOID_REVIEW = 1,
    DOMAIN_VOID_IDENTITY = 2,
    DOMAIN_VOID_WAIVER = 4,
    DOMAIN_VOID_PAPER = 8,
    DOMAIN_VOID_AGREEMENT = 16
};
must_use int domain_void(struct store_tx *tx, const struct domain_actor *by, str kase,
    unsigned what, str why, struct err *err);

/* What stands for a case now, read from its facts. */
struct domain_standing {
    bool agreed;
    bool identified;   /* within DOMAIN_IDENTITY_DAYS and not ended */
    bool paid;         /* every line of the case is paid, and nothing of it refunded */
    bool waived;       /* by two officers of different persons */
    unsigned reviewed; /* stages given */
    unsigned stages;   /* stages the approval asked for; 0 without approval */
    bool paper;
    size_t materials; /* live ones */
};
must_use int domain_standing(struct store_tx *tx, str kase, struct domain_standing *out);
/* Whether a live material of that type stands; 1 if not. */
must_use int domain_has_material(struct store_tx *tx, str kase, str type);

#endif
