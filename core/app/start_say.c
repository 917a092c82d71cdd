// SPDX-License-Identifier: Apache-2.0
// start_say: what the start tells: the operator on a terminal, the log, the service manager.
#define _GNU_SOURCE
#include "core/app/start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/log.h"

static bool is_human(const struct options *o)
{
    const char *form = options_text(o, OPT_LOG_FORM);
    return strcmp(form, "human") == 0 || (strcmp(form, "auto") == 0 && isatty(2));
}

bool start_set_log_level(str word)
{
    static const char *const names[] = {
        [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error"};
    for (size_t i = 0; i < countof(names); i++)
        if (str_eq(word, str_from(names[i]))) {
            log_set_level((enum log_level)i);
            return true;
        }
    return false;
}

void start_set_log(const struct options *o)
{
    (void)start_set_log_level(str_from(options_text(o, OPT_LOG_LEVEL)));
    log_set_sink(2, is_human(o));
}

void start_steps_init(struct start_steps *s)
{
    s->begun_ns = clock_mono_ns();
    s->last_ns = s->begun_ns;
    s->human = isatty(2);
}

void start_step(struct start_steps *s, const char *name, const char *detail)
{
    uint64_t now = clock_mono_ns();
    uint64_t us = (now - s->last_ns) / 1000;
    s->last_ns = now;
    if (s->human)
        fprintf(stderr, "  %-12s %7.1f ms  %s\n", name, (double)us / 1000, detail);
    else
        log_info("start", LOG_STR("step", str_from(name)), LOG_STR("detail", str_from(detail)),
            LOG_MS("dur_ms", us));
}

void start_steps_end(struct start_steps *s, const char *url, bool isolated)
{
    uint64_t us = (clock_mono_ns() - s->begun_ns) / 1000;
    if (!isolated)
        log_warn(
            "签发端未隔离: try-it mode, not for real certificates", LOG_STR("mode", STR("try")));
    if (s->human)
        fprintf(stderr, "\n  %s   (ready after %.0f ms)\n\n", url, (double)us / 1000);
    else
        log_info("ready", LOG_STR("url", str_from(url)), LOG_MS("dur_ms", us));
}

void start_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (!path || strlen(path) < 2 || strlen(path) >= sizeof(a.sun_path))
        return;
    size_t n = strlen(path);
    memcpy(a.sun_path, path, n);
    if (path[0] == '@')
        a.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&a, size) < 0)
        log_warn("the service manager does not listen", LOG_STR("state", str_from(state)));
    close(fd);
}

unsigned start_watchdog_ms(void)
{
    const char *text = getenv("WATCHDOG_USEC");
    uint64_t us;
    if (!text || str_to_u64(str_from(text), &us))
        return 0;
    return us / 2000 > 3600000 ? 3600000 : (unsigned)(us / 2000);
}
