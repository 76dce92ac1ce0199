/* SPDX-License-Identifier: BSD-2-Clause */
/* A never-block list as people write it: one value a line, `#` begins a comment. */
#ifndef VARSEL_ALLOW_FILE_H
#define VARSEL_ALLOW_FILE_H

#include "common/allow.h"
#include "common/diag.h"

#define ALLOW_FILE_MAX (4u << 20)

/* `text` is the content of the file `path`, which stands in the origins. ERR_CONFIG with
 * file and line. */
enum err allow_file_parse(struct slice text, const char *path, struct allow *a,
	struct diag *d) CHECK_RESULT;
/* Reads it; a file that is not there holds nothing. */
enum err allow_file_load(const char *path, struct allow *a, struct diag *d) CHECK_RESULT;

#endif
