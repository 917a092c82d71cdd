// SPDX-License-Identifier: Apache-2.0
// certhall check-bundle: business rules that nobody has looked at yet, in a process that can do
// nothing but compute: JSON on standard input, the answer of the job bundle.check on standard
// output. The hall starts it (checker.run); it works for people too.
#include <stdio.h>
#include <unistd.h>

#include "core/app/command.h"
#include "core/app/confine.h"
#include "core/loop/loop.h"
#include "core/loop/work.h"
#include "core/script/jobs.h"
#include "core/script/script.h"
#include "core/script/task.h"

enum { INPUT_MAX = 64 << 20, CPU_SECONDS = 30, CHUNK = 64 << 10 };
static const size_t memory_max = (size_t)2 << 30;

struct outcome {
    struct loop *loop;
    bool ended;
    int code;
    struct err err;
};

static int read_input(struct buf *in, struct err *err)
{
    char bytes[CHUNK];
    for (ssize_t n; (n = read(STDIN_FILENO, bytes, sizeof(bytes))) != 0;) {
        if (n < 0)
            return err_set(err, E_IO, "standard input cannot be read");
        buf_append(in, str_of(bytes, (size_t)n));
        if (in->n > INPUT_MAX)
            return err_set(err, E_TOO_BIG, "the input is larger than 64 MiB");
    }
    return 0;
}

static void ended(void *arg, const struct failure *f)
{
    struct outcome *o = arg;
    o->ended = true;
    o->code =
        f ? err_set(&o->err, f->code, "%.*s (%.*s)", STR_ARG(f->message), STR_ARG(f->where)) : 0;
    loop_stop(o->loop);
}

static void nothing(void *arg)
{
    (void)arg;
}

static int run_job(struct script *s, struct loop *loop, str input, struct err *err)
{
    struct outcome o = {.loop = loop};
    /* Pauses of the job are timers, and those alone do not keep a loop running. */
    waker_keep_alive(waker_open(loop, nothing, NULL), true);
    int rc = confine(CPU_SECONDS, memory_max, err);
    if (rc)
        return rc;
    rc = jobs_start(s, STR("bundle.check"), input, NULL, ended, &o);
    if (rc)
        return err_set(err, rc, "the scripts cannot check business rules: %s", err_text(rc));
    while (!o.ended)
        loop_run(loop);
    *err = o.err;
    return o.code;
}

static int write_answer(const struct buf *answer)
{
    for (size_t at = 0; at < answer->n;) {
        ssize_t n = write(STDOUT_FILENO, answer->p + at, answer->n - at);
        if (n <= 0)
            return EXIT_FAILED;
        at += (size_t)n;
    }
    return EXIT_OK;
}

/* Ends without freeing: what the rules left behind is not touched any more. */
static int run(struct cli *cli)
{
    struct err err = {0};
    struct buf input = {0}, answer = {0};
    struct script *script;
    struct loop *loop = loop_new();
    const struct script_opts opts = {.dir = cli->argv[0],
        .main = "check",
        .loop = loop,
        .work = work_new(loop),
        .config_json = STR("{\"checking\":true}"),
        .answer = &answer};
    int rc = script_open(&script, &opts, &err);
    if (!rc)
        rc = read_input(&input, &err);
    if (!rc)
        rc = run_job(script, loop, buf_str(&input), &err);
    int code = rc ? cli_fail(&err) : write_answer(&answer);
    fflush(stderr);
    _exit(code);
}

const struct command cmd_check_bundle = {"check-bundle", "SCRIPTS", 1, 1, true,
    "Checks business rules from standard input (JSON) without any rights.", run};
