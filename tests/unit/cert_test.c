// SPDX-License-Identifier: Apache-2.0
// Tests of profile, issuer, issue, cert and lint: what is ordered stands in the certificate, what
// does not fit is refused before anything is signed, and the linter sees each single fault.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/err.h>

#include "core/crypto/token.h"
#include "core/pki/der.h"
#include "core/pki/lint.h"
#include "tests/unit/pki_fixture.h"

static struct fixture fix;

static int setup(void **state)
{
    (void)state;
    fixture_init(&fix, PK_P256);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_release(&fix);
    return 0;
}

static void what_is_ordered_stands_in_it(void **state)
{
    (void)state;
    struct cert_order o = fixture_order(&fix);
    struct buf der = {0};
    struct cert c;
    struct name n;
    uint8_t id[PK_ID_SIZE];
    o.mail = STR("clerk@unit.example");
    o.numbers[NUMBER_ORGANISATION] = STR("91430000MA4L0000X1");
    fixture_issue(&fix, &o, &der);
    assert_int_equal(cert_parse(buf_str(&der), &c, NULL), 0);
    assert_true(str_eq(c.serial, str_of(o.serial, SERIAL_SIZE)));
    assert_int_equal(name_parse(c.subject, &n, NULL), 0);
    assert_true(name_eq(&n, &fix.holder));
    assert_int_equal(c.not_before, FIXTURE_NOW);
    assert_int_equal(c.not_after, FIXTURE_NOW + 365 * 86400);
    assert_int_equal(c.key_usage, USE_SIGN | USE_COMMIT);
    assert_int_equal(c.ext_key_usage, FOR_CLIENT | FOR_EMAIL | FOR_DOCUMENT);
    assert_false(c.ca);
    pk_id(fix.key, id);
    assert_true(str_eq(c.key_id, str_of(id, sizeof(id))));
    assert_true(str_eq(c.authority_id, issuer_cert(fix.issuing)->key_id));
    assert_true(str_eq(c.issuer, issuer_cert(fix.issuing)->subject));
    assert_true(str_eq(c.mail, o.mail));
    assert_true(str_eq(c.numbers[NUMBER_ORGANISATION], STR("91430000MA4L0000X1")));
    assert_true(str_eq(c.crl_url, STR("http://ca.example/issuing.crl")));
    assert_true(str_eq(c.ocsp_url, STR("http://ca.example/ocsp")));
    assert_true(str_eq(c.issuer_url, STR("http://ca.example/issuing.cer")));
    assert_true(cert_is_signed_by(&c, issuer_key(fix.issuing)));
    assert_false(cert_is_signed_by(&c, issuer_key(fix.root)));
    assert_false(cert_is_signed_by(&c, issuer_throwaway(fix.issuing)));
    assert_int_equal(ERR_peek_error(), 0);
    buf_release(&der);
}

static void the_same_order_gives_the_same_bytes(void **state)
{
    (void)state;
    struct cert_order o = fixture_order(&fix);
    struct buf one = {0}, two = {0}, der = {0};
    struct err err = {0};
    assert_int_equal(cert_prepare(fix.issuing, &o, &one, &err), 0);
    assert_int_equal(cert_prepare(fix.issuing, &o, &two, &err), 0);
    assert_true(str_eq(buf_str(&one), buf_str(&two)));
    o.not_after += 1;
    assert_int_equal(cert_issue(fix.issuing, &o, buf_str(&one), &der, &err), E_CONFLICT);
    o.not_after -= 1;
    one.p[one.n - 1] ^= 1;
    assert_int_equal(cert_issue(fix.issuing, &o, buf_str(&one), &der, &err), E_CONFLICT);
    assert_int_equal(der.n, 0);
    buf_release(&one);
    buf_release(&two);
    buf_release(&der);
}

static void refused(const struct issuer *by, const struct cert_order *o, int code)
{
    struct buf tbs = {0};
    struct err err = {0};
    assert_int_equal(cert_prepare(by, o, &tbs, &err), code);
    assert_true(err.message[0]);
    assert_int_equal(tbs.n, 0);
    buf_release(&tbs);
}

