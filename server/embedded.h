/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that the program carries inside; deploy/embed writes their tables at build time.
 */
#ifndef VARSEL_EMBEDDED_H
#define VARSEL_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *name; /* without folder; NULL ends a table */
	const char *data; /* terminated, the NUL not counted */
	size_t size;
};

extern const struct embedded schema_files[]; /* schema/NNNN-name.sql, in order */
extern const struct embedded rights_files[]; /* schema/rights/NAME.sql */
extern const struct embedded web_files[];    /* server/web, behind a file "version" */

#endif
