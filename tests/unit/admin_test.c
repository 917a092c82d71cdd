// SPDX-License-Identifier: Apache-2.0
// Maintenance: a check finds what was damaged, backups come back, logs verify without keys.
#define _GNU_SOURCE
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/unit/store_fixture.h"

static int setup(void **state)
{
    *state = fixture_filled();
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

static void a_whole_store_has_no_findings(void **state)
{
    struct fixture *f = *state;
    fixture_expect_clean(f->store);
    fixture_sign(f);
    fixture_close(f);
    fixture_open(f);
    fixture_expect_clean(f->store);
}

/* What happens to one entry of a closed store's database. */
enum harm { FLIP_END, FLIP_FIRST, REMOVE, ADD_STRAY, SWAP };

static void harm_entry(const struct fixture *f, const char *database, enum harm harm)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_cursor *cursor;
    MDB_val key, value, other, other_key;
    char path[160], bytes[4096], saved_key[512];
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 64), 0);
    assert_int_equal(mdb_env_open(env, fixture_path(f, "data/rows", path), 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, database, 0, &dbi), 0);
    assert_int_equal(mdb_cursor_open(txn, dbi, &cursor), 0);
    assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_LAST), 0);
    assert_true(value.mv_size < sizeof(bytes) && key.mv_size < sizeof(saved_key));
    memcpy(bytes, value.mv_data, value.mv_size);
    memcpy(saved_key, key.mv_data, key.mv_size);
    value.mv_data = bytes;
    key.mv_data = saved_key;
    if (harm == FLIP_END)
        bytes[value.mv_size - 1] ^= 1;
    else if (harm == FLIP_FIRST)
        bytes[0] ^= 0x40;
    else if (harm == ADD_STRAY)
        saved_key[key.mv_size - 1] ^= 1;
    if (harm == SWAP) {
        char second[4096], second_key[512];
        assert_int_equal(mdb_cursor_get(cursor, &other_key, &other, MDB_PREV), 0);
        memcpy(second, other.mv_data, other.mv_size);
        memcpy(second_key, other_key.mv_data, other_key.mv_size);
        other.mv_data = second;
        other_key.mv_data = second_key;
        assert_int_equal(mdb_put(txn, dbi, &other_key, &value, 0), 0);
        assert_int_equal(mdb_put(txn, dbi, &key, &other, 0), 0);
    } else if (harm == REMOVE) {
        assert_int_equal(mdb_del(txn, dbi, &key, NULL), 0);
    } else {
        assert_int_equal(mdb_put(txn, dbi, &key, &value, 0), 0);
    }
    mdb_cursor_close(cursor);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void keep_line(void *arg, const char *where, const char *what)
{
    buf_printf(arg, "%s: %s\n", where, what);
}

static void a_check_names_each_damage(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *database;
        enum harm harm;
        const char *said;
        bool by_audit;
    } cases[] = {
        {"rows.item", FLIP_END, "rows.item", false},
        {"rows.item", FLIP_FIRST, "a commit that has not been", false},
        {"rows.item", REMOVE, "belongs to no row", false},
        {"rows.item", SWAP, "does not unseal", false},
        {"index.item.state", REMOVE, "index.item.state", false},
        {"index.item.state", ADD_STRAY, "index.item.state", false},
        {"index.item.phone", REMOVE, "index.item.phone", false},
        {"index.item.phone", ADD_STRAY, "index.item.phone", false},
        {"index.item.names", REMOVE, "index.item.names", false},
        {"index.item.files", REMOVE, "index.item.files", false},
        {"counters", FLIP_END, "counters item_by_state", false},
        {"counters", REMOVE, "counters item_by_state", false},
        {"log.audit", FLIP_END, "log.audit 3", true},
        {"log.audit", FLIP_FIRST, "head.audit 3", true},
        {"log.audit", REMOVE, "head.audit 3", true},
        {"log.audit", SWAP, "log.audit 3", true},
        {"subject.audit", REMOVE, "subject.audit 3: is missing", true},
        {"subject.audit", ADD_STRAY, "belongs to no record", true},
        {"head.audit", FLIP_END, "head.audit 3", true},
        {"head.audit", FLIP_FIRST, "head.audit 3", true},
    };
    char whole[160];
    fixture_sign(f);
    fixture_close(f);
    fixture_copy(f->data, fixture_path(f, "whole", whole));
    for (size_t i = 0; i < countof(cases); i++) {
        struct buf lines = {0};
        struct store_check_totals totals;
        struct err err = {0};
        fixture_remove(f->data);
        fixture_copy(whole, f->data);
        harm_entry(f, cases[i].database, cases[i].harm);
        assert_int_equal(store_audit_verify(f->data, NULL, keep_line, &lines, &totals, &err), 0);
        assert_int_equal(totals.findings > 0, cases[i].by_audit);
        buf_clear(&lines);
        struct store_opts opts = fixture_opts(f);
        opts.read_only = true;
        opts.schema = STR("");
        assert_int_equal(store_open(&f->store, &opts, &err), 0);
        uint64_t n = fixture_check(f->store, &lines);
        if (!n || !strstr(lines.p, cases[i].said))
            fail_msg("case %zu (%s): %s", i, cases[i].database, lines.p);
        fixture_close(f);
        buf_release(&lines);
    }
}

