/*
 * Giving up rights before hostile bytes are read: from sandbox_enter on, this process and what
 * becomes of it can read files, allocate memory and write to standard output and error, and no
 * more. It cannot open a file for writing, make, rename or remove one, open a socket, start a
 * program, signal another process, or make memory executable; such a call fails with EPERM.
 * Whatever a fault in the parsing of a package might give to an attacker, it does not give these.
 *
 * By seccomp (a filter on system calls, with no_new_privs) on Linux for x86-64 and aarch64; on
 * other machines, on a kernel without it, and in a build with sanitizers, which need more calls,
 * nothing happens and the answer says so. Reading is not restricted: what is read can only be
 * printed.
 */
#ifndef EVPACK_BASE_SANDBOX_H
#define EVPACK_BASE_SANDBOX_H

typedef enum { SANDBOX_NONE, SANDBOX_SECCOMP } sandbox_state;
/* "none", "seccomp". */
const char *sandbox_text(sandbox_state state);

/* For the calling thread and all that it starts; call it before there are others. Cannot be undone.
 */
sandbox_state sandbox_enter(void);

#endif
