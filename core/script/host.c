// SPDX-License-Identifier: Apache-2.0
// host: limited allocator and budget hook.
#include "core/script/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "core/base/clock.h"

enum { HOOK_STEP = 1000, HOOK_STEP_BUNDLE = 100, LOOK_EVERY = 8 };

/* Stands before each block of a tracked host; keeps the alignment of max_align_t. */
struct block {
    struct list link;
};
_Static_assert(sizeof(struct block) % _Alignof(max_align_t) == 0, "blocks stay aligned");

static void *plain_realloc(void *old, size_t size)
{
    return realloc(old, size);
}

static void *tracked_realloc(struct host *h, void *old, size_t size)
{
    struct block *b = old ? (struct block *)old - 1 : NULL;
    if (b)
        list_remove(&b->link);
    struct block *n = realloc(b, sizeof(*n) + size);
    if (!n) {
        if (b)
            list_push(&h->blocks, &b->link);
        return NULL;
    }
    list_push(&h->blocks, &n->link);
    return n + 1;
}

static void release_block(struct host *h, void *old)
{
    if (!h->tracked || !old) {
        free(old);
        return;
    }
    struct block *b = (struct block *)old - 1;
    list_remove(&b->link);
    free(b);
}

static int hook_step(const struct host *h)
{
    return h->kind == HOST_BUNDLE ? HOOK_STEP_BUNDLE : HOOK_STEP;
}

/* Between two looks a bundle computes for microseconds. A jump by half its time is not its own: a
 * virtual machine counts what others took from it as ours. Forgiven once in a call, since a script
 * can have C do something long, too. */
static void forgive_jump(struct host *h, uint64_t used)
{
    uint64_t seen = h->looked_ns - h->granted_ns; /* not more was used until the last look */
    uint64_t jump = used > seen ? used - seen : 0;
    if (h->kind != HOST_BUNDLE || h->forgiven || jump < h->left_ns / 2)
        return;
    h->forgiven = true;
    h->left_ns += jump;
}

/* Only processor time counts: that the machine was busy with something else is no fault of a
 * script. A bundle's few milliseconds are measured from the grant; of anything else only what
 * follows the first lateness is. */
static bool is_used_up(struct host *h, uint64_t now)
{
    uint64_t cpu = clock_thread_ns();
    if (!h->cpu_ns)
        h->cpu_ns = cpu;
    uint64_t used = cpu - h->cpu_ns;
    if (used >= h->left_ns)
        forgive_jump(h, used);
    if (used >= h->left_ns)
        return true;
    h->deadline_ns = now + h->left_ns - used;
    return false;
}

/* The cheap clock is asked first. */
static bool is_late(struct host *h, uint64_t now)
{
    bool late = h->deadline_ns && now > h->deadline_ns && is_used_up(h, now);
    h->looked_ns = now;
    return late;
}

static bool is_over_time(struct host *h)
{
    return h->budget <= 0 || is_late(h, clock_mono_ns());
}

/* Remembers the line of the running function; false when it is none of Lua's. */
static bool look(struct host *h, lua_State *L, lua_Debug *ar)
{
    lua_getinfo(L, "Sl", ar);
    if (ar->currentline <= 0)
        return false;
    h->placed = h->killed;
    h->line = ar->currentline;
    memcpy(h->source, ar->short_src, sizeof(h->source));
    return true;
}

/* The innermost function of a bundle that is one of Lua's. */
static void look_from_c(struct host *h)
{
    lua_Debug ar;
    if (!h->main || !h->killed || h->placed)
        return;
    for (int level = 0; lua_getstack(h->main, level, &ar); level++)
        if (look(h, h->main, &ar))
            return;
}

bool host_spend(struct host *h, int64_t instructions)
{
    h->budget -= instructions;
    if (is_over_time(h))
        h->killed = true;
    return !h->killed;
}

/* What C does between two hooks is paid for by the bytes it makes. */
static bool charge_block(struct host *h, size_t size)
{
    if (h->kind != HOST_BUNDLE || size < 4096)
        return true;
    return host_spend(h, (int64_t)(size / HOST_BYTES_PER_INSTRUCTION));
}

/* The task that grows too much is stopped by its hook, without the full collection that a refusal
 * would cost everybody; only a single huge block is refused at once. */
static bool is_growth_refused(struct host *h, size_t old_size, size_t size)
{
    if (!h->growth_max)
        return false;
    int64_t growth = (int64_t)(h->used - old_size + size) - h->growth_from;
    if (growth <= (int64_t)h->growth_max)
        return false;
    h->killed = true;
    h->out_of_memory = true;
    return growth > 2 * (int64_t)h->growth_max;
}

/* Refused once, Lua collects everything and tries again, under another number. It does not for
 * stacks, which grow, and for the boxes of long buffers. */
static bool is_collection_due(const struct host *h, uint64_t n, size_t old_size, size_t size)
{
    return h->collect_every && n % h->collect_every == 0 && old_size == 0 && size < LUAL_BUFFERSIZE;
}

