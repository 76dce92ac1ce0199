/* SPDX-License-Identifier: BSD-2-Clause */
/* What another program says of a file before it takes effect. */
#ifndef VARSEL_AGENT_CHECK_H
#define VARSEL_AGENT_CHECK_H

#include "client/agent/output/output.h"

/*
 * Has the type's tool look at the file, in parts where the type has them: a tool that
 * loads a million records needs memory and time for each of them; two parts at once.
 * `passed` is a file that it took before, or NULL: lines that stand in there, too, are
 * not looked at again. A tool that is not installed checks nothing; nor does one that may
 * not, unless `must`. What the tool refuses is run()'s error.
 */
enum err check_file(const struct output_type *t, const struct output_conf *c, bool must,
	const char *path, const char *passed, struct diag *d) CHECK_RESULT;

/* Tells one check of parts from another: the tool, as it is installed, and how it is
 * called. What passed the one may not pass the other. "": there is none. */
void check_identity(
	const struct output_type *t, const struct output_conf *c, char ret[HASH_HEX]);

#endif
