// SPDX-License-Identifier: Apache-2.0
// bundle_dir: business rules as a directory: nothing but the files of a bundle, so that it can live
// in version control. Hidden names are not looked at.
#ifndef CORE_APP_BUNDLE_DIR_H
#define CORE_APP_BUNDLE_DIR_H

#include "core/base/json.h"

/* Writes {"prices.lua": "…"} of the Lua files below dir. E_NOT_FOUND when there is none, E_PARSE
 * for one that is not UTF-8. */
must_use int bundle_dir_read(const char *dir, struct json_writer *w, struct err *err);
/* Makes dir hold exactly the files of the object. A directory that is neither empty nor holds a
 * bundle is refused (E_EXISTS) unless force, and then nothing in it is removed. */
must_use int bundle_dir_write(
    const char *dir, const struct json *files, bool force, struct err *err);

#endif
