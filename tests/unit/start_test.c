// SPDX-License-Identifier: Apache-2.0
// start: the data directory's and the key's rights, and what is said about them.
#define _GNU_SOURCE
#include "core/app/start.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char root[] = "/tmp/certhall-start-XXXXXX";

static const char *below(char out[256], const char *name)
{
    snprintf(out, 256, "%s/%s", root, name);
    return out;
}

static void says(const struct err *err, const char *part)
{
    if (!strstr(err->message, part))
        fail_msg("\"%s\" does not say \"%s\"", err->message, part);
}

static void data_directory_is_private(void **state)
{
    (void)state;
    char path[256];
    struct err err = {0};
    below(path, "deep/data");
    assert_int_equal(start_check_data(path, geteuid(), &err), E_NOT_FOUND);
    says(&err, "certhall init");
    assert_int_equal(start_make_data(path, geteuid(), getegid(), &err), 0);
    assert_int_equal(start_make_data(path, geteuid(), getegid(), &err), 0);
    assert_int_equal(start_check_data(path, geteuid(), &err), 0);
    assert_int_equal(start_check_data(path, geteuid() + 1, &err), E_DENIED);
    says(&err, "belongs to user");
    assert_int_equal(chmod(path, 0750), 0);
    assert_int_equal(start_check_data(path, geteuid(), &err), E_DENIED);
    says(&err, "chmod 700");
    assert_int_equal(start_check_data("/dev/null", geteuid(), &err), E_INVALID);
}

static void key_is_made_once_and_read_back(void **state)
{
    (void)state;
    char path[256];
    uint8_t a[START_KEY_SIZE], b[START_KEY_SIZE];
    struct stat st;
    struct err err = {0};
    below(path, "etc/certhall/seal.key");
    assert_int_equal(start_read_key(path, a, &err), E_NOT_FOUND);
    assert_int_equal(start_make_key(path, &err), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0400);
    assert_int_equal(start_read_key(path, a, &err), 0);
    assert_int_equal(start_make_key(path, &err), E_EXISTS);
    assert_int_equal(start_read_key(path, b, &err), 0);
    assert_memory_equal(a, b, sizeof(a));
}

static void key_open_to_others_or_cut_is_refused(void **state)
{
    (void)state;
    char path[256];
    uint8_t key[START_KEY_SIZE];
    struct err err = {0};
    below(path, "etc/certhall/seal.key");
    assert_int_equal(chmod(path, 0440), 0);
    assert_int_equal(start_read_key(path, key, &err), E_DENIED);
    says(&err, "chmod 400");
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(truncate(path, 31), 0);
    assert_int_equal(start_read_key(path, key, &err), E_CORRUPT);
    says(&err, "31 bytes instead of 32");
}

static void too_little_disk_is_refused(void **state)
{
    (void)state;
    struct err err = {0};
    assert_int_equal(start_check_disk(root, 1, &err), 0);
    assert_int_equal(start_check_disk(root, INT64_MAX >> 21, &err), E_NO_SPACE);
    says(&err, "disk_free_mib");
}

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof(command), "rm -rf %s", root);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_directory_is_private),
        cmocka_unit_test(key_is_made_once_and_read_back),
        cmocka_unit_test(key_open_to_others_or_cut_is_refused),
        cmocka_unit_test(too_little_disk_is_refused),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
