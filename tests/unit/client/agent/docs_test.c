/* SPDX-License-Identifier: BSD-2-Clause */
/* The man pages name every row of the tables: commands and their options, input formats,
 * outputs, options of the configuration. Run from the top of the tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "client/agent/cli.h"
#include "client/agent/config.h"
#include "client/agent/input/input.h"
#include "common/file.h"

static void load(const char *path, struct buf *b)
{
	struct diag d;

	if (file_read(path, b, &d))
		fail_msg("%s", d.text);
}

static void __attribute__((format(printf, 2, 3)))
must_name(struct buf *page, const char *fmt, ...)
{
	char text[128];
	const char *at;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	at = strstr(buf_str(page), text);
	/* not only as the beginning of a longer word */
	while (at && !strchr(" \n", at[strlen(text)]))
		at = strstr(at + 1, text);
	if (!at)
		fail_msg("the man page lacks \"%s\"", text);
}

static void commands_and_options(void **state)
{
	CLEANUP_BUF struct buf page = {.max = 1u << 20};
	char word[32];

	(void)state;
	load("docs/man/varsel.1", &page);
	for (const struct command *c = commands; c->name; c++) {
		must_name(&page, "Cm %s", c->name);
		for (const char *p = strstr(c->args, "--"); p; p = strstr(p + 2, "--")) {
			size_t n = strcspn(p + 1, " ]|");

			assert_true(n < sizeof(word));
			memcpy(word, p + 1, n);
			word[n] = '\0';
			must_name(&page, "Fl %s", word);
		}
	}
	for (const struct input_format *f = input_formats; f->name; f++)
		must_name(&page, ".It Cm %s", f->name);
	for (const struct output_type *const *t = output_types; *t; t++)
		must_name(&page, ".It Cm %s", (*t)->name);
	for (size_t i = 0; i < KIND_COUNT; i++)
		must_name(&page, ".Cm %s", kinds[i].name);
}

static void configuration(void **state)
{
	CLEANUP_BUF struct buf page = {.max = 1u << 20};

	(void)state;
	load("docs/man/varsel.conf.5", &page);
	for (const struct conf_option *o = config_options; o->name; o++)
		must_name(&page, ".It Cm %s No =", o->name);
	for (const struct conf_option *o = output_options; o->name; o++)
		must_name(&page, ".It Cm %s No =", o->name);
	for (const struct output_type *const *t = output_types; *t; t++)
		must_name(&page, ".Ss %s", (*t)->name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_and_options),
		cmocka_unit_test(configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
