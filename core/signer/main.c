// SPDX-License-Identifier: Apache-2.0
// certhall-signer: the program that holds the CA's keys.
#define _GNU_SOURCE

#include "core/signer/command.h"
#include "core/signer/guard.h"

extern char **environ;

#if defined(__SANITIZE_ADDRESS__)
/* The leak checker attaches to its own process, which nobody may. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif

int main(int argc, char **argv)
{
    guard_begin();
    return command_main(argc, argv, environ);
}
