/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* after the above, which it relies on */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/conf.h"
#include "common/file.h"

struct box {
	char *label;
	int64_t size;
};

struct config {
	char *hub;
	char *dir;
	int64_t port;
	int64_t wait;
	bool load;
	struct conf_list run;
	char titles[200];
};

#define AT(f) offsetof(struct config, f)
static const struct conf_option options[] = {
	{"hub", CONF_TEXT, AT(hub), NULL, true, 0, 0, "The hub."},
	{"dir", CONF_TEXT, AT(dir), "/var/lib/x", false, 0, 0, "A folder."},
	{"port", CONF_NUMBER, AT(port), "8440", false, 1, 65535, "A port."},
	{"wait", CONF_DURATION, AT(wait), "1h", false, 1, 86400, "A time."},
	{"load", CONF_BOOL, AT(load), "true", false, 0, 0, "Whether."},
	{"run", CONF_LIST, AT(run), "one two", false, 0, 0, "A command."},
	{0},
};
static const struct conf_option box_options[] = {
	{"label", CONF_TEXT, offsetof(struct box, label), NULL, true, 0, 0, "A label."},
	{"size", CONF_NUMBER, offsetof(struct box, size), "3", false, 1, 9, "A size."},
	{0},
};

static enum err add_box(void *into, const char *title, void *section, struct diag *d)
{
	struct config *c = into;
	struct box *b = section;
	size_t n = strlen(c->titles);
	enum err e = OK;

	(void)snprintf(c->titles + n, sizeof(c->titles) - n, "%s=%s/%lld;", title,
		b->label, (long long)b->size);
	if (b->size == 7)
		e = diag_fail(d, ERR_VALUE, "box %s: seven is refused", title);
	conf_free(box_options, b);
	return e;
}

static const struct conf_section sections[] = {
	{"box", box_options, sizeof(struct box), add_box},
	{0},
};

static char path[64];

static enum err load_bytes(struct slice text, struct config *c, struct diag *d)
{
	assert_int_equal(file_write(path, text, 0600, d), OK);
	*c = (struct config){0};
	*d = (struct diag){0};
	return conf_load(path, options, sections, c, d);
}

static enum err load(const char *text, struct config *c, struct diag *d)
{
	return load_bytes(slice_of(text), c, d);
}

static void refuse(const char *text, const char *place, const char *why)
{
	struct config c;
	struct diag d;
	char start[200];

	(void)snprintf(start, sizeof(start), "%s:%s", path, place);
	assert_int_equal(load(text, &c, &d), ERR_CONFIG);
	if (strncmp(d.text, start, strlen(start)) != 0 || !strstr(d.text, why))
		fail_msg("\"%s\" is not at \"%s\" because of \"%s\"", d.text, start, why);
	conf_free(options, &c);
}

static void fallbacks(void **state)
{
	struct config c;
	struct diag d;

	(void)state;
	assert_int_equal(load("hub = \"https://x\"\n", &c, &d), OK);
	assert_string_equal(c.hub, "https://x");
	assert_string_equal(c.dir, "/var/lib/x");
	assert_int_equal(c.port, 8440);
	assert_int_equal(c.wait, 3600);
	assert_true(c.load);
	assert_int_equal(c.run.n, 2);
	assert_string_equal(c.run.item[0], "one");
	assert_string_equal(c.run.item[1], "two");
	conf_free(options, &c);
	assert_null(c.hub);
	conf_free(options, &c);
}

static void everything_set(void **state)
{
	struct config c;
	struct diag d;

	(void)state;
	assert_int_equal(
		load("# a comment\nhub = 'a b'\ndir = \"\"\nport = 1\nwait = 30s\n"
		     "load = off\nrun = {\"a b\", c}\nrun += {d}\n"
		     "box one { label = x }\nbox \"two 2\" { size = 9 label = "
		     "\"\\\"$\" }\n",
			&c, &d),
		OK);
	assert_string_equal(c.hub, "a b");
	assert_string_equal(c.dir, "");
	assert_int_equal(c.port, 1);
	assert_int_equal(c.wait, 30);
	assert_false(c.load);
	assert_int_equal(c.run.n, 3);
	assert_string_equal(c.run.item[0], "a b");
	assert_string_equal(c.run.item[2], "d");
	assert_string_equal(c.titles, "one=x/3;two 2=\"$/9;");
	conf_free(options, &c);
	assert_int_equal(load("hub = x\nrun = {}\n", &c, &d), OK);
	assert_int_equal(c.run.n, 0);
	conf_free(options, &c);
}

