// SPDX-License-Identifier: Apache-2.0
// pk: public and private keys of P-256 (with SHA-256) and RSA (PKCS#1 v1.5 with SHA-256) behind
// one interface: make, read, write, sign, verify.
//
// A key that exists is fit for use: reading refuses what is too short, wrongly encoded or known to
// be breakable, so that nothing above needs to ask again. Knows nothing of certificates.
#ifndef CORE_CRYPTO_PK_H
#define CORE_CRYPTO_PK_H

#include "core/base/buf.h"

/* The numbers are written to disk: a new kind takes the next one. 3 is kept for SM2 (GB/T 32918);
 * until it exists every function refuses SM2 keys with E_UNSUPPORTED. */
enum pk_kind { PK_P256 = 1, PK_RSA = 2 };

enum {
    PK_ID_SIZE = 20,
    PK_RSA_BITS_MIN = 2048,
    PK_RSA_BITS_MAX = 4096,
    PK_RSA_BITS_MADE = 2048, /* what pk_generate makes */
    PK_SPKI_MAX = 1024,      /* bytes of a SubjectPublicKeyInfo */
    PK_FILE_MAX = 16384,     /* bytes of a private key's file */
    PK_ROUNDS = 600000       /* PBKDF2-HMAC-SHA-256 of an encrypted key file */
};

/* A public key, or a pair. Immutable; usable by several threads at once. */
struct pk;

/* A fresh pair. RSA takes a tenth of a second and more: for a pool thread. */
must_use int pk_generate(enum pk_kind kind, struct pk **out);
/* Wipes and frees; NULL is fine. */
void pk_free(struct pk *k);

enum pk_kind pk_kind(const struct pk *k);
unsigned pk_bits(const struct pk *k);
bool pk_is_pair(const struct pk *k);
/* Whether both hold the same public key. */
bool pk_is_same(const struct pk *a, const struct pk *b);

/* Reads a SubjectPublicKeyInfo (RFC 5280 4.1.2.7): only the one canonical encoding, nothing behind
 * it. E_PARSE when damaged; E_UNSUPPORTED for other kinds, curves and sizes; E_INVALID for weak
 * keys: small or close factors, ROCA (CVE-2017-15361), exponents below 65537, guessable points. */
must_use int pk_from_spki(str der, struct pk **out, struct err *err);
/* Appends the SubjectPublicKeyInfo. */
void pk_put_spki(const struct pk *k, struct buf *out);
/* The key identifier of RFC 5280 4.2.1.2 method 1: SHA-1 of the public key's bits, which is also
 * what tokens use as CKA_ID. A name, not a protection. */
void pk_id(const struct pk *k, uint8_t out[PK_ID_SIZE]);

/* Reads a private key: PKCS#8 (RFC 5208) as DER. The public half is checked as by pk_from_spki and
 * against the private one. */
must_use int pk_from_pkcs8(str der, struct pk **out, struct err *err);
/* Reads a PEM file: "PRIVATE KEY" (passphrase empty) or "ENCRYPTED PRIVATE KEY". E_DENIED when the
 * passphrase is wrong or missing, or stands before a file that is not encrypted. */
must_use int pk_from_pem(str pem, str passphrase, struct pk **out, struct err *err);
/* Appends the pair as PKCS#8. Wipe what is appended. E_INVALID without a private half. */
must_use int pk_put_pkcs8(const struct pk *k, struct buf *out);
/* Appends the pair as a PEM file. A passphrase encrypts it: PBES2 with AES-256-CBC and PBKDF2 of
 * PK_ROUNDS with SHA-256 (RFC 8018), about a third of a second. An empty passphrase writes it in
 * the clear, for tests and for keys that stand in a sealed place. */
must_use int pk_put_pem(const struct pk *k, str passphrase, struct buf *out);

/* Appends the signature over `message` (digested here: a digest alone is never signed). */
must_use int pk_sign(const struct pk *k, str message, struct buf *out);
/* Whether `signature` is this key's over `message`. */
bool pk_verify(const struct pk *k, str message, str signature);
/* The AlgorithmIdentifier of what pk_sign makes, as DER: ecdsa-with-SHA256 without parameters, or
 * sha256WithRSAEncryption with NULL. Static. */
str pk_signature_algorithm(enum pk_kind kind);
/* "P-256" or "RSA". Static. */
const char *pk_kind_name(enum pk_kind kind);

#endif
