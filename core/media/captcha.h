// SPDX-License-Identifier: Apache-2.0
// captcha: five characters as a small picture that people read and programs should not.
#ifndef CORE_MEDIA_CAPTCHA_H
#define CORE_MEDIA_CAPTCHA_H

#include "core/base/buf.h"

enum { CAPTCHA_LENGTH = 5, CAPTCHA_WIDTH = 160, CAPTCHA_HEIGHT = 60 };

/* Lower-case letters and digits that cannot be mistaken for each other. */
extern const char CAPTCHA_ALPHABET[];

/* Draws `text` (CAPTCHA_LENGTH characters of the alphabet, else E_INVALID) and appends a PNG.
 * `random` fills bytes: the picture depends on nothing else. */
must_use int captcha_png(str text, void (*random)(void *out, size_t n), struct buf *out);

#endif
