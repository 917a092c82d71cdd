// SPDX-License-Identifier: Apache-2.0
// assets: reading the folder, and making everything ready that does not depend on the request.
#define _GNU_SOURCE
#include "core/http/assets.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/base/json.h"
#include "core/crypto/hash.h"
#include "core/http/assets_private.h"
#include "core/http/gzip.h"
#include "core/http/response_private.h"
#include "core/loop/file.h"

enum { HASHES = 512, FILE_LIMIT = 64 << 20, GZIP_LEVEL = 6, SMALLEST_GZIP = 512 };

struct assets {
    struct arena arena;
    struct asset *hashes[HASHES];
    size_t count;
    size_t holders;
    str map;
};

/* Of static files; nothing of them is written by users. */
static const char policy[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'\r\n";

static const struct {
    const char *ending;
    const char *type;
    bool text; /* compresses well */
} types[] = {
    {".css", "text/css; charset=utf-8", true},
    {".csv", "text/csv; charset=utf-8", true},
    {".gif", "image/gif", false},
    {".html", "text/html; charset=utf-8", true},
    {".ico", "image/x-icon", true},
    {".jpeg", "image/jpeg", false},
    {".jpg", "image/jpeg", false},
    {".js", "text/javascript; charset=utf-8", true},
    {".json", "application/json", true},
    {".map", "application/json", true},
    {".mjs", "text/javascript; charset=utf-8", true},
    {".pdf", "application/pdf", false},
    {".png", "image/png", false},
    {".svg", "image/svg+xml", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".wasm", "application/wasm", true},
    {".webmanifest", "application/manifest+json", true},
    {".webp", "image/webp", false},
    {".woff2", "font/woff2", false},
};
static const size_t octets = countof(types);

static size_t type_of(str path)
{
    size_t i = 0;
    while (i < octets && !str_ends(path, str_from(types[i].ending)))
        i++;
    return i;
}

/* "3f2a" or more hexadecimal digits; short ones must look like no word and no number. */
static bool is_hash(str s)
{
    size_t digits = 0, letters = 0;
    for (size_t i = 0; i < s.n; i++) {
        digits += s.p[i] >= '0' && s.p[i] <= '9';
        letters += s.p[i] >= 'a' && s.p[i] <= 'f';
    }
    return digits + letters == s.n && s.n >= 4 && (s.n >= 8 || (digits && letters));
}

/* Where the hash and its dot stand in "app.3f2a.css"; an empty str if it has none. */
static str hash_part(str name)
{
    size_t end = name.n;
    while (end > 0 && name.p[end - 1] != '.' && name.p[end - 1] != '/')
        end--;
    if (end < 2 || name.p[end - 1] != '.')
        return STR("");
    size_t from = --end;
    while (from > 0 && name.p[from - 1] != '.' && name.p[from - 1] != '/')
        from--;
    if (from < 2 || name.p[from - 1] != '.' || !is_hash(str_slice(name, from, end)))
        return STR("");
    return str_slice(name, from - 1, end);
}

static struct asset **place_of(struct assets *a, str path)
{
    struct asset **at = &a->hashes[str_hash(path) % HASHES];
    while (*at && !str_eq((*at)->path, path))
        at = &(*at)->next;
    return at;
}

const struct asset *assets_find(const struct assets *a, str path)
{
    return *place_of((struct assets *)(uintptr_t)a, path);
}

static str tag_of(struct assets *a, str bytes, const char *suffix)
{
    uint8_t digest[HASH_SIZE];
    struct buf hex = {0};
    hash_sha256(bytes, digest);
    codec_hex(&hex, str_of(digest, 8));
    str tag = arena_printf(&a->arena, "\"%.*s%s\"", STR_ARG(buf_str(&hex)), suffix);
    buf_release(&hex);
    return tag;
}

static void make_head(struct assets *a, struct asset *one, struct asset_form *form, bool gzip)
{
    struct buf head = {0};
    buf_printf(
        &head, "Content-Length: %zu\r\nContent-Type: %.*s\r\n", form->bytes.n, STR_ARG(one->type));
    if (gzip)
        buf_append(&head, STR("Content-Encoding: gzip\r\n"));
    buf_printf(&head,
        "ETag: %.*s\r\nLast-Modified: %.*s\r\nCache-Control: %.*s\r\n"
        "Vary: Accept-Encoding\r\nAccept-Ranges: bytes\r\n",
        STR_ARG(form->etag), STR_ARG(one->modified), STR_ARG(one->cache));
    buf_append(&head, str_from(policy));
    response_standard_write(&head, 0, false);
    buf_append(&head, STR("\r\n"));
    form->head = arena_str(&a->arena, buf_str(&head));
    buf_release(&head);
}

static void set_form(
    struct assets *a, struct asset *one, struct asset_form *form, str bytes, bool gzip)
{
    form->bytes = arena_str(&a->arena, bytes);
    form->etag = tag_of(a, bytes, gzip ? "-gz" : "");
    make_head(a, one, form, gzip);
}

struct loading {
    struct assets *assets;
    const char *dir;
    str prefix;
    struct err *err;
    struct buf bytes;
    struct buf packed;
    struct buf path;
    struct json_writer map;
};

/* The path of a file below the folder, for a system call; valid until the next one. */
static const char *full_path(struct loading *l, str path)
{
    buf_clear(&l->path);
    buf_printf(&l->path, "%s/%.*s", l->dir, STR_ARG(path));
    return l->path.p;
}

static int read_file(struct loading *l, str path)
{
    buf_clear(&l->bytes);
    return file_read(full_path(l, path), FILE_LIMIT, &l->bytes, l->err);
}

static bool exists(struct loading *l, str path)
{
    return access(full_path(l, path), R_OK) == 0;
}

static int add_twin(struct loading *l, struct asset *one, str path, bool text)
{
    str twin = arena_printf(&l->assets->arena, "%.*s.gz", STR_ARG(path));
    if (exists(l, twin)) {
        int rc = read_file(l, twin);
        if (!rc)
            set_form(l->assets, one, &one->gzip, buf_str(&l->bytes), true);
        return rc;
    }
    buf_clear(&l->packed);
    if (text && one->plain.bytes.n >= SMALLEST_GZIP &&
        gzip_pack(one->plain.bytes, GZIP_LEVEL, &l->packed))
        set_form(l->assets, one, &one->gzip, buf_str(&l->packed), true);
    return 0;
}

static void add_to_map(struct loading *l, str name, str hash)
{
    struct assets *a = l->assets;
    size_t before = (size_t)(hash.p - name.p);
    str plain = arena_printf(&a->arena, "%.*s%.*s", (int)before, name.p,
        STR_ARG(str_slice(name, before + hash.n, name.n)));
    json_key(&l->map, plain);
    json_put_str(&l->map, name);
}

static int add_file(void *arg, const char *path, uint64_t mtime_ns)
{
    struct loading *l = arg;
    struct assets *a = l->assets;
    str name = str_from(path);
    char date[30];
    if (str_ends(name, STR(".gz")) && exists(l, str_slice(name, 0, name.n - 3)))
        return 0;
    int rc = read_file(l, name);
    if (rc)
        return rc;
    size_t type = type_of(name);
    str hash = hash_part(name);
    struct asset *one = arena_zalloc(&a->arena, 1, sizeof(*one));
    one->owner = a;
    one->path = arena_printf(&a->arena, "%.*s%s", STR_ARG(l->prefix), path);
    one->type = type < octets ? str_from(types[type].type) : STR("application/octet-stream");
    one->modified_s = (int64_t)(mtime_ns / 1000000000);
    clock_http_date(one->modified_s * 1000, date);
    one->modified = arena_str(&a->arena, str_of(date, 29));
    one->cache = hash.n ? STR("public, max-age=31536000, immutable") : STR("no-cache");
    set_form(a, one, &one->plain, buf_str(&l->bytes), false);
    *place_of(a, one->path) = one;
    a->count++;
    if (hash.n)
        add_to_map(l, name, hash);
    return add_twin(l, one, name, type < octets && types[type].text);
}

int assets_load(struct assets **out, const char *dir, str prefix, struct err *err)
{
    struct buf map = {0};
    struct assets *a = mem_zalloc(1, sizeof(*a));
    struct loading l = {
        .assets = a, .dir = dir, .prefix = prefix, .err = err, .map = {.out = &map}};
    a->holders = 1;
    json_begin_object(&l.map);
    int rc = file_walk(dir, add_file, &l, err);
    json_end_object(&l.map);
    a->map = arena_str(&a->arena, buf_str(&map));
    buf_release(&map);
    buf_release(&l.bytes);
    buf_release(&l.packed);
    buf_release(&l.path);
    if (rc) {
        assets_free(a);
        return rc;
    }
    *out = a;
    return 0;
}

void assets_free(struct assets *a)
{
    if (a)
        assets_drop(a);
}

void assets_hold(struct assets *a)
{
    a->holders++;
}

void assets_drop(struct assets *a)
{
    if (--a->holders)
        return;
    arena_release(&a->arena);
    free(a);
}

size_t assets_count(const struct assets *a)
{
    return a->count;
}

str assets_map_json(const struct assets *a)
{
    return a->map;
}
