// SPDX-License-Identifier: Apache-2.0
// Tests of ocsp: requests of every shape, each limit crossed once, responses that repeat what was
// asked. What clients make of the responses is pki_peers_test.py's.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/err.h>

#include "core/crypto/hash.h"
#include "core/crypto/token.h"
#include "core/pki/der.h"
#include "core/pki/ocsp.h"
#include "core/pki/oids.h"
#include "tests/unit/pki_fixture.h"

static struct fixture fix;
static struct pk *responder_key;
static struct buf responder_cert;

static int setup(void **state)
{
    (void)state;
    fixture_init(&fix, PK_P256);
    assert_int_equal(pk_generate(PK_P256, &responder_key), 0);
    struct cert_order o = fixture_order(&fix);
    o.profile = profile_find(STR("ocsp"));
    o.key = responder_key;
    o.not_after = o.not_before + 90 * 86400;
    fixture_issue(&fix, &o, &responder_cert);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pk_free(responder_key);
    buf_release(&responder_cert);
    fixture_release(&fix);
    return 0;
}

/* What is asked, and what can be wrong with it. */
struct recipe {
    size_t count;
    size_t nonce;      /* bytes; 0: none */
    size_t hash;       /* bytes of the digests */
    str oid;           /* of the digest */
    bool critical;     /* another critical extension */
    bool single;       /* an extension of the single request */
    bool named;        /* a requestor's name */
    bool signed_by_it; /* something where a signature would stand */
    size_t serial;     /* bytes */
};

static const struct recipe GOOD = {
    .count = 1, .hash = 20, .oid = {OID_SHA1, sizeof(OID_SHA1) - 1}, .serial = 16};

static void put_extension(CBB *to, str oid, bool critical, size_t octets)
{
    static const uint8_t zeros[256];
    CBB exts, ext, value;
    der_open(to, &exts, CBS_ASN1_SEQUENCE);
    der_open(&exts, &ext, CBS_ASN1_SEQUENCE);
    der_oid(&ext, oid);
    if (critical)
        der_element(&ext, CBS_ASN1_BOOLEAN, STR("\xff"));
    der_open(&ext, &value, CBS_ASN1_OCTETSTRING);
    der_element(&value, CBS_ASN1_OCTETSTRING, str_of(zeros, octets));
    der_close(to);
}

static void put_digests(CBB *id, const struct recipe *r)
{
    uint8_t name[32] = {0}, key[32] = {0};
    const struct cert *ca = issuer_cert(fix.issuing);
    if (r->hash == 32)
        hash_sha256(ca->subject, name);
    else
        hash_sha1(ca->subject, name);
    pk_id(issuer_key(fix.issuing), key);
    der_element(id, CBS_ASN1_OCTETSTRING, str_of(name, r->hash));
    der_element(id, CBS_ASN1_OCTETSTRING, str_of(key, r->hash));
}

static void put_asked(CBB *list, const struct recipe *r)
{
    static const uint8_t serial[64] = {0x45};
    CBB single, id, algorithm, explicit;
    der_open(list, &single, CBS_ASN1_SEQUENCE);
    der_open(&single, &id, CBS_ASN1_SEQUENCE);
    der_open(&id, &algorithm, CBS_ASN1_SEQUENCE);
    der_oid(&algorithm, r->oid);
    der_element(&algorithm, CBS_ASN1_NULL, STR(""));
    put_digests(&id, r);
    der_unsigned(&id, str_of(serial, r->serial));
    if (r->single) {
        der_open(&single, &explicit, DER_EXPLICIT(0));
        put_extension(&explicit, STR("\x55\x1d\x01"), r->critical, 1);
    }
    der_close(list);
}

static void cook(const struct recipe *r, struct buf *out)
{
    CBB cbb, all, tbs, list, explicit;
    buf_clear(out);
    der_init(&cbb, 512);
    der_open(&cbb, &all, CBS_ASN1_SEQUENCE);
    der_open(&all, &tbs, CBS_ASN1_SEQUENCE);
    if (r->named)
        der_element(&tbs, DER_EXPLICIT(1), STR("\x82\x01x"));
    der_open(&tbs, &list, CBS_ASN1_SEQUENCE);
    for (size_t i = 0; i < r->count; i++)
        put_asked(&list, r);
    if (r->nonce || (r->critical && !r->single)) {
        der_open(&tbs, &explicit, DER_EXPLICIT(2));
        put_extension(&explicit, r->nonce ? DER_OID(OID_OCSP_NONCE) : STR("\x55\x1d\x01"),
            r->critical, r->nonce);
    }
    if (r->signed_by_it)
        der_element(&all, DER_EXPLICIT(0), STR("\x30\x00"));
    der_finish(&cbb, out);
}

static void requests_are_read(void **state)
{
    (void)state;
    struct buf der = {0};
    struct ocsp_request request;
    struct recipe r = GOOD;
    r.count = OCSP_ASKED_MAX;
    r.nonce = OCSP_NONCE_MAX;
    r.named = r.signed_by_it = r.single = true;
    cook(&r, &der);
    assert_int_equal(ocsp_parse(buf_str(&der), &request, NULL), 0);
    assert_int_equal(request.count, OCSP_ASKED_MAX);
    assert_int_equal(request.nonce.n, OCSP_NONCE_MAX);
    assert_int_equal(request.asked[7].serial.n, 16);
    assert_true(ocsp_is_of(&request.asked[0], issuer_cert(fix.issuing)));
    assert_false(ocsp_is_of(&request.asked[0], issuer_cert(fix.root)));
    for (size_t i = 0; i < der.n; i++)
        assert_int_equal(ocsp_parse(str_of(der.p, i), &request, NULL), E_PARSE);
    buf_append_byte(&der, 0);
    assert_int_equal(ocsp_parse(buf_str(&der), &request, NULL), E_PARSE);
    buf_release(&der);
}

