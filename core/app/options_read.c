// SPDX-License-Identifier: Apache-2.0
// options_read: values from the configuration file, the environment and the command line.
#define _GNU_SOURCE
#include "core/app/options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/json.h"
#include "core/loop/file.h"
#include "core/script/script.h"

enum { CONFIG_LIMIT = 256 << 10 };

static int unknown(str name, const char *where, struct err *err)
{
    const char *near = option_nearest(name);
    if (near)
        err_set(
            err, E_CONFIG, "there is no option \"%.*s\"; did you mean %s?", STR_ARG(name), near);
    else
        err_set(err, E_CONFIG, "there is no option \"%.*s\"; certhall help options lists them",
            STR_ARG(name));
    err_at(err, "%s", where);
    return E_CONFIG;
}

static int put_value(const struct json *v, struct buf *text)
{
    struct json_writer w = {.out = text};
    switch (json_type(v)) {
    case JSON_STRING:
        buf_append(text, json_str(v));
        return 0;
    case JSON_BOOL:
    case JSON_INT:
    case JSON_UINT:
        json_put_value(&w, v);
        return 0;
    default:
        return E_CONFIG;
    }
}

/* The line of the last assignment to `name`: Lua values do not remember where they were born. */
static int line_of(str text, str name)
{
    int line = 0, found = 0;
    while (text.n) {
        str one = str_trim(str_cut(&text, '\n'));
        line++;
        if (str_starts(one, name) && one.n > name.n && strchr(" =\t", one.p[name.n]))
            found = line;
    }
    return found;
}

static int read_member(
    struct options *o, str text, const char *name, const struct json_iter *it, struct err *err)
{
    char where[OPTION_SOURCE_SIZE];
    snprintf(where, sizeof(where), "%s:%d", name, line_of(text, it->name));
    int id = option_find(it->name);
    if (id < 0)
        return unknown(it->name, where, err);
    struct buf value = {0};
    int rc = put_value(it->value, &value);
    if (rc) {
        rc = err_set(err, E_CONFIG, "%s must be a text, a whole number, true or false",
            option_info((enum option_id)id)->name);
        err_at(err, "%s", where);
    } else {
        rc = options_set(o, (enum option_id)id, buf_str(&value), where, err);
    }
    buf_release(&value);
    return rc;
}

int options_read_text(struct options *o, str text, const char *name, struct err *err)
{
    struct buf json = {0};
    struct arena arena = {0};
    const struct json *root = NULL;
    int rc = script_config_run(text, name, &json, err);
    if (!rc)
        rc = json_parse(buf_str(&json), 8, &arena, &root, err);
    struct json_iter it;
    json_iter_init(&it, root);
    while (!rc && json_iter_next(&it))
        rc = read_member(o, text, name, &it, err);
    arena_release(&arena);
    buf_release(&json);
    return rc;
}

static const char *usual_file(struct options *o)
{
    const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME");
    str path = STR("/etc/certhall/config.lua");
    if (geteuid() != 0 && xdg && *xdg)
        path = arena_printf(&o->arena, "%s/certhall/config.lua", xdg);
    else if (geteuid() != 0 && home && *home)
        path = arena_printf(&o->arena, "%s/.config/certhall/config.lua", home);
    return access(path.p, F_OK) == 0 ? path.p : NULL;
}

int options_read_file(struct options *o, const char *path, struct err *err)
{
    if (!path)
        path = usual_file(o);
    if (!path)
        return 0;
    struct buf text = {0};
    int rc = file_read(path, CONFIG_LIMIT, &text, err);
    if (!rc)
        rc = options_read_text(o, buf_str(&text), path, err);
    buf_release(&text);
    if (!rc)
        o->config_file = arena_str(&o->arena, str_from(path)).p;
    return rc;
}

/* The variables that belong to other parts of the project. */
static bool is_foreign(str name)
{
    static const char *const known[] = {"config", "cache", "fuzz_seconds"};
    for (size_t i = 0; i < countof(known); i++)
        if (str_eq(name, str_from(known[i])))
            return true;
    return false;
}

static int read_variable(struct options *o, str entry, struct err *err)
{
    char name[64], source[OPTION_SOURCE_SIZE];
    str key = str_cut(&entry, '=');
    key = str_slice(key, strlen("CERTHALL_"), key.n);
    if (str_to_c(key, name, sizeof(name)))
        return 0;
    for (char *c = name; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    snprintf(source, sizeof(source), "environment CERTHALL_%.*s", STR_ARG(key));
    int id = option_find(str_from(name));
    if (id < 0)
        return is_foreign(str_from(name)) ? 0 : unknown(str_from(name), source, err);
    return options_set(o, (enum option_id)id, entry, source, err);
}

int options_read_environment(struct options *o, char *const *environment, struct err *err)
{
    int rc = 0;
    for (; *environment && !rc; environment++)
        if (strncmp(*environment, "CERTHALL_", 9) == 0)
            rc = read_variable(o, str_from(*environment), err);
    return rc;
}

/* One --argument; *used tells how many words it took. */
static int read_argument(struct options *o, char **argv, int *used, struct err *err)
{
    static const char source[] = "command line";
    str value = str_from(argv[0] + 2);
    bool with_value = str_index(value, '=') >= 0;
    str name = str_cut(&value, '=');
    bool no = str_starts(name, STR("no-"));
    int id = option_find(no ? str_slice(name, 3, name.n) : name);
    *used = 1;
    if (id < 0)
        return unknown(name, source, err);
    enum option_id option = (enum option_id)id;
    if (option_info(option)->type == OPTION_BOOL && !with_value)
        return options_set(o, option, no ? STR("false") : STR("true"), source, err);
    if (no)
        return err_set(
            err, E_CONFIG, "--%.*s: only a yes-or-no option can be denied", STR_ARG(name));
    if (!with_value && !argv[1])
        return err_set(err, E_CONFIG, "--%.*s needs a value", STR_ARG(name));
    if (!with_value) {
        value = str_from(argv[1]);
        *used = 2;
    }
    return options_set(o, option, value, source, err);
}

int options_read_arguments(struct options *o, int argc, char **argv, struct err *err)
{
    int kept = 0, at = 0;
    for (; at < argc && strcmp(argv[at], "--") != 0;) {
        if (strncmp(argv[at], "--", 2) != 0) {
            argv[kept++] = argv[at++];
            continue;
        }
        int used, rc = read_argument(o, argv + at, &used, err);
        if (rc)
            return rc;
        at += used;
    }
    if (at < argc)
        at++;
    while (at < argc)
        argv[kept++] = argv[at++];
    argv[kept] = NULL;
    return kept;
}
