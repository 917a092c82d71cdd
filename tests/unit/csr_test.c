// SPDX-License-Identifier: Apache-2.0
// Tests of csr: requests made and read back, every byte altered, each limit crossed once.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/err.h>

#include "core/crypto/pem.h"
#include "core/pki/csr.h"
#include "core/pki/der.h"
#include "core/pki/name.h"

/* What a hostile sender writes: each part can be replaced. */
struct recipe {
    str version;    /* INTEGER as a whole */
    str subject;    /* Name as a whole */
    str spki;       /* as a whole */
    str attributes; /* [0] as a whole */
    str algorithm;  /* as a whole */
    str behind;     /* after the signature, inside */
};

static struct pk *key_p256(void)
{
    struct pk *k = NULL;
    assert_int_equal(pk_generate(PK_P256, &k), 0);
    return k;
}

static const str SUBJECT = {"\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x61", 14};

static void cook(const struct recipe *r, const struct pk *signer, struct buf *out)
{
    CBB cbb, info, all;
    struct buf body = {0}, signature = {0};
    der_init(&cbb, 512);
    der_open(&cbb, &info, CBS_ASN1_SEQUENCE);
    der_raw(&info, r->version);
    der_raw(&info, r->subject);
    der_raw(&info, r->spki);
    der_raw(&info, r->attributes);
    der_finish(&cbb, &body);
    assert_int_equal(pk_sign(signer, buf_str(&body), &signature), 0);
    der_init(&cbb, 512);
    der_open(&cbb, &all, CBS_ASN1_SEQUENCE);
    der_raw(&all, buf_str(&body));
    der_raw(&all, r->algorithm);
    der_bits(&all, buf_str(&signature));
    der_raw(&all, r->behind);
    buf_clear(out);
    der_finish(&cbb, out);
    buf_release(&body);
    buf_release(&signature);
}

static void reads(str input, int code, const char *where)
{
    struct arena a = {0};
    struct csr csr;
    struct err err = {0};
    assert_int_equal(csr_parse(input, &a, &csr, &err), code);
    assert_string_equal(err.where, where);
    assert_int_equal(ERR_peek_error(), 0);
    arena_release(&a);
}

static void made_requests_are_read(void **state)
{
    (void)state;
    const enum pk_kind kinds[] = {PK_P256, PK_RSA};
    for (size_t i = 0; i < countof(kinds); i++) {
        struct arena a = {0};
        struct csr csr;
        struct pk *key = NULL;
        struct buf der = {0}, pem = {0};
        uint8_t id[PK_ID_SIZE];
        assert_int_equal(pk_generate(kinds[i], &key), 0);
        assert_int_equal(csr_make(key, SUBJECT, &der, NULL), 0);
        buf_append(&pem, STR("made by a tool\n"));
        pem_put(STR("NEW CERTIFICATE REQUEST"), buf_str(&der), &pem);
        assert_int_equal(csr_parse(buf_str(&der), &a, &csr, NULL), 0);
        assert_int_equal(csr_parse(buf_str(&pem), &a, &csr, NULL), 0);
        pk_id(key, id);
        assert_memory_equal(id, csr.key_id, PK_ID_SIZE);
        assert_true(pk_is_same(key, csr.key) && str_eq(csr.subject, SUBJECT));
        arena_release(&a);
        buf_release(&der);
        buf_release(&pem);
        pk_free(key);
    }
}

static void every_altered_byte_is_seen(void **state)
{
    (void)state;
    struct pk *key = key_p256();
    struct buf der = {0};
    assert_int_equal(csr_make(key, SUBJECT, &der, NULL), 0);
    for (size_t i = 0; i < der.n; i++) {
        struct arena a = {0};
        struct csr csr;
        der.p[i] ^= 0x01;
        assert_true(csr_parse(buf_str(&der), &a, &csr, NULL) < 0);
        der.p[i] ^= 0x01;
        assert_true(csr_parse(str_of(der.p, i), &a, &csr, NULL) < 0);
        arena_release(&a);
    }
    buf_append_byte(&der, 0);
    reads(buf_str(&der), E_PARSE, "csr.trailing");
    buf_release(&der);
    pk_free(key);
}

