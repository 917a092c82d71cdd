// SPDX-License-Identifier: Apache-2.0
// options_write: the table and its values for people, for documents and for scripts.
#include "core/app/options.h"

#include <ctype.h>
#include <string.h>

#include "core/app/version.h"
#include "core/base/json.h"

static const char *type_name(enum option_type type)
{
    static const char *const names[] = {
        [OPTION_TEXT] = "text",
        [OPTION_PATH] = "path",
        [OPTION_ADDRESS] = "address",
        [OPTION_INT] = "number",
        [OPTION_BOOL] = "true|false",
    };
    return names[type];
}

static void put_values(const struct option_info *i, struct buf *out)
{
    if (i->choices)
        buf_append(out, str_from(i->choices));
    else if (i->type == OPTION_INT)
        buf_printf(out, "%lld to %lld", (long long)i->min, (long long)i->max);
    else
        buf_append(out, str_from(type_name(i->type)));
}

static void put_flag(const char *name, struct buf *out)
{
    for (; *name; name++)
        buf_append_byte(out, *name == '_' ? '-' : *name);
}

void options_write_help(struct buf *out)
{
    for (int id = 0; id < OPTION_COUNT; id++) {
        const struct option_info *i = option_info((enum option_id)id);
        buf_append(out, STR("  --"));
        put_flag(i->name, out);
        buf_append_byte(out, ' ');
        put_values(i, out);
        if (*i->initial)
            buf_printf(out, " (%s)", i->initial);
        buf_printf(out, "\n      %s\n", i->text);
    }
}

static void put_variable(const char *name, struct buf *out)
{
    buf_append(out, STR("CERTHALL_"));
    for (; *name; name++)
        buf_append_byte(out, (char)toupper((unsigned char)*name));
}

static void put_escaped(str text, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '|')
            buf_append_byte(out, '\\');
        buf_append_byte(out, text.p[i]);
    }
}

/* What options_settle fills in. */
static bool is_settled(enum option_id id)
{
    return id == OPT_DATA || id == OPT_SEAL_KEY_FILE || id == OPT_SCRIPTS || id == OPT_WWW ||
           id == OPT_PUBLIC_URL || id == OPT_SIGNER_SOCKET || id == OPT_TICKET_KEY_FILE;
}

static void put_default(enum option_id id, struct buf *out)
{
    const char *initial = option_info(id)->initial;
    if (*initial)
        buf_printf(out, " | `%s` | `", initial);
    else
        buf_append(out, is_settled(id) ? STR(" | see below | `") : STR(" | none | `"));
}

static void put_row(enum option_id id, struct buf *out)
{
    const struct option_info *i = option_info(id);
    struct buf values = {0};
    put_values(i, &values);
    buf_printf(out, "| `%s` | ", i->name);
    put_escaped(buf_str(&values), out);
    put_default(id, out);
    put_variable(i->name, out);
    buf_printf(out, "` | %s |\n", i->text);
    buf_release(&values);
}

void options_write_markdown(struct buf *out)
{
    buf_append(
        out, STR("# Options\n\n"
                 "Made by `certhall options --markdown`; change the table in core/app/options.c "
                 "instead.\n\n"
                 "An option is set in the configuration file (`name = value`, Lua), by the "
                 "environment or "
                 "on the command line\n(`--name value`, with `-` for `_`); the later wins. "
                 "`certhall check` "
                 "prints what is in force and where it came from.\n\n"
                 "| option | value | default | environment | meaning |\n|---|---|---|---|---|\n"));
    for (int id = 0; id < OPTION_COUNT; id++)
        put_row((enum option_id)id, out);
    buf_append(
        out, STR("\n## Defaults that depend on who starts the server\n\n"
                 "| option | started by root | started by anyone else |\n|---|---|---|\n"
                 "| `data` | `/var/lib/certhall` | `${XDG_DATA_HOME:-~/.local/share}/certhall` |\n"
                 "| `seal_key_file` | `/etc/certhall/seal.key` | "
                 "`${XDG_CONFIG_HOME:-~/.config}/certhall/seal.key` |\n"
                 "| configuration file | `/etc/certhall/config.lua` | "
                 "`${XDG_CONFIG_HOME:-~/.config}/certhall/config.lua` |\n"
                 "\n`$CREDENTIALS_DIRECTORY/seal.key`, as systemd's `LoadCredential=` makes it, "
                 "goes before "
                 "the default of `seal_key_file`.\nIn mode try the signer's own folders are "
                 "`signer` beside `seal_key_file` and `data` with `-signer` behind it; in mode "
                 "production\n`ticket_key_file` lies beside `seal_key_file` and `signer_socket` is "
                 "`/run/certhall-signer/socket`.\n`scripts` and `www` are looked for above the "
                 "program's own "
                 "folder, then in `/usr/share/certhall`.\n`public_url` is made from `https`, or "
                 "from `http` "
                 "when `https` is off. A file whose option ends in `_file`\nand holds a secret "
                 "must not be "
                 "readable by anyone but its owner.\n"));
}

void options_write_values(const struct options *o, struct buf *out)
{
    for (int id = 0; id < OPTION_COUNT; id++) {
        const struct option_info *i = option_info((enum option_id)id);
        const char *value = o->value[id].text;
        buf_printf(out, "%-28s %-36s %s%s\n", i->name, *value ? value : "-", o->value[id].source,
            i->secret && *value ? " (content never shown)" : "");
    }
}

/* Scripts learn no path, no address of the machine and nothing of secrets. */
void options_write_json(const struct options *o, str public_url, struct buf *out)
{
    struct json_writer w = {.out = out};
    json_begin_object(&w);
    json_key(&w, STR("mode"));
    json_put_str(&w, str_from(options_text(o, OPT_MODE)));
    json_key(&w, STR("version"));
    json_put_str(&w, STR(CERTHALL_VERSION));
    json_key(&w, STR("try_mode"));
    json_put_bool(&w, options_is_try(o));
    json_key(&w, STR("watch"));
    json_put_bool(&w, options_bool(o, OPT_WATCH));
    json_key(&w, STR("public_url"));
    json_put_str(&w, public_url);
    json_end_object(&w);
}
