// SPDX-License-Identifier: Apache-2.0
// load: scripts without a hall around them, for commands.
#include "core/app/command.h"
#include "core/loop/loop.h"
#include "core/loop/work.h"
#include "core/script/script.h"

static void closed(void *arg)
{
    loop_stop(arg);
}

int cli_load_scripts(const struct options *o, void (*use)(struct script *s, struct buf *out),
    struct buf *out, struct err *err)
{
    struct buf config = {0};
    struct script *script;
    struct loop *loop = loop_new();
    struct work *work = work_new(loop);
    options_write_json(o, str_from(options_text(o, OPT_PUBLIC_URL)), &config);
    const struct script_opts opts = {.dir = options_text(o, OPT_SCRIPTS),
        .loop = loop,
        .work = work,
        .config_json = buf_str(&config)};
    int rc = script_open(&script, &opts, err);
    if (!rc) {
        if (use)
            use(script, out);
        script_close(script, closed, loop);
        loop_run(loop);
    }
    work_free(work);
    loop_free(loop);
    buf_release(&config);
    return rc;
}
