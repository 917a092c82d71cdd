// SPDX-License-Identifier: Apache-2.0
// bundle: states of business rules, their calls and their overruns.
#include "core/script/bundle.h"

#include <stdlib.h>

#include <lauxlib.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/script/bundle_private.h"
#include "core/script/value.h"

/* A bundle that no call asked for lately is forgotten; whoever needs it again adds it again. */
enum { KEPT_MAX = 48 };

static const struct value_limits facts_limits = {.depth = 16, .nodes = 20000, .bytes = 1 << 20};
static const struct value_limits result_limits = {
    .depth = 8, .nodes = 1000, .bytes = 256 << 10, .utf8 = true};
static const struct value_limits read_limits = {
    .depth = 16, .nodes = 20000, .bytes = 1 << 20, .utf8 = true, .skip_foreign = true};

const uint32_t bundle_bounds_us[BUNDLE_BUCKETS - 1] = {50, 100, 250, 500, 1000, 2500, 5000, 10000};

struct bundle_set *bundle_set_new(const struct bundle_limits *limits)
{
    struct bundle_set *set = mem_zalloc(1, sizeof(*set));
    if (limits)
        set->limits = *limits;
    if (!set->limits.memory)
        set->limits.memory = 8 << 20;
    if (!set->limits.call_ms)
        set->limits.call_ms = 4;
    if (!set->limits.load_ms)
        set->limits.load_ms = 50;
    if (!set->limits.instructions)
        set->limits.instructions = 2000000;
    list_init(&set->bundles);
    return set;
}

static void free_bundle(struct bundle *b)
{
    bundle_unload(b);
    b->set->count--;
    list_remove(&b->link);
    arena_release(&b->arena);
    free(b);
}

void bundle_set_free(struct bundle_set *set)
{
    if (!set)
        return;
    list_each(it, &set->bundles) free_bundle(container_of(it, struct bundle, link));
    free(set);
}

/* From the end, where those in use stand. */
struct bundle *bundle_find(const struct bundle_set *set, str hash)
{
    for (struct list *it = set->bundles.prev; it != &set->bundles; it = it->prev) {
        struct bundle *b = container_of(it, struct bundle, link);
        if (str_eq(b->hash, hash))
            return b;
    }
    return NULL;
}

struct bundle_stats bundle_set_stats(const struct bundle_set *set)
{
    struct bundle_stats s = set->stats;
    s.memory = 0;
    s.known = (uint32_t)set->count;
    list_each(it, &set->bundles) s.memory += container_of(it, struct bundle, link)->host.used;
    return s;
}

static bool may_be_forgotten(const struct bundle *b)
{
    return !str_eq(b->hash, str_from(b->set->live)) && !str_eq(b->hash, str_from(b->set->over)) &&
           !bundle_has_suspended(b) && b->link.next != &b->set->bundles;
}

/* Makes room for the newest, which stands last. */
static void forget(struct bundle_set *set)
{
    list_each(it, &set->bundles)
    {
        struct bundle *b = container_of(it, struct bundle, link);
        if (set->count <= KEPT_MAX)
            return;
        if (may_be_forgotten(b))
            free_bundle(b);
    }
}

int bundle_add(struct bundle_set *set, str hash, str files_json, struct err *err)
{
    if (bundle_find(set, hash))
        return 0;
    struct bundle *b = mem_zalloc(1, sizeof(*b));
    b->set = set;
    b->hash = arena_str(&b->arena, hash);
    list_push(&set->bundles, &b->link);
    set->count++;
    forget(set);
    int rc = bundle_read_files(b, files_json, err);
    if (!rc)
        rc = bundle_load(b, err);
    if (rc)
        free_bundle(b);
    return rc;
}

bool bundle_is_known(const struct bundle_set *set, str hash)
{
    return bundle_find(set, hash) != NULL;
}

bool bundle_file(const struct bundle_set *set, str hash, size_t index, str *name, str *text)
{
    const struct bundle *b = bundle_find(set, hash);
    if (!b || index >= b->file_count)
        return false;
    *name = b->files[index].name;
    *text = b->files[index].text;
    return true;
}

void bundle_remove(struct bundle_set *set, str hash)
{
    struct bundle *b = bundle_find(set, hash);
    if (b)
        free_bundle(b);
}