static void recipes(struct recipe good, const struct pk *key, struct buf *der)
{
    static const char p256[] = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
    static const char no_key[82] = "\x30\x50";
    str sha384 = STR("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03");
    str null = STR("\x30\x0c\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x05\x00");
    const struct {
        struct recipe r;
        int code;
        const char *where;
    } rows[] = {
        {{STR("\x02\x01\x01"), good.subject, good.spki, good.attributes, good.algorithm, STR("")},
            E_UNSUPPORTED, "csr.version"},
        {{STR(""), good.subject, good.spki, good.attributes, good.algorithm, STR("")}, E_PARSE,
            "csr.damaged"},
        {{good.version, STR("\x30\x02\x31\x00"), good.spki, good.attributes, good.algorithm,
             STR("")},
            E_PARSE, "csr.subject"},
        {{good.version, good.subject, str_of(no_key, sizeof(no_key)), good.attributes,
             good.algorithm, STR("")},
            E_PARSE, "csr.key"},
        {{good.version, good.subject, good.spki, STR(""), good.algorithm, STR("")}, E_PARSE,
            "csr.attributes"},
        {{good.version, good.subject, good.spki, STR("\xa0\x02\x30\x00"), good.algorithm, STR("")},
            E_PARSE, "csr.attributes"},
        {{good.version, good.subject, good.spki, STR("\xa0\x00\x05\x00"), good.algorithm, STR("")},
            E_PARSE, "csr.attributes"},
        {{good.version, good.subject, good.spki, good.attributes, sha384, STR("")}, E_UNSUPPORTED,
            "csr.algorithm"},
        {{good.version, good.subject, good.spki, good.attributes, null, STR("")}, E_UNSUPPORTED,
            "csr.algorithm"},
        {{good.version, good.subject, good.spki, good.attributes, good.algorithm, STR("\x05\x00")},
            E_PARSE, "csr.damaged"},
        {{good.version, good.subject, good.spki, good.attributes, str_of(p256, 12), STR("")}, 0,
            ""},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        cook(&rows[i].r, key, der);
        reads(buf_str(der), rows[i].code, rows[i].where);
    }
}

static void each_part_is_checked(void **state)
{
    (void)state;
    struct pk *key = key_p256(), *other = key_p256();
    struct buf spki = {0}, der = {0};
    pk_put_spki(key, &spki);
    const struct recipe good = {.version = STR("\x02\x01\x00"),
        .subject = SUBJECT,
        .spki = buf_str(&spki),
        .attributes = STR("\xa0\x00"),
        .algorithm = pk_signature_algorithm(PK_P256)};
    recipes(good, key, &der);
    cook(&good, other, &der); /* a request for somebody else's key */
    reads(buf_str(&der), E_INVALID, "csr.signature");
    buf_release(&spki);
    buf_release(&der);
    pk_free(key);
    pk_free(other);
}

static void other_files_are_named(void **state)
{
    (void)state;
    struct pk *key = key_p256();
    struct buf text = {0}, big = {0};
    assert_int_equal(pk_put_pem(key, STR(""), &text), 0);
    reads(buf_str(&text), E_INVALID, "csr.wrong_label");
    reads(STR(""), E_PARSE, "csr.not_pem");
    reads(STR("PK\x03\x04"), E_PARSE, "csr.not_pem");
    while (big.n <= CSR_TEXT_MAX)
        buf_append(&big, STR("0123456789"));
    reads(buf_str(&big), E_TOO_BIG, "csr.too_big");
    big.p[0] = 0x30;
    big.p[1] = (char)0x82;
    reads(str_of(big.p, CSR_DER_MAX + 1), E_TOO_BIG, "csr.too_big");
    buf_release(&text);
    buf_release(&big);
    pk_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_requests_are_read),
        cmocka_unit_test(every_altered_byte_is_seen),
        cmocka_unit_test(each_part_is_checked),
        cmocka_unit_test(other_files_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
