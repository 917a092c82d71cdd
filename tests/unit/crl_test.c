// SPDX-License-Identifier: Apache-2.0
// Tests of crl: lists written and read back, each wrong entry refused, a million entries in time.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/err.h>

#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/crypto/token.h"
#include "core/pki/crl.h"
#include "core/pki/der.h"
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

static struct crl_writer *begun(uint64_t number)
{
    struct crl_writer *w = NULL;
    assert_int_equal(crl_begin(fix.issuing, number, FIXTURE_NOW, FIXTURE_NOW + 86400, &w, NULL), 0);
    return w;
}

static void entries_come_back(void **state)
{
    (void)state;
    static const struct crl_entry rows[] = {
        {{"\x7f\x01", 2}, FIXTURE_NOW - 5, CRL_KEY_COMPROMISE},
        {{"\x80\x01", 2}, FIXTURE_NOW, CRL_UNSPECIFIED},
        {{"\x01\x00", 2}, FIXTURE_NOW - 7, CRL_HOLD},
        {{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 20},
            FIXTURE_NOW - 9, CRL_AA_COMPROMISE},
    };
    struct crl_writer *w = begun(0xfedcba9876543210u);
    struct buf der = {0};
    struct crl c;
    struct crl_entry e;
    for (size_t i = 0; i < countof(rows); i++)
        assert_int_equal(crl_add(w, rows[i].serial, rows[i].revoked_at, rows[i].reason, NULL), 0);
    assert_int_equal(crl_end(&w, &der, NULL), 0);
    assert_null(w);
    assert_int_equal(crl_parse(buf_str(&der), &c, NULL), 0);
    assert_true(c.number == 0xfedcba9876543210u);
    assert_true(str_eq(c.issuer, issuer_cert(fix.issuing)->subject));
    assert_true(str_eq(c.authority_id, issuer_cert(fix.issuing)->key_id));
    assert_true(crl_is_signed_by(&c, issuer_key(fix.issuing)));
    assert_false(crl_is_signed_by(&c, issuer_key(fix.root)));
    str rest = c.entries;
    for (size_t i = 0; i < countof(rows); i++) {
        assert_int_equal(crl_next(&rest, &e), 0);
        assert_true(str_eq(e.serial, rows[i].serial));
        assert_int_equal(e.revoked_at, rows[i].revoked_at);
        assert_int_equal(e.reason, rows[i].reason);
    }
    assert_int_equal(crl_next(&rest, &e), 1);
    assert_int_equal(crl_find(&c, STR("\x01\x00"), &e), 0);
    assert_int_equal(e.reason, CRL_HOLD);
    assert_int_equal(crl_find(&c, STR("\x01\x01"), &e), 1);
    buf_release(&der);
}

static void an_empty_list_has_no_list(void **state)
{
    (void)state;
    struct crl_writer *w = begun(1);
    struct buf der = {0};
    struct crl c;
    struct crl_entry e;
    assert_int_equal(crl_end(&w, &der, NULL), 0);
    assert_int_equal(crl_parse(buf_str(&der), &c, NULL), 0);
    assert_int_equal(c.entries.n, 0);
    assert_int_equal(crl_find(&c, STR("\x01"), &e), 1);
    buf_release(&der);
}

static void wrong_entries_are_refused(void **state)
{
    (void)state;
    struct crl_writer *w = begun(1), *none = NULL;
    struct err err = {0};
    char long_serial[21] = {1};
    assert_int_equal(crl_add(w, STR(""), FIXTURE_NOW, CRL_HOLD, &err), E_INVALID);
    assert_int_equal(crl_add(w, str_of("\0\0", 2), FIXTURE_NOW, CRL_HOLD, &err), E_INVALID);
    assert_int_equal(crl_add(w, str_of(long_serial, 21), FIXTURE_NOW, CRL_HOLD, &err), E_INVALID);
    assert_int_equal(crl_add(w, STR("a"), FIXTURE_NOW + 1, CRL_HOLD, &err), E_INVALID);
    assert_int_equal(crl_add(w, STR("a"), FIXTURE_NOW, (enum crl_reason)8, &err), E_INVALID);
    assert_int_equal(crl_add(w, STR("a"), FIXTURE_NOW, (enum crl_reason)7, &err), E_INVALID);
    assert_int_equal(crl_begin(fix.issuing, 1, FIXTURE_NOW, FIXTURE_NOW, &none, &err), E_INVALID);
    crl_cancel(w);
}

static void altered_lists(void **state)
{
    (void)state;
    struct crl_writer *w = begun(7);
    struct buf der = {0};
    struct crl c;
    assert_int_equal(crl_add(w, STR("abc"), FIXTURE_NOW, CRL_SUPERSEDED, NULL), 0);
    assert_int_equal(crl_end(&w, &der, NULL), 0);
    for (size_t i = 0; i < der.n; i++) {
        der.p[i] ^= 1;
        if (crl_parse(buf_str(&der), &c, NULL) == 0)
            assert_false(crl_is_signed_by(&c, issuer_key(fix.issuing)));
        der.p[i] ^= 1;
        assert_true(crl_parse(str_of(der.p, i), &c, NULL) < 0);
    }
    buf_append_byte(&der, 0);
    assert_int_equal(crl_parse(buf_str(&der), &c, NULL), E_PARSE);
    assert_int_equal(ERR_peek_error(), 0);
    buf_release(&der);
}

