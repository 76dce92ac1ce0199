/* SPDX-License-Identifier: BSD-2-Clause */
/* What another program says of a file before it takes effect. */
#ifndef VARSEL_AGENT_CHECK_H
#define VARSEL_AGENT_CHECK_H

#include "client/agent/output/output.h"

/*
 * Has the type's tool look at the file, in parts where the type has them: a tool that
 * loads a million records needs memory and time for each of them. A tool that is not
 * installed checks nothing; nor does one that may not, unless `must`. `path` and what
 * lies beside it is the caller's to write to. What the tool refuses is run()'s error.
 */
enum err check_file(const struct output_type *t, const struct output_conf *c, bool must,
	const char *path, struct diag *d) CHECK_RESULT;

#endif
