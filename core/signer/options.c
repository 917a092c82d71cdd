// SPDX-License-Identifier: Apache-2.0
// options: the table and its readers.
#define _GNU_SOURCE
#include "core/signer/options.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char variable[] = "CERTHALL_SIGNER_";

static const struct option_info table[OPTION_COUNT] = {
    [OPT_DATA] = {"data", OPTION_TEXT, "", 0, 0,
        "The signer's own data directory: intents, certificates, revocations."},
    [OPT_SEAL_KEY_FILE] = {"seal_key_file", OPTION_TEXT, "", 0, 0,
        "The 32-byte key that seals the data; lies outside the data directory."},
    [OPT_CA] = {"ca", OPTION_TEXT, "", 0, 0,
        "The folder of the CA's certificates and encrypted keys; p256-root.key may be taken away."},
    [OPT_PASSPHRASE_FILE] = {"passphrase_file", OPTION_TEXT, "", 0, 0,
        "The file with the passphrase of the CA's keys."},
    [OPT_TICKET_KEY_FILE] = {"ticket_key_file", OPTION_TEXT, "", 0, 0,
        "The 32-byte key of tickets, which the hall has too."},
    [OPT_SOCKET] = {"socket", OPTION_TEXT, "", 0, 0, "The Unix socket to answer on."},
    [OPT_SOCKET_GROUP] = {"socket_group", OPTION_TEXT, "", 0, 0,
        "The group that may reach the socket (mode 0660)."},
    [OPT_ALLOW_UIDS] = {"allow_uids", OPTION_TEXT, "", 0, 0,
        "Users that may ask, by name or number, with commas between; the signer's own unless set."},
    [OPT_USER] = {"user", OPTION_TEXT, "certhall-signer", 0, 0,
        "The user to become, when started by root."},
    [OPT_ORGANISATION] = {"organisation", OPTION_TEXT, "样例数字认证中心", 0, 0,
        "The CA's name in its own certificates, for init."},
    [OPT_COUNTRY] = {"country", OPTION_TEXT, "CN", 0, 0,
        "The only country that a subject may stand in."},
    [OPT_RSA] = {"rsa", OPTION_BOOL, "false", 0, 0,
        "init: makes an RSA-2048 hierarchy beside the P-256 one, for holders with RSA keys."},
    [OPT_URL] = {"url", OPTION_TEXT, "http://127.0.0.1:8080/ca", 0, 0,
        "Where CRL, OCSP and CA certificates are found, as written into certificates (http://)."},
    [OPT_POLICY] = {"policy", OPTION_TEXT, "1.2.156.112999.1.1", 0, 0,
        "The policy's object identifier, as written into certificates."},
    [OPT_CRL_FOLDER] = {"crl_folder", OPTION_TEXT, "", 0, 0,
        "Where revocation lists are written, besides being given over the socket."},
    [OPT_CRL_HOURS] = {"crl_hours", OPTION_INT, "24", 1, 24 * 30,
        "How long a revocation list is good; a new one comes after half of it at the latest."},
    [OPT_PROFILES] = {"profiles", OPTION_TEXT,
        "unit_sign,unit_encrypt,unit_both,person_sign,person_encrypt,person_both", 0, 0,
        "Profiles that are issued, with commas between."},
    [OPT_YEARS] = {"years", OPTION_INT, "5", 1, 5, "Longest validity in years."},
    [OPT_PER_MINUTE] = {"per_minute", OPTION_INT, "600", 1, 1000000,
        "Certificates a minute; more are refused, with an alarm in the log."},
    [OPT_PER_DAY] = {"per_day", OPTION_INT, "20000", 1, 100000000,
        "Certificates a day (UTC); more are refused, with an alarm in the log."},
    [OPT_PER_NAME] = {"per_name", OPTION_INT, "20", 1, 1000000,
        "Certificates a day for one and the same name; more are refused, with an alarm."},
    [OPT_MAP_GIB] = {"map_gib", OPTION_INT, "64", 1, 4096,
        "Largest size of the store in GiB (sparse: costs nothing until used)."},
    [OPT_INIT] = {"init", OPTION_BOOL, "false", 0, 0,
        "serve: makes what is missing first, as the command init does."},
    [OPT_WITH_HALL] = {"with_hall", OPTION_BOOL, "false", 0, 0,
        "Ends when standard input ends: the hall that started it is gone."},
    [OPT_LOG_LEVEL] = {"log_level", OPTION_TEXT, "info", 0, 0, "debug, info, warn or error."},
};

const struct option_info *option_info(enum option_id id)
{
    return &table[id];
}

/* `-` and `_`, great and small letters are the same in names. */
static int find(str name)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        size_t n = strlen(table[i].name), at = 0;
        while (at < n && name.n == n &&
               (name.p[at] == '-' ? '_' : tolower((unsigned char)name.p[at])) == table[i].name[at])
            at++;
        if (at == n)
            return i;
    }
    return -1;
}

