// SPDX-License-Identifier: Apache-2.0
// source: the texts of the scripts folder, read once, as they stood at one moment. Knows no Lua.
#ifndef CORE_SCRIPT_SOURCE_H
#define CORE_SCRIPT_SOURCE_H

#include "core/base/arena.h"

enum { SOURCE_FILE_MAX = 1 << 20, SOURCE_FILES_MAX = 4096 };

struct source {
    str name; /* "lib/form.lua": relative, with '/' */
    str text;
};

/* Sorted by name. Lives in the arena it was read into. */
struct source_set {
    const struct source *files;
    size_t count;
    char version[17]; /* 16 hexadecimal digits over names and texts */
};

/* Reads all *.lua, *.html and *.txt below dir, and those below tests_dir (may be NULL) as
 * "tests/…"; blocking, for the pool. E_IO, E_TOO_BIG, E_NOT_FOUND with the file in err. */
must_use int source_read(const char *dir, const char *tests_dir, struct arena *arena,
    struct source_set *out, struct err *err);
/* The file, or NULL. */
const struct source *source_find(const struct source_set *set, str name);

#endif
