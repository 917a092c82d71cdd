// SPDX-License-Identifier: Apache-2.0
// oids: the object identifiers of core/pki as DER content. Used inside core/pki only.
#ifndef CORE_PKI_OIDS_H
#define CORE_PKI_OIDS_H

/* RFC 5280 4.2.1 */
#define OID_KEY_ID "\x55\x1d\x0e"
#define OID_KEY_USAGE "\x55\x1d\x0f"
#define OID_ALT_NAME "\x55\x1d\x11"
#define OID_BASIC "\x55\x1d\x13"
#define OID_CRL_NUMBER "\x55\x1d\x14"
#define OID_REASON "\x55\x1d\x15"
#define OID_CRL_POINTS "\x55\x1d\x1f"
#define OID_POLICIES "\x55\x1d\x20"
#define OID_AUTHORITY_ID "\x55\x1d\x23"
#define OID_EXT_KEY_USAGE "\x55\x1d\x25"
/* RFC 5280 4.2.2.1, 4.2.1.4 */
#define OID_INFO_ACCESS "\x2b\x06\x01\x05\x05\x07\x01\x01"
#define OID_ACCESS_OCSP "\x2b\x06\x01\x05\x05\x07\x30\x01"
#define OID_ACCESS_ISSUERS "\x2b\x06\x01\x05\x05\x07\x30\x02"
#define OID_CPS "\x2b\x06\x01\x05\x05\x07\x02\x01"
/* extended key usages; document signing is RFC 9336 */
#define OID_CLIENT_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x02"
#define OID_EMAIL_PROTECTION "\x2b\x06\x01\x05\x05\x07\x03\x04"
#define OID_OCSP_SIGNING "\x2b\x06\x01\x05\x05\x07\x03\x09"
#define OID_DOCUMENT_SIGNING "\x2b\x06\x01\x05\x05\x07\x03\x24"
/* RFC 6960 */
#define OID_OCSP_BASIC "\x2b\x06\x01\x05\x05\x07\x30\x01\x01"
#define OID_OCSP_NONCE "\x2b\x06\x01\x05\x05\x07\x30\x01\x02"
#define OID_OCSP_NOCHECK "\x2b\x06\x01\x05\x05\x07\x30\x01\x05"
/* GB/T 20518: numbers of an organisation */
#define OID_CN_REGISTRY "\x2a\x81\x1c\xd0\x14\x04\x01\x03"
#define OID_CN_ORGANISATION "\x2a\x81\x1c\xd0\x14\x04\x01\x04"
#define OID_CN_TAX "\x2a\x81\x1c\xd0\x14\x04\x01\x05"
/* digests */
#define OID_SHA1 "\x2b\x0e\x03\x02\x1a"
#define OID_SHA256 "\x60\x86\x48\x01\x65\x03\x04\x02\x01"
/* PKCS#7 */
#define OID_DATA "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
#define OID_SIGNED_DATA "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"

#endif
