// SPDX-License-Identifier: Apache-2.0
// certhall: the program.
#include "core/app/command.h"

extern char **environ;

#ifdef __SANITIZE_ADDRESS__
/* fontconfig keeps a few bytes of its configuration file for ever; cairo 1.16 loses 768 bytes with
 * each set of fonts. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo";
}
#endif

int main(int argc, char **argv)
{
    return command_main(argc, argv, environ);
}
