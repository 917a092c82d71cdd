// SPDX-License-Identifier: Apache-2.0
// fact: rows of the table "fact": one kind for each thing that happened to a case; ended, never
// deleted.
#ifndef CORE_DOMAIN_FACT_H
#define CORE_DOMAIN_FACT_H

#include "core/domain/actor.h"

/* Begins a fact of a case. */
void fact_begin(struct record *r, struct store_tx *tx, const struct domain_actor *by, str kase,
    const char *kind);
/* Writes it and its audit record; takes the record. */
must_use int fact_add(struct record *r, const struct domain_actor *by, str kase, const char *kind);
/* Marks a fact as ended. */
must_use int fact_end(struct store_tx *tx, const struct domain_actor *by, str key, str why);
/* Calls fn for each live fact of a kind (NULL: all) in the order they happened. */
must_use int fact_each(struct store_tx *tx, str kase, const char *kind, record_fn *fn, void *arg);
/* Ends each live fact of a kind, of `type` only if that is not empty; counts them. */
must_use int fact_end_all(struct store_tx *tx, const struct domain_actor *by, str kase,
    const char *kind, str type, str why, size_t *ended);
/* The newest live fact of a kind; 1 if none. */
must_use int fact_newest(struct store_tx *tx, str kase, const char *kind, struct arena *arena,
    str *key, const struct json **fact);

#endif
