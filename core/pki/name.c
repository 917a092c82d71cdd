// SPDX-License-Identifier: Apache-2.0
// name: distinguished names.
#include "core/pki/name.h"

#include "core/base/codec.h"
#include "core/pki/der.h"
#include "core/pki/name_chars.h"

enum how { UTF8, PRINTABLE, IA5 };

static const struct field {
    const char *text;
    str oid;
    size_t max;
    enum how how;
} FIELDS[] = {
#define X(name, text, oid, max, how) [name] = {text, {oid, sizeof(oid) - 1}, max, how},
    NAME_FIELDS(X)
#undef X
};

static const CBS_ASN1_TAG TAGS[] = {[UTF8] = CBS_ASN1_UTF8STRING,
    [PRINTABLE] = CBS_ASN1_PRINTABLESTRING,
    [IA5] = CBS_ASN1_IA5STRING};

static int check_char(const struct field *f, uint32_t c, size_t position, struct err *err)
{
    const char *why = name_char_refused(c);
    if (why)
        return err_set(err, E_INVALID, "character %zu of %s (U+%04X) is %s", position, f->text,
            (unsigned)c, why);
    if (f->how == PRINTABLE && !name_char_is_printable(c))
        return err_set(err, E_INVALID,
            "character %zu of %s (U+%04X) is not a plain letter, digit or sign", position, f->text,
            (unsigned)c);
    if (f->how == IA5 && (c <= ' ' || c > '~'))
        return err_set(err, E_INVALID, "character %zu of %s (U+%04X) is not in ASCII", position,
            f->text, (unsigned)c);
    return 0;
}

static int check_chars(const struct field *f, str value, struct err *err)
{
    size_t at = 0, count = 0;
    for (int32_t c; (c = codec_utf8_next(value, &at)) != -1;) {
        if (c < 0)
            return err_set(err, E_INVALID, "%s is not UTF-8 at byte %zu", f->text, at);
        int rc = check_char(f, (uint32_t)c, ++count, err);
        if (rc)
            return rc;
    }
    if (count > f->max)
        return err_set(
            err, E_TOO_BIG, "%s has %zu characters; %zu are allowed", f->text, count, f->max);
    return 0;
}

/* RFC 4518 makes programs drop such spaces when they compare names. */
static int check_spaces(const struct field *f, str value, struct err *err)
{
    if (value.p[0] == ' ' || value.p[value.n - 1] == ' ')
        return err_set(err, E_INVALID, "%s begins or ends with a space", f->text);
    if (str_find(value, STR("  ")) >= 0)
        return err_set(err, E_INVALID, "%s holds two spaces in a row", f->text);
    return 0;
}

static int check_special(enum name_field field, str value, struct err *err)
{
    bool upper = value.n == 2 && value.p[0] >= 'A' && value.p[0] <= 'Z' && value.p[1] >= 'A' &&
                 value.p[1] <= 'Z';
    if (field == NAME_C && !upper)
        return err_set(err, E_INVALID, "C is two upper-case letters (ISO 3166), as in CN");
    ptrdiff_t at = str_index(value, '@');
    if (field == NAME_EMAIL && (at < 1 || at > 64 || (size_t)at + 1 >= value.n ||
                                   str_index(str_slice(value, (size_t)at + 1, value.n), '@') >= 0))
        return err_set(err, E_INVALID, "emailAddress is not of the form name@host");
    return 0;
}

int name_check(enum name_field field, str value, struct err *err)
{
    const struct field *f = &FIELDS[field];
    if (!value.n)
        return err_set(err, E_INVALID, "%s is empty", f->text);
    if (value.n > f->max * 4)
        return err_set(err, E_TOO_BIG, "%s has %zu bytes; %zu characters are allowed", f->text,
            value.n, f->max);
    int rc = check_chars(f, value, err);
    if (!rc)
        rc = check_spaces(f, value, err);
    return rc ? rc : check_special(field, value, err);
}

static size_t count_of(const struct name *n, enum name_field field)
{
    size_t count = 0;
    for (size_t i = 0; i < n->count; i++)
        count += n->parts[i].field == field;
    return count;
}

int name_add(struct name *n, enum name_field field, str value, struct err *err)
{
    int rc = name_check(field, value, err);
    if (rc)
        return rc;
    if (n->count == NAME_PARTS_MAX)
        return err_set(err, E_TOO_BIG, "a name has at most %d fields", NAME_PARTS_MAX);
    if (count_of(n, field) >= (field == NAME_OU ? NAME_OU_MAX : 1))
        return err_set(err, E_INVALID, "%s stands in the name too often", FIELDS[field].text);
    n->parts[n->count++] = (struct name_part){field, value};
    return 0;
}

bool name_has(const struct name *n, enum name_field field)
{
    return count_of(n, field) > 0;
}

