/*
 * Ownership: EVPACK_AUTO(type) frees a pointer variable when it goes out of scope, EVPACK_MOVE
 * hands the pointer over. Every type that is opened or made declares its cleanup with
 * EVPACK_DEFINE_CLEANUP(type, free_function); the free function takes NULL.
 */
#ifndef EVPACK_BASE_OWN_H
#define EVPACK_BASE_OWN_H

#include <stdlib.h>
#include <unistd.h>

#define EVPACK_DEFINE_CLEANUP(type, free_function)                       \
    __attribute__((unused)) static inline void type##_cleanup_(type **p) \
    {                                                                    \
        free_function(*p);                                               \
        *p = NULL;                                                       \
    }

#define EVPACK_AUTO(type) __attribute__((cleanup(type##_cleanup_))) type *

/* For values with a reset function that takes a pointer to them, such as buf. */
#define EVPACK_AUTO_VALUE(reset_function) __attribute__((cleanup(reset_function)))

#define EVPACK_MOVE(p)              \
    __extension__({                 \
        __typeof__(p) moved_ = (p); \
        (p) = NULL;                 \
        moved_;                     \
    })

__attribute__((unused)) static inline void evpack_free_chars(char **p)
{
    free(*p);
    *p = NULL;
}
#define EVPACK_AUTO_CHARS __attribute__((cleanup(evpack_free_chars))) char *

__attribute__((unused)) static inline void evpack_close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
        *fd = -1;
    }
}
#define EVPACK_AUTO_FD __attribute__((cleanup(evpack_close_fd))) int

#endif
