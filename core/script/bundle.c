// SPDX-License-Identifier: Apache-2.0
// bundle: states of business rules, their calls and their overruns.
#include "core/script/bundle.h"

#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/log.h"
#include "core/script/error.h"
#include "core/script/host.h"
#include "core/script/sandbox.h"
#include "core/script/srccheck.h"
#include "core/script/value.h"

enum {
    LIVE_MAX = 64,
    LOADED_MAX = 32,
    STRIKES = 3,
    STRIKE_WINDOW_MS = 60000,
    PATHS = 32,
    FILES_MAX = 500
};

/* Overruns of one function. */
struct strikes {
    uint64_t path_hash;
    uint64_t at_ms[STRIKES];
};

struct file {
    str name; /* "prices.lua" */
    str text;
};

struct bundle {
    struct list link; /* used last stands last */
    struct bundle_set *set;
    struct arena arena;
    str hash;
    struct file *files;
    size_t file_count;
    struct host host;
    lua_State *L; /* NULL: not loaded */
    struct strikes strikes[PATHS];
    bool suspended;
};

struct bundle_set {
    struct bundle_limits limits;
    struct list bundles;
    struct bundle_stats stats;
    char live[LIVE_MAX + 1], over[LIVE_MAX + 1];
};

/* One entry into a state; everything that runs under lua_pcall gets it. */
struct call {
    struct bundle *bundle;
    str file;
    str names;
    lua_State *from;
    int idx;
    bool read_only; /* the value itself, not a call */
    int code;       /* why the core refused; 0: the script's own error */
    const char *why;
};

static const struct value_limits facts_limits = {.depth = 16, .nodes = 20000, .bytes = 1 << 20};
static const struct value_limits result_limits = {
    .depth = 8, .nodes = 1000, .bytes = 256 << 10, .utf8 = true};
static const struct value_limits read_limits = {
    .depth = 16, .nodes = 20000, .bytes = 1 << 20, .utf8 = true, .skip_foreign = true};

static const char used_key;   /* registry: file name -> its value */
static const char bundle_key; /* registry: struct bundle */

struct bundle_set *bundle_set_new(const struct bundle_limits *limits)
{
    struct bundle_set *set = mem_zalloc(1, sizeof(*set));
    if (limits)
        set->limits = *limits;
    if (!set->limits.memory)
        set->limits.memory = 8 << 20;
    if (!set->limits.call_ms)
        set->limits.call_ms = 5;
    if (!set->limits.load_ms)
        set->limits.load_ms = 200;
    if (!set->limits.instructions)
        set->limits.instructions = 2000000;
    list_init(&set->bundles);
    return set;
}

static void unload(struct bundle *b)
{
    if (!b->L)
        return;
    host_drop(&b->host);
    b->L = NULL;
    b->set->stats.loaded--;
}

static void free_bundle(struct bundle *b)
{
    unload(b);
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

static struct bundle *find(const struct bundle_set *set, str hash)
{
    list_each(it, &set->bundles)
    {
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
    list_each(it, &set->bundles) s.memory += container_of(it, struct bundle, link)->host.used;
    return s;
}

static const struct file *find_file(const struct bundle *b, str name)
{
    for (size_t i = 0; i < b->file_count; i++)
        if (str_eq(b->files[i].name, name))
            return &b->files[i];
    return NULL;
}

static struct bundle *bundle_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &bundle_key);
    struct bundle *b = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return b;
}

