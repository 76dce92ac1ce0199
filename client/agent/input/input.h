/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of indicators in the formats that people have. A reader only takes a file apart:
 * it hands over each row as the file has it, with the line it stands on. What a value
 * means is decided in one place for all of them (client/agent/batch.c).
 */
#ifndef VARSEL_INPUT_H
#define VARSEL_INPUT_H

#include "common/arena.h"
#include "common/diag.h"

#define INPUT_MAX (64u << 20) /* bytes of one file */

/* Empty: not given. Slices are valid during the call. */
struct input_row {
	size_t line; /* from 1 */
	struct slice value;
	struct slice kind;
	struct slice action;
	struct slice confidence;
	struct slice seen;
	struct slice tlp;
	struct slice tag; /* several separated by commas */
};

struct input {
	/* Takes a row. A failure ends the reading. */
	enum err (*row)(void *ctx, const struct input_row *row, struct diag *d);
	/* Notes a row that the reader itself cannot make sense of; the reason is without
	 * the line. */
	void (*refuse)(void *ctx, size_t line, const char *reason);
	void *ctx;
	size_t skipped; /* parts of the file that are no indicators to report */
};

struct input_format {
	const char *name;
	const char *doc;
	/* ERR_SYNTAX with the place when the file as a whole is not of this format. */
	enum err (*read)(struct slice text, struct input *in, struct diag *d);
};

/* Ends with name == NULL. */
extern const struct input_format input_formats[];

/* NULL when there is no such format. */
const struct input_format *input_format_of(const char *name);
/* By the file's name ("-" or NULL: standard input) and its beginning. */
const struct input_format *input_guess(const char *file, struct slice text);
/* Reads without a byte order mark in front. */
enum err input_read(const struct input_format *f, struct slice text, struct input *in,
	struct diag *d) CHECK_RESULT;

enum err input_plain(struct slice text, struct input *in, struct diag *d) CHECK_RESULT;
enum err input_csv(struct slice text, struct input *in, struct diag *d) CHECK_RESULT;
enum err input_json(struct slice text, struct input *in, struct diag *d) CHECK_RESULT;
enum err input_stix(struct slice text, struct input *in, struct diag *d) CHECK_RESULT;
enum err input_misp(struct slice text, struct input *in, struct diag *d) CHECK_RESULT;

/* Blanks, tabs and carriage returns off both ends. */
struct slice input_trim(struct slice s);
/* Sets a field of a row by its column name; false when there is no such column. */
bool input_set(struct input_row *row, struct slice column, struct slice value);
/* The columns, for messages: "value, kind, ...". */
extern const char input_columns[];

#endif
