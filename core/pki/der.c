// SPDX-License-Identifier: Apache-2.0
// der: shapes over CBB and CBS.
#include "core/pki/der.h"

#include <openssl/mem.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/clock.h"

void der_init(CBB *cbb, size_t guess)
{
    if (!CBB_init(cbb, guess))
        abort(); /* memory is gone */
}

void der_finish(CBB *cbb, struct buf *out)
{
    uint8_t *bytes;
    size_t n;
    if (!CBB_finish(cbb, &bytes, &n))
        abort(); /* memory is gone, or a bug of ours */
    buf_append(out, str_of(bytes, n));
    OPENSSL_free(bytes);
}

void der_open(CBB *parent, CBB *child, CBS_ASN1_TAG tag)
{
    CBB_zero(child);
    if (!CBB_add_asn1(parent, child, tag))
        abort();
}

void der_close(CBB *parent)
{
    if (!CBB_flush(parent))
        abort();
}

void der_raw(CBB *to, str der)
{
    if (!CBB_add_bytes(to, (const uint8_t *)der.p, der.n))
        abort();
}

void der_element(CBB *to, CBS_ASN1_TAG tag, str content)
{
    CBB child;
    der_open(to, &child, tag);
    der_raw(&child, content);
    der_close(to);
}

void der_oid(CBB *to, str oid)
{
    der_element(to, CBS_ASN1_OBJECT, oid);
}

void der_unsigned(CBB *to, str big_endian)
{
    CBB child;
    while (big_endian.n > 1 && big_endian.p[0] == 0)
        big_endian = str_slice(big_endian, 1, big_endian.n);
    der_open(to, &child, CBS_ASN1_INTEGER);
    if (!big_endian.n || ((uint8_t)big_endian.p[0] & 0x80))
        der_raw(&child, str_of("", 1));
    der_raw(&child, big_endian);
    der_close(to);
}

void der_bits(CBB *to, str bytes)
{
    CBB child;
    der_open(to, &child, CBS_ASN1_BITSTRING);
    der_raw(&child, str_of("", 1));
    der_raw(&child, bytes);
    der_close(to);
}

void der_flags(CBB *to, unsigned flags)
{
    uint8_t bytes[3] = {0};
    unsigned count = 0;
    for (unsigned i = 0; i < 16; i++)
        if (flags >> i & 1) {
            bytes[1 + i / 8] |= (uint8_t)(0x80 >> i % 8);
            count = i + 1;
        }
    bytes[0] = (uint8_t)((8 - count % 8) % 8);
    der_element(to, CBS_ASN1_BITSTRING, str_of(bytes, 1 + (count + 7) / 8));
}

static void put_time(CBB *to, CBS_ASN1_TAG tag, int64_t seconds)
{
    char text[64];
    struct civil c = clock_civil(seconds * 1000, 0);
    int n = snprintf(text, sizeof(text), "%04d%02d%02d%02d%02d%02dZ", c.year, c.month, c.day,
        c.hour, c.minute, c.second);
    str all = str_of(text, (size_t)n);
    der_element(to, tag, tag == CBS_ASN1_UTCTIME ? str_slice(all, 2, all.n) : all);
}

void der_time(CBB *to, int64_t seconds)
{
    put_time(to, seconds < DER_TIME_2050 ? CBS_ASN1_UTCTIME : CBS_ASN1_GENERALIZEDTIME, seconds);
}

void der_generalized(CBB *to, int64_t seconds)
{
    put_time(to, CBS_ASN1_GENERALIZEDTIME, seconds);
}

str der_str(const CBS *cbs)
{
    return str_of(CBS_data(cbs), CBS_len(cbs));
}

CBS der_cbs(str s)
{
    CBS cbs;
    CBS_init(&cbs, (const uint8_t *)s.p, s.n);
    return cbs;
}

bool der_is_unsigned(const CBS *integer)
{
    int negative = 0;
    return CBS_is_valid_asn1_integer(integer, &negative) && !negative;
}

bool der_get_whole(CBS *from, str *out, CBS_ASN1_TAG tag)
{
    CBS element;
    if (!CBS_get_asn1_element(from, &element, tag))
        return false;
    *out = der_str(&element);
    return true;
}

static int64_t seconds_of(const struct tm *t)
{
    const struct civil c = {
        t->tm_year + 1900, t->tm_mon + 1, t->tm_mday, t->tm_hour, t->tm_min, t->tm_sec, 0};
    return clock_from_civil(&c, 0) / 1000;
}

bool der_get_generalized(CBS *from, int64_t *seconds)
{
    CBS text;
    struct tm t = {0};
    if (!CBS_get_asn1(from, &text, CBS_ASN1_GENERALIZEDTIME) ||
        !CBS_parse_generalized_time(&text, &t, 0))
        return false;
    *seconds = seconds_of(&t);
    return *seconds >= DER_TIME_MIN && *seconds <= DER_TIME_MAX;
}

bool der_get_time(CBS *from, int64_t *seconds)
{
    CBS text;
    struct tm t = {0};
    if (!CBS_peek_asn1_tag(from, CBS_ASN1_UTCTIME))
        return der_get_generalized(from, seconds) && *seconds >= DER_TIME_2050;
    if (!CBS_get_asn1(from, &text, CBS_ASN1_UTCTIME) || !CBS_parse_utc_time(&text, &t, 0))
        return false;
    *seconds = seconds_of(&t);
    return true;
}

bool der_get_flags(CBS *from, unsigned *flags)
{
    CBS bits;
    if (!CBS_get_asn1(from, &bits, CBS_ASN1_BITSTRING) || !CBS_is_valid_asn1_bitstring(&bits) ||
        CBS_len(&bits) > 3)
        return false;
    const uint8_t *p = CBS_data(&bits);
    size_t n = CBS_len(&bits);
    *flags = 0;
    for (unsigned i = 0; i < 16; i++)
        if (CBS_asn1_bitstring_has_bit(&bits, i))
            *flags |= 1u << i;
    return n == 1 ? p[0] == 0 : (p[n - 1] >> p[0] & 1) != 0;
}

bool der_get_default_false(CBS *from, bool *value)
{
    int v = 0;
    *value = CBS_peek_asn1_tag(from, CBS_ASN1_BOOLEAN);
    return !*value || (CBS_get_asn1_bool(from, &v) && v);
}

bool der_get_oid(CBS *from, str *oid)
{
    CBS content;
    if (!CBS_get_asn1(from, &content, CBS_ASN1_OBJECT) || !CBS_is_valid_asn1_oid(&content))
        return false;
    *oid = der_str(&content);
    return true;
}

bool der_get_bits(CBS *from, str *bytes)
{
    CBS content;
    uint8_t unused;
    if (!CBS_get_asn1(from, &content, CBS_ASN1_BITSTRING) || !CBS_get_u8(&content, &unused) ||
        unused)
        return false;
    *bytes = der_str(&content);
    return true;
}