/* An empty list with these extensions instead. */
static void with_extensions(const struct crl *c, str exts, struct buf *out)
{
    CBB cbb, all, tbs, explicit, list;
    CBS in = der_cbs(c->tbs), content, rest;
    assert_true(CBS_get_asn1(&in, &content, CBS_ASN1_SEQUENCE));
    rest = content;
    for (int i = 0; i < 5; i++) /* version, algorithm, issuer, both dates */
        assert_true(CBS_get_any_asn1_element(&rest, NULL, NULL, NULL));
    buf_clear(out);
    der_init(&cbb, 512);
    der_open(&cbb, &all, CBS_ASN1_SEQUENCE);
    der_open(&all, &tbs, CBS_ASN1_SEQUENCE);
    der_raw(&tbs, str_of(CBS_data(&content), CBS_len(&content) - CBS_len(&rest)));
    der_open(&tbs, &explicit, DER_EXPLICIT(0));
    der_open(&explicit, &list, CBS_ASN1_SEQUENCE);
    der_raw(&list, exts);
    der_raw(&all, c->algorithm);
    der_bits(&all, c->signature);
    der_finish(&cbb, out);
}

static void extensions_are_read_strictly(void **state)
{
    (void)state;
#define NUMBER "\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01\x07"
#define AUTHORITY "\x30\x0c\x06\x03\x55\x1d\x23\x04\x05\x30\x03\x80\x01\x01"
    static const struct {
        str exts;
        int code;
    } rows[] = {
        {{NUMBER AUTHORITY, 26}, 0},
        {{NUMBER, 12}, E_PARSE},
        {{AUTHORITY, 14}, E_PARSE},
        {{NUMBER AUTHORITY NUMBER, 38}, E_PARSE},
        {{NUMBER AUTHORITY "\x30\x0a\x06\x03\x55\x1d\x1b\x04\x03\x02\x01\x01", 38},
            E_PARSE}, /* a delta */
        {{AUTHORITY "\x30\x0d\x06\x03\x55\x1d\x14\x01\x01\xff\x04\x03\x02\x01\x07", 29}, E_PARSE},
        {{AUTHORITY "\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01\xff", 26}, E_PARSE},
        {{"", 0}, E_PARSE},
    };
    struct crl_writer *w = begun(7);
    struct buf der = {0}, out = {0};
    struct crl good, c;
    assert_int_equal(crl_end(&w, &der, NULL), 0);
    assert_int_equal(crl_parse(buf_str(&der), &good, NULL), 0);
    for (size_t i = 0; i < countof(rows); i++) {
        with_extensions(&good, rows[i].exts, &out);
        assert_int_equal(crl_parse(buf_str(&out), &c, NULL), rows[i].code);
    }
    buf_release(&der);
    buf_release(&out);
}

/* Ten times the entries may take about ten times as long: nothing is quadratic. */
static uint64_t build(size_t count)
{
    struct crl_writer *w = begun(count);
    struct buf der = {0};
    struct crl c;
    struct crl_entry e;
    uint64_t from = clock_mono_ms();
    for (size_t i = 0; i < count; i++) {
        uint8_t serial[SERIAL_SIZE];
        serial_make(token_random, serial);
        codec_put_be64(serial + 8, i);
        if (crl_add(w, str_of(serial, sizeof(serial)), FIXTURE_NOW, CRL_SUPERSEDED, NULL))
            abort();
    }
    assert_int_equal(crl_end(&w, &der, NULL), 0);
    uint64_t took = clock_mono_ms() - from;
    assert_int_equal(crl_parse(buf_str(&der), &c, NULL), 0);
    size_t seen = 0;
    for (str rest = c.entries; crl_next(&rest, &e) == 0;)
        seen++;
    assert_int_equal(seen, count);
    buf_release(&der);
    return took;
}

static void a_million_entries(void **state)
{
    (void)state;
    size_t most = getenv("CERTHALL_LONG") ? 1000000 : 200000;
    uint64_t tenth = build(most / 10);
    uint64_t all = build(most);
    print_message("%zu entries in %u ms, a tenth in %u ms\n", most, (unsigned)all, (unsigned)tenth);
    assert_true(all < 40 * (tenth + 20));
    assert_true(all < 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_back),
        cmocka_unit_test(an_empty_list_has_no_list),
        cmocka_unit_test(wrong_entries_are_refused),
        cmocka_unit_test(altered_lists),
        cmocka_unit_test(extensions_are_read_strictly),
        cmocka_unit_test(a_million_entries),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