static void orders_outside_their_bounds(void **state)
{
    (void)state;
    struct cert_order o = fixture_order(&fix);
    struct name bare = {0};
    o.not_after = o.not_before - 1;
    refused(fix.issuing, &o, E_INVALID);
    o.not_after = cert_years_later(o.not_before, 6);
    refused(fix.issuing, &o, E_DENIED);
    o = fixture_order(&fix);
    o.not_before = issuer_cert(fix.issuing)->not_before - 1;
    refused(fix.issuing, &o, E_DENIED);
    o = fixture_order(&fix);
    o.serial[0] = 0x80;
    refused(fix.issuing, &o, E_INVALID);
    o = fixture_order(&fix);
    o.mail = STR("no address");
    refused(fix.issuing, &o, E_INVALID);
    o = fixture_order(&fix);
    o.numbers[NUMBER_TAX] = STR("税");
    refused(fix.issuing, &o, E_INVALID);
    o = fixture_order(&fix);
    o.profile = profile_find(STR("issuing"));
    refused(fix.issuing, &o, E_DENIED);
    o = fixture_order(&fix);
    assert_int_equal(name_add(&bare, NAME_CN, STR("a"), NULL), 0);
    o.subject = &bare;
    refused(fix.issuing, &o, E_INVALID);
}

static int compare_serials(const void *a, const void *b)
{
    return memcmp(a, b, SERIAL_SIZE);
}

static void serials_are_long_and_positive(void **state)
{
    (void)state;
    size_t count = getenv("CERTHALL_LONG") ? 1000000 : 1000;
    uint8_t(*all)[SERIAL_SIZE] = mem_alloc(count * SERIAL_SIZE);
    for (size_t i = 0; i < count; i++) {
        serial_make(token_random, all[i]);
        assert_int_equal(all[i][0] & 0xc0, 0x40);
    }
    qsort(all, count, SERIAL_SIZE, compare_serials);
    for (size_t i = 1; i < count; i++)
        assert_memory_not_equal(all[i - 1], all[i], SERIAL_SIZE);
    free(all);
}

static void a_template_only_narrows(void **state)
{
    (void)state;
    const struct profile *base = profile_find(STR("unit_both"));
    struct profile p;
    struct err err = {0};
    const struct profile_wish fine = {.kinds = 1u << PK_P256,
        .key_usage = USE_SIGN,
        .ext_key_usage = FOR_CLIENT,
        .days_max = 366,
        .required = 1u << NAME_SERIAL};
    assert_int_equal(profile_narrow(base, &fine, &p, &err), 0);
    assert_int_equal(p.key_usage, USE_SIGN);
    assert_int_equal(p.days_max, 366);
    assert_true(p.required >> NAME_SERIAL & 1 && p.required >> NAME_O & 1);
    static const struct profile_wish wide[] = {
        {.key_usage = USE_CERTS},
        {.key_usage = USE_SIGN | USE_CRLS},
        {.ext_key_usage = FOR_OCSP},
        {.days_max = 36500},
        {.fields = 1u << NAME_EMAIL},
        {.required = 1u << NAME_TITLE},
        {.kinds = 1u << 3},
        {.numbers = 1u << NUMBER_COUNT},
    };
    for (size_t i = 0; i < countof(wide); i++)
        assert_int_equal(profile_narrow(base, &wide[i], &p, &err), E_DENIED);
    const struct profile_wish useless = {.kinds = 1u << PK_P256, .key_usage = USE_ENCIPHER_KEY};
    assert_int_equal(profile_narrow(base, &useless, &p, &err), E_INVALID);
    assert_null(profile_find(STR("server")));
}

/* Each row spoils one thing of a good certificate; the rule named must see it. */
static void spoil(struct cert *c, struct profile *p, const char *word)
{
    struct err err = {0};
    assert_int_equal(lint_cert(c, p, issuer_cert(fix.issuing), &err), E_INVALID);
    assert_true(str_starts(str_from(err.where), STR("lint.")));
    assert_string_equal(err.where + 5, word);
}

