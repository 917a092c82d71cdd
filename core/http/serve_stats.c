// SPDX-License-Identifier: Apache-2.0
// serve_stats: what is counted for each route, and what answers share: date, nonces.
#include <string.h>

#include "core/base/clock.h"
#include "core/crypto/token.h"
#include "core/http/serve_private.h"

const uint32_t http_bucket_us[HTTP_BUCKETS - 1] = {
    100, 500, 1000, 5000, 20000, 100000, 500000, 2000000, 10000000};

static bool is_of(const struct route_stats *st, str method, str pattern)
{
    return str_eq(str_from(st->method), method) && str_eq(str_from(st->pattern), pattern);
}

struct route_stats *serve_stats_of(struct serve *s, str method, str pattern)
{
    struct stats_node **at = &s->hashes[(str_hash(pattern) + method.n) % STATS_HASHES];
    for (; *at; at = &(*at)->next)
        if (is_of(&(*at)->stats, method, pattern))
            return &(*at)->stats;
    *at = arena_zalloc(&s->arena, 1, sizeof(**at));
    struct route_stats *st = &(*at)->stats;
    st->method = arena_str(&s->arena, method).p;
    st->pattern = arena_str(&s->arena, pattern).p;
    s->all = mem_realloc(s->all, (s->all_count + 1) * sizeof(struct route_stats *));
    s->all[s->all_count++] = st;
    return st;
}

/* A code that finds no room counts with the last one. */
static void count_code(struct route_stats *st, int status)
{
    int i = 0;
    while (i < HTTP_CODES - 1 && st->codes[i].code && st->codes[i].code != status)
        i++;
    if (!st->codes[i].code)
        st->codes[i].code = status;
    st->codes[i].count++;
}

void serve_stats_count(struct route_stats *st, int status, uint64_t us)
{
    size_t b = 0;
    while (b < HTTP_BUCKETS - 1 && us > http_bucket_us[b])
        b++;
    st->buckets[b]++;
    st->sum_us += us;
    count_code(st, status);
}

const struct http_stats *serve_stats(const struct serve *s)
{
    return &s->stats;
}

size_t serve_route_stats_count(const struct serve *s)
{
    return s->all_count;
}

const struct route_stats *serve_route_stats(const struct serve *s, size_t index)
{
    return s->all[index];
}

/* Random bytes are fetched for many at once: each call of the generator costs as much as an answer.
 */
void serve_nonce(struct serve *s, char out[32])
{
    if (!s->nonces_left) {
        token_random(s->nonces, sizeof(s->nonces));
        s->nonces_left = SERVE_NONCES;
    }
    uint8_t *bytes = s->nonces[--s->nonces_left];
    for (size_t i = 0; i < 16; i++) {
        out[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    mem_wipe(bytes, 16);
}

str serve_date(struct serve *s)
{
    int64_t second = loop_wall_ms(s->loop) / 1000;
    if (second != s->date_s) {
        char date[30];
        s->date_s = second;
        clock_http_date(second * 1000, date);
        memcpy(s->date, "Date: ", 6);
        memcpy(s->date + 6, date, 29);
        memcpy(s->date + 35, "\r\n", 2);
    }
    return str_of(s->date, 37);
}
