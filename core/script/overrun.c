// SPDX-License-Identifier: Apache-2.0
// overrun: a short list that counts what repeats.
#include "core/script/overrun.h"

#include <stdlib.h>

#include "core/base/arena.h"
#include "core/base/clock.h"

enum { HELD_MAX = 64 };

struct overruns {
    struct arena arena;
    struct overrun held[HELD_MAX];
    size_t count;
};

struct overruns *overruns_new(void)
{
    return mem_zalloc(1, sizeof(struct overruns));
}

void overruns_free(struct overruns *o)
{
    if (!o)
        return;
    arena_release(&o->arena);
    free(o);
}

static bool is_same(const struct overrun *a, const struct overrun *b)
{
    return str_eq(a->hash, b->hash) && str_eq(a->kind, b->kind) && str_eq(a->subject, b->subject) &&
           str_eq(a->path, b->path) && str_eq(a->where, b->where);
}

/* Behind the last one there is room for nobody: it is counted with the last. */
static struct overrun *find(struct overruns *o, const struct overrun *one)
{
    for (size_t i = 0; i < o->count; i++)
        if (is_same(&o->held[i], one))
            return &o->held[i];
    return o->count < HELD_MAX ? NULL : &o->held[HELD_MAX - 1];
}

static struct overrun *hold(struct overruns *o, const struct overrun *one)
{
    struct overrun *held = &o->held[o->count++];
    *held = (struct overrun){
        .hash = arena_str(&o->arena, one->hash),
        .kind = arena_str(&o->arena, one->kind),
        .subject = arena_str(&o->arena, one->subject),
        .path = arena_str(&o->arena, one->path),
        .where = arena_str(&o->arena, one->where),
        .why = arena_str(&o->arena, one->why),
        .cause = arena_str(&o->arena, one->cause),
    };
    return held;
}

void overruns_note(struct overruns *o, const struct overrun *one)
{
    struct overrun *held = find(o, one);
    if (!held)
        held = hold(o, one);
    held->at_ms = clock_wall_ms();
    held->count++;
    held->suspended = held->suspended || one->suspended;
}

const struct overrun *overruns_at(const struct overruns *o, size_t index)
{
    return index < o->count ? &o->held[index] : NULL;
}

void overruns_clear(struct overruns *o)
{
    o->count = 0;
    arena_clear(&o->arena);
}
