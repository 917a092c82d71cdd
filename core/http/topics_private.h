// SPDX-License-Identifier: Apache-2.0
// topics_private: who listens to which name, and which names changed lately.
#ifndef CORE_HTTP_TOPICS_PRIVATE_H
#define CORE_HTTP_TOPICS_PRIVATE_H

#include "core/base/base.h"
#include "core/base/list.h"

enum { NAME_HASHES = 1024, CHANGES = 1024 };

/* One topic, or one session, that somebody hangs on; gone with the last one. */
struct name {
    struct name *next;
    struct list members; /* struct name_link */
    unsigned count;
    size_t n;
    char text[];
};

struct name_link {
    struct list node;
    struct name *name;
    void *member;
    unsigned index; /* the member's number for this name */
};

struct names {
    struct name *hashes[NAME_HASHES];
};

/* NULL when nobody hangs on it. */
struct name *names_find(struct names *all, str text);
void names_join(struct names *all, str text, struct name_link *link, void *member, unsigned index);
void names_leave(struct names *all, struct name_link *link);

/* The last changes, by the hash of their names: a collision tells too much, never too little. */
struct changes {
    uint64_t count; /* of all changes ever; the newest one's number */
    uint64_t ring[CHANGES];
};
void changes_add(struct changes *c, str topic);
/* Whether the topic changed after change number `since`, as far as is known: yes when in doubt. */
bool changes_since(const struct changes *c, uint64_t since, str topic);

#endif
