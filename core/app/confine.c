// SPDX-License-Identifier: Apache-2.0
// confine: resource limits and a filter of system calls.
#include "core/app/confine.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* Files cannot be opened; this bounds standard output and standard error where they lead to one. */
enum { OUTPUT_MAX = 64 << 20 };

static const int allowed[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
    SCMP_SYS(fstat), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect),
    SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(sched_yield),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday),
    SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_ctl), SCMP_SYS(poll),
    SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getrusage),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(tgkill), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
    /* what a thread does in its first moments: one may still be in them */
    SCMP_SYS(rseq), SCMP_SYS(set_robust_list), SCMP_SYS(setpriority)};

static const int deadly[] = {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(socket), SCMP_SYS(connect),
    SCMP_SYS(bind), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(clone), SCMP_SYS(openat),
    SCMP_SYS(open), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(bpf)};

static int add_rules(scmp_filter_ctx ctx)
{
    int rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
    for (size_t i = 0; !rc && i < countof(allowed); i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; !rc && i < countof(deadly); i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
    return rc ? rc : seccomp_load(ctx);
}

static int set_limit(int what, rlim_t soft, rlim_t hard)
{
    const struct rlimit limit = {soft, hard};
    return setrlimit(what, &limit) == 0 ? 0 : -errno;
}

static int set_limits(unsigned cpu_seconds, size_t memory)
{
    int rc = set_limit(RLIMIT_CPU, cpu_seconds, cpu_seconds + 1);
    rc = rc ? rc : set_limit(RLIMIT_CORE, 0, 0);
    rc = rc ? rc : set_limit(RLIMIT_FSIZE, OUTPUT_MAX, OUTPUT_MAX);
#ifndef __SANITIZE_ADDRESS__
    rc = rc ? rc : set_limit(RLIMIT_AS, memory, memory);
#else
    (void)memory;
#endif
    return rc;
}

int confine(unsigned cpu_seconds, size_t memory, struct err *err)
{
    /* A log that has grown past the limit loses a line; the process does not die of it. */
    int rc = signal(SIGXFSZ, SIG_IGN) == SIG_ERR ? -errno : 0;
    if (!rc)
        rc = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : -errno;
    rc = rc ? rc : set_limits(cpu_seconds, memory);
    scmp_filter_ctx ctx = rc ? NULL : seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!rc)
        rc = ctx ? add_rules(ctx) : -ENOMEM;
    if (ctx)
        seccomp_release(ctx);
    if (rc)
        return err_set(err, E_SYSTEM, "the process could not be confined: %s", strerror(-rc));
    return 0;
}
