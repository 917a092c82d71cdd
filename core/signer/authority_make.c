// SPDX-License-Identifier: Apache-2.0
// authority_make: a new hierarchy: root, issuing CA, and the root's empty revocation list.
#include <stdio.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/crypto/pem.h"
#include "core/crypto/token.h"
#include "core/loop/file.h"
#include "core/loop/secret.h"
#include "core/signer/authority.h"

enum { ROOT_YEARS = 20, ISSUING_YEARS = 10, BACKDATE = 3600, ROOT_CRL_DAYS = 400, DAY = 86400 };

/* One hierarchy being made. */
struct making {
    const struct options *options;
    const char *kind;
    str passphrase;
    struct arena arena;
    struct err *err;
};

static const char *path_of(struct making *m, const char *name)
{
    return arena_printf(&m->arena, "%s/%s-%s", options_text(m->options, OPT_CA), m->kind, name).p;
}

static int ca_name(struct making *m, const char *what, struct name *out)
{
    str organisation = str_from(options_text(m->options, OPT_ORGANISATION));
    str cn = arena_printf(
        &m->arena, "%.*s %s %s", STR_ARG(organisation), m->kind[0] == 'r' ? "RSA" : "P-256", what);
    *out = (struct name){0};
    int rc = name_add(out, NAME_C, str_from(options_text(m->options, OPT_COUNTRY)), m->err);
    if (!rc)
        rc = name_add(out, NAME_O, organisation, m->err);
    return rc ? rc : name_add(out, NAME_CN, cn, m->err);
}

static int save_certificate(struct making *m, const char *name, str der)
{
    struct buf pem = {0};
    pem_put(STR("CERTIFICATE"), der, &pem);
    int rc = file_write(path_of(m, name), buf_str(&pem), 0644, m->err);
    buf_release(&pem);
    return rc;
}

/* Encrypted in its file; written before the certificate that makes it count. */
static int save_key(struct making *m, const char *name, const struct pk *key)
{
    struct buf pem = {0};
    int rc = pk_put_pem(key, m->passphrase, &pem);
    if (!rc) {
        (void)unlink(path_of(m, name));
        rc = secret_make(path_of(m, name), "CA's key", buf_str(&pem), m->err);
    }
    secret_release(&pem);
    return rc;
}

static void root_addresses(struct making *m, struct issuer_opts *out)
{
    const char *url = options_text(m->options, OPT_URL);
    *out = (struct issuer_opts){.policy = str_from(options_text(m->options, OPT_POLICY)),
        .crl_url = arena_printf(&m->arena, "%s/%s-root.crl", url, m->kind),
        .ocsp_url = arena_printf(&m->arena, "%s/ocsp", url),
        .issuer_url = arena_printf(&m->arena, "%s/%s-root.cer", url, m->kind)};
}

/* Self-signed; *out takes the key. */
static int make_root(struct making *m, enum pk_kind kind, struct issuer **out)
{
    struct pk *key = NULL;
    struct buf der = {0};
    struct name name;
    struct issuer_opts opts;
    int64_t now = clock_wall_ms() / 1000;
    int rc = ca_name(m, "根证书", &name);
    if (!rc && pk_generate(kind, &key))
        rc = err_set(m->err, E_CRYPTO, "no key could be made");
    struct cert_order order = {.profile = profile_find(STR("root")),
        .subject = &name,
        .key = key,
        .not_before = now - BACKDATE,
        .not_after = cert_years_later(now, ROOT_YEARS)};
    serial_make(token_random, order.serial);
    if (!rc)
        rc = cert_self_sign(&order, &der, m->err);
    if (!rc)
        rc = save_key(m, "root.key", key);
    if (!rc)
        rc = save_certificate(m, "root.cer", buf_str(&der));
    root_addresses(m, &opts);
    if (!rc)
        rc = issuer_new(&key, buf_str(&der), &opts, out, m->err);
    pk_free(key);
    buf_release(&der);
    return rc;
}