static void each_limit_holds(void **state)
{
    (void)state;
    static const struct {
        struct recipe r;
        int code;
    } rows[] = {
        {{0, 0, 20, {OID_SHA1, 5}, false, false, false, false, 16}, E_PARSE},
        {{OCSP_ASKED_MAX + 1, 0, 20, {OID_SHA1, 5}, false, false, false, false, 16}, E_PARSE},
        {{1, OCSP_NONCE_MAX + 1, 20, {OID_SHA1, 5}, false, false, false, false, 16}, E_PARSE},
        {{1, 0, 20, {OID_SHA1, 5}, true, false, false, false, 16}, E_PARSE},
        {{1, 0, 20, {OID_SHA1, 5}, true, true, false, false, 16}, E_PARSE},
        {{1, 0, 19, {OID_SHA1, 5}, false, false, false, false, 16}, E_PARSE},
        {{1, 0, 20, {OID_SHA256, 9}, false, false, false, false, 16}, E_PARSE},
        {{1, 0, 20, {"\x2a\x03", 2}, false, false, false, false, 16}, E_UNSUPPORTED},
        {{1, 0, 20, {OID_SHA1, 5}, false, false, false, false, 22}, E_PARSE},
        {{1, 1, 32, {OID_SHA256, 9}, false, false, false, false, 20}, 0},
    };
    struct buf der = {0};
    struct ocsp_request request;
    for (size_t i = 0; i < countof(rows); i++) {
        cook(&rows[i].r, &der);
        assert_int_equal(ocsp_parse(buf_str(&der), &request, NULL), rows[i].code);
    }
    while (der.n <= OCSP_DER_MAX)
        buf_append_byte(&der, 0);
    assert_int_equal(ocsp_parse(buf_str(&der), &request, NULL), E_TOO_BIG);
    assert_int_equal(ERR_peek_error(), 0);
    buf_release(&der);
}

static void answers_repeat_what_was_asked(void **state)
{
    (void)state;
    const struct ocsp_responder by = {responder_key, buf_str(&responder_cert)};
    struct buf der = {0}, out = {0};
    struct ocsp_request q;
    struct recipe r = GOOD;
    r.nonce = 16;
    cook(&r, &der);
    assert_int_equal(ocsp_parse(buf_str(&der), &q, NULL), 0);
    struct ocsp_answer a = {.id = &q.asked[0],
        .state = OCSP_REVOKED,
        .reason = CRL_HOLD,
        .revoked_at = FIXTURE_NOW - 9,
        .this_update = FIXTURE_NOW,
        .next_update = FIXTURE_NOW + 60};
    assert_int_equal(ocsp_respond(&by, &a, 1, q.nonce, FIXTURE_NOW, &out, NULL), 0);
    assert_true(str_find(buf_str(&out), q.asked[0].whole) > 0);
    assert_true(str_find(buf_str(&out), STR("\xa1\x16\x18\x0f"
                                            "20251231235951Z\xa0\x03\x0a\x01\x06")) > 0);
    assert_true(str_find(buf_str(&out), DER_OID(OID_OCSP_NONCE)) > 0);
    size_t before = out.n;
    struct ocsp_answer wrong = a;
    wrong.revoked_at = FIXTURE_NOW + 1;
    assert_int_equal(ocsp_respond(&by, &wrong, 1, q.nonce, FIXTURE_NOW, &out, NULL), E_INVALID);
    wrong = a;
    wrong.next_update = wrong.this_update;
    assert_int_equal(ocsp_respond(&by, &wrong, 1, q.nonce, FIXTURE_NOW, &out, NULL), E_INVALID);
    wrong = a;
    wrong.reason = (enum crl_reason)8;
    assert_int_equal(ocsp_respond(&by, &wrong, 1, q.nonce, FIXTURE_NOW, &out, NULL), E_INVALID);
    assert_int_equal(ocsp_respond(&by, &a, 0, q.nonce, FIXTURE_NOW, &out, NULL), E_INVALID);
    const struct ocsp_responder stranger = {fix.key, buf_str(&responder_cert)};
    assert_int_equal(ocsp_respond(&stranger, &a, 1, q.nonce, FIXTURE_NOW, &out, NULL), E_INVALID);
    const struct ocsp_responder ca = {issuer_key(fix.issuing), issuer_cert(fix.issuing)->der};
    assert_int_equal(ocsp_respond(&ca, &a, 1, q.nonce, FIXTURE_NOW, &out, NULL), E_INVALID);
    assert_int_equal(out.n, before);
    buf_release(&der);
    buf_release(&out);
}

static void refusals_are_five_bytes(void **state)
{
    (void)state;
    struct buf out = {0};
    ocsp_refuse(OCSP_UNAUTHORIZED, &out);
    assert_true(str_eq(buf_str(&out), STR("\x30\x03\x0a\x01\x06")));
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_read),
        cmocka_unit_test(each_limit_holds),
        cmocka_unit_test(answers_repeat_what_was_asked),
        cmocka_unit_test(refusals_are_five_bytes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
