// SPDX-License-Identifier: Apache-2.0
// options: the table, and one value checked against its row.
#include "core/app/options.h"

#include <stdio.h>
#include <string.h>

static const struct option_info table[OPTION_COUNT] = {
    [OPT_MODE] = {"mode", OPTION_TEXT, "try", 0, 0, "try|production", false,
        "try: everything works with nothing outside, on loopback; production: refuses every "
        "stand-in."},
    [OPT_DATA] = {"data", OPTION_PATH, "", 0, 0, NULL, false,
        "The data directory: rows, blobs, nothing else; belongs to the server alone."},
    [OPT_SEAL_KEY_FILE] = {"seal_key_file", OPTION_PATH, "", 0, 0, NULL, true,
        "The 32-byte key that seals the data; lies outside the data directory."},
    [OPT_SCRIPTS] = {"scripts", OPTION_PATH, "", 0, 0, NULL, false,
        "The folder of Lua that is the business."},
    [OPT_WWW] = {"www", OPTION_PATH, "", 0, 0, NULL, false,
        "The folder of files that browsers load."},
    [OPT_HTTP] = {"http", OPTION_ADDRESS, "127.0.0.1:8080", 0, 0, NULL, false,
        "Address of plain HTTP: the hall on loopback in mode try, otherwise CA certificates, CRL, "
        "OCSP and a redirect to HTTPS."},
    [OPT_HTTPS] = {"https", OPTION_ADDRESS, "127.0.0.1:8443", 0, 0, NULL, false,
        "Address of HTTPS, where the hall is."},
    [OPT_ADMIN] = {"admin", OPTION_ADDRESS, "127.0.0.1:9464", 0, 0, NULL, false,
        "Address of /metrics, /healthz, /readyz and /debug/loglevel; never give it to the public."},
    [OPT_PUBLIC_URL] = {"public_url", OPTION_TEXT, "", 0, 0, NULL, false,
        "The address users see, base of links in QR codes, mail and SMS."},
    [OPT_CERTIFICATE_FILE] = {"certificate_file", OPTION_PATH, "", 0, 0, NULL, false,
        "The server's certificate chain (PEM); made by itself in mode try."},
    [OPT_CERTIFICATE_KEY_FILE] = {"certificate_key_file", OPTION_PATH, "", 0, 0, NULL, true,
        "The key of that certificate (PEM)."},
    [OPT_USER] = {"user", OPTION_TEXT, "certhall", 0, 0, NULL, false,
        "The user to become after binding, when started by root."},
    [OPT_WATCH] = {"watch", OPTION_BOOL, "false", 0, 0, NULL, false,
        "Reload when a file below scripts or www changes."},
    [OPT_MAP_GIB] = {"map_gib", OPTION_INT, "64", 1, 4096, NULL, false,
        "Largest size of the store in GiB (sparse: costs nothing until used)."},
    [OPT_MAX_CONNECTIONS] = {"max_connections", OPTION_INT, "16000", 16, 1000000, NULL, false,
        "Connections at once, all listeners together."},
    [OPT_MAX_CONNECTIONS_PER_ADDRESS] = {"max_connections_per_address", OPTION_INT, "64", 1,
        1000000, NULL, false, "Connections at once from one client address."},
    [OPT_OPEN_FILES] = {"open_files", OPTION_INT, "65536", 256, 1048576, NULL, false,
        "File descriptors to ask the system for."},
    [OPT_TASK_SECONDS] = {"task_seconds", OPTION_INT, "60", 1, 3600, NULL, false,
        "Deadline of one request in the scripts."},
    [OPT_CLIENT_HOSTS] = {"client_hosts", OPTION_TEXT, "", 0, 0, NULL, false,
        "Hosts that the server may call, with commas between; no other is ever spoken to."},
    [OPT_CLIENT_CA_FILE] = {"client_ca_file", OPTION_PATH, "", 0, 0, NULL, false,
        "Roots that those hosts' certificates are checked against (PEM); the system's unless set."},
    [OPT_MAIL_URL] = {"mail_url", OPTION_TEXT, "", 0, 0, NULL, false,
        "The mail server: smtps://mail.example.cn:465, or smtp://…:587, which must offer "
        "STARTTLS."},
    [OPT_MAIL_USER] = {"mail_user", OPTION_TEXT, "", 0, 0, NULL, false,
        "The user to log in as there."},
    [OPT_MAIL_PASSWORD_FILE] = {"mail_password_file", OPTION_PATH, "", 0, 0, NULL, true,
        "The file that holds that user's password."},
    [OPT_MAIL_FROM] = {"mail_from", OPTION_TEXT, "", 0, 0, NULL, false,
        "The address that mail comes from."},
    [OPT_MAIL_NAME] = {"mail_name", OPTION_TEXT, "", 0, 0, NULL, false,
        "The name shown before that address."},
    [OPT_SIGNER] = {"signer", OPTION_TEXT, "auto", 0, 0, "auto|external|off", false,
        "auto: in mode try this server runs the signer itself, else as external: it runs by "
        "itself."},
    [OPT_SIGNER_SOCKET] = {"signer_socket", OPTION_PATH, "", 0, 0, NULL, false,
        "The signer's Unix socket."},
    [OPT_TICKET_KEY_FILE] = {"ticket_key_file", OPTION_PATH, "", 0, 0, NULL, true,
        "The 32-byte key of issuance tickets, which the signer has too."},
    [OPT_CA_URL] = {"ca_url", OPTION_TEXT, "", 0, 0, NULL, false,
        "Where certificates made in mode try say that CRL and OCSP are found (http://)."},
    [OPT_DRAIN_SECONDS] = {"drain_seconds", OPTION_INT, "30", 0, 300, NULL, false,
        "How long requests may finish after SIGTERM."},
    [OPT_MAINTENANCE_FILE] = {"maintenance_file", OPTION_PATH, "", 0, 0, NULL, false,
        "While this file exists /readyz answers 503, so that a load balancer looks elsewhere."},
    [OPT_DISK_FREE_MIB] = {"disk_free_mib", OPTION_INT, "256", 1, 1048576, NULL, false,
        "Free space below which /readyz answers 503 and the start is refused."},
    [OPT_LOG_LEVEL] = {"log_level", OPTION_TEXT, "info", 0, 0, "debug|info|warn|error", false,
        "Least level that is written."},
    [OPT_LOG_FORM] = {"log_form", OPTION_TEXT, "auto", 0, 0, "auto|json|human", false,
        "auto: for people on a terminal, JSON lines elsewhere."},
};

