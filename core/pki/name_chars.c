// SPDX-License-Identifier: Apache-2.0
// name_chars: which characters may stand in a name, and why the others may not.
#include "core/pki/name_chars.h"

/* Ordered by `from`; nothing overlaps. */
static const struct range {
    uint32_t from;
    uint32_t to;
    const char *why;
} REFUSED[] = {
    {0x0000, 0x001f, "a control character"},
    {0x007f, 0x009f, "a control character"},
    {0x00a0, 0x00a0, "an unusual space"},
    {0x00ad, 0x00ad, "an invisible character"},
    {0x0300, 0x036f, "a combining mark (write the composed character)"},
    {0x061c, 0x061c, "a character that turns the writing direction"},
    {0x115f, 0x1160, "an invisible character"},
    {0x1680, 0x1680, "an unusual space"},
    {0x17b4, 0x17b5, "an invisible character"},
    {0x180b, 0x180f, "an invisible character"},
    {0x1ab0, 0x1aff, "a combining mark (write the composed character)"},
    {0x1dc0, 0x1dff, "a combining mark (write the composed character)"},
    {0x2000, 0x200a, "an unusual space"},
    {0x200b, 0x200d, "an invisible character"},
    {0x200e, 0x200f, "a character that turns the writing direction"},
    {0x2028, 0x2029, "a line separator"},
    {0x202a, 0x202e, "a character that turns the writing direction"},
    {0x202f, 0x202f, "an unusual space"},
    {0x205f, 0x205f, "an unusual space"},
    {0x2060, 0x2065, "an invisible character"},
    {0x2066, 0x2069, "a character that turns the writing direction"},
    {0x206a, 0x206f, "an invisible character"},
    {0x20d0, 0x20ff, "a combining mark (write the composed character)"},
    {0x2800, 0x2800, "an invisible character"},
    {0x3000, 0x3000, "an unusual space"},
    {0x3099, 0x309a, "a combining mark (write the composed character)"},
    {0x3164, 0x3164, "an invisible character"},
    {0xd800, 0xdfff, "half of a surrogate pair"},
    {0xe000, 0xf8ff, "a private character (it looks different on every machine)"},
    /* Twelve of this block are ordinary characters: fa0e fa0f fa11 fa13 fa14 fa1f fa21 fa23 fa24
     * fa27 fa28 fa29. */
    {0xf900, 0xfa0d, "a compatibility character (write the ordinary one)"},
    {0xfa10, 0xfa10, "a compatibility character (write the ordinary one)"},
    {0xfa12, 0xfa12, "a compatibility character (write the ordinary one)"},
    {0xfa15, 0xfa1e, "a compatibility character (write the ordinary one)"},
    {0xfa20, 0xfa20, "a compatibility character (write the ordinary one)"},
    {0xfa22, 0xfa22, "a compatibility character (write the ordinary one)"},
    {0xfa25, 0xfa26, "a compatibility character (write the ordinary one)"},
    {0xfa2a, 0xfaff, "a compatibility character (write the ordinary one)"},
    {0xfdd0, 0xfdef, "not a character"},
    {0xfe00, 0xfe0f, "an invisible character"},
    {0xfe20, 0xfe2f, "a combining mark (write the composed character)"},
    {0xfeff, 0xfeff, "an invisible character"},
    {0xffa0, 0xffa0, "an invisible character"},
    {0xfff0, 0xfffd, "a replacement or special character (the text was damaged before)"},
    {0x1bca0, 0x1bca3, "an invisible character"},
    {0x1d173, 0x1d17a, "an invisible character"},
    {0x2f800, 0x2fa1f, "a compatibility character (write the ordinary one)"},
    {0xe0000, 0xe0fff, "an invisible character"},
    {0xf0000, 0x10ffff, "a private character (it looks different on every machine)"},
};

const char *name_char_refused(uint32_t c)
{
    if ((c & 0xfffe) == 0xfffe)
        return "not a character";
    for (size_t i = 0; i < countof(REFUSED) && REFUSED[i].from <= c; i++)
        if (c <= REFUSED[i].to)
            return REFUSED[i].why;
    return NULL;
}

bool name_char_is_printable(uint32_t c)
{
    static const str others = {" '()+,-./:=?", 12};
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c > 0 && c < 128 && str_index(others, (char)c) >= 0);
}
