// SPDX-License-Identifier: Apache-2.0
// name: distinguished names (X.501, RFC 5280 4.1.2.4), built from reviewed fields and from nothing
// else.
//
// A value that passes is the same text for everybody: valid UTF-8, no character that is invisible,
// turns the writing direction, or has a second spelling, no space that another program would drop.
// So every parser gives back exactly the bytes that were put in. Knows nothing of who may have
// which name.
#ifndef CORE_PKI_NAME_H
#define CORE_PKI_NAME_H

#include "core/base/buf.h"

/* Field, short name (RFC 4514, X.520), DER of its type, longest value in characters (RFC 5280
 * appendix A), how it is written. UTF8String but where X.520 fixes another: country names and
 * serial numbers are PrintableString, e-mail addresses and domain components IA5String. */
#define NAME_FIELDS(X)                                                                             \
    X(NAME_C, "C", "\x55\x04\x06", 2, PRINTABLE)                                                   \
    X(NAME_ST, "ST", "\x55\x04\x08", 128, UTF8)                                                    \
    X(NAME_L, "L", "\x55\x04\x07", 128, UTF8)                                                      \
    X(NAME_STREET, "street", "\x55\x04\x09", 128, UTF8)                                            \
    X(NAME_O, "O", "\x55\x04\x0a", 64, UTF8)                                                       \
    X(NAME_ORG_ID, "organizationIdentifier", "\x55\x04\x61", 64, UTF8)                             \
    X(NAME_OU, "OU", "\x55\x04\x0b", 64, UTF8)                                                     \
    X(NAME_TITLE, "title", "\x55\x04\x0c", 64, UTF8)                                               \
    X(NAME_SN, "SN", "\x55\x04\x04", 64, UTF8)                                                     \
    X(NAME_GIVEN, "givenName", "\x55\x04\x2a", 64, UTF8)                                           \
    X(NAME_CN, "CN", "\x55\x04\x03", 64, UTF8)                                                     \
    X(NAME_SERIAL, "serialNumber", "\x55\x04\x05", 64, PRINTABLE)                                  \
    X(NAME_EMAIL, "emailAddress", "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", 255, IA5)

enum name_field {
#define X(name, text, oid, max, how) name,
    NAME_FIELDS(X)
#undef X
        NAME_FIELD_COUNT
};

enum { NAME_PARTS_MAX = 16, NAME_DER_MAX = 4096, NAME_OU_MAX = 4 };

struct name_part {
    enum name_field field;
    str value;
};

/* In the order of the encoding: the country first, as is the custom here. */
struct name {
    struct name_part parts[NAME_PARTS_MAX];
    size_t count;
};

/* Whether one value may stand in one field. E_INVALID or E_TOO_BIG with a sentence that names field
 * and character. */
must_use int name_check(enum name_field field, str value, struct err *err);
/* Appends one field; the value is borrowed as long as the name is used. Checks it; a field may
 * stand once, organisational units NAME_OU_MAX times. */
must_use int name_add(struct name *n, enum name_field field, str value, struct err *err);
/* Whether the field stands in the name. */
bool name_has(const struct name *n, enum name_field field);
/* The value of the first such field, or the empty str. Borrowed as the name's. */
str name_get(const struct name *n, enum name_field field);
/* Whether both have the same fields and values in the same order. */
bool name_eq(const struct name *a, const struct name *b);

/* Appends the DER. E_INVALID for a name without fields. */
must_use int name_put(const struct name *n, struct buf *out, struct err *err);
/* Reads DER that name_put wrote; anything else is refused, so that name_put gives the same bytes
 * again. The values are borrowed from `der`. */
must_use int name_parse(str der, struct name *out, struct err *err);
/* Whether the bytes are any Name at all (a request's or another CA's): well-formed, bounded. */
bool name_is_wellformed(str der);

/* Appends the name as RFC 4514 text, last field first: "CN=…,O=…,C=CN". */
void name_print(const struct name *n, struct buf *out);
/* "CN". Static. */
const char *name_field_text(enum name_field field);
/* The reverse; 1 when there is no such field. */
int name_field_of(str text, enum name_field *out);

#endif