int bundle_set_live(struct bundle_set *set, str hash, str over)
{
    if (!bundle_find(set, hash) || hash.n > BUNDLE_HASH_MAX || over.n > BUNDLE_HASH_MAX)
        return E_NOT_FOUND;
    snprintf(set->live, sizeof(set->live), "%.*s", STR_ARG(hash));
    snprintf(set->over, sizeof(set->over), "%.*s", STR_ARG(over));
    return 0;
}

str bundle_live(const struct bundle_set *set, str *over)
{
    *over = str_from(set->over);
    return str_from(set->live);
}

/* Replaces the table on top by the value at the dotted names; false when there is none. */
static bool resolve(lua_State *L, str names)
{
    while (names.n) {
        str name = str_cut(&names, '.');
        if (lua_type(L, -1) != LUA_TTABLE)
            return false;
        lua_pushlstring(L, name.p, name.n);
        if (lua_rawget(L, -2) == LUA_TNIL)
            return false;
        lua_remove(L, -2);
    }
    return true;
}

static int invoke(lua_State *L)
{
    struct bundle_entry *c = lua_touserdata(L, 1);
    bundle_push_used(L);
    lua_pushlstring(L, c->file.p, c->file.n);
    lua_rawget(L, -2);
    bool found = resolve(L, c->names) && (c->read_only || lua_isfunction(L, -1));
    if (!found) {
        c->code = E_NOT_FOUND;
        c->why = "no such function in the bundle";
        return luaL_error(L, "%s", c->why);
    }
    if (c->read_only)
        return 1;
    c->code = value_copy(c->from, c->idx, L, &facts_limits, &c->why);
    if (c->code)
        return luaL_error(L, "%s", c->why);
    lua_call(L, 1, 1);
    return 1;
}

static void note_time(struct bundle_stats *s, uint64_t ns)
{
    size_t at = 0;
    while (at < BUNDLE_BUCKETS - 1 && ns > bundle_bounds_us[at] * 1000u)
        at++;
    s->times[at]++;
    s->busy_us += ns / 1000;
}

static int enter(struct bundle *b, struct bundle_entry *c, str kind, struct err *err)
{
    struct bundle_stats *stats = &b->set->stats;
    int top = lua_gettop(c->from);
    host_grant(&b->host, b->set->limits.instructions, b->set->limits.call_ms);
    stats->calls++;
    int status = bundle_run(b, invoke, c, 1);
    note_time(stats, clock_thread_ns() - b->host.cpu_ns);
    lua_settop(c->from, top);
    if (!status && !b->host.killed)
        return 0;
    int rc = bundle_failed(b, status, c, err);
    if (rc == E_BUDGET && !c->read_only)
        bundle_strike(b, kind, err->where);
    return rc;
}

static int call_path(struct bundle *b, str path, str kind, struct bundle_entry *c, struct err *err)
{
    int rc = bundle_load(b, err);
    if (rc == E_BUDGET && !c->read_only)
        bundle_strike(b, kind, err->where);
    if (rc)
        return rc;
    list_remove(&b->link);
    list_push(&b->set->bundles, &b->link);
    c->bundle = b;
    c->names = path;
    c->file = str_cut(&c->names, ':');
    rc = enter(b, c, kind, err);
    if (rc)
        return rc;
    const char *why;
    rc = value_copy(b->L, -1, c->from, c->read_only ? &read_limits : &result_limits, &why);
    lua_settop(b->L, 0);
    return rc ? err_set(err, rc, "result: %s", why) : 0;
}

int bundle_call(
    struct bundle_set *set, str hash, str path, str kind, lua_State *from, int idx, struct err *err)
{
    struct bundle_entry c = {.from = from, .idx = lua_absindex(from, idx)};
    struct bundle *b = bundle_find(set, hash);
    if (!b)
        return err_set(err, E_NOT_FOUND, "the bundle is not loaded");
    if (kind.n > BUNDLE_KIND_MAX)
        return err_set(err, E_INVALID, "a kind has at most %d bytes", BUNDLE_KIND_MAX);
    if (bundle_kind_is_suspended(b, kind))
        return err_set(err, E_BUSY, "the kind of business is suspended");
    return call_path(b, path, kind, &c, err);
}

int bundle_read(struct bundle_set *set, str hash, str path, lua_State *to, struct err *err)
{
    struct bundle_entry c = {.from = to, .read_only = true};
    struct bundle *b = bundle_find(set, hash);
    if (!b)
        return err_set(err, E_NOT_FOUND, "the bundle is not loaded");
    return call_path(b, path, STR(""), &c, err);
}
