/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/input/input.h"

#include <strings.h>

const struct input_format input_formats[] = {
	{"plain", "One value a line, # begins a comment.", input_plain},
	{"csv", "A header line names the columns, of which only value is needed.",
		input_csv},
	{"json", "An array of objects, or an object a line.", input_json},
	{"stix", "A STIX 2.1 bundle; its indicators are read.", input_stix},
	{"misp", "A MISP event; its attributes with to_ids are read.", input_misp},
	{NULL, NULL, NULL},
};

static const struct {
	const char *name;
	size_t offset;
} columns[] = {
	{"value", offsetof(struct input_row, value)},
	{"kind", offsetof(struct input_row, kind)},
	{"action", offsetof(struct input_row, action)},
	{"confidence", offsetof(struct input_row, confidence)},
	{"seen", offsetof(struct input_row, seen)},
	{"tlp", offsetof(struct input_row, tlp)},
	{"tag", offsetof(struct input_row, tag)},
};
const char input_columns[] = "value, kind, action, confidence, seen, tlp, tag";

const struct input_format *input_format_of(const char *name)
{
	for (const struct input_format *f = input_formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static bool holds(struct slice text, const char *word)
{
	return text.n && memmem(text.p, text.n, word, strlen(word)) != NULL;
}

const struct input_format *input_guess(const char *file, struct slice text)
{
	const char *end = file ? strrchr(file, '.') : NULL;

	if (end && strcasecmp(end, ".csv") == 0)
		return input_format_of("csv");
	if (end && strcasecmp(end, ".stix") == 0)
		return input_format_of("stix");
	if (!end || (strcasecmp(end, ".json") != 0 && strcasecmp(end, ".jsonl") != 0 &&
			    strcasecmp(end, ".ndjson") != 0))
		return input_format_of("plain");
	if (holds(text, "\"bundle\"") && holds(text, "\"objects\""))
		return input_format_of("stix");
	if (holds(text, "\"Attribute\""))
		return input_format_of("misp");
	return input_format_of("json");
}

enum err input_read(
	const struct input_format *f, struct slice text, struct input *in, struct diag *d)
{
	if (slice_starts(text, "\xef\xbb\xbf")) {
		text.p += 3;
		text.n -= 3;
	}
	return f->read(text, in, d);
}

struct slice input_trim(struct slice s)
{
	while (s.n && memchr(" \t\r", s.p[0], 3)) {
		s.p++;
		s.n--;
	}
	while (s.n && memchr(" \t\r", s.p[s.n - 1], 3))
		s.n--;
	return s;
}

bool input_set(struct input_row *row, struct slice column, struct slice value)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (slice_is(column, columns[i].name)) {
			memcpy((char *)row + columns[i].offset, &value, sizeof(value));
			return true;
		}
	return false;
}