const struct option_info *option_info(enum option_id id)
{
    return &table[id];
}

static bool same_name(str given, const char *name)
{
    if (given.n != strlen(name))
        return false;
    for (size_t i = 0; i < given.n; i++)
        if ((given.p[i] == '-' ? '_' : given.p[i]) != name[i])
            return false;
    return true;
}

int option_find(str name)
{
    for (int i = 0; i < OPTION_COUNT; i++)
        if (same_name(name, table[i].name))
            return i;
    return -1;
}

/* Levenshtein's distance; names are short. */
static size_t distance(str a, str b)
{
    size_t row[64];
    if (a.n > 63 || b.n > 63)
        return 64;
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t change = corner + (a.p[i - 1] != b.p[j - 1]);
            corner = row[j];
            size_t best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            row[j] = change < best ? change : best;
        }
    }
    return row[b.n];
}

const char *option_nearest(str name)
{
    const char *best = NULL;
    size_t least = name.n / 2 + 1;
    for (int i = 0; i < OPTION_COUNT; i++) {
        size_t d = distance(name, str_from(table[i].name));
        if (d < least) {
            least = d;
            best = table[i].name;
        }
    }
    return best;
}

static bool is_choice(const char *choices, str text)
{
    str rest = str_from(choices);
    while (rest.n)
        if (str_eq(str_cut(&rest, '|'), text))
            return true;
    return false;
}

static int check_int(const struct option_info *info, str text, struct err *err)
{
    int64_t v;
    if (str_to_i64(text, &v))
        return err_set(
            err, E_CONFIG, "%s must be a whole number, not \"%.*s\"", info->name, STR_ARG(text));
    if (v < info->min || v > info->max)
        return err_set(err, E_CONFIG, "%s must lie between %lld and %lld, not %lld", info->name,
            (long long)info->min, (long long)info->max, (long long)v);
    return 0;
}

static int check_address(const struct option_info *info, str text, struct err *err)
{
    if (str_eq(text, STR("off")))
        return 0;
    ptrdiff_t colon = -1;
    for (ptrdiff_t i = 0; i < (ptrdiff_t)text.n; i++)
        if (text.p[i] == ':')
            colon = i;
    uint64_t port;
    if (colon < 1 || str_to_u64(str_slice(text, (size_t)colon + 1, text.n), &port) || port > 65535)
        return err_set(err, E_CONFIG,
            "%s must be an address with a port such as 127.0.0.1:8080 or [::1]:8080, or off, not "
            "\"%.*s\"",
            info->name, STR_ARG(text));
    return 0;
}

static int check(const struct option_info *info, str text, struct err *err)
{
    if (memchr(text.p ? text.p : "", 0, text.n))
        return err_set(err, E_CONFIG, "%s holds a NUL byte", info->name);
    if (info->choices && !is_choice(info->choices, text))
        return err_set(err, E_CONFIG, "%s must be one of %s, not \"%.*s\"", info->name,
            info->choices, STR_ARG(text));
    if (info->type == OPTION_INT)
        return check_int(info, text, err);
    if (info->type == OPTION_ADDRESS)
        return check_address(info, text, err);
    if (info->type == OPTION_BOOL && !is_choice("true|false", text))
        return err_set(
            err, E_CONFIG, "%s must be true or false, not \"%.*s\"", info->name, STR_ARG(text));
    return 0;
}

int options_set(struct options *o, enum option_id id, str text, const char *source, struct err *err)
{
    int rc = check(&table[id], text, err);
    if (rc) {
        err_at(err, "%s", source);
        return rc;
    }
    o->value[id].text = arena_str(&o->arena, text).p;
    o->value[id].source = arena_str(&o->arena, str_from(source)).p;
    return 0;
}

void options_init(struct options *o)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        o->value[i].text = table[i].initial;
        o->value[i].source = "built in";
    }
}

void options_release(struct options *o)
{
    arena_release(&o->arena);
}

const char *options_text(const struct options *o, enum option_id id)
{
    return o->value[id].text;
}

int64_t options_int(const struct options *o, enum option_id id)
{
    int64_t v = 0;
    int rc = str_to_i64(str_from(o->value[id].text), &v);
    return rc ? 0 : v;
}

bool options_bool(const struct options *o, enum option_id id)
{
    return strcmp(o->value[id].text, "true") == 0;
}

bool options_is_on(const struct options *o, enum option_id id)
{
    const char *text = o->value[id].text;
    return *text && strcmp(text, "off") != 0;
}

bool options_is_try(const struct options *o)
{
    return strcmp(o->value[OPT_MODE].text, "try") == 0;
}
