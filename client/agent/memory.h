/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memories of what was counted: a line `<head>RUN`, RUN being the number of the run that
 * wrote it (client/agent/outbox.h), then one line for each thing remembered.
 */
#ifndef VARSEL_AGENT_MEMORY_H
#define VARSEL_AGENT_MEMORY_H

#include <stdint.h>

#include "common/diag.h"
#include "common/slice.h"

/* Hands on each line behind the head, until one fails. A missing file is an empty memory
 * of run 0. ERR_SYNTAX, without a diag: it is damaged, or a line was found to be;
 * ERR_LIMIT over `max` bytes; ERR_IO, ERR_NOMEM. */
enum err memory_load(const char *path, size_t max, const char *head, int64_t *ret_run,
	enum err (*each)(void *ctx, struct slice line), void *ctx,
	struct diag *d) CHECK_RESULT;

#endif
