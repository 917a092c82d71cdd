// SPDX-License-Identifier: Apache-2.0
// certhall-load: makes requests and measures.
#include <stdio.h>

#include "bench/load/load.h"

static int fail(const struct err *err)
{
    fprintf(stderr, "certhall-load: %s%s%s\n", err->where, err->where[0] ? ": " : "", err->message);
    return 2;
}

static int write_json(
    const char *path, const struct stats *s, const struct stats_frame *f, struct err *err)
{
    struct buf text = {0};
    stats_json(s, f, &text);
    FILE *out = fopen(path, "w");
    bool ok = out && fwrite(text.p, 1, text.n, out) == text.n;
    if (out && fclose(out) != 0)
        ok = false;
    buf_release(&text);
    return ok ? 0 : err_set(err, E_IO, "%s cannot be written", path);
}

int main(int argc, char **argv)
{
    struct load_opts opts;
    struct stats_frame frame = {0};
    struct stats stats;
    struct err err = {0};
    int rc = load_options(&opts, argc, argv, &err);
    if (rc)
        return rc > 0 ? 0 : fail(&err);
    stats_init(&stats);
    rc = load_run(&opts, &stats, &frame, &err);
    if (!rc && !opts.quiet)
        stats_summary(&stats, &frame, stdout);
    if (!rc && opts.json)
        rc = write_json(opts.json, &stats, &frame, &err);
    stats_release(&stats);
    return rc ? fail(&err) : 0;
}
