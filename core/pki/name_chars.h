// SPDX-License-Identifier: Apache-2.0
// name_chars: the judgement on single characters. Used inside core/pki only.
#ifndef CORE_PKI_NAME_CHARS_H
#define CORE_PKI_NAME_CHARS_H

#include "core/base/base.h"

/* NULL, or what is wrong with the character, as the end of "… is": static. */
const char *name_char_refused(uint32_t code_point);
/* PrintableString (X.680 41.4). */
bool name_char_is_printable(uint32_t code_point);

#endif
