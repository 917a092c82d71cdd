// SPDX-License-Identifier: Apache-2.0
// start_rights: what the process may do, reduced before the first request.
#define _GNU_SOURCE
#include "core/app/start.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/app/version.h"
#include "core/base/log.h"

int start_find_user(const struct options *o, struct start_user *out, struct err *err)
{
    *out = (struct start_user){geteuid(), getegid(), false};
    if (geteuid() != 0)
        return 0;
    const char *name = options_text(o, OPT_USER);
    errno = 0;
    const struct passwd *p = getpwnam(name);
    if (!p && options_is_try(o))
        return 0;
    if (!p)
        return err_set(err, E_CONFIG,
            "user %s does not exist; run: adduser --system --group --no-create-home %s", name,
            name);
    *out = (struct start_user){p->pw_uid, p->pw_gid, p->pw_uid != 0};
    if (!options_is_try(o) && p->pw_uid == 0)
        return err_set(err, E_CONFIG, "mode production does not run as root: set user");
    return 0;
}

static void raise_files(int64_t want)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0)
        return;
    if (r.rlim_max < (rlim_t)want && geteuid() == 0)
        r.rlim_max = (rlim_t)want;
    r.rlim_cur = r.rlim_max < (rlim_t)want ? r.rlim_max : (rlim_t)want;
    if (setrlimit(RLIMIT_NOFILE, &r) != 0)
        log_warn("file descriptors not raised", LOG_INT("wanted", want));
    else if (r.rlim_cur < (rlim_t)want)
        log_warn("fewer file descriptors than asked for", LOG_INT("wanted", want),
            LOG_INT("have", r.rlim_cur));
}

void start_harden(int64_t open_files)
{
    raise_files(open_files);
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        log_warn("core files not switched off", LOG_STR("why", str_from(strerror(errno))));
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    /* The leak checker of a debug build attaches to its own process. */
    if (strcmp(CERTHALL_BUILD, "debug") != 0)
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int start_drop(const struct start_user *u, struct err *err)
{
    if (!u->drop)
        return 0;
    if (setgroups(0, NULL) != 0 || setresgid(u->gid, u->gid, u->gid) != 0 ||
        setresuid(u->uid, u->uid, u->uid) != 0)
        return err_set(
            err, E_DENIED, "cannot become user %u: %s", (unsigned)u->uid, strerror(errno));
    if (setuid(0) == 0)
        return err_set(err, E_DENIED, "the rights of root could be taken back; refusing to go on");
    return 0;
}
