// SPDX-License-Identifier: Apache-2.0
// message: a mail as RFC 5322 text: UTF-8, base64, CRLF. Knows neither Lua nor SMTP.
#ifndef CORE_SCRIPT_MESSAGE_H
#define CORE_SCRIPT_MESSAGE_H

#include "core/base/buf.h"

struct message {
    str from_name; /* shown before the address; may be empty */
    str from;      /* bare addresses */
    str to;
    str subject;
    str text;
    str id;        /* for Message-ID: letters, digits, - and _ */
    int64_t at_ms; /* Date */
};

/* A bare address of the plain form local@domain, at most 254 ASCII characters, no quotes. */
bool message_is_address(str address);
/* Appends the whole text. E_INVALID for an address that is none, for a line break or another
 * control character in name or subject, or for text that is not UTF-8. */
must_use int message_write(const struct message *m, struct buf *out);

#endif