str name_get(const struct name *n, enum name_field field)
{
    for (size_t i = 0; i < n->count; i++)
        if (n->parts[i].field == field)
            return n->parts[i].value;
    return STR("");
}

bool name_eq(const struct name *a, const struct name *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->parts[i].field != b->parts[i].field || !str_eq(a->parts[i].value, b->parts[i].value))
            return false;
    return true;
}

static void put_part(CBB *to, const struct name_part *part)
{
    CBB set, pair;
    const struct field *f = &FIELDS[part->field];
    der_open(to, &set, CBS_ASN1_SET);
    der_open(&set, &pair, CBS_ASN1_SEQUENCE);
    der_oid(&pair, f->oid);
    der_element(&pair, TAGS[f->how], part->value);
    der_close(to);
}

int name_put(const struct name *n, struct buf *out, struct err *err)
{
    CBB cbb, all;
    if (!n->count)
        return err_set(err, E_INVALID, "the name has no fields");
    der_init(&cbb, 256);
    der_open(&cbb, &all, CBS_ASN1_SEQUENCE);
    for (size_t i = 0; i < n->count; i++)
        put_part(&all, &n->parts[i]);
    der_finish(&cbb, out);
    return 0;
}

static bool field_of_oid(str oid, enum name_field *out)
{
    for (size_t i = 0; i < countof(FIELDS); i++)
        if (str_eq(FIELDS[i].oid, oid)) {
            *out = (enum name_field)i;
            return true;
        }
    return false;
}

static bool get_part(CBS *from, struct name_part *out)
{
    CBS set, pair, value;
    str oid;
    if (!CBS_get_asn1(from, &set, CBS_ASN1_SET) || !CBS_get_asn1(&set, &pair, CBS_ASN1_SEQUENCE) ||
        CBS_len(&set) || !der_get_oid(&pair, &oid) || !field_of_oid(oid, &out->field) ||
        !CBS_get_asn1(&pair, &value, TAGS[FIELDS[out->field].how]) || CBS_len(&pair))
        return false;
    out->value = der_str(&value);
    return true;
}

int name_parse(str der, struct name *out, struct err *err)
{
    CBS in = der_cbs(der), all;
    *out = (struct name){0};
    if (der.n > NAME_DER_MAX)
        return err_set(err, E_TOO_BIG, "the name has more than %d bytes", NAME_DER_MAX);
    if (!CBS_get_asn1(&in, &all, CBS_ASN1_SEQUENCE) || CBS_len(&in) || !CBS_len(&all))
        return err_set(err, E_PARSE, "the name is damaged or empty");
    while (CBS_len(&all)) {
        struct name_part part;
        if (!get_part(&all, &part))
            return err_set(err, E_PARSE,
                "field %zu of the name is damaged, or of a kind that is "
                "not used here",
                out->count + 1);
        int rc = name_add(out, part.field, part.value, err);
        if (rc)
            return rc;
    }
    return 0;
}

static bool is_attribute(CBS *set)
{
    CBS pair, value;
    CBS_ASN1_TAG tag;
    str oid;
    return CBS_get_asn1(set, &pair, CBS_ASN1_SEQUENCE) && der_get_oid(&pair, &oid) &&
           CBS_get_any_asn1(&pair, &value, &tag) && !CBS_len(&pair);
}

bool name_is_wellformed(str der)
{
    CBS in = der_cbs(der), all, set;
    if (der.n > NAME_DER_MAX || !CBS_get_asn1(&in, &all, CBS_ASN1_SEQUENCE) || CBS_len(&in))
        return false;
    while (CBS_len(&all)) {
        if (!CBS_get_asn1(&all, &set, CBS_ASN1_SET) || !CBS_len(&set))
            return false;
        while (CBS_len(&set))
            if (!is_attribute(&set))
                return false;
    }
    return true;
}

static void print_value(str value, struct buf *out)
{
    for (size_t i = 0; i < value.n; i++) {
        if (str_index(STR(",+\"\\<>;"), value.p[i]) >= 0 || (i == 0 && value.p[i] == '#'))
            buf_append_byte(out, '\\');
        buf_append_byte(out, value.p[i]);
    }
}

void name_print(const struct name *n, struct buf *out)
{
    for (size_t i = n->count; i--;) {
        buf_append(out, str_from(FIELDS[n->parts[i].field].text));
        buf_append_byte(out, '=');
        print_value(n->parts[i].value, out);
        if (i)
            buf_append_byte(out, ',');
    }
}

const char *name_field_text(enum name_field field)
{
    return FIELDS[field].text;
}

int name_field_of(str text, enum name_field *out)
{
    for (size_t i = 0; i < countof(FIELDS); i++)
        if (str_eq(str_from(FIELDS[i].text), text)) {
            *out = (enum name_field)i;
            return 0;
        }
    return 1;
}