static void twice(void **state)
{
	(void)state;
	refuse("hub = a\nport = 1\n\nport = 1\n",
		"4: ", "\"port\" is set again (first in line 2)");
	refuse("hub = a\nrun = {a, b}\nrun = {c}\n", "3: ", "\"run\" is set again");
	refuse("hub = a\nrun = {a, b}\nrun = {}\n",
		"2: ", "\"run\" is set again further down");
	refuse("hub = a\nbox x { label = a\n label = b }\n",
		"3: ", "\"label\" is set again");
	refuse("hub = a\nbox x { label = a }\nbox y { label = c }\nbox x { label = b }\n",
		"4: ", "duplicate title 'x'");
}

static void unknown(void **state)
{
	(void)state;
	refuse("hub = a\nhubb = b\n", "2: ", "no such option 'hubb'");
	refuse("hub = a\nbox x {\n label = a\n colour = b }\n",
		"4: ", "no such option 'colour'");
	refuse("hub = a\nbag x { }\n", "2: ", "no such option 'bag'");
}

static void missing(void **state)
{
	(void)state;
	refuse("port = 1\n", " ", "option \"hub\" is missing");
	refuse("", " ", "option \"hub\" is missing");
	refuse("hub = \"\"\n", "1: ", "option \"hub\": empty");
	refuse("hub = a\nbox x { size = 3 }\n", " ",
		"box x: option \"label\" is missing");
}

static void limits(void **state)
{
	(void)state;
	refuse("hub = a\nport = 65536\n",
		"2: ", "option \"port\": 65536 is not between 1 and 65535");
	refuse("hub = a\nport = 0\n", "2: ", "between 1 and 65535");
	refuse("hub = a\nport = -1\n", "2: ", "option \"port\": number \"-1\"");
	refuse("hub = a\nport = 0x10\n", "2: ", "option \"port\"");
	refuse("hub = a\nport = 99999999999999999999\n", "2: ", "option \"port\"");
	refuse("hub = a\nwait = 2d\n", "2: ", "between 1 and 86400 seconds");
	refuse("hub = a\nwait = 10\n", "2: ", "duration \"10\"");
	refuse("hub = a\nload = maybe\n", "2: ", "\"maybe\" is not true or false");
	refuse("hub = a\nbox x { label = a\n size = 10 }\n", "", "between 1 and 9");
}

static void broken(void **state)
{
	struct config c;
	struct diag d;

	(void)state;
	refuse("hub = a\nport\n", "", "premature end");
	refuse("hub a\n", "1: ", "missing equal sign");
	refuse("hub = {a, b}\n", "1: ", "unexpected token");
	refuse("hub = a\nport += 1\n", "2: ", "append");
	refuse("hub = a\nbox { }\n", "2: ", "missing title");
	refuse("hub = a\n}\n", "2: ", "unexpected closing brace");
	refuse("hub = \"a\n", "", "premature end");
	refuse("hub = a\ndir = \"\xff\"\n", "2: ", "a byte that is not text");
	assert_int_equal(
		load_bytes((struct slice){"hub = a\n\0x", 10}, &c, &d), ERR_CONFIG);
	assert_non_null(strstr(d.text, ":2: a byte that is not text"));
	/* nothing of a failure stays for the next */
	assert_int_equal(load("hub = a\n", &c, &d), OK);
	conf_free(options, &c);
}

static void section_refused(void **state)
{
	(void)state;
	refuse("hub = a\nbox x { label = a\n size = 7 }\n", " ",
		"box x: seven is refused");
}

static void no_file(void **state)
{
	struct config c = {0};
	struct diag d;

	(void)state;
	assert_int_equal(
		conf_load("/nonexistent/conf", options, NULL, &c, &d), ERR_NOT_FOUND);
	assert_non_null(strstr(d.text, "/nonexistent/conf"));
	assert_int_equal(conf_load("/", options, NULL, &c, &d), ERR_CONFIG);
}

static int setup(void **state)
{
	int fd;

	(void)state;
	(void)snprintf(path, sizeof(path), "/tmp/varsel.XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fallbacks),
		cmocka_unit_test(everything_set),
		cmocka_unit_test(twice),
		cmocka_unit_test(unknown),
		cmocka_unit_test(missing),
		cmocka_unit_test(limits),
		cmocka_unit_test(broken),
		cmocka_unit_test(section_refused),
		cmocka_unit_test(no_file),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
