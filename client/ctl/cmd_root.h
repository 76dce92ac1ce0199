/* SPDX-License-Identifier: BSD-2-Clause */
/* What the three root commands share: a root document's file, signed or a draft. */
#ifndef VARSEL_CTL_CMD_ROOT_H
#define VARSEL_CTL_CMD_ROOT_H

#include "common/root.h"

struct ctl;

struct root_file {
	struct buf bytes;
	bool draft;       /* a text that nobody has signed yet */
	struct note note; /* borrows from bytes; of a draft only its text */
	struct root root;
};

/* ERR_NOT_FOUND, ERR_SYNTAX, ERR_VALUE with the file's name and line. Call
 * root_file_done() also after an error. */
enum err root_file_read(
	const char *path, struct root_file *ret, struct diag *d) CHECK_RESULT;
void root_file_done(struct root_file *f);
#define CLEANUP_ROOT_FILE __attribute__((cleanup(root_file_done)))

/* What is known here of the feed, against a draft that follows a root document: ERR_VALUE
 * when statements that count now would not under it, unless `compromised`; says on stderr
 * what is known, and from when. */
enum err root_depend_check(struct ctl *c, const struct root *draft, bool compromised,
	struct diag *d) CHECK_RESULT;

enum err ctl_root_new(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_root_sign(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_root_show(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;

#endif
