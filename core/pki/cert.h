// SPDX-License-Identifier: Apache-2.0
// cert: reads an X.509 certificate (RFC 5280) into a small view. Strict in form, without any
// judgement on content: that is lint's. Makes no certificates: that is issue's.
#ifndef CORE_PKI_CERT_H
#define CORE_PKI_CERT_H

#include "core/pki/profile.h"

enum { CERT_DER_MAX = 16384, CERT_SERIAL_MAX = 20 };

/* The extensions that a view knows. */
enum cert_ext {
    EXT_BASIC,
    EXT_KEY_USAGE,
    EXT_EXT_KEY_USAGE,
    EXT_POLICIES,
    EXT_KEY_ID,
    EXT_AUTHORITY_ID,
    EXT_CRL_POINTS,
    EXT_INFO_ACCESS,
    EXT_ALT_NAME,
    EXT_NOCHECK,
    EXT_REGISTRY, /* NUMBER_REGISTRY and the following, in the same order */
    EXT_ORGANISATION,
    EXT_TAX,
    EXT_COUNT
};

/* Everything is borrowed from `der`. What does not stand in the certificate is 0 or empty. */
struct cert {
    str der;            /* the whole certificate */
    str tbs;            /* what is signed */
    str serial;         /* big-endian, without the sign's zero */
    str issuer;         /* Name as DER */
    str subject;        /* Name as DER */
    str spki;           /* SubjectPublicKeyInfo as DER */
    str algorithm;      /* AlgorithmIdentifier inside the signed part */
    str signature;      /* its bits */
    int64_t not_before; /* seconds since 1970 UTC */
    int64_t not_after;
    unsigned present;  /* 1 << enum cert_ext of those that stand */
    unsigned critical; /* 1 << enum cert_ext of those marked critical */
    unsigned unknown;  /* how many others stand */
    bool unknown_critical;
    bool ca;
    int path_length; /* PATH_NONE without a limit */
    unsigned key_usage;
    unsigned ext_key_usage; /* of the known ones */
    bool ext_key_usage_unknown;
    str key_id;
    str authority_id;
    str policy;     /* DER content of the first policy's identifier */
    str crl_url;    /* first address of the first point */
    str ocsp_url;   /* first */
    str issuer_url; /* first */
    str mail;       /* first rfc822Name */
    str numbers[NUMBER_COUNT];
};

/* Reads DER of version 3 with one element and nothing behind it. E_TOO_BIG over CERT_DER_MAX,
 * E_PARSE with a sentence otherwise. */
must_use int cert_parse(str der, struct cert *out, struct err *err);
/* Whether the signature is this key's, and by the algorithm of its kind. Says nothing about names,
 * times or usages. */
bool cert_is_signed_by(const struct cert *c, const struct pk *key);

#endif
