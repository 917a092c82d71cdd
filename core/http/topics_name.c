// SPDX-License-Identifier: Apache-2.0
// topics_name: a table of names with those who hang on them.
#include <stdlib.h>
#include <string.h>

#include "core/http/topics_private.h"

static struct name **place_of(struct names *all, str text)
{
    struct name **at = &all->hashes[str_hash(text) % NAME_HASHES];
    while (*at && !str_eq(str_of((*at)->text, (*at)->n), text))
        at = &(*at)->next;
    return at;
}

struct name *names_find(struct names *all, str text)
{
    return *place_of(all, text);
}

void names_join(struct names *all, str text, struct name_link *link, void *member, unsigned index)
{
    struct name **at = place_of(all, text);
    if (!*at) {
        struct name *fresh = mem_zalloc(1, sizeof(*fresh) + text.n + 1);
        fresh->n = text.n;
        memcpy(fresh->text, text.p, text.n);
        list_init(&fresh->members);
        *at = fresh;
    }
    *link = (struct name_link){.name = *at, .member = member, .index = index};
    (*at)->count++;
    list_push(&(*at)->members, &link->node);
}

void names_leave(struct names *all, struct name_link *link)
{
    struct name *name = link->name;
    list_remove(&link->node);
    if (--name->count)
        return;
    struct name **at = place_of(all, str_of(name->text, name->n));
    *at = name->next;
    free(name);
}

void changes_add(struct changes *c, str topic)
{
    c->ring[++c->count % CHANGES] = str_hash(topic);
}

bool changes_since(const struct changes *c, uint64_t since, str topic)
{
    if (since > c->count || c->count - since >= CHANGES)
        return true;
    for (uint64_t i = since + 1; i <= c->count; i++)
        if (c->ring[i % CHANGES] == str_hash(topic))
            return true;
    return false;
}
