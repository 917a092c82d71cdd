// SPDX-License-Identifier: Apache-2.0
// store_tool: drives a store from outside, for the tests that destroy things.
//
//   store_tool load DIR KEY SCHEMA THREADS COUNT SEED   random transactions; COUNT of each thread
//   store_tool verify DIR KEY JOURNAL                   what the journal says is there
//   store_tool run DIR KEY SCHEMA WORDS…                a command of store/admin.h
//
// `load` prints one JSON line for each acknowledged transaction, after the acknowledgement and
// before the next one of that thread, and {"op":"failed"…} for each refused one. Before a row goes
// it prints that it will. KEY and SCHEMA are files; sizes of the map come from STORE_MAP,
// STORE_LIMIT.
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/json.h"
#include "store/admin.h"
#include "store/tx.h"
#include "tests/unit/store_load.h"

static void read_file(const char *path, struct buf *out)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) ||
        read(fd, buf_reserve(out, (size_t)st.st_size + 1), (size_t)st.st_size) != st.st_size) {
        (void)fprintf(stderr, "cannot read %s\n", path);
        exit(2);
    }
    buf_added(out, (size_t)st.st_size);
    (void)close(fd);
}

static uint64_t size_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

static int fail(const struct err *err)
{
    (void)fprintf(stderr, "%s: %s\n", err_name(err->code), err->message);
    return 2;
}

static int load(struct store_opts *opts, char **words)
{
    struct err err = {0};
    struct store *store;
    static const char opened[] = "{\"op\":\"opened\"}\n";
    if (store_open(&store, opts, &err))
        return fail(&err);
    if (write(STDOUT_FILENO, opened, sizeof(opened) - 1) < 0)
        return 2;
    int rc = store_load(store, atoi(words[0]), atol(words[1]), strtoull(words[2], NULL, 10));
    if (store_hourly(store, &err))
        (void)fprintf(stderr, "heads: %s\n", err.message);
    store_close(store);
    return rc;
}

/* What a journal says of one row: its last text, or that it went or may have gone. */
static int verify_line(struct store *store, const struct json *line, uint64_t *wrong)
{
    str op = json_str(json_get(line, STR("op"))), key = json_str(json_get(line, STR("key")));
    str row = json_str(json_get(line, STR("row")));
    const char *table = str_eq(op, STR("insert"))  ? "item"
                        : str_eq(op, STR("order")) ? "order"
                                                   : NULL;
    struct buf got = {0};
    if (!table || json_bool(json_get(line, STR("gone"))))
        return 0;
    struct store_tx *tx = store_tx_begin(store, STORE_TX_READ);
    int rc = store_get(tx, str_from(table), key, &got);
    if (rc || !str_eq(row, buf_str(&got))) {
        (void)printf("%s %.*s: %s\n", table, STR_ARG(key), rc ? "is not there" : "is another one");
        (*wrong)++;
    }
    store_tx_end(tx);
    buf_release(&got);
    return rc < 0 ? rc : 0;
}

static int verify(struct store_opts *opts, const char *journal)
{
    struct err err = {0};
    struct buf text = {0};
    struct arena arena = {0};
    struct store *store;
    uint64_t wrong = 0, lines = 0;
    opts->read_only = true;
    if (store_open(&store, opts, &err))
        return fail(&err);
    read_file(journal, &text);
    str rest = buf_str(&text);
    while (rest.n) {
        const struct json *line;
        if (!json_parse(str_cut(&rest, '\n'), 4, &arena, &line, NULL)) {
            (void)verify_line(store, line, &wrong);
            lines++;
        }
        arena_clear(&arena);
    }
    (void)printf("%" PRIu64 " lines, %" PRIu64 " wrong\n", lines, wrong);
    arena_release(&arena);
    buf_release(&text);
    store_close(store);
    return wrong ? 1 : 0;
}

static int run_command(struct store_opts *opts, int argc, char **argv)
{
    struct store_command c = {.opts = *opts, .out = stdout};
    struct err err = {0};
    struct buf new_key = {0};
    const char *path = getenv("STORE_NEW_KEY");
    if (path) {
        read_file(path, &new_key);
        c.new_key = (const uint8_t *)new_key.p;
    }
    int rc = store_command(&c, argc, argv, &err);
    if (rc == 2)
        rc = fail(&err);
    buf_release(&new_key);
    return rc;
}

int main(int argc, char **argv)
{
    struct buf key = {0}, schema = {0};
    int rc = 2;
    if (argc < 5) {
        (void)fprintf(stderr, "store_tool load|verify|run DIR KEY …\n");
        return 2;
    }
    read_file(argv[3], &key);
    struct store_opts opts = {.dir = argv[2],
        .seal_key = key.n == STORE_SEAL_KEY_SIZE ? (const uint8_t *)key.p : NULL,
        .map_size = size_from("STORE_MAP", (uint64_t)1 << 30),
        .map_limit = size_from("STORE_LIMIT", (uint64_t)1 << 32)};
    bool verifies = strcmp(argv[1], "verify") == 0;
    if (!verifies)
        read_file(argv[4], &schema);
    opts.schema = buf_str(&schema);
    if (verifies)
        rc = verify(&opts, argv[4]);
    else if (strcmp(argv[1], "load") == 0 && argc == 8)
        rc = load(&opts, argv + 5);
    else if (strcmp(argv[1], "run") == 0)
        rc = run_command(&opts, argc - 5, argv + 5);
    buf_release(&key);
    buf_release(&schema);
    return rc;
}