static void a_check_names_damaged_blobs(void **state)
{
    struct fixture *f = *state;
    struct buf lines = {0}, file = {0};
    struct store_blob b = fixture_blob(f->store, STR(""), 100, 4);
    char json[128], name[96], path[160];
    (void)snprintf(json, sizeof(json), "{\"files\":[\"%s\"]}", b.name);
    fixture_put(f->store, "item", NULL, json, NULL);
    fixture_expect_clean(f->store);
    (void)snprintf(name, sizeof(name), "data/blobs/%.2s/%s", b.name, b.name);
    fixture_read(fixture_path(f, name, path), &file);
    file.p[file.n - 1] ^= 1;
    fixture_write(path, buf_str(&file));
    assert_int_equal(fixture_check(f->store, &lines), 1);
    assert_non_null(strstr(lines.p, "does not unseal"));
    assert_int_equal(unlink(path), 0);
    buf_clear(&lines);
    assert_int_equal(fixture_check(f->store, &lines), 1);
    assert_non_null(strstr(lines.p, "is missing"));
    buf_release(&lines);
    buf_release(&file);
}

struct busy {
    struct store *store;
    atomic_bool stop;
    atomic_int written;
};

static void *keep_writing(void *arg)
{
    struct busy *b = arg;
    while (!b->stop) {
        struct store_tx *tx = store_tx_begin(b->store, STORE_TX_WRITE);
        char key[STORE_KEY_TEXT + 1], json[64];
        store_key_new(tx, key);
        (void)snprintf(json, sizeof(json), "{\"state\":\"w\",\"n\":%d,\"name\":\"写%d\"}",
            b->written, b->written);
        if (!store_put(tx, STR("item"), str_from(key), str_from(json)) &&
            !store_append(tx, STR("audit"), str_from(key), STR("{}")) && !store_commit(tx))
            b->written++;
        store_tx_end(tx);
    }
    return NULL;
}

static void a_backup_made_while_writing_comes_back(void **state)
{
    struct fixture *f = *state;
    struct busy busy = {.store = f->store};
    pthread_t thread;
    struct err err = {0};
    char backup[160], path[160];
    struct stat st;
    assert_int_equal(pthread_create(&thread, NULL, keep_writing, &busy), 0);
    while (busy.written < 50)
        usleep(1000);
    int before = busy.written;
    if (store_backup(f->store, fixture_path(f, "backup", backup), &err))
        fail_msg("%s", err.message);
    busy.stop = true;
    pthread_join(thread, NULL);
    fixture_close(f);
    assert_int_not_equal(stat(fixture_path(f, "backup/seal.key", path), &st), 0);
    fixture_remove(f->data);
    if (store_restore(backup, f->data, &err))
        fail_msg("%s", err.message);
    fixture_open(f);
    fixture_expect_clean(f->store);
    uint64_t rows = fixture_count(f->store, "item", "state", "[\"w\"]");
    assert_true(rows >= (uint64_t)before && rows <= (uint64_t)busy.written);
    fixture_put(f->store, "item", NULL, "{\"state\":\"after\"}", NULL);
    fixture_expect_clean(f->store);
}

