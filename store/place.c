// SPDX-License-Identifier: Apache-2.0
// place: names of tables.
#include "store/tx_private.h"

int place_find(const struct store *s, str table, struct place *out)
{
    const struct schema_table *t = schema_table(&s->schema, table);
    if (t)
        *out = (struct place){ENV_FIXED + t->slot, t->database, t->key, t};
    else if (str_eq(table, STR("outbox")))
        *out = (struct place){ENV_OUTBOX, STR("outbox"), SCHEMA_KEY_TIME, NULL};
    else if (str_eq(table, STR("outbox.dead")))
        *out = (struct place){ENV_DEAD, STR("outbox.dead"), SCHEMA_KEY_TIME, NULL};
    else
        return E_INVALID;
    return 0;
}

int place_writable(const struct store *s, str table, struct place *out)
{
    int rc = place_find(s, table, out);
    return rc ? rc : out->table ? 0 : E_INVALID;
}
