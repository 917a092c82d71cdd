// SPDX-License-Identifier: Apache-2.0
// http_tool: what the program and its routes share.
#ifndef TESTS_UNIT_HTTP_TOOL_H
#define TESTS_UNIT_HTTP_TOOL_H

#include "core/http/serve.h"

struct tool {
    struct loop *loop;
    struct net *net;
    struct tlsctx *tls;
    struct listener *plain, *secure;
    struct poll *input;
    struct serve *serve;
    struct router *fixed, *live_table;
    struct router_slot live;
    struct topics *topics;
    const char *assets_dir;
    unsigned drain_ms;
    bool allowed; /* event streams may go on */
};

void tool_open_routes(struct tool *t);
void tool_close_routes(struct tool *t);
void tool_load_assets(struct tool *t, struct err *err);

#endif
