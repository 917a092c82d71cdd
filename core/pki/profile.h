// SPDX-License-Identifier: Apache-2.0
// profile: what kinds of certificates exist, as constant data. A template of the business may only
// narrow one of them; nothing at run time can widen it.
#ifndef CORE_PKI_PROFILE_H
#define CORE_PKI_PROFILE_H

#include "core/crypto/pk.h"
#include "core/pki/name.h"

/* Key usages: the bit numbers of RFC 5280 4.2.1.3. */
enum {
    USE_SIGN = 1 << 0,          /* digitalSignature */
    USE_COMMIT = 1 << 1,        /* nonRepudiation */
    USE_ENCIPHER_KEY = 1 << 2,  /* keyEncipherment */
    USE_ENCIPHER_DATA = 1 << 3, /* dataEncipherment */
    USE_AGREE = 1 << 4,         /* keyAgreement */
    USE_CERTS = 1 << 5,         /* keyCertSign */
    USE_CRLS = 1 << 6           /* cRLSign */
};

/* Extended key usages. */
enum {
    FOR_CLIENT = 1 << 0,   /* clientAuth */
    FOR_EMAIL = 1 << 1,    /* emailProtection */
    FOR_DOCUMENT = 1 << 2, /* documentSigning (RFC 9336) */
    FOR_OCSP = 1 << 3      /* OCSPSigning */
};

/* Numbers of an organisation in extensions of their own (GB/T 20518), PrintableString. */
enum cert_number { NUMBER_REGISTRY, NUMBER_ORGANISATION, NUMBER_TAX, NUMBER_COUNT };

enum { PATH_NONE = -1, PROFILE_ID_MAX = 32 };

/* Sets are bit masks: of 1 << enum pk_kind, 1 << enum name_field, 1 << enum cert_number. */
struct profile {
    const char *id;
    bool ca;                /* basic constraints */
    int path_length;        /* of a CA; PATH_NONE writes no limit */
    unsigned kinds;         /* of keys */
    unsigned key_usage;     /* what the kind of key can do of it is written (profile_usage) */
    unsigned ext_key_usage; /* 0 writes no extension */
    unsigned days_max;      /* longest validity */
    unsigned fields;        /* of the subject that may stand */
    unsigned required;      /* of the subject that must stand */
    unsigned numbers;       /* that may stand */
    bool mail;              /* may carry an e-mail address as alternative name */
    bool located;           /* carries policy, CRL point, OCSP and issuer addresses */
    bool nocheck;           /* carries ocsp-nocheck */
};

/* NULL when there is no such profile. Static. */
const struct profile *profile_find(str id);
/* The i-th of all profiles, NULL behind the last. Static. */
const struct profile *profile_at(size_t i);
/* The key usages of this profile that the kind of key can carry: RSA does not agree on keys, P-256
 * does not encipher (RFC 8813). */
unsigned profile_usage(const struct profile *p, enum pk_kind kind);

/* What a template asks for; 0 in a field leaves the profile's value. */
struct profile_wish {
    unsigned kinds;
    unsigned key_usage;
    unsigned ext_key_usage;
    unsigned days_max;
    unsigned fields;
    unsigned required; /* in addition to the profile's */
    unsigned numbers;
    bool no_mail;
};

/* Fills *out with the narrowed profile; E_DENIED with a sentence when the wish asks for anything
 * that the profile does not have. */
must_use int profile_narrow(const struct profile *base, const struct profile_wish *wish,
    struct profile *out, struct err *err);
/* Whether a subject fits: every required field stands, no other than the allowed. E_INVALID with a
 * sentence otherwise. */
must_use int profile_check_name(const struct profile *p, const struct name *n, struct err *err);

#endif
