/* evpack report: the reports of a case, into a folder. */
#ifndef EVPACK_CLI_CMD_REPORT_H
#define EVPACK_CLI_CMD_REPORT_H

int cmd_report(int argc, char **argv);

#endif
