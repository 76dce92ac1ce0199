/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration files (libconfuse) by table: the table parses, defaults, checks and
 * documents an option. A repeated option is refused (libconfuse would let the last win).
 */
#ifndef VARSEL_CONF_H
#define VARSEL_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/diag.h"

enum conf_type {
	CONF_TEXT,     /* char * */
	CONF_NUMBER,   /* int64_t, with min and max */
	CONF_BOOL,     /* bool */
	CONF_DURATION, /* int64_t seconds, written "30s", "1h" */
	CONF_LIST,     /* struct conf_list: { "a", "b" } */
};

struct conf_list {
	char **item;
	size_t n;
};

struct conf_option {
	const char *name;
	enum conf_type type;
	size_t offset; /* in the struct that conf_load() fills */
	const char
		*fallback; /* as text; a LIST's items separated by blanks; NULL: none */
	bool required;
	int64_t min, max; /* NUMBER and DURATION; 0, 0: any */
	const char *doc;  /* one sentence, for the man page's lint */
};

/* A repeatable section `name title { ... }`; a title stands once. For each one found, in
 * their order, `add` is called with a struct of `size` bytes, zeroed and filled. It takes
 * over what the struct holds, also when it fails; the struct itself is ours. */
struct conf_section {
	const char *name;
	const struct conf_option *options; /* ends with name == NULL */
	size_t size;
	enum err (*add)(void *into, const char *title, void *section, struct diag *d);
};

/* Reads `path` into *into, which the caller zeroed. ERR_CONFIG with file, line and
 * reason; ERR_NOT_FOUND. Every string and item is a malloc of its own, the caller's to
 * free() and replace; conf_free() frees them all, also after a failure. `sections` may be
 * NULL, else ends with name == NULL. Not thread-safe (libconfuse is not). */
enum err conf_load(const char *path, const struct conf_option *options,
	const struct conf_section *sections, void *into, struct diag *d) CHECK_RESULT;
/* Frees what conf_load() put at the options' offsets (also for a section's struct). */
void conf_free(const struct conf_option *options, void *into);

#endif
