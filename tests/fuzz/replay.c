/*
 * Runs a fuzz target over files and folders, so that every input that was ever interesting is tried
 * by the ordinary builds too. Whole files: nothing is cut.
 */
#include "base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t tried;

static int try_file(const char *path)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    if (file_read(path, (size_t)1 << 26, &b, &err) != EVPACK_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    uint8_t *exact = malloc(b.len == 0 ? 1 : b.len); /* so that reading beyond is seen */
    if (exact == NULL) {
        return 1;
    }
    memcpy(exact, buf_str(&b), b.len);
    (void)LLVMFuzzerTestOneInput(exact, b.len);
    free(exact);
    tried++;
    return 0;
}

static int try_path(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        (void)fprintf(stderr, "%s is not there\n", path);
        return 1;
    }
    if (!S_ISDIR(st.st_mode)) {
        return try_file(path);
    }
    int failed = 0;
    DIR *dir = opendir(path);
    for (const struct dirent *e = NULL; dir != NULL && (e = readdir(dir)) != NULL;) {
        char below[4096];
        (void)snprintf(below, sizeof below, "%s/%s", path, e->d_name);
        failed |= e->d_name[0] == '.' ? 0 : try_path(below);
    }
    (void)closedir(dir);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        failed |= try_path(argv[i]);
    }
    (void)printf("%zu inputs\n", tried);
    return failed != 0 || tried == 0;
}
