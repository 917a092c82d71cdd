// SPDX-License-Identifier: Apache-2.0
// actor: who acts, judged by stored rows.
#ifndef CORE_DOMAIN_ACTOR_H
#define CORE_DOMAIN_ACTOR_H

#include "core/domain/record.h"

enum { ACTOR_SYSTEM = 1 << 16 }; /* joined to allowed roles: the system itself may */

/* Whether the actor may act in his role, one of `roles`. Applicants need a grant on `object`. */
must_use int actor_check(struct store_tx *tx, const struct domain_actor *by, unsigned roles,
    str object, struct err *err);
/* The person of a staff account; empty without one. Lives in the arena. */
must_use int actor_person(struct store_tx *tx, str account, struct arena *arena, str *person);
/* 0 when the person holds no grant on the object through any account; E_DENIED otherwise. */
must_use int actor_is_apart(
    struct store_tx *tx, str account, str person, str object, struct err *err);
/* 0 when the account owns the object now and did at that moment, 1 if not. */
must_use int actor_owned_at(struct store_tx *tx, str account, str object, int64_t ms);
/* 64 lower-case hexadecimal digits. */
bool actor_is_digest(str s);
/* A word of at most 64 bytes of [a-z0-9_.-]. */
bool actor_is_word(str s);

#endif
