// SPDX-License-Identifier: Apache-2.0
// certhall: the program.
#include "core/app/command.h"

extern char **environ;

int main(int argc, char **argv)
{
    return command_main(argc, argv, environ);
}