static int set(struct options *o, str name, str value, struct err *err)
{
    int id = find(name);
    int64_t v;
    if (id < 0)
        return err_set(err, E_CONFIG,
            "there is no option \"%.*s\"; certhall-signer help lists them", STR_ARG(name));
    const struct option_info *i = &table[id];
    if (i->type == OPTION_INT && (str_to_i64(value, &v) || v < i->min || v > i->max))
        return err_set(err, E_CONFIG, "%s must be a whole number between %lld and %lld", i->name,
            (long long)i->min, (long long)i->max);
    if (i->type == OPTION_BOOL && !str_eq(value, STR("true")) && !str_eq(value, STR("false")))
        return err_set(err, E_CONFIG, "%s must be true or false", i->name);
    o->value[id] = arena_str(&o->arena, value).p;
    return 0;
}

static int read_environment(struct options *o, char *const *environment, struct err *err)
{
    const str before = str_from(variable);
    for (; *environment; environment++) {
        str value = str_from(*environment);
        str name = str_cut(&value, '=');
        if (!str_starts(name, before))
            continue;
        int rc = set(o, str_slice(name, before.n, name.n), value, err);
        if (rc)
            return rc;
    }
    return 0;
}

static int read_argument(struct options *o, char *const **at, struct err *err)
{
    str value = str_from(*(*at)++);
    if (!str_starts(value, STR("--")))
        return err_set(err, E_CONFIG, "\"%.*s\" is no option", STR_ARG(value));
    bool joined = str_index(value, '=') >= 0;
    str name = str_cut(&value, '=');
    name = str_slice(name, 2, name.n);
    int id = find(name);
    if (!joined && id >= 0 && table[id].type == OPTION_BOOL)
        value = STR("true");
    else if (!joined && !**at)
        return err_set(err, E_CONFIG, "--%.*s needs a value", STR_ARG(name));
    else if (!joined)
        value = str_from(*(*at)++);
    return set(o, name, value, err);
}

static void fill(struct options *o, enum option_id id, const char *folder, const char *name)
{
    if (!*o->value[id])
        o->value[id] = arena_printf(&o->arena, "%s/%s", folder, name).p;
}

static const char *user_place(
    struct options *o, const char *system, const char *xdg, const char *fallback)
{
    const char *base = getenv(xdg), *home = getenv("HOME");
    if (geteuid() == 0)
        return system;
    if (base && *base)
        return arena_printf(&o->arena, "%s/certhall-signer", base).p;
    return arena_printf(&o->arena, "%s/%s/certhall-signer", home && *home ? home : ".", fallback).p;
}

static void settle(struct options *o)
{
    const char *keys = user_place(o, "/etc/certhall-signer", "XDG_CONFIG_HOME", ".config");
    if (!*o->value[OPT_DATA])
        o->value[OPT_DATA] =
            user_place(o, "/var/lib/certhall-signer", "XDG_DATA_HOME", ".local/share");
    fill(o, OPT_SEAL_KEY_FILE, keys, "seal.key");
    fill(o, OPT_PASSPHRASE_FILE, keys, "passphrase");
    fill(o, OPT_CA, keys, "ca");
    fill(o, OPT_TICKET_KEY_FILE, keys, "ticket.key");
    fill(o, OPT_CRL_FOLDER, o->value[OPT_DATA], "crl");
    fill(o, OPT_SOCKET, geteuid() == 0 ? "/run/certhall-signer" : o->value[OPT_DATA], "socket");
}

int options_read(
    struct options *o, char *const *environment, char *const *arguments, struct err *err)
{
    *o = (struct options){0};
    for (int i = 0; i < OPTION_COUNT; i++)
        o->value[i] = table[i].initial;
    int rc = read_environment(o, environment, err);
    while (!rc && *arguments)
        rc = read_argument(o, &arguments, err);
    if (!rc)
        settle(o);
    return rc;
}

void options_release(struct options *o)
{
    arena_release(&o->arena);
}

const char *options_text(const struct options *o, enum option_id id)
{
    return o->value[id];
}

int64_t options_int(const struct options *o, enum option_id id)
{
    int64_t v = 0;
    int rc = str_to_i64(str_from(o->value[id]), &v);
    return rc ? 0 : v;
}

bool options_bool(const struct options *o, enum option_id id)
{
    return strcmp(o->value[id], "true") == 0;
}

static void put_flag(const char *name, struct buf *out)
{
    for (; *name; name++)
        buf_append_byte(out, *name == '_' ? '-' : *name);
}

void options_write_help(struct buf *out)
{
    for (int id = 0; id < OPTION_COUNT; id++) {
        buf_append(out, STR("  --"));
        put_flag(table[id].name, out);
        if (*table[id].initial)
            buf_printf(out, " (%s)", table[id].initial);
        buf_printf(out, "\n      %s\n", table[id].text);
    }
}
