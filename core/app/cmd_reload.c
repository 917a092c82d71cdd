// SPDX-License-Identifier: Apache-2.0
// certhall reload: asks the running server to load scripts and certificate anew.
#define _GNU_SOURCE
#include "core/app/command.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/types.h>
#include <stdio.h>
#include <string.h>

#include "core/loop/file.h"

static int find_process(const struct options *o, pid_t *pid, struct err *err)
{
    char path[PATH_MAX];
    struct buf text = {0};
    uint64_t n = 0;
    snprintf(path, sizeof(path), "%s/pid", options_text(o, OPT_DATA));
    int rc = file_read(path, 32, &text, err);
    if (rc || str_to_u64(str_slice(buf_str(&text), 0, text.n - 1), &n) || n > INT_MAX)
        rc = err_set(
            err, E_NOT_FOUND, "no server runs on the data directory %s", options_text(o, OPT_DATA));
    buf_release(&text);
    *pid = (pid_t)n;
    return rc;
}

static int run(struct cli *cli)
{
    struct err err = {0};
    pid_t pid;
    int rc = find_process(&cli->options, &pid, &err);
    if (!rc && kill(pid, SIGHUP) != 0)
        rc = err_set(&err, err_from_errno(errno), "process %ld cannot be told: %s", (long)pid,
            strerror(errno));
    return rc ? cli_fail(&err) : EXIT_OK;
}

const struct command cmd_reload = {
    "reload", "", 0, 0, false, "Has the running server load scripts and certificate anew.", run};