static bool is_refused(struct host *h, size_t old_size, size_t size)
{
    uint64_t n = ++h->allocations;
    if (h->fail_at && (n == h->fail_at || n == h->fail_at + 1)) /* Lua collects and tries again */
        return true;
    if (is_collection_due(h, n, old_size, size))
        return true;
    if (!charge_block(h, size) || is_growth_refused(h, old_size, size))
        return true;
    bool fits = !h->limit || h->used - old_size + size <= h->limit;
    if (fits && (h->kind != HOST_BUNDLE || size <= HOST_BUNDLE_BLOCK_MAX))
        return false;
    if (h->kind == HOST_BUNDLE) {
        h->killed = true;
        h->out_of_memory = true;
    }
    return true;
}

static void *host_alloc(void *ud, void *old, size_t old_size, size_t size)
{
    struct host *h = ud;
    if (!old)
        old_size = 0; /* Lua passes the kind of object here */
    if (size == 0) {
        release_block(h, old);
        h->used -= old_size;
        return NULL;
    }
    if (size > old_size && is_refused(h, old_size, size)) {
        /* Not while a block grows: it may be the stack, whose pointers are no pointers then; the
         * line seen last must do. */
        if (!old)
            look_from_c(h);
        return NULL;
    }
    void *p = h->tracked ? tracked_realloc(h, old, size) : plain_realloc(old, size);
    if (!p)
        return NULL;
    h->used = h->used - old_size + size;
    if (h->used > h->peak)
        h->peak = h->used;
    return p;
}

/* The line of a bundle that was stopped is the first one at which it was. */
static void look_from_hook(struct host *h, lua_State *L, lua_Debug *ar)
{
    bool is_due = h->killed ? !h->placed : ++h->hooks % LOOK_EVERY == 0;
    if (h->kind == HOST_BUNDLE && is_due)
        (void)look(h, L, ar);
}

static void on_count(lua_State *L, lua_Debug *ar)
{
    struct host *h = host_of(L);
    uint64_t now = clock_mono_ns();
    h->budget -= hook_step(h);
    if (h->budget <= 0 || is_late(h, now))
        h->killed = true;
    look_from_hook(h, L, ar);
    if (!h->killed) {
        if (h->slice_ns && now > h->slice_ns && lua_isyieldable(L))
            lua_yield(L, 0);
        return;
    }
    /* From here on every instruction raises, so that no protected call can go on. */
    lua_sethook(L, on_count, LUA_MASKCOUNT | LUA_MASKLINE | LUA_MASKCALL | LUA_MASKRET, 1);
    luaL_error(L, "%s", host_kill_reason(h));
}

void host_charge(lua_State *L, int64_t instructions)
{
    struct host *h = host_of(L);
    if (host_spend(h, instructions))
        return;
    look_from_c(h);
    luaL_error(L, "%s", host_kill_reason(h));
}

lua_State *host_new_state(struct host *h)
{
    list_init(&h->blocks);
    lua_State *L = lua_newstate(host_alloc, h);
    if (!L) {
        host_drop(h);
        return NULL;
    }
    h->main = h->kind == HOST_BUNDLE ? L : NULL;
    lua_setwarnf(L, NULL, NULL);
    memset(lua_getextraspace(L), 0, LUA_EXTRASPACE);
    return L;
}

void host_close(struct host *h, lua_State *L)
{
    if (L)
        lua_close(L);
    arena_release(&h->scratch);
    buf_release(&h->out);
    regex_release(&h->regex);
}

void host_drop(struct host *h)
{
    list_each(it, &h->blocks) free(container_of(it, struct block, link));
    list_init(&h->blocks);
    h->main = NULL;
    h->used = 0;
    arena_release(&h->scratch);
    buf_release(&h->out);
    regex_release(&h->regex);
}

void host_grant(struct host *h, int64_t instructions, int64_t ms)
{
    h->killed = false;
    h->out_of_memory = false;
    h->budget = instructions;
    if (h->patience)
        ms *= h->patience;
    h->left_ns = ms > 0 ? (uint64_t)ms * 1000000u : 0;
    h->granted_ns = h->looked_ns = clock_mono_ns();
    h->deadline_ns = ms > 0 ? h->granted_ns + h->left_ns : 0;
    h->forgiven = false;
    h->cpu_ns = h->kind == HOST_BUNDLE ? clock_thread_ns() : 0;
    h->slice_ns = 0;
    h->growth_max = 0;
    h->placed = false;
    h->hooks = 0;
    h->line = 0;
}

void host_arm(lua_State *L)
{
    lua_sethook(L, on_count, LUA_MASKCOUNT, hook_step(host_of(L)));
}

void host_place(struct host *h, const char *file, int line)
{
    h->line = line;
    snprintf(h->source, sizeof(h->source), "%s", file);
}

void host_where(const struct host *h, char *out, size_t size)
{
    *out = 0;
    if (h->line)
        snprintf(out, size, "%s:%d", h->source, h->line);
}

const char *host_kill_reason(const struct host *h)
{
    if (h->out_of_memory)
        return "memory limit reached";
    return h->budget <= 0 ? "instruction budget used up" : "time limit reached";
}
