/*
 * What the verbs share: exit codes, the meaning of "now", help, messages. Only this room prints.
 * Results go to standard output; progress, warnings and errors to standard error.
 */
#ifndef EVPACK_CLI_CLI_H
#define EVPACK_CLI_CLI_H

#include "base/err.h"
#include "cli/progress.h"
#include "port/pki_pass.h"

#include <stdbool.h>
#include <stdint.h>

/* 0: yes, done. 1: the answer is no. 2: could not decide. */
enum { CLI_YES = 0, CLI_NO = 1, CLI_UNDECIDED = 2 };

/* Prints err to standard error after "evpack VERB: " and returns its exit code. */
int cli_fail(const char *verb, const evpack_err *err);
/* A usage error: prints the message and how to get help; returns CLI_UNDECIDED. */
int cli_usage(const char *verb, const char *fmt, ...) EVPACK_PRINTF(2, 3);
/* The usage error for the option that getopt_long just refused. */
int cli_bad_option(const char *verb, char *const *argv);
/* Prints the verb's help to standard output; returns CLI_YES. */
int cli_help(const char *verb);

/* One line on standard error: where a secret is and of which kind. pointer may be NULL. */
void cli_secret(const char *path, const char *place, const char *pointer, uint64_t start,
                const char *words, const char *kind);

/* The time that --at states; else SOURCE_DATE_EPOCH; else the clock. at may be NULL. */
evpack_status cli_now(const char *at, int64_t *out, evpack_err *err) EVPACK_MUST_USE;

/* The number after --cap or --html-cap, which option names: how many findings a report shows. text
 * NULL: 0, the default. */
evpack_status cli_cap(const char *option, const char *text, int64_t *out,
                      evpack_err *err) EVPACK_MUST_USE;

/* Where the key's passphrase comes from: what --pass-fd says (text, may be NULL) or pass->env, else
 * EVPACK_KEY_PASSPHRASE where it is set, else the terminal. Makes files ask pass, which must
 * outlive them; and no core file is written from now on, since it would hold the key. */
evpack_status cli_pass(const char *fd_text, pki_pass *pass, pki_files *files,
                       evpack_err *err) EVPACK_MUST_USE;

/* The one JSON object that a verb answers with: begin writes what all begin with, the next two
 * append members, end writes the object to standard output. */
void cli_json_begin(buf *out);
/* null for NULL. */
void cli_json_text(buf *out, const char *name, const char *text);
void cli_json_number(buf *out, const char *name, uint64_t number);
/* {"subject","fingerprint_sha256"} */
void cli_json_signer(buf *out, const char *name, const char *subject, const char *fingerprint);
evpack_status cli_json_end(buf *out, evpack_err *err) EVPACK_MUST_USE;

int cmd_collect(int argc, char **argv);
int cmd_map(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_package(int argc, char **argv);
int cmd_reperform(int argc, char **argv);
int cmd_sign(int argc, char **argv);
int cmd_plan(int argc, char **argv);
int cmd_timestamp(int argc, char **argv);
int cmd_extract(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_sample(int argc, char **argv);
/* verify DIR --bag-only, and whether the arguments ask for it. */
int cmd_bag(int argc, char **argv);
bool cli_is_bag_only(int argc, char *const *argv);

#endif