static void the_linter_sees_each_fault(void **state)
{
    (void)state;
    struct cert_order o = fixture_order(&fix);
    struct buf der = {0};
    struct cert good, c;
    struct profile p = *o.profile;
    fixture_issue(&fix, &o, &der);
    assert_int_equal(cert_parse(buf_str(&der), &good, NULL), 0);
    assert_int_equal(lint_cert(&good, &p, issuer_cert(fix.issuing), NULL), 0);
#define FAULT(word, change)                                                                        \
    c = good;                                                                                      \
    p = *o.profile;                                                                                \
    change;                                                                                        \
    spoil(&c, &p, word)
    FAULT("second_reader", c.tbs.n--);
    FAULT("serial", c.serial.n = 7);
    FAULT("key_kind", p.kinds = 1u << PK_RSA);
    FAULT("issuer", c.issuer = c.subject);
    FAULT("subject", c.subject = STR("\x30\x00"));
    FAULT("subject", p.required |= 1u << NAME_L);
    FAULT("validity_order", c.not_after = c.not_before - 1);
    FAULT("validity_length", p.days_max = 364);
    FAULT("validity_nested", (c.not_before = 0, c.not_after = 1));
    FAULT("extensions", c.unknown = 1);
    FAULT("critical", c.critical |= 1u << EXT_POLICIES);
    FAULT("basic", c.path_length = 0);
    FAULT("basic", c.ca = true);
    FAULT("usage", c.key_usage |= USE_CRLS);
    FAULT("usage", c.key_usage = 0);
    FAULT("usage_ca", (c.key_usage |= USE_CERTS, p.key_usage |= USE_CERTS));
    FAULT("purpose", c.ext_key_usage |= FOR_OCSP);
    FAULT("purpose", c.ext_key_usage_unknown = true);
    FAULT("key_id", c.key_id.n--);
    FAULT("authority_id", c.authority_id = c.key_id);
    FAULT("addresses", c.crl_url = STR("https://ca.example"));
    FAULT("addresses", p.located = false);
    FAULT("policy", c.policy.n = 0);
    FAULT("mail", (c.present |= 1u << EXT_ALT_NAME, c.mail = STR("x")));
    FAULT("numbers", (c.present |= 1u << EXT_TAX, c.numbers[NUMBER_TAX] = STR("*")));
    FAULT("nocheck", c.present |= 1u << EXT_NOCHECK);
    buf_release(&der);
}

/* A flipped bit is refused, or it stood in the signature and does not verify any more. */
static void altered_certificates(void **state)
{
    (void)state;
    struct cert_order o = fixture_order(&fix);
    struct buf der = {0};
    struct cert c;
    fixture_issue(&fix, &o, &der);
    for (size_t i = 0; i < der.n; i++) {
        der.p[i] ^= 0x01;
        if (cert_parse(buf_str(&der), &c, NULL) == 0)
            assert_false(cert_is_signed_by(&c, issuer_key(fix.issuing)));
        der.p[i] ^= 0x01;
        assert_true(cert_parse(str_of(der.p, i), &c, NULL) < 0);
    }
    buf_append_byte(&der, 0);
    assert_int_equal(cert_parse(buf_str(&der), &c, NULL), E_PARSE);
    buf_release(&der);
}

/* The certificate with these extensions instead; its signature is then wrong, which cert_parse does
 * not look at. */
static void with_extensions(const struct cert *c, str exts, struct buf *out)
{
    CBB cbb, all, tbs, explicit, list;
    CBS in = der_cbs(c->tbs), content;
    assert_true(CBS_get_asn1(&in, &content, CBS_ASN1_SEQUENCE));
    const char *from = (const char *)CBS_data(&content);
    buf_clear(out);
    der_init(&cbb, 1024);
    der_open(&cbb, &all, CBS_ASN1_SEQUENCE);
    der_open(&all, &tbs, CBS_ASN1_SEQUENCE);
    der_raw(&tbs, str_of(from, (size_t)(c->spki.p + c->spki.n - from)));
    der_open(&tbs, &explicit, DER_EXPLICIT(3));
    der_open(&explicit, &list, CBS_ASN1_SEQUENCE);
    der_raw(&list, exts);
    der_raw(&all, c->algorithm);
    der_bits(&all, c->signature);
    der_finish(&cbb, out);
}