/* use(name) -> the value the file returned; each file runs once */
static int use(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &used_key);
    if (lua_getfield(L, 2, name) == LUA_TBOOLEAN && !lua_toboolean(L, -1))
        return luaL_error(L, "files use each other in a circle: %s", name);
    if (!lua_isnil(L, -1))
        return 1;
    lua_pushfstring(L, "%s.lua", name);
    const struct file *f = find_file(bundle_of(L), str_from(lua_tostring(L, -1)));
    if (!f)
        return luaL_error(L, "there is no file %s.lua", name);
    lua_pushboolean(L, 0);
    lua_setfield(L, 2, name);
    lua_pushfstring(L, "=%s.lua", name);
    if (luaL_loadbufferx(L, f->text.p, f->text.n, lua_tostring(L, -1), "t"))
        return lua_error(L);
    lua_call(L, 0, 1);
    if (!lua_toboolean(L, -1))
        lua_pushboolean(L, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

static int load_files(lua_State *L)
{
    struct call *c = lua_touserdata(L, 1);
    sandbox_open(L, use);
    lua_createtable(L, 0, 16);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &used_key);
    lua_pushlightuserdata(L, c->bundle);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &bundle_key);
    for (size_t i = 0; i < c->bundle->file_count; i++) {
        str name = c->bundle->files[i].name;
        lua_pushcfunction(L, use);
        lua_pushlstring(L, name.p, name.n - 4);
        lua_call(L, 1, 0);
    }
    return 0;
}

/* Why a protected call ended; drops the state when it overran. */
static int failed(struct bundle *b, int status, const struct call *c, struct err *err)
{
    if (b->host.killed || status == LUA_ERRMEM) {
        err_set(err, E_BUDGET, "%s",
            status == LUA_ERRMEM ? "memory limit reached" : host_kill_reason(&b->host));
        b->set->stats.killed++;
        unload(b);
        return E_BUDGET;
    }
    if (c->code)
        return err_set(err, c->code, "%s", c->why);
    size_t n = 0;
    const char *text = lua_type(b->L, -1) == LUA_TSTRING ? lua_tolstring(b->L, -1, &n) : NULL;
    return error_split(err, E_SCRIPT, text ? str_of(text, n) : STR("error value is no text"));
}

static void make_room(struct bundle_set *set)
{
    while (set->stats.loaded >= LOADED_MAX)
        list_each(it, &set->bundles)
        {
            struct bundle *b = container_of(it, struct bundle, link);
            if (!b->L)
                continue;
            unload(b);
            break;
        }
}

static int run(struct bundle *b, lua_CFunction f, struct call *c, int results)
{
    lua_settop(b->L, 0);
    lua_pushcfunction(b->L, f);
    lua_pushlightuserdata(b->L, c);
    return lua_pcall(b->L, 1, results, 0);
}

static int load(struct bundle *b, struct err *err)
{
    struct call c = {.bundle = b};
    const struct bundle_limits *l = &b->set->limits;
    if (b->L)
        return 0;
    make_room(b->set);
    b->host = (struct host){
        .kind = HOST_BUNDLE, .tracked = true, .limit = l->memory, .fail_at = l->fail_at};
    host_grant(&b->host, l->instructions * 20, l->load_ms);
    b->L = host_new_state(&b->host);
    if (!b->L)
        return err_set(err, E_BUDGET, "memory limit reached");
    b->set->stats.loaded++;
    host_arm(b->L);
    int status = run(b, load_files, &c, 0);
    if (!status && !b->host.killed)
        return 0;
    int rc = failed(b, status, &c, err);
    unload(b);
    return rc;
}

static int read_files(struct bundle *b, str files_json, struct err *err)
{
    const struct json *root;
    struct json_iter it;
    int rc = json_parse(files_json, 2, &b->arena, &root, err);
    if (rc)
        return rc;
    if (json_type(root) != JSON_OBJECT || json_count(root) > FILES_MAX)
        return err_set(err, E_INVALID, "a bundle is an object of at most %d files", FILES_MAX);
    b->files = arena_zalloc(&b->arena, json_count(root) + 1, sizeof(*b->files));
    json_iter_init(&it, root);
    while (!rc && json_iter_next(&it)) {
        if (!str_ends(it.name, STR(".lua")))
            continue;
        rc = srccheck(it.name, json_str(it.value), err);
        b->files[b->file_count++] = (struct file){it.name, json_str(it.value)};
    }
    return rc;
}