static int sign_issuing(
    struct making *m, const struct issuer *root, const struct pk *key, struct buf *der)
{
    struct buf tbs = {0};
    struct name name;
    int64_t now = clock_wall_ms() / 1000;
    int rc = ca_name(m, "签发证书", &name);
    struct cert_order order = {.profile = profile_find(STR("issuing")),
        .subject = &name,
        .key = key,
        .not_before = now - BACKDATE,
        .not_after = cert_years_later(now, ISSUING_YEARS)};
    serial_make(token_random, order.serial);
    if (!rc)
        rc = cert_prepare(root, &order, &tbs, m->err);
    if (!rc)
        rc = cert_issue(root, &order, buf_str(&tbs), der, m->err);
    buf_release(&tbs);
    return rc;
}

static int make_issuing(struct making *m, enum pk_kind kind, const struct issuer *root)
{
    struct pk *key = NULL;
    struct buf der = {0};
    int rc = pk_generate(kind, &key);
    if (!rc)
        rc = sign_issuing(m, root, key, &der);
    if (!rc)
        rc = save_key(m, "issuing.key", key);
    if (!rc)
        rc = save_certificate(m, "issuing.cer", buf_str(&der));
    pk_free(key);
    buf_release(&der);
    return rc;
}

/* Its number is the time in seconds: nothing else counts them. */
static int write_root_crl(struct making *m, const struct issuer *root)
{
    struct crl_writer *w = NULL;
    struct buf der = {0};
    int64_t now = clock_wall_ms() / 1000;
    int rc = crl_begin(root, (uint64_t)now, now, now + ROOT_CRL_DAYS * DAY, &w, m->err);
    if (!rc)
        rc = crl_end(&w, &der, m->err);
    if (!rc)
        rc = file_write(path_of(m, "root.crl"), buf_str(&der), 0644, m->err);
    buf_release(&der);
    return rc;
}

int authority_make(
    const struct options *o, enum pk_kind kind, str passphrase, bool *made, struct err *err)
{
    struct making m = {
        .options = o, .kind = authority_kind_name(kind), .passphrase = passphrase, .err = err};
    struct issuer *root = NULL;
    int rc = 0;
    *made = access(path_of(&m, "issuing.cer"), F_OK) != 0;
    if (*made) {
        rc = secret_make_folders(path_of(&m, "root.key"), err);
        if (!rc)
            rc = make_root(&m, kind, &root);
        if (!rc)
            rc = write_root_crl(&m, root);
        if (!rc)
            rc = make_issuing(&m, kind, root);
    }
    issuer_free(root);
    arena_release(&m.arena);
    return rc;
}

static int load_root(struct making *m, struct issuer **out)
{
    struct buf pem = {0}, der = {0};
    struct pk *key = NULL;
    struct issuer_opts opts;
    str label;
    int rc = file_read(path_of(m, "root.cer"), PEM_TEXT_MAX, &pem, m->err);
    if (!rc)
        rc = pem_get(buf_str(&pem), &label, &der, m->err);
    buf_clear(&pem);
    if (!rc)
        rc = secret_read(path_of(m, "root.key"), "root's key", PK_FILE_MAX, &pem, m->err);
    if (!rc)
        rc = pk_from_pem(buf_str(&pem), m->passphrase, &key, m->err);
    root_addresses(m, &opts);
    if (!rc)
        rc = issuer_new(&key, buf_str(&der), &opts, out, m->err);
    pk_free(key);
    secret_release(&pem);
    buf_release(&der);
    return rc;
}

int authority_make_root_crl(
    const struct options *o, enum pk_kind kind, str passphrase, struct err *err)
{
    struct making m = {
        .options = o, .kind = authority_kind_name(kind), .passphrase = passphrase, .err = err};
    struct issuer *root = NULL;
    int rc = load_root(&m, &root);
    if (!rc)
        rc = write_root_crl(&m, root);
    issuer_free(root);
    arena_release(&m.arena);
    return rc;
}
