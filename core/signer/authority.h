// SPDX-License-Identifier: Apache-2.0
// authority: the CAs of the signer: a root and an issuing CA for each kind of key, made once and
// loaded at the start. Owns the issuing keys; the root's key is used by init and never at work.
#ifndef CORE_SIGNER_AUTHORITY_H
#define CORE_SIGNER_AUTHORITY_H

#include "core/pki/issue.h"
#include "core/pki/ocsp.h"
#include "core/signer/options.h"

/* Who answers OCSP: a key that lives as long as the process. */
struct responder {
    struct pk *key;
    struct buf certificate; /* DER */
    int64_t not_after;
};

struct authority {
    const char *name; /* "p256" or "rsa" */
    struct issuer *issuer;
    struct buf root;     /* the root's certificate, DER */
    struct buf root_crl; /* DER; empty when there is none */
    /* The one in use stands first; the one before it lives on for those who still hold it. */
    struct responder *responder;
    struct responder *earlier;
};

enum { AUTHORITIES = 2 };
struct authorities {
    struct authority list[AUTHORITIES];
    size_t count;
};

/* Loads every hierarchy of the folder; at least p256. */
must_use int authorities_load(
    struct authorities *a, const struct options *o, str passphrase, struct err *err);
void authorities_release(struct authorities *a);
/* NULL when there is no such; the empty name means the first. */
struct authority *authority_find(struct authorities *a, str name);
/* The one that issues for keys of this kind: its own if there is one, the first otherwise. */
struct authority *authority_for(struct authorities *a, enum pk_kind kind);

/* Makes a responder: a fresh key and its certificate with this serial number. */
must_use int authority_make_responder(const struct authority *a, int64_t now_s,
    const uint8_t serial[SERIAL_SIZE], struct responder **out, struct err *err);
/* Puts it in use; takes it. The one before the last is freed. */
void authority_set_responder(struct authority *a, struct responder *r);

/* Makes root and issuing CA of a kind in the folder of the options; *made tells whether they were
 * missing. */
must_use int authority_make(
    const struct options *o, enum pk_kind kind, str passphrase, bool *made, struct err *err);
/* Writes the root's revocation list anew, good for 400 days; needs the root's key. */
must_use int authority_make_root_crl(
    const struct options *o, enum pk_kind kind, str passphrase, struct err *err);
/* "p256" or "rsa". Static. */
const char *authority_kind_name(enum pk_kind kind);

#endif