int bundle_add(struct bundle_set *set, str hash, str files_json, struct err *err)
{
    if (find(set, hash))
        return 0;
    struct bundle *b = mem_zalloc(1, sizeof(*b));
    b->set = set;
    b->hash = arena_str(&b->arena, hash);
    list_push(&set->bundles, &b->link);
    int rc = read_files(b, files_json, err);
    if (!rc)
        rc = load(b, err);
    if (rc)
        free_bundle(b);
    return rc;
}

bool bundle_is_known(const struct bundle_set *set, str hash)
{
    return find(set, hash) != NULL;
}

bool bundle_file(const struct bundle_set *set, str hash, size_t index, str *name, str *text)
{
    const struct bundle *b = find(set, hash);
    if (!b || index >= b->file_count)
        return false;
    *name = b->files[index].name;
    *text = b->files[index].text;
    return true;
}

void bundle_remove(struct bundle_set *set, str hash)
{
    struct bundle *b = find(set, hash);
    if (b)
        free_bundle(b);
}

int bundle_set_live(struct bundle_set *set, str hash, str over)
{
    if (!find(set, hash) || hash.n > LIVE_MAX || over.n > LIVE_MAX)
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

void bundle_resume(struct bundle_set *set, str hash)
{
    struct bundle *b = find(set, hash);
    if (!b)
        return;
    b->suspended = false;
    memset(b->strikes, 0, sizeof(b->strikes));
}

/* Counts an overrun; the third of one function within a minute suspends the bundle. */
static void strike(struct bundle *b, str path)
{
    uint64_t h = str_hash(path), now = clock_mono_ms();
    struct strikes *s = &b->strikes[h % PATHS];
    if (s->path_hash != h)
        *s = (struct strikes){.path_hash = h};
    memmove(s->at_ms, s->at_ms + 1, sizeof(s->at_ms) - sizeof(s->at_ms[0]));
    s->at_ms[STRIKES - 1] = now;
    if (!s->at_ms[0] || now - s->at_ms[0] > STRIKE_WINDOW_MS)
        return;
    b->suspended = true;
    log_error("business rules suspended after three overruns in a minute",
        LOG_STR("bundle", b->hash), LOG_STR("function", path));
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
    struct call *c = lua_touserdata(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &used_key);
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

static int enter(struct bundle *b, struct call *c, str path, struct err *err)
{
    int top = lua_gettop(c->from);
    host_grant(&b->host, b->set->limits.instructions, b->set->limits.call_ms);
    b->set->stats.calls++;
    int status = run(b, invoke, c, 1);
    lua_settop(c->from, top);
    if (!status && !b->host.killed)
        return 0;
    int rc = failed(b, status, c, err);
    if (rc == E_BUDGET)
        strike(b, path);
    return rc;
}

static int call_path(struct bundle_set *set, str hash, str path, struct call *c, struct err *err)
{
    struct bundle *b = find(set, hash);
    if (!b)
        return err_set(err, E_NOT_FOUND, "the bundle is not loaded");
    if (b->suspended)
        return err_set(err, E_BUSY, "the business rules are suspended");
    int rc = load(b, err);
    if (rc)
        return rc;
    list_remove(&b->link);
    list_push(&set->bundles, &b->link);
    c->bundle = b;
    c->names = path;
    c->file = str_cut(&c->names, ':');
    rc = enter(b, c, path, err);
    if (rc)
        return rc;
    const char *why;
    rc = value_copy(b->L, -1, c->from, c->read_only ? &read_limits : &result_limits, &why);
    lua_settop(b->L, 0);
    return rc ? err_set(err, rc, "result: %s", why) : 0;
}

int bundle_call(
    struct bundle_set *set, str hash, str path, lua_State *from, int idx, struct err *err)
{
    struct call c = {.from = from, .idx = lua_absindex(from, idx)};
    return call_path(set, hash, path, &c, err);
}

int bundle_read(struct bundle_set *set, str hash, str path, lua_State *to, struct err *err)
{
    struct call c = {.from = to, .read_only = true};
    return call_path(set, hash, path, &c, err);
}
