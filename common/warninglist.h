/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Warninglists as MISP publishes them (JSON: name, type, list), read as never-block
 * lists.
 */
#ifndef VARSEL_WARNINGLIST_H
#define VARSEL_WARNINGLIST_H

#include "common/allow.h"

#define WARNINGLIST_MAX ((size_t)64 << 20) /* bytes of one file */

struct warninglist {
	size_t taken;
	size_t skipped;    /* entries that are nothing that can be blocked */
	struct diag first; /* why the first of them was; "" when there was none */
};

/* Adds the entries of one list; `path` is for messages, and for the origin when the list
 * has no name. Types string, hostname and cidr are understood: a name stands for its
 * subdomains as well, whatever the type. An entry that is no address, domain or URL
 * (hashes, single labels, host bits in a prefix) is skipped and counted. ERR_SYNTAX: not
 * such a list; ERR_VALUE: a type that cannot be matched, or nothing could be taken;
 * ERR_LIMIT, ERR_NOMEM. After an error *a may hold a part. */
enum err warninglist_read(struct slice text, const char *path, struct allow *a,
	struct warninglist *ret, struct diag *d) CHECK_RESULT;

/* The same from the file. ERR_NOT_FOUND, ERR_IO. */
enum err warninglist_load(const char *path, struct allow *a, struct warninglist *ret,
	struct diag *d) CHECK_RESULT;

#endif
