// SPDX-License-Identifier: Apache-2.0
// authority: hierarchies read from their folder.
#include "core/signer/authority.h"

#include <stdlib.h>

#include "core/crypto/pem.h"
#include "core/loop/file.h"
#include "core/loop/secret.h"

enum { FILE_MAX = 64 << 10, RESPONDER_DAYS = 90, DAY = 86400, BACKDATE = 3600 };

const char *authority_kind_name(enum pk_kind kind)
{
    return kind == PK_RSA ? "rsa" : "p256";
}

static const char *path_of(
    struct arena *a, const struct options *o, const char *kind, const char *name)
{
    return arena_printf(a, "%s/%s-%s", options_text(o, OPT_CA), kind, name).p;
}

static int load_certificate(const char *path, struct buf *der, struct err *err)
{
    struct buf pem = {0};
    str label;
    int rc = file_read(path, FILE_MAX, &pem, err);
    if (!rc)
        rc = pem_get(buf_str(&pem), &label, der, err);
    buf_release(&pem);
    return rc;
}

static int load_key(const char *path, str passphrase, struct pk **out, struct err *err)
{
    struct buf pem = {0};
    int rc = secret_read(path, "CA's key", PK_FILE_MAX, &pem, err);
    if (!rc) {
        rc = pk_from_pem(buf_str(&pem), passphrase, out, err);
        if (rc)
            err_at(err, "%s", path);
    }
    secret_release(&pem);
    return rc;
}

static int open_issuer(
    struct authority *a, const struct options *o, struct pk **key, str certificate, struct err *err)
{
    struct arena arena = {0};
    const char *url = options_text(o, OPT_URL);
    const struct issuer_opts opts = {.policy = str_from(options_text(o, OPT_POLICY)),
        .crl_url = arena_printf(&arena, "%s/%s.crl", url, a->name),
        .ocsp_url = arena_printf(&arena, "%s/ocsp", url),
        .issuer_url = arena_printf(&arena, "%s/%s.cer", url, a->name)};
    int rc = issuer_new(key, certificate, &opts, &a->issuer, err);
    arena_release(&arena);
    return rc;
}

static int load_one(struct authority *a, const struct options *o, str passphrase, struct err *err)
{
    struct arena arena = {0};
    struct buf certificate = {0};
    struct pk *key = NULL;
    int rc = load_certificate(path_of(&arena, o, a->name, "root.cer"), &a->root, err);
    if (!rc)
        rc = load_certificate(path_of(&arena, o, a->name, "issuing.cer"), &certificate, err);
    if (!rc)
        rc = load_key(path_of(&arena, o, a->name, "issuing.key"), passphrase, &key, err);
    if (!rc)
        rc = open_issuer(a, o, &key, buf_str(&certificate), err);
    /* Without the root's list clients can still check everything below the issuing CA. */
    if (!rc && file_read(path_of(&arena, o, a->name, "root.crl"), FILE_MAX, &a->root_crl, NULL))
        buf_clear(&a->root_crl);
    pk_free(key);
    buf_release(&certificate);
    arena_release(&arena);
    return rc;
}

int authorities_load(
    struct authorities *a, const struct options *o, str passphrase, struct err *err)
{
    static const enum pk_kind kinds[AUTHORITIES] = {PK_P256, PK_RSA};
    *a = (struct authorities){0};
    for (size_t i = 0; i < countof(kinds); i++) {
        struct authority *one = &a->list[a->count];
        *one = (struct authority){.name = authority_kind_name(kinds[i])};
        int rc = load_one(one, o, passphrase, err);
        if (rc == E_NOT_FOUND && i > 0) {
            buf_release(&one->root);
            continue;
        }
        a->count++;
        if (rc)
            return rc;
    }
    return 0;
}

static void responder_free(struct responder *r)
{
    if (!r)
        return;
    pk_free(r->key);
    buf_release(&r->certificate);
    free(r);
}

void authorities_release(struct authorities *a)
{
    for (size_t i = 0; i < a->count; i++) {
        issuer_free(a->list[i].issuer);
        buf_release(&a->list[i].root);
        buf_release(&a->list[i].root_crl);
        responder_free(a->list[i].responder);
        responder_free(a->list[i].earlier);
    }
    a->count = 0;
}

struct authority *authority_find(struct authorities *a, str name)
{
    for (size_t i = 0; i < a->count; i++)
        if (!name.n || str_eq(name, str_from(a->list[i].name)))
            return &a->list[i];
    return NULL;
}

struct authority *authority_for(struct authorities *a, enum pk_kind kind)
{
    struct authority *own = authority_find(a, str_from(authority_kind_name(kind)));
    return own ? own : &a->list[0];
}

/* The CA's own name with another common name. */
static int responder_name(const struct authority *a, struct name *out, struct err *err)
{
    struct name ca;
    *out = (struct name){0};
    int rc = name_parse(issuer_cert(a->issuer)->subject, &ca, err);
    if (!rc)
        rc = name_add(out, NAME_C, name_get(&ca, NAME_C), err);
    if (!rc)
        rc = name_add(out, NAME_O, name_get(&ca, NAME_O), err);
    return rc ? rc : name_add(out, NAME_CN, STR("OCSP"), err);
}

int authority_make_responder(const struct authority *a, int64_t now_s,
    const uint8_t serial[SERIAL_SIZE], struct responder **out, struct err *err)
{
    struct responder *r = mem_zalloc(1, sizeof(*r));
    struct buf tbs = {0};
    struct name name;
    int rc = responder_name(a, &name, err);
    if (!rc && pk_generate(pk_kind(issuer_key(a->issuer)), &r->key))
        rc = err_set(err, E_CRYPTO, "no key for OCSP could be made");
    r->not_after = now_s + RESPONDER_DAYS * DAY;
    struct cert_order order = {.profile = profile_find(STR("ocsp")),
        .subject = &name,
        .key = r->key,
        .not_before = now_s - BACKDATE,
        .not_after = r->not_after};
    if (order.not_before < issuer_cert(a->issuer)->not_before)
        order.not_before = issuer_cert(a->issuer)->not_before;
    for (size_t i = 0; i < SERIAL_SIZE; i++)
        order.serial[i] = serial[i];
    if (!rc)
        rc = cert_prepare(a->issuer, &order, &tbs, err);
    if (!rc)
        rc = cert_issue(a->issuer, &order, buf_str(&tbs), &r->certificate, err);
    buf_release(&tbs);
    if (rc)
        responder_free(r);
    else
        *out = r;
    return rc;
}

void authority_set_responder(struct authority *a, struct responder *r)
{
    responder_free(a->earlier);
    a->earlier = a->responder;
    a->responder = r;
}
