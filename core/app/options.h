// SPDX-License-Identifier: Apache-2.0
// options: everything an operator can set, as one table; from it come the configuration file's
// checks, the environment's and the command line's names, --help and docs/options.md.
//
// Owns the values in force and remembers where each came from. Does not know what they are for.
#ifndef CORE_APP_OPTIONS_H
#define CORE_APP_OPTIONS_H

#include "core/base/arena.h"
#include "core/base/buf.h"

enum option_id {
    OPT_MODE,
    OPT_DATA,
    OPT_SEAL_KEY_FILE,
    OPT_SCRIPTS,
    OPT_WWW,
    OPT_HTTP,
    OPT_HTTPS,
    OPT_ADMIN,
    OPT_PUBLIC_URL,
    OPT_CERTIFICATE_FILE,
    OPT_CERTIFICATE_KEY_FILE,
    OPT_USER,
    OPT_WATCH,
    OPT_MAP_GIB,
    OPT_MAX_CONNECTIONS,
    OPT_MAX_CONNECTIONS_PER_ADDRESS,
    OPT_OPEN_FILES,
    OPT_TASK_SECONDS,
    OPT_CLIENT_HOSTS,
    OPT_CLIENT_CA_FILE,
    OPT_MAIL_URL,
    OPT_MAIL_USER,
    OPT_MAIL_PASSWORD_FILE,
    OPT_MAIL_FROM,
    OPT_MAIL_NAME,
    OPT_SIGNER,
    OPT_SIGNER_SOCKET,
    OPT_TICKET_KEY_FILE,
    OPT_CA_URL,
    OPT_DRAIN_SECONDS,
    OPT_MAINTENANCE_FILE,
    OPT_DISK_FREE_MIB,
    OPT_LOG_LEVEL,
    OPT_LOG_FORM,
    OPTION_COUNT
};

enum option_type { OPTION_TEXT, OPTION_PATH, OPTION_ADDRESS, OPTION_INT, OPTION_BOOL };

struct option_info {
    const char *name; /* as in config.lua */
    enum option_type type;
    const char *initial; /* value when nobody says otherwise; "" may be filled by options_settle */
    int64_t min, max;    /* for integers */
    const char *choices; /* "try|production", or NULL */
    bool secret;         /* names a file with a secret: its rights are checked, never shown */
    const char *text;    /* one sentence */
};

/* One row per option, in the order of the enum. */
const struct option_info *option_info(enum option_id id);
/* Its row number, or -1. `-` counts as `_`. */
int option_find(str name);
/* The option or other word of `words` nearest to a mistyped one, or NULL when none is near. */
const char *option_nearest(str name);

enum { OPTION_SOURCE_SIZE = 320 };

/* Fields are private; zero-initialise, then options_init. */
struct options {
    struct arena arena;
    struct {
        const char *text;   /* never NULL after init */
        const char *source; /* "built in", "config.lua:3", "environment", "command line" */
    } value[OPTION_COUNT];
    const char *config_file; /* the file that was read, or NULL */
};

void options_init(struct options *o);
void options_release(struct options *o);

/* Sets one value after checking it against its row; err names option and reason. */
must_use int options_set(
    struct options *o, enum option_id id, str text, const char *source, struct err *err);
/* Assignments of a configuration text (Lua, bare sandbox); `name` is used in messages. */
must_use int options_read_text(struct options *o, str text, const char *name, struct err *err);
/* The file at `path`, or the usual places when NULL (their absence is fine). */
must_use int options_read_file(struct options *o, const char *path, struct err *err);
/* CERTHALL_DATA and so on. */
must_use int options_read_environment(struct options *o, char *const *environment, struct err *err);
/* Takes --name value, --name=value, --flag and --no-flag out of argv (NULL-terminated, moved up in
 * place); stops at "--". Returns the new count, or an error. */
must_use int options_read_arguments(struct options *o, int argc, char **argv, struct err *err);
/* Fills what depends on the user and on the place of the program, then checks rows against each
 * other. */
must_use int options_settle(struct options *o, struct err *err);

/* Borrowed until options_release or the next set of the same option. */
const char *options_text(const struct options *o, enum option_id id);
int64_t options_int(const struct options *o, enum option_id id);
bool options_bool(const struct options *o, enum option_id id);
/* Whether text is set and not "off". */
bool options_is_on(const struct options *o, enum option_id id);
bool options_is_try(const struct options *o);

/* The table for people: `certhall help options`, and docs/options.md. */
void options_write_help(struct buf *out);
void options_write_markdown(struct buf *out);
/* What is in force, one line each, with its source. */
void options_write_values(const struct options *o, struct buf *out);
/* The values scripts may read, as a JSON object; `public_url` is the one in force. */
void options_write_json(const struct options *o, str public_url, struct buf *out);

#endif
