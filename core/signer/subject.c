// SPDX-License-Identifier: Apache-2.0
// subject: a JSON object into a name.
#include "core/signer/subject.h"

#include "core/base/json.h"

static const char *const number_names[NUMBER_COUNT] = {
    [NUMBER_REGISTRY] = "registry", [NUMBER_ORGANISATION] = "organisation", [NUMBER_TAX] = "tax"};

static int add_field(
    struct subject *s, enum name_field field, const struct json *v, struct err *err)
{
    struct json_iter it;
    if (json_is_str(v))
        return name_add(&s->name, field, json_str(v), err);
    if (field != NAME_OU || json_type(v) != JSON_ARRAY || !json_count(v))
        return err_set(err, E_INVALID, "%s of the subject is no text", name_field_text(field));
    json_iter_init(&it, v);
    while (json_iter_next(&it)) {
        int rc = name_add(&s->name, field, json_str(it.value), err);
        if (rc)
            return rc;
    }
    return 0;
}

/* 1 when the member is none of the extensions'. */
static int read_extra(struct subject *s, str name, str value)
{
    if (str_eq(name, STR("mail"))) {
        s->mail = value;
        return 0;
    }
    for (unsigned i = 0; i < NUMBER_COUNT; i++)
        if (str_eq(name, str_from(number_names[i]))) {
            s->numbers[i] = value;
            return 0;
        }
    return 1;
}

static int check_members(struct subject *s, const struct json *root, struct err *err)
{
    struct json_iter it;
    enum name_field field;
    json_iter_init(&it, root);
    while (json_iter_next(&it)) {
        if (name_field_of(it.name, &field) == 0)
            continue;
        if (!json_str(it.value).n || read_extra(s, it.name, json_str(it.value)))
            return err_set(err, E_INVALID, "the subject's member \"%.*s\" is unknown or empty",
                STR_ARG(it.name));
    }
    return 0;
}

int subject_read(str json, struct arena *arena, struct subject *out, struct err *err)
{
    const struct json *root;
    *out = (struct subject){0};
    if (json_parse(json, 3, arena, &root, NULL) || json_type(root) != JSON_OBJECT)
        return err_set(err, E_INVALID, "the subject is no JSON object");
    int rc = check_members(out, root, err);
    for (unsigned f = 0; !rc && f < NAME_FIELD_COUNT; f++) {
        const struct json *v = json_get(root, str_from(name_field_text((enum name_field)f)));
        if (v)
            rc = add_field(out, (enum name_field)f, v, err);
    }
    return rc;
}
