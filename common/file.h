/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that are whole or not there: everything Varsel keeps is written beside its place,
 * fsynced, renamed over it, and the folder fsynced. What root writes into a folder of
 * mode 0700 belongs to the folder's owner.
 */
#ifndef VARSEL_FILE_H
#define VARSEL_FILE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "common/buf.h"
#include "common/diag.h"

/* Appends the file's bytes to *b. ERR_NOT_FOUND when there is none, ERR_LIMIT above
 * b->max, ERR_NOPERM, ERR_IO; the diag names the path. */
enum err file_read(const char *path, struct buf *b, struct diag *d) CHECK_RESULT;
/* The same from an open descriptor, until its end. `name` is for the diag. */
enum err file_read_fd(
	int fd, const char *name, struct buf *b, struct diag *d) CHECK_RESULT;

/* Replaces `path` with exactly `content`. ERR_CANTCREAT on failure, and then the old file
 * stands untouched. */
enum err file_write(
	const char *path, struct slice content, mode_t mode, struct diag *d) CHECK_RESULT;

/* The same for a file that must not be there yet: ERR_CONFLICT, and it stands untouched,
 * when it is. */
enum err file_create(
	const char *path, struct slice content, mode_t mode, struct diag *d) CHECK_RESULT;

/* A replacement in the making, for what is written piece by piece. */
struct file_draft {
	FILE *f;
	char *buffer; /* of f */
	char *path;
	char *tmp;
};

enum err file_draft_open(
	struct file_draft *x, const char *path, mode_t mode, struct diag *d) CHECK_RESULT;
/* Flush, fsync, close, rename, fsync the folder. The draft is done afterwards either way.
 */
enum err file_draft_commit(struct file_draft *x, struct diag *d) CHECK_RESULT;
/* The same up to the rename: the file is closed and complete at x->tmp, for a check tool
 * to look at before file_draft_commit(). */
enum err file_draft_finish(struct file_draft *x, struct diag *d) CHECK_RESULT;
/* The same without fsync, for what is read once and dropped. */
enum err file_draft_close(struct file_draft *x, struct diag *d) CHECK_RESULT;
void file_draft_drop(struct file_draft *x); /* removes the temporary file; safe twice */

/* mkdir -p of the last component only; OK when it is a folder already. */
enum err file_mkdir(const char *path, mode_t mode, struct diag *d) CHECK_RESULT;
bool file_exists(const char *path);
enum err file_remove(
	const char *path, struct diag *d) CHECK_RESULT; /* OK when not there */

/* An exclusive flock on `path`, made if needed; ERR_TEMPFAIL when another process has it.
 * The descriptor holds the lock until closed. */
enum err file_lock(const char *path, int *ret_fd, struct diag *d) CHECK_RESULT;

void file_close(int *fd); /* for CLEANUP_FD; ignores -1 */
#define CLEANUP_FD __attribute__((cleanup(file_close)))

#endif