/* The copy goes through a map of its own. */
static void the_map_grows_while_a_backup_runs(void **state)
{
    struct fixture *f = *state;
    struct store_opts opts = fixture_opts(f);
    struct store_stats stats;
    struct err err = {0};
    pthread_t thread;
    char name[32], path[160];
    fixture_close(f);
    opts.map_size = 1 << 20;
    assert_int_equal(store_open(&f->store, &opts, &err), 0);
    struct busy busy = {.store = f->store};
    assert_int_equal(pthread_create(&thread, NULL, keep_writing, &busy), 0);
    stats.map_bytes = 0;
    for (int i = 0; i < 20 || (stats.map_bytes < 4 << 20 && i < 500); i++) {
        (void)snprintf(name, sizeof(name), "backup%d", i);
        if (store_backup(f->store, fixture_path(f, name, path), &err))
            fail_msg("%s", err.message);
        store_read_stats(f->store, &stats);
        assert_int_equal(stats.backup_ms, 0);
    }
    busy.stop = true;
    pthread_join(thread, NULL);
    assert_true(stats.map_bytes >= 4 << 20);
    assert_int_equal(stats.failed, 0);
    fixture_expect_clean(f->store);
}

static void backups_refuse_what_is_not_empty(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    char backup[160], path[160];
    fixture_path(f, "backup", backup);
    assert_int_equal(mkdir(backup, 0700), 0);
    fixture_write(fixture_path(f, "backup/note", path), STR("x"));
    assert_int_equal(store_backup(f->store, backup, &err), E_EXISTS);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(store_backup(f->store, backup, &err), 0);
    assert_int_equal(store_backup(f->store, backup, &err), E_EXISTS);
    fixture_close(f);
    assert_int_equal(store_restore(backup, f->data, &err), E_EXISTS);
}

static void a_backup_cut_off_is_refused(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    char backup[160], path[160], to[160], command[256];
    assert_int_equal(store_backup(f->store, fixture_path(f, "backup", backup), &err), 0);
    fixture_close(f);
    fixture_path(f, "restored", to);
    (void)snprintf(command, sizeof(command), "rm -r %s/blobs/??", backup);
    assert_int_equal(system(command), 0);
    assert_int_equal(store_restore(backup, to, &err), E_CORRUPT);
    fixture_remove(to);
    assert_int_equal(unlink(fixture_path(f, "backup/complete", path)), 0);
    assert_int_equal(store_restore(backup, to, &err), E_INVALID);
    assert_non_null(strstr(err.message, "complete"));
    assert_int_equal(access(to, F_OK), -1);
}

static void a_backup_needs_neither_key_nor_the_lock(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    char backup[160];
    fixture_close(f);
    if (store_backup_dir(f->data, fixture_path(f, "backup", backup), &err))
        fail_msg("%s", err.message);
    fixture_remove(f->data);
    assert_int_equal(store_restore(backup, f->data, &err), 0);
    fixture_open(f);
    fixture_expect_clean(f->store);
    assert_int_equal(fixture_count(f->store, "item", "state", "[\"a\"]"), FIXTURE_ITEMS / 2);
}

