// SPDX-License-Identifier: Apache-2.0
// Runs every file of a corpus folder through a fuzz target once, where no fuzzer drives it.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *folder, const char *name)
{
    char path[4096];
    static uint8_t data[1 << 20];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return -1;
    size_t n = fread(data, 1, sizeof(data), file);
    (void)fclose(file);
    return LLVMFuzzerTestOneInput(data, n);
}

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    int count = 0;
    if (!dir)
        return fprintf(stderr, "usage: replay FOLDER (an existing one)\n"), 2;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_name[0] != '.' && replay(argv[1], entry->d_name) == 0)
            count++;
    closedir(dir);
    printf("%d inputs replayed\n", count);
    return count ? 0 : 1;
}
