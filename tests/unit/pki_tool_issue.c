// SPDX-License-Identifier: Apache-2.0
// pki_tool_issue: the commands that issue certificates.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/codec.h"
#include "core/crypto/token.h"
#include "core/pki/csr.h"
#include "tests/unit/pki_tool.h"

/* "FIELD=VALUE" into name or order. */
static int apply(const char *arg, struct name *n, struct cert_order *o, struct err *err)
{
    str value = str_from(arg);
    str key = str_cut(&value, '=');
    enum name_field field;
    if (str_eq(key, STR("mail")))
        o->mail = value;
    else if (str_eq(key, STR("org")))
        o->numbers[NUMBER_ORGANISATION] = value;
    else if (str_eq(key, STR("years")))
        o->not_after = cert_years_later(o->not_before, atoi(value.p));
    else if (name_field_of(key, &field) == 0)
        return name_add(n, field, value, err);
    else
        tool_die("an unknown field");
    return 0;
}

int tool_do_issue(char **args)
{
    struct issuer *by = tool_issuer(args[0], "issuing");
    struct buf file = {0}, der = {0};
    struct arena a = {0};
    struct csr csr;
    struct err err = {0};
    struct name n = {0};
    tool_load(args[1], &file);
    int rc = csr_parse(buf_str(&file), &a, &csr, &err);
    struct cert_order o = {.profile = profile_find(str_from(args[3])),
        .subject = &n,
        .key = csr.key,
        .not_before = tool_now(),
        .not_after = cert_years_later(tool_now(), 1)};
    if (!o.profile)
        tool_die("no such profile");
    serial_make(token_random, o.serial);
    for (char **arg = args + 4; *arg && !rc; arg++)
        rc = apply(*arg, &n, &o, &err);
    (void)tool_say(rc, &err);
    if (!rc)
        rc = tool_issue(by, &o, &der);
    if (!rc) {
        tool_save_pem("", args[2], "CERTIFICATE", buf_str(&der));
        puts("ok");
    }
    arena_release(&a);
    buf_release(&file);
    buf_release(&der);
    issuer_free(by);
    return rc ? 1 : 0;
}

/* One value in one field beside a good C, O and CN (which it replaces). */
static int subject_of(enum name_field field, str value, struct name *n, struct err *err)
{
    static const struct name_part rest[] = {
        {NAME_C, {"CN", 2}}, {NAME_O, {"Unit", 4}}, {NAME_CN, {"Unit", 4}}};
    int rc = 0;
    *n = (struct name){0};
    for (size_t i = 0; i < countof(rest) && !rc; i++)
        if (rest[i].field != field)
            rc = name_add(n, rest[i].field, rest[i].value, err);
    return rc ? rc : name_add(n, field, value, err);
}

static void judge_subject(
    const struct issuer *by, const struct pk *key, const char *text, str value)
{
    enum name_field field;
    struct name n;
    struct err err = {0};
    struct buf der = {0}, base64 = {0};
    if (name_field_of(str_from(text), &field))
        tool_die("an unknown field");
    if (tool_say(subject_of(field, value, &n, &err), &err))
        return;
    struct cert_order o = {.profile = profile_find(STR("person_sign")),
        .subject = &n,
        .key = key,
        .not_before = tool_now(),
        .not_after = tool_now() + 86400};
    serial_make(token_random, o.serial);
    if (tool_issue(by, &o, &der) == 0) {
        codec_base64(&base64, buf_str(&der));
        printf("ok %.*s\n", STR_ARG(buf_str(&base64)));
    }
    buf_release(&base64);
    buf_release(&der);
}

int tool_do_subjects(char **args)
{
    static char line[1 << 20];
    struct issuer *by = tool_issuer(args[0], "issuing");
    struct pk *key = NULL;
    if (pk_generate(PK_P256, &key))
        tool_die("no key");
    while (fgets(line, sizeof(line), stdin)) {
        str hex = str_from(line);
        str field = str_cut(&hex, ' ');
        char name[64];
        struct buf value = {0};
        hex = str_cut(&hex, '\n');
        if (str_to_c(field, name, sizeof(name)) || codec_unhex(&value, hex))
            tool_die("a line is not FIELD HEX");
        judge_subject(by, key, name, buf_str(&value));
        buf_release(&value);
    }
    pk_free(key);
    issuer_free(by);
    return 0;
}

int tool_do_root(char **args)
{
    struct pk *key = NULL;
    struct name n;
    struct err err = {0};
    struct buf der = {0};
    if (pk_generate(PK_P256, &key))
        tool_die("no key");
    tool_must(subject_of(NAME_CN, STR("Root"), &n, &err), &err);
    struct cert_order o = {.profile = profile_find(STR("root")),
        .subject = &n,
        .key = key,
        .not_before = strtoll(args[0], NULL, 10),
        .not_after = strtoll(args[1], NULL, 10)};
    serial_make(token_random, o.serial);
    int rc = tool_say(cert_self_sign(&o, &der, &err), &err);
    if (!rc) {
        tool_save_pem("", args[2], "CERTIFICATE", buf_str(&der));
        puts("ok");
    }
    buf_release(&der);
    pk_free(key);
    return rc;
}
