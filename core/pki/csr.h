// SPDX-License-Identifier: Apache-2.0
// csr: certification requests (PKCS#10, RFC 2986), read strictly and only for their public key.
//
// A request proves that its sender holds the private key, nothing more: subject and attributes are
// bounded, then ignored, since names come from the approved application (protocols of the CA, not
// of the applicant).
#ifndef CORE_PKI_CSR_H
#define CORE_PKI_CSR_H

#include "core/base/arena.h"
#include "core/crypto/pk.h"

enum { CSR_DER_MAX = 16384, CSR_TEXT_MAX = 32768, CSR_ATTRIBUTES_MAX = 16 };

/* Why a request is refused: the word stands in err->where as "csr.<word>" and is what pages
 * translate; the sentence in err->message is for developers and logs. */
#define CSR_REASONS(X)                                                                             \
    X(CSR_TOO_BIG, "too_big")         /* more bytes than the limit */                              \
    X(CSR_NOT_PEM, "not_pem")         /* neither DER nor one clean PEM block */                    \
    X(CSR_WRONG_LABEL, "wrong_label") /* the block is a certificate, a key … */                  \
    X(CSR_DAMAGED, "damaged")         /* not the structure of RFC 2986 */                          \
    X(CSR_TRAILING, "trailing")       /* bytes follow the request */                               \
    X(CSR_VERSION, "version")         /* not version 1 */                                          \
    X(CSR_SUBJECT, "subject")         /* the subject is not a name, or too long */                 \
    X(CSR_KEY, "key")                 /* kind, size or encoding of the key */                      \
    X(CSR_WEAK_KEY, "weak_key")       /* somebody can find the private key */                      \
    X(CSR_ATTRIBUTES, "attributes")   /* damaged or too many */                                    \
    X(CSR_ALGORITHM, "algorithm")     /* not SHA-256 with the kind of the key */                   \
    X(CSR_SIGNATURE, "signature")     /* the sender does not hold the private key */

enum csr_reason {
#define X(name, word) name,
    CSR_REASONS(X)
#undef X
};

struct csr {
    struct pk *key;             /* dies with the arena */
    str der;                    /* the whole request; as all of these in the arena */
    str spki;                   /* SubjectPublicKeyInfo, canonical */
    str subject;                /* a Name's DER, of no authority */
    unsigned attributes;        /* how many, ignored */
    uint8_t key_id[PK_ID_SIZE]; /* as pk_id */
};

/* Reads DER or PEM ("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"), checks every limit and the
 * proof of possession. 0, or E_TOO_BIG, E_PARSE, E_UNSUPPORTED, E_INVALID with reason and sentence
 * in err. Takes one RSA or P-256 verification and, for RSA, about a millisecond of weakness checks:
 * for a pool thread. */
must_use int csr_parse(str input, struct arena *a, struct csr *out, struct err *err);

/* Makes a request for `key` with this subject (a Name's DER) and no attributes: for the CA's own
 * keys and for tools. Appends DER. */
must_use int csr_make(const struct pk *key, str subject, struct buf *out, struct err *err);

#endif
