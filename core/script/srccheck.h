// SPDX-License-Identifier: Apache-2.0
// srccheck: what the text of a business script may not contain, before Lua's own parser sees it.
// Pure.
#ifndef CORE_SCRIPT_SRCCHECK_H
#define CORE_SCRIPT_SRCCHECK_H

#include "core/base/base.h"

enum { SRCCHECK_MAX = 256 << 10 };

/* Refuses bytecode, NUL, byte order marks, broken UTF-8, bidirectional controls (they make a text
 * read otherwise than it runs), identifiers outside ASCII, <close>. E_PARSE with err->where
 * "name:line". */
must_use int srccheck(str name, str text, struct err *err);

#endif