static void extensions_are_read_strictly(void **state)
{
    (void)state;
#define USAGE "\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x06\xc0"
#define BASIC "\x30\x0c\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x02\x30\x00"
    static const struct {
        str exts;
        int code;
    } rows[] = {
        {{USAGE BASIC, 30}, 0}, {{USAGE USAGE, 32}, E_PARSE},          /* twice */
        {{"", 0}, E_PARSE},                                            /* none */
        {{"\x30\x0a\x06\x03\x55\x1d\x7f\x04\x03\x02\x01\x01", 12}, 0}, /* unknown */
        {{"\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\x00\x04\x04\x03\x02\x06\xc0", 16},
            E_PARSE}, /* FALSE */
        {{"\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\x01\x04\x04\x03\x02\x06\xc0", 16},
            E_PARSE}, /* odd TRUE */
        {{"\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x05\xc0", 16},
            E_PARSE}, /* zeros */
        {{"\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x06\xe0", 16},
            E_PARSE}, /* unused */
        {{"\x30\x0f\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x05\x30\x03\x02\x01\x00", 17}, E_PARSE},
        {{"\x30\x0f\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x05\x30\x03\x01\x01\x00", 17}, E_PARSE},
        {{"\x30\x0f\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x05\x30\x03\x01\x01\xff", 17}, 0},
        {{"\x30\x0d\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x03\x30\x00\x00", 15}, E_PARSE}, /* more */
    };
    struct buf der = {0}, out = {0};
    struct cert good, c;
    struct cert_order o = fixture_order(&fix);
    fixture_issue(&fix, &o, &der);
    assert_int_equal(cert_parse(buf_str(&der), &good, NULL), 0);
    for (size_t i = 0; i < countof(rows); i++) {
        with_extensions(&good, rows[i].exts, &out);
        assert_int_equal(cert_parse(buf_str(&out), &c, NULL), rows[i].code);
    }
    with_extensions(&good, rows[3].exts, &out);
    assert_int_equal(cert_parse(buf_str(&out), &c, NULL), 0);
    assert_int_equal(c.unknown, 1);
    buf_release(&der);
    buf_release(&out);
}

static void issuers_fit_their_certificates(void **state)
{
    (void)state;
    struct issuer *i = NULL;
    struct pk *key = NULL;
    struct buf der = {0};
    struct err err = {0};
    struct cert_order o = fixture_order(&fix);
    const struct issuer_opts none = {0};
    fixture_issue(&fix, &o, &der);
    assert_int_equal(pk_generate(PK_P256, &key), 0);
    assert_int_equal(issuer_new(&key, issuer_cert(fix.root)->der, &none, &i, &err), E_INVALID);
    assert_non_null(key);
    assert_int_equal(issuer_new(&fix.key, buf_str(&der), &none, &i, &err), E_INVALID);
    assert_non_null(fix.key);
    assert_non_null(strstr(err.message, "not one of a CA"));
    pk_free(key);
    buf_release(&der);
}

static void dates_are_written_as_the_standard_wants(void **state)
{
    (void)state;
    static const struct {
        int64_t from;
        int64_t to;
        str bytes;
    } rows[] = {
        /* 2049-12-31T23:59:59Z and 2050-01-01T00:00:00Z */
        {INT64_C(2524607999), INT64_C(2524608000),
            {"\x30\x20\x17\x0d"
             "491231235959Z\x18\x0f"
             "20500101000000Z",
                34}},
        /* 2028-02-29T12:00:00Z, a year later on 28 February */
        {INT64_C(1835438400), INT64_C(1866974400),
            {"\x30\x1e\x17\x0d"
             "280229120000Z\x17\x0d"
             "290228120000Z",
                32}},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        struct cert_order o = fixture_order(&fix);
        struct pk *key = NULL;
        struct buf der = {0};
        struct cert c;
        assert_int_equal(pk_generate(PK_P256, &key), 0);
        o.profile = profile_find(STR("root"));
        o.key = key;
        o.not_before = rows[i].from;
        o.not_after = rows[i].to;
        assert_int_equal(cert_self_sign(&o, &der, NULL), 0);
        assert_true(str_find(buf_str(&der), rows[i].bytes) > 0);
        assert_int_equal(cert_parse(buf_str(&der), &c, NULL), 0);
        assert_int_equal(c.not_before, rows[i].from);
        assert_int_equal(c.not_after, rows[i].to);
        buf_release(&der);
        pk_free(key);
    }
    assert_int_equal(cert_years_later(INT64_C(1835438400), 1), INT64_C(1866974400));
    assert_int_equal(cert_years_later(INT64_C(1835438400), 4), INT64_C(1961668800));
    /* 2027-02-28T16:30Z is 1 March in China */
    assert_int_equal(cert_years_later(INT64_C(1803832200), 1), INT64_C(1835454600));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_ordered_stands_in_it),
        cmocka_unit_test(the_same_order_gives_the_same_bytes),
        cmocka_unit_test(orders_outside_their_bounds),
        cmocka_unit_test(serials_are_long_and_positive),
        cmocka_unit_test(a_template_only_narrows),
        cmocka_unit_test(the_linter_sees_each_fault),
        cmocka_unit_test(altered_certificates),
        cmocka_unit_test(extensions_are_read_strictly),
        cmocka_unit_test(issuers_fit_their_certificates),
        cmocka_unit_test(dates_are_written_as_the_standard_wants),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
