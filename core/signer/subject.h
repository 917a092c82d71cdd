// SPDX-License-Identifier: Apache-2.0
// subject: the reviewed subject of a ticket as what a certificate carries: its name, numbers and
// mail address, and nothing else. Members are the short names of core/pki/name.h, and "mail",
// "registry", "organisation", "tax".
#ifndef CORE_SIGNER_SUBJECT_H
#define CORE_SIGNER_SUBJECT_H

#include "core/base/arena.h"
#include "core/pki/issue.h"

struct subject {
    struct name name;
    str mail;
    str numbers[NUMBER_COUNT];
};

/* Reads a JSON object; the values live in the arena. The name's fields stand in the order of
 * NAME_FIELDS whatever the object's is. E_INVALID for members that are unknown, empty or no text
 * (OU may be a list). */
must_use int subject_read(str json, struct arena *arena, struct subject *out, struct err *err);

#endif
