// SPDX-License-Identifier: Apache-2.0
// profile: the table of profiles.
#include "core/pki/profile.h"

#define FIELD(x) (1u << (NAME_##x))
#define BOTH_KINDS (1u << PK_P256 | 1u << PK_RSA)

enum {
    YEAR_DAYS = 366,
    CA_FIELDS = FIELD(C) | FIELD(ST) | FIELD(L) | FIELD(O) | FIELD(OU) | FIELD(CN),
    UNIT_FIELDS = CA_FIELDS | FIELD(STREET) | FIELD(ORG_ID) | FIELD(SERIAL),
    PERSON_FIELDS = UNIT_FIELDS | FIELD(SN) | FIELD(GIVEN) | FIELD(TITLE),
    ALL_NUMBERS = (1 << NUMBER_COUNT) - 1,
    ENCIPHER = USE_ENCIPHER_KEY | USE_ENCIPHER_DATA | USE_AGREE,
    COMMIT = USE_SIGN | USE_COMMIT,
    FOR_PEOPLE = FOR_CLIENT | FOR_EMAIL | FOR_DOCUMENT
};

/* A certificate for a unit or a person runs at most five years (the longest that is sold) and what
 * is left of the one that it renews, up to ninety days. */
#define HOLDER(name, usage, purposes, allowed, must, figures)                                      \
    {                                                                                              \
        .id = name, .path_length = PATH_NONE, .kinds = BOTH_KINDS, .key_usage = usage,             \
        .ext_key_usage = purposes, .days_max = 5 * YEAR_DAYS + 91, .fields = allowed,              \
        .required = must, .numbers = figures, .mail = true, .located = true                        \
    }

static const struct profile PROFILES[] = {
    {.id = "root",
        .ca = true,
        .path_length = PATH_NONE,
        .kinds = BOTH_KINDS,
        .key_usage = USE_CERTS | USE_CRLS,
        .days_max = 30 * YEAR_DAYS,
        .fields = CA_FIELDS,
        .required = FIELD(C) | FIELD(O) | FIELD(CN)},
    {.id = "issuing",
        .ca = true,
        .path_length = 0,
        .kinds = BOTH_KINDS,
        .key_usage = USE_CERTS | USE_CRLS,
        .days_max = 15 * YEAR_DAYS,
        .fields = CA_FIELDS,
        .required = FIELD(C) | FIELD(O) | FIELD(CN),
        .located = true},
    {.id = "ocsp",
        .path_length = PATH_NONE,
        .kinds = BOTH_KINDS,
        .key_usage = USE_SIGN,
        .ext_key_usage = FOR_OCSP,
        .days_max = 100,
        .fields = CA_FIELDS,
        .required = FIELD(C) | FIELD(O) | FIELD(CN),
        .nocheck = true},
    HOLDER(
        "unit_sign", COMMIT, FOR_PEOPLE, UNIT_FIELDS, FIELD(C) | FIELD(O) | FIELD(CN), ALL_NUMBERS),
    HOLDER("unit_encrypt", ENCIPHER, 0, UNIT_FIELDS, FIELD(C) | FIELD(O) | FIELD(CN), ALL_NUMBERS),
    HOLDER("unit_both", COMMIT | ENCIPHER, FOR_PEOPLE, UNIT_FIELDS, FIELD(C) | FIELD(O) | FIELD(CN),
        ALL_NUMBERS),
    HOLDER("person_sign", COMMIT, FOR_PEOPLE, PERSON_FIELDS, FIELD(C) | FIELD(CN), 0),
    HOLDER("person_encrypt", ENCIPHER, 0, PERSON_FIELDS, FIELD(C) | FIELD(CN), 0),
    HOLDER("person_both", COMMIT | ENCIPHER, FOR_PEOPLE, PERSON_FIELDS, FIELD(C) | FIELD(CN), 0),
};

const struct profile *profile_find(str id)
{
    for (size_t i = 0; i < countof(PROFILES); i++)
        if (str_eq(str_from(PROFILES[i].id), id))
            return &PROFILES[i];
    return NULL;
}

const struct profile *profile_at(size_t i)
{
    return i < countof(PROFILES) ? &PROFILES[i] : NULL;
}

unsigned profile_usage(const struct profile *p, enum pk_kind kind)
{
    unsigned cannot = kind == PK_RSA ? USE_AGREE : USE_ENCIPHER_KEY | USE_ENCIPHER_DATA;
    return p->key_usage & ~cannot;
}

/* Takes the wish's set if there is one; it must be part of the profile's. */
static int narrow_set(unsigned *set, unsigned wish, const char *what, struct err *err)
{
    if (wish & ~*set)
        return err_set(err, E_DENIED, "the template asks for more %s than the profile has", what);
    if (wish)
        *set = wish;
    return 0;
}

/* A key that can do nothing would make a certificate without key usage. */
static int check_usable(const struct profile *p, struct err *err)
{
    for (unsigned kind = PK_P256; kind <= PK_RSA; kind++)
        if (p->kinds >> kind & 1 && !profile_usage(p, (enum pk_kind)kind))
            return err_set(err, E_INVALID, "the template leaves no key usage for %s keys",
                pk_kind_name((enum pk_kind)kind));
    return 0;
}

static int narrow_rest(struct profile *p, const struct profile_wish *wish, struct err *err)
{
    if (wish->days_max > p->days_max)
        return err_set(err, E_DENIED, "the template asks for %u days; the profile allows %u",
            wish->days_max, p->days_max);
    if (wish->days_max)
        p->days_max = wish->days_max;
    p->required |= wish->required;
    p->mail = p->mail && !wish->no_mail;
    if (p->required & ~p->fields)
        return err_set(err, E_DENIED, "the template requires a field that may not stand");
    return check_usable(p, err);
}

int profile_narrow(const struct profile *base, const struct profile_wish *wish, struct profile *out,
    struct err *err)
{
    struct profile p = *base;
    int rc = narrow_set(&p.kinds, wish->kinds, "kinds of keys", err);
    if (!rc)
        rc = narrow_set(&p.key_usage, wish->key_usage, "key usages", err);
    if (!rc)
        rc = narrow_set(&p.ext_key_usage, wish->ext_key_usage, "extended key usages", err);
    if (!rc)
        rc = narrow_set(&p.fields, wish->fields, "subject fields", err);
    if (!rc)
        rc = narrow_set(&p.numbers, wish->numbers, "numbers of organisations", err);
    if (!rc)
        rc = narrow_rest(&p, wish, err);
    if (!rc)
        *out = p;
    return rc;
}

int profile_check_name(const struct profile *p, const struct name *n, struct err *err)
{
    unsigned stands = 0;
    for (size_t i = 0; i < n->count; i++)
        stands |= 1u << n->parts[i].field;
    for (unsigned f = 0; f < NAME_FIELD_COUNT; f++) {
        const char *text = name_field_text((enum name_field)f);
        if (p->required >> f & 1 && !(stands >> f & 1))
            return err_set(err, E_INVALID, "the subject lacks %s", text);
        if (stands >> f & 1 && !(p->fields >> f & 1))
            return err_set(err, E_INVALID, "the subject of %s may not hold %s", p->id, text);
    }
    return 0;
}
