// SPDX-License-Identifier: Apache-2.0
// options_settle: defaults that depend on the user and the program's place, and rows that must fit
// each other.
#define _GNU_SOURCE
#include "core/app/options.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void fill(struct options *o, enum option_id id, str text, const char *source)
{
    if (!*o->value[id].text) {
        o->value[id].text = arena_str(&o->arena, text).p;
        o->value[id].source = source;
    }
}

/* $variable/certhall, or ~/fallback/certhall; root has the system's own place. */
static str user_place(
    struct options *o, const char *system, const char *variable, const char *fallback)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    if (geteuid() == 0)
        return str_from(system);
    if (base && *base)
        return arena_printf(&o->arena, "%s/certhall", base);
    return arena_printf(&o->arena, "%s/%s/certhall", home && *home ? home : ".", fallback);
}

static void fill_key_file(struct options *o)
{
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    if (credentials && *credentials) {
        str path = arena_printf(&o->arena, "%s/seal.key", credentials);
        if (access(path.p, R_OK) == 0)
            fill(o, OPT_SEAL_KEY_FILE, path, "systemd credential");
    }
    str dir = user_place(o, "/etc/certhall", "XDG_CONFIG_HOME", ".config");
    fill(o, OPT_SEAL_KEY_FILE, arena_printf(&o->arena, "%.*s/seal.key", STR_ARG(dir)), "built in");
}

/* Where a release keeps a folder: beside the program (the tree it was built in), or installed. */
static const struct {
    enum option_id id;
    const char *name, *mark, *installed;
} folders[] = {
    {OPT_SCRIPTS, "scripts", "main.lua", "/usr/share/certhall/scripts"},
    {OPT_WWW, "www/dist", "assets.json", "/usr/share/certhall/www"},
};

static void fill_folder(struct options *o, size_t i)
{
    char dir[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", dir, sizeof(dir) - 1);
    dir[n > 0 ? n : 0] = 0;
    for (char *slash; (slash = strrchr(dir, '/'));) {
        *slash = 0;
        str path = arena_printf(&o->arena, "%s/%s", dir, folders[i].name);
        str probe = arena_printf(&o->arena, "%s/%s", path.p, folders[i].mark);
        if (access(probe.p, F_OK) == 0) {
            fill(o, folders[i].id, path, "beside the program");
            return;
        }
    }
    fill(o, folders[i].id, str_from(folders[i].installed), "built in");
}

/* In mode try the signer's things lie beside the hall's, in folders of their own. */
static void fill_signer(struct options *o)
{
    str key = str_from(options_text(o, OPT_SEAL_KEY_FILE));
    size_t n = key.n;
    while (n && key.p[n - 1] != '/')
        n--;
    str folder = str_slice(key, 0, n);
    const char *between = options_is_try(o) ? "signer/" : "";
    fill(o, OPT_TICKET_KEY_FILE,
        arena_printf(&o->arena, "%.*s%sticket.key", STR_ARG(folder), between), "built in");
    fill(o, OPT_SIGNER_SOCKET,
        options_is_try(o) ? arena_printf(&o->arena, "%s-signer/socket", options_text(o, OPT_DATA))
                          : STR("/run/certhall-signer/socket"),
        "built in");
}

/* "https://host[:port]" and nothing behind. */
static bool is_origin(const char *url)
{
    str rest = str_from(url);
    if (!str_starts(rest, STR("https://")))
        return false;
    rest = str_slice(rest, strlen("https://"), rest.n);
    for (size_t i = 0; i < rest.n; i++)
        if (strchr("/?#@ \"\\", rest.p[i]))
            return false;
    return rest.n > 0;
}

static int check_production(const struct options *o, struct err *err)
{
    if (geteuid() != 0)
        return err_set(err, E_CONFIG,
            "mode production must be started by root: the server then becomes user %s and the "
            "signer another",
            options_text(o, OPT_USER));
    if (!is_origin(options_text(o, OPT_PUBLIC_URL)))
        return err_set(err, E_CONFIG,
            "mode production needs public_url, such as https://ca.example.cn, without a path");
    if (options_is_on(o, OPT_HTTPS) && !options_is_on(o, OPT_CERTIFICATE_FILE))
        return err_set(err, E_CONFIG,
            "mode production refuses the self-made certificate: set certificate_file and "
            "certificate_key_file");
    return 0;
}

static int check_mail(const struct options *o, struct err *err)
{
    if (!options_is_on(o, OPT_MAIL_URL))
        return 0;
    if (!options_is_on(o, OPT_MAIL_FROM))
        return err_set(err, E_CONFIG, "mail_url needs mail_from");
    if (options_is_on(o, OPT_MAIL_USER) != options_is_on(o, OPT_MAIL_PASSWORD_FILE))
        return err_set(err, E_CONFIG, "mail_user and mail_password_file go together");
    return 0;
}

static int check_rows(const struct options *o, struct err *err)
{
    if (options_is_on(o, OPT_CERTIFICATE_FILE) != options_is_on(o, OPT_CERTIFICATE_KEY_FILE))
        return err_set(err, E_CONFIG, "certificate_file and certificate_key_file go together");
    if (!options_is_on(o, OPT_HTTP) && !options_is_on(o, OPT_HTTPS))
        return err_set(err, E_CONFIG, "http and https are both off: nobody could come in");
    str data = str_from(options_text(o, OPT_DATA)),
        key = str_from(options_text(o, OPT_SEAL_KEY_FILE));
    if (str_starts(key, data) && key.n > data.n &&
        (key.p[data.n] == '/' || str_ends(data, STR("/"))))
        return err_set(err, E_CONFIG,
            "seal_key_file lies inside the data directory: whoever copies the data would have the "
            "key");
    int rc = check_mail(o, err);
    return rc || options_is_try(o) ? rc : check_production(o, err);
}

int options_settle(struct options *o, struct err *err)
{
    fill(o, OPT_DATA, user_place(o, "/var/lib/certhall", "XDG_DATA_HOME", ".local/share"),
        "built in");
    fill_key_file(o);
    fill_signer(o);
    for (size_t i = 0; i < countof(folders); i++)
        fill_folder(o, i);
    return check_rows(o, err);
}
