/* SPDX-License-Identifier: BSD-2-Clause */
/* What the hub flags when it is reported, and lets be blocked only by an override: the
 * built-in list, the hub itself, and the configured warninglists. */
#ifndef VARSEL_CORE_NEVERBLOCK_H
#define VARSEL_CORE_NEVERBLOCK_H

#include "common/conf.h"
#include "common/warninglist.h"
#include "server/core/core.h"

/* Gathers all of it into *ret, sealed; the caller frees with allow_done(). *ret_files
 * sums up what became of the files' entries. ERR_CONFIG names the file: with half a list
 * the hub does not run. */
enum err neverblock_load(const struct core *c, const struct conf_list *files,
	struct allow *ret, struct warninglist *ret_files, struct diag *d) CHECK_RESULT;

#endif
