/*
 * A file system for SQLite that fails on demand: everything goes to the system's own, but the n-th
 * call of a sort, or it and all after it, comes back as a fault. A write that fails writes half of
 * its bytes first, as a disk that fills up does.
 */
#ifndef EVPACK_TESTS_FAULT_VFS_H
#define EVPACK_TESTS_FAULT_VFS_H

#include <stdbool.h>

typedef enum {
    VFS_WRITE_FULL, /* SQLITE_FULL */
    VFS_WRITE,      /* SQLITE_IOERR_WRITE */
    VFS_READ,
    VFS_SYNC,
    VFS_TRUNCATE,
    VFS_SIZE,
    VFS_DELETE,
    VFS_OPEN,
    VFS_SORTS
} vfs_sort;

extern const char *const vfs_words[VFS_SORTS];

/* Makes it SQLite's default. Once in a process. */
void vfs_install(void);
/* The n-th call of that sort from now on fails (n counts from 1), with lasting all after it too. */
void vfs_arm(vfs_sort sort, unsigned n, bool lasting);
/* Nothing fails any more; how many calls failed since vfs_arm. */
unsigned vfs_disarm(void);

#endif