static void nothing_is_removed_while_a_backup_runs(void **state)
{
    struct fixture *f = *state;
    struct store_blob b = fixture_blob(f->store, STR(""), 10, 9);
    char path[160];
    uint64_t removed = 7;
    int fd = open(fixture_path(f, "data/blobs", path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0); /* as a backup in another process does */
    assert_int_equal(store_blob_remove(f->store, str_from(b.name)), E_BUSY);
    assert_int_equal(store_blob_sweep(f->store, clock_wall_ms() + 72 * 3600 * 1000, &removed), 0);
    assert_int_equal(removed, 0);
    close(fd);
    assert_int_equal(store_blob_sweep(f->store, clock_wall_ms() + 72 * 3600 * 1000, &removed), 0);
    assert_int_equal(removed, 1);
    fixture_expect_clean(f->store);
}

static void an_audit_can_insist_on_a_key(void **state)
{
    struct fixture *f = *state;
    struct store_check_totals totals;
    struct store_head head;
    struct buf lines = {0};
    struct err err = {0};
    fixture_sign(f);
    struct store_tx *tx = store_tx_begin(f->store, STORE_TX_READ);
    assert_int_equal(store_log_head(tx, STR("audit"), &head), 0);
    store_tx_end(tx);
    fixture_close(f);
    assert_int_equal(
        store_audit_verify(f->data, head.public_key, keep_line, &lines, &totals, &err), 0);
    assert_int_equal(totals.findings, 0);
    head.public_key[3] ^= 1;
    assert_int_equal(
        store_audit_verify(f->data, head.public_key, keep_line, &lines, &totals, &err), 0);
    assert_int_equal(totals.findings, 2); /* the key itself, and the head */
    buf_release(&lines);
}

static int command(struct fixture *f, int argc, char **argv, struct buf *said, struct err *err)
{
    char *text = NULL;
    size_t n = 0;
    struct store_command c = {.opts = fixture_opts(f), .out = open_memstream(&text, &n)};
    int code = store_command(&c, argc, argv, err);
    (void)fclose(c.out);
    buf_clear(said);
    buf_append(said, str_of(text, n));
    buf_append_byte(said, '\0');
    free(text);
    return code;
}

static void commands_say_how_they_ended(void **state)
{
    struct fixture *f = *state;
    struct buf said = {0};
    struct err err = {0};
    char backup[160];
    fixture_sign(f);
    fixture_close(f);
    assert_int_equal(command(f, 2, (char *[]){"store", "check"}, &said, &err), 0);
    assert_non_null(strstr(said.p, "no findings"));
    assert_int_equal(command(f, 2, (char *[]){"store", "stat"}, &said, &err), 0);
    assert_non_null(strstr(said.p, "item"));
    assert_int_equal(command(f, 2, (char *[]){"audit", "verify"}, &said, &err), 0);
    assert_int_equal(command(f, 3, (char *[]){"audit", "verify", "00"}, &said, &err), 2);
    assert_int_equal(command(f, 4, (char *[]){"audit", "proof", "audit", "case1"}, &said, &err), 0);
    assert_int_equal(store_log_proof_verify(str_of(said.p, said.n - 1), NULL, &err), 0);
    assert_int_equal(
        command(f, 4, (char *[]){"audit", "proof", "audit", "nobody"}, &said, &err), 2);
    assert_int_equal(command(f, 2, (char *[]){"store", "rekey"}, &said, &err), 2);
    assert_int_equal(command(f, 2, (char *[]){"store", "drop"}, &said, &err), 2);
    fixture_path(f, "backup", backup);
    assert_int_equal(command(f, 2, (char *[]){"backup", backup}, &said, &err), 0);
    assert_int_equal(command(f, 2, (char *[]){"restore", backup}, &said, &err), 2);
    harm_entry(f, "log.audit", FLIP_END);
    assert_int_equal(command(f, 2, (char *[]){"store", "check"}, &said, &err), 1);
    assert_int_equal(command(f, 2, (char *[]){"audit", "verify"}, &said, &err), 1);
    buf_release(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_whole_store_has_no_findings, setup, teardown),
        cmocka_unit_test_setup_teardown(a_check_names_each_damage, setup, teardown),
        cmocka_unit_test_setup_teardown(a_check_names_damaged_blobs, setup, teardown),
        cmocka_unit_test_setup_teardown(a_backup_made_while_writing_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(the_map_grows_while_a_backup_runs, setup, teardown),
        cmocka_unit_test_setup_teardown(backups_refuse_what_is_not_empty, setup, teardown),
        cmocka_unit_test_setup_teardown(a_backup_cut_off_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_backup_needs_neither_key_nor_the_lock, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_removed_while_a_backup_runs, setup, teardown),
        cmocka_unit_test_setup_teardown(an_audit_can_insist_on_a_key, setup, teardown),
        cmocka_unit_test_setup_teardown(commands_say_how_they_ended, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
