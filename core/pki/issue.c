// SPDX-License-Identifier: Apache-2.0
// issue: checks an order, has it built, linted, compared and signed.
#include "core/pki/issue.h"

#include "core/base/clock.h"
#include "core/pki/der.h"
#include "core/pki/issue_build.h"
#include "core/pki/lint.h"

enum { CHINA = 480, FEBRUARY = 2, LEAP_DAY = 29 };

void serial_make(void (*random)(void *out, size_t n), uint8_t out[SERIAL_SIZE])
{
    random(out, SERIAL_SIZE);
    out[0] = (uint8_t)((out[0] & 0x3f) | 0x40);
}

static int check_dates(const struct cert_order *o, struct err *err)
{
    if (o->not_before < DER_TIME_MIN || o->not_after > DER_TIME_MAX)
        return err_set(err, E_INVALID, "the validity is not between the years 1950 and 9999");
    if (o->not_before > o->not_after)
        return err_set(err, E_INVALID, "the certificate would end before it begins");
    if (o->not_after - o->not_before > (int64_t)o->profile->days_max * 86400)
        return err_set(err, E_DENIED, "the certificate would run longer than the %u days of %s",
            o->profile->days_max, o->profile->id);
    return 0;
}

static int check_numbers(const struct cert_order *o, struct err *err)
{
    for (unsigned i = 0; i < NUMBER_COUNT; i++) {
        if (!o->numbers[i].n)
            continue;
        if (!(o->profile->numbers >> i & 1))
            return err_set(err, E_DENIED, "%s carries no such number", o->profile->id);
        int rc = name_check(NAME_SERIAL, o->numbers[i], err);
        if (rc)
            return rc;
    }
    return 0;
}

static int check_extras(const struct cert_order *o, struct err *err)
{
    if (o->mail.n && !o->profile->mail)
        return err_set(err, E_DENIED, "%s carries no e-mail address", o->profile->id);
    int rc = o->mail.n ? name_check(NAME_EMAIL, o->mail, err) : 0;
    return rc ? rc : check_numbers(o, err);
}

static int check_order(const struct cert_order *o, struct err *err)
{
    if (!(o->profile->kinds >> pk_kind(o->key) & 1))
        return err_set(
            err, E_DENIED, "%s takes no %s keys", o->profile->id, pk_kind_name(pk_kind(o->key)));
    if ((o->serial[0] & 0xc0) != 0x40)
        return err_set(err, E_INVALID, "the serial number was not made by serial_make");
    int rc = profile_check_name(o->profile, o->subject, err);
    if (!rc)
        rc = check_dates(o, err);
    return rc ? rc : check_extras(o, err);
}

static int check_issuer(const struct issuer *by, const struct cert_order *o, struct err *err)
{
    const struct issuer_opts *opts = issuer_opts(by);
    const struct cert *ca = issuer_cert(by);
    bool complete = opts->policy.n && opts->crl_url.n && opts->ocsp_url.n && opts->issuer_url.n;
    if (o->profile->located && !complete)
        return err_set(
            err, E_CONFIG, "the CA lacks a policy or an address that %s carries", o->profile->id);
    if (o->profile->ca && ca->path_length == 0)
        return err_set(err, E_DENIED, "this CA may not make other CAs");
    if (o->not_before < ca->not_before || o->not_after > ca->not_after)
        return err_set(err, E_DENIED, "the certificate would run outside the CA's own validity");
    return check_order(o, err);
}

/* Whether the bytes say what was ordered: a fault of the builder must not be signed. */
static bool says_the_order(const struct cert *c, const struct cert_order *o)
{
    struct buf subject = {0}, spki = {0};
    pk_put_spki(o->key, &spki);
    bool same =
        name_put(o->subject, &subject, NULL) == 0 && str_eq(buf_str(&subject), c->subject) &&
        str_eq(buf_str(&spki), c->spki) && str_eq(c->serial, str_of(o->serial, SERIAL_SIZE)) &&
        c->not_before == o->not_before && c->not_after == o->not_after && str_eq(c->mail, o->mail);
    for (unsigned i = 0; i < NUMBER_COUNT; i++)
        same = same && str_eq(c->numbers[i], o->numbers[i]);
    buf_release(&subject);
    buf_release(&spki);
    return same;
}

/* Signs a copy with `key`, reads it back and judges what the bytes say. */
static int sign_and_judge(str tbs, const struct pk *key, const struct cert_order *o,
    const struct cert *ca, struct buf *out, struct err *err)
{
    struct cert view;
    size_t before = out->n;
    int rc = issue_assemble(tbs, key, out);
    if (rc)
        return err_set(err, rc, "the CA's key could not sign");
    rc = cert_parse(str_slice(buf_str(out), before, out->n), &view, err);
    if (!rc && (!str_eq(view.tbs, tbs) || !cert_is_signed_by(&view, key)))
        rc = err_set(err, E_CRYPTO, "the signature that was just made does not verify");
    if (!rc && !says_the_order(&view, o))
        rc = err_set(err, E_CRYPTO, "the certificate does not say what was ordered");
    if (!rc)
        rc = lint_cert(&view, o->profile, ca ? ca : &view, err);
    return rc;
}

int cert_prepare(
    const struct issuer *by, const struct cert_order *order, struct buf *tbs, struct err *err)
{
    struct buf built = {0};
    struct buf copy = {0};
    int rc = check_issuer(by, order, err);
    if (!rc)
        rc = issue_build(by, order, &built, err);
    if (!rc)
        rc = sign_and_judge(
            buf_str(&built), issuer_throwaway(by), order, issuer_cert(by), &copy, err);
    if (!rc)
        buf_append(tbs, buf_str(&built));
    buf_release(&copy);
    buf_release(&built);
    return rc;
}

int cert_issue(const struct issuer *by, const struct cert_order *order, str tbs, struct buf *out,
    struct err *err)
{
    struct buf built = {0};
    struct buf whole = {0};
    int rc = check_issuer(by, order, err);
    if (!rc)
        rc = issue_build(by, order, &built, err);
    if (!rc && !str_eq(buf_str(&built), tbs))
        rc = err_set(err, E_CONFLICT, "the order gives other bytes than those that were prepared");
    if (!rc)
        rc = sign_and_judge(buf_str(&built), issuer_key(by), order, issuer_cert(by), &whole, err);
    if (!rc)
        buf_append(out, buf_str(&whole));
    buf_release(&whole);
    buf_release(&built);
    return rc;
}

int cert_self_sign(const struct cert_order *order, struct buf *out, struct err *err)
{
    struct buf built = {0};
    struct buf whole = {0};
    int rc = check_order(order, err);
    if (!rc && order->profile->located)
        rc = err_set(err, E_DENIED, "%s is not signed by itself", order->profile->id);
    if (!rc)
        rc = issue_build(NULL, order, &built, err);
    if (!rc)
        rc = sign_and_judge(buf_str(&built), order->key, order, NULL, &whole, err);
    if (!rc)
        buf_append(out, buf_str(&whole));
    buf_release(&whole);
    buf_release(&built);
    return rc;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int64_t cert_years_later(int64_t from, int years)
{
    struct civil c = clock_civil(from * 1000, CHINA);
    c.year += years;
    if (c.month == FEBRUARY && c.day == LEAP_DAY && !is_leap(c.year))
        c.day--;
    return clock_from_civil(&c, CHINA) / 1000;
}
