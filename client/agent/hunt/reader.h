/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of a log, plain, gzip (several members, too) or Zstandard, told by its first
 * bytes; "-" is standard input. */
#ifndef VARSEL_HUNT_READER_H
#define VARSEL_HUNT_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "common/diag.h"

struct reader;

/* ERR_NOT_FOUND, ERR_NOPERM, ERR_IO; the diag names the path. */
enum err reader_open(const char *path, struct reader **ret, struct diag *d) CHECK_RESULT;
/* The same of a regular file alone, without waiting for anybody: ERR_CONFIG when it is
 * none. */
enum err reader_open_file(
	const char *path, struct reader **ret, struct diag *d) CHECK_RESULT;
void reader_close(struct reader **r);
#define CLEANUP_READER __attribute__((cleanup(reader_close)))

/* A regular file, and not standard input. */
bool reader_is_file(const struct reader *r);
/* Such a file that is not compressed. */
bool reader_is_plain(const struct reader *r);
const struct stat *reader_stat(const struct reader *r);
/* Where reading goes on in a file; for a compressed one that is an offset in what is
 * within, all before it is unpacked, and the end is as far as it goes. */
enum err reader_seek(struct reader *r, int64_t offset, struct diag *d) CHECK_RESULT;

/* Up to `n` bytes; 0 at the end. ERR_SYNTAX: compressed data that is damaged or cut
 * short. */
enum err reader_read(struct reader *r, char *out, size_t n, size_t *ret_n,
	struct diag *d) CHECK_RESULT;

#endif
