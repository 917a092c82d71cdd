// SPDX-License-Identifier: Apache-2.0
// lint: the rules.
#include "core/pki/lint.h"

#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/x509.h>

enum { SERIAL_MIN = 8, DAY = 86400 };

/* What every rule looks at. */
struct subject {
    const struct cert *c;
    const struct profile *p;
    const struct cert *issuer;
    const struct pk *key;
};

static bool has(const struct cert *c, enum cert_ext ext)
{
    return c->present >> ext & 1;
}

static bool is_critical(const struct cert *c, enum cert_ext ext)
{
    return c->critical >> ext & 1;
}

/* BoringSSL's own reader must take it and write the same bytes again. */
static bool second_reader(const struct subject *s)
{
    const uint8_t *at = (const uint8_t *)s->c->der.p;
    uint8_t *again = NULL;
    X509 *x = d2i_X509(NULL, &at, (long)s->c->der.n);
    int n = x ? i2d_re_X509_tbs(x, &again) : -1;
    bool same = n >= 0 && at == (const uint8_t *)s->c->der.p + s->c->der.n &&
                str_eq(str_of(again, (size_t)n), s->c->tbs);
    OPENSSL_free(again);
    X509_free(x);
    ERR_clear_error();
    return same;
}

static bool serial_fits(const struct subject *s)
{
    return s->c->serial.n >= SERIAL_MIN && s->c->serial.n <= CERT_SERIAL_MAX;
}

static bool key_kind_fits(const struct subject *s)
{
    return s->p->kinds >> pk_kind(s->key) & 1;
}

static bool issuer_chains(const struct subject *s)
{
    return str_eq(s->c->issuer, s->issuer->subject);
}

static bool subject_fits(const struct subject *s)
{
    struct name n;
    return name_parse(s->c->subject, &n, NULL) == 0 && profile_check_name(s->p, &n, NULL) == 0;
}

static bool validity_in_order(const struct subject *s)
{
    return s->c->not_before <= s->c->not_after;
}

static bool validity_short(const struct subject *s)
{
    return s->c->not_after - s->c->not_before <= (int64_t)s->p->days_max * DAY;
}

static bool validity_nested(const struct subject *s)
{
    return s->c->not_before >= s->issuer->not_before && s->c->not_after <= s->issuer->not_after;
}

static bool extensions_known(const struct subject *s)
{
    return s->c->unknown == 0;
}

static bool critical_exactly(const struct subject *s)
{
    return s->c->critical == (1u << EXT_BASIC | 1u << EXT_KEY_USAGE);
}

static bool basic_fits(const struct subject *s)
{
    return has(s->c, EXT_BASIC) && is_critical(s->c, EXT_BASIC) && s->c->ca == s->p->ca &&
           s->c->path_length == s->p->path_length;
}

static bool usage_fits(const struct subject *s)
{
    return s->c->key_usage && s->c->key_usage == profile_usage(s->p, pk_kind(s->key));
}

static bool usage_suits_ca(const struct subject *s)
{
    return !(s->c->key_usage & (USE_CERTS | USE_CRLS)) == !s->c->ca;
}

static bool purpose_fits(const struct subject *s)
{
    return !s->c->ext_key_usage_unknown && s->c->ext_key_usage == s->p->ext_key_usage &&
           has(s->c, EXT_EXT_KEY_USAGE) == (s->p->ext_key_usage != 0);
}

static bool key_id_fits(const struct subject *s)
{
    uint8_t id[PK_ID_SIZE];
    pk_id(s->key, id);
    return str_eq(s->c->key_id, str_of(id, sizeof(id)));
}

static bool authority_fits(const struct subject *s)
{
    return s->c->authority_id.n && str_eq(s->c->authority_id, s->issuer->key_id);
}

static bool is_address(str url)
{
    return str_starts(url, STR("http://")) && url.n <= 255;
}

static bool addresses_fit(const struct subject *s)
{
    const struct cert *c = s->c;
    if (!s->p->located)
        return !has(c, EXT_CRL_POINTS) && !has(c, EXT_INFO_ACCESS);
    return is_address(c->crl_url) && is_address(c->ocsp_url) && is_address(c->issuer_url);
}

static bool policy_fits(const struct subject *s)
{
    return has(s->c, EXT_POLICIES) == s->p->located && (s->c->policy.n > 0) == s->p->located;
}

static bool mail_fits(const struct subject *s)
{
    return !has(s->c, EXT_ALT_NAME) ||
           (s->p->mail && name_check(NAME_EMAIL, s->c->mail, NULL) == 0);
}

static bool numbers_fit(const struct subject *s)
{
    for (unsigned i = 0; i < NUMBER_COUNT; i++)
        if (has(s->c, (enum cert_ext)(EXT_REGISTRY + i)) &&
            (!(s->p->numbers >> i & 1) || name_check(NAME_SERIAL, s->c->numbers[i], NULL)))
            return false;
    return true;
}

static bool nocheck_fits(const struct subject *s)
{
    return has(s->c, EXT_NOCHECK) == s->p->nocheck;
}

static const struct rule {
    const char *word;
    bool (*holds)(const struct subject *s);
    const char *sentence;
} RULES[] = {
    {"second_reader", second_reader, "another reader sees other bytes"},
    {"serial", serial_fits, "the serial number is not of 8 to 20 bytes"},
    {"key_kind", key_kind_fits, "the kind of key is not one of the profile"},
    {"issuer", issuer_chains, "the issuer's name is not the CA's subject"},
    {"subject", subject_fits, "the subject does not fit the profile"},
    {"validity_order", validity_in_order, "it ends before it begins"},
    {"validity_length", validity_short, "it runs longer than the profile allows"},
    {"validity_nested", validity_nested, "it runs outside the CA's own validity"},
    {"extensions", extensions_known, "it holds an unknown extension"},
    {"critical", critical_exactly, "not exactly basic constraints and key usage are critical"},
    {"basic", basic_fits, "the basic constraints are not the profile's"},
    {"usage", usage_fits, "the key usage is not the profile's for this kind of key"},
    {"usage_ca", usage_suits_ca, "signing certificates and being a CA do not agree"},
    {"purpose", purpose_fits, "the extended key usage is not the profile's"},
    {"key_id", key_id_fits, "the subject key identifier is not the key's"},
    {"authority_id", authority_fits, "the authority key identifier is not the CA's"},
    {"addresses", addresses_fit, "the addresses of CRL, OCSP and issuer are not as they must be"},
    {"policy", policy_fits, "the policy is missing, or stands where none may stand"},
    {"mail", mail_fits, "the alternative name is not one e-mail address"},
    {"numbers", numbers_fit, "a number of the organisation is not as it must be"},
    {"nocheck", nocheck_fits, "ocsp-nocheck is missing, or stands where it may not stand"},
};

int lint_cert(
    const struct cert *c, const struct profile *p, const struct cert *issuer, struct err *err)
{
    struct pk *key = NULL;
    int rc = pk_from_spki(c->spki, &key, err);
    if (rc) {
        err_at(err, "lint.key");
        return rc;
    }
    const struct subject s = {c, p, issuer, key};
    for (size_t i = 0; i < countof(RULES) && !rc; i++)
        if (!RULES[i].holds(&s)) {
            rc = err_set(
                err, E_INVALID, "the certificate must not be signed: %s", RULES[i].sentence);
            err_at(err, "lint.%s", RULES[i].word);
        }
    pk_free(key);
    return rc;
}

const char *lint_rule(size_t i)
{
    return i < countof(RULES) ? RULES[i].word : NULL;
}
