// SPDX-License-Identifier: Apache-2.0
// Fuzzes everything of store/ that reads bytes from disk or names from outside: tuples, sealed
// values, row keys, records of logs, index entries, schemas, texts of searches. The first byte
// chooses.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/chain.h"
#include "store/pairs.h"
#include "store/store_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool what)
{
    if (!what)
        abort();
}

static void try_tuple(str in)
{
    size_t at = 0, before = 0;
    while (at < in.n && tuple_skip(in, &at) == 0) {
        need(at > before && at <= in.n);
        before = at;
    }
    need(at <= in.n);
}

/* Nobody seals by chance. */
static void try_sealed(str in)
{
    static const uint8_t root[KEYS_SECRET] = "an invented key of thirty-two by";
    struct keys_secrets secrets = {{1}, {2}, {3}};
    struct keys *k = keys_new(root);
    struct buf out = {0};
    keys_set_secrets(k, &secrets);
    need(keys_unseal(k, STR("rows.a"), STR("key"), in, &out) == E_CORRUPT);
    need(keys_unseal_log(k, STR("log.a"), STR("subject"), in, &out) == E_CORRUPT);
    need(keys_unwrap(k, STR("meta"), STR("check"), in, &out) == E_CORRUPT);
    need(out.n == 0);
    buf_release(&out);
    keys_free(k);
}

/* Each key has one text and each text one key. */
static void try_rowkey(str in)
{
    struct buf bytes = {0}, text = {0};
    for (int kind = 0; kind < 2; kind++) {
        buf_clear(&bytes);
        buf_clear(&text);
        if (rowkey_read((enum schema_key)kind, in, &bytes)) {
            need(bytes.n == 0);
            continue;
        }
        need(bytes.n && bytes.n <= ROWKEY_MAX);
        rowkey_show((enum schema_key)kind, buf_str(&bytes), &text);
        need(str_eq(buf_str(&text), in));
    }
    buf_clear(&text);
    rowkey_show(SCHEMA_KEY_TIME, in, &text);
    need(in.n != ROWKEY_TIME || text.n == STORE_KEY_TEXT);
    buf_release(&bytes);
    buf_release(&text);
}

static void try_record(str in)
{
    struct chain_header h;
    str payload;
    uint8_t hash[32];
    if (chain_parse(STR("\0\0\0\0\0\0\0\7"), in, &h, &payload))
        return;
    need(h.seq == 7 && h.subject.n + payload.n + 73 == in.n);
    chain_hash(STR("audit"), &h, hash);
}

static void try_entry(str in)
{
    size_t head;
    for (int kind = SCHEMA_PLAIN; kind <= SCHEMA_BLOB; kind++) {
        const struct schema_index x = {.kind = (enum schema_kind)kind, .field_count = 2};
        if (entry_head(&x, in, &head) == 0)
            need(head > 0 && head < in.n);
    }
}

/* What is read once is read again from its canonical text. */
static void try_schema(str in)
{
    struct arena arena = {0};
    struct schema s, again;
    struct err err;
    if (schema_parse(in, &arena, &s, &err) == 0) {
        need(schema_parse(s.json, &arena, &again, &err) == 0);
        need(str_eq(s.json, again.json) && s.slots == again.slots);
        need(schema_extends(&s, &again, &err) == 0);
    }
    arena_release(&arena);
}

static void try_text(str in)
{
    static const uint8_t root[KEYS_SECRET] = "an invented key of thirty-two by";
    struct buf once = {0}, twice = {0}, hashes = {0};
    struct keys *k = keys_new(root);
    pairs_normalise(in, &once);
    pairs_normalise(buf_str(&once), &twice);
    need(str_eq(buf_str(&once), buf_str(&twice)));
    if (pairs_hash(k, STR("index.a.b"), buf_str(&once), &hashes) == 0)
        need(hashes.n % PAIRS_HASH == 0 && hashes.n / PAIRS_HASH <= PAIRS_MAX);
    keys_free(k);
    buf_release(&once);
    buf_release(&twice);
    buf_release(&hashes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const tries[])(str) = {
        try_tuple, try_sealed, try_rowkey, try_record, try_entry, try_schema, try_text};
    if (!size)
        return 0;
    /* A copy, so that a step over the end is seen. */
    char *copy = malloc(size);
    need(copy != NULL);
    memcpy(copy, data + 1, size - 1);
    tries[data[0] % countof(tries)](str_of(copy, size - 1));
    free(copy);
    return 0;
}
