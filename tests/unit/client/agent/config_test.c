/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/file.h"

static char dir[] = "/tmp/varsel.XXXXXX";
static char path[64];

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/varsel.conf", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path) || rmdir(dir);
}

static void load(const char *text, struct config *c)
{
	struct diag d = {""};

	*c = (struct config){0};
	assert_int_equal(file_write(path, slice_of(text), 0600, NULL), OK);
	if (config_load(path, c, &d))
		fail_msg("%s", d.text);
}

static void refused(const char *text, const char *want)
{
	struct config c = {0};
	struct diag d = {""};

	assert_int_equal(file_write(path, slice_of(text), 0600, NULL), OK);
	assert_int_equal(config_load(path, &c, &d), ERR_CONFIG);
	if (!strstr(d.text, want) || !strstr(d.text, path))
		fail_msg("\"%s\" lacks \"%s\" or the path", d.text, want);
	config_free(&c);
}

#define LEAST "hub = \"https://hub.example:8443\"\norg = \"0101\"\n"

static void defaults(void **state)
{
	char want[80];
	struct config c;

	(void)state;
	load(LEAST, &c);
	assert_string_equal(c.hub, "https://hub.example:8443");
	assert_string_equal(c.hub_name, "hub.example");
	assert_string_equal(c.channel, "kommuner");
	assert_string_equal(c.state_dir, "/var/lib/varsel");
	(void)snprintf(want, sizeof(want), "%s/key", dir);
	assert_string_equal(c.key, want);
	(void)snprintf(want, sizeof(want), "%s/root.1", dir);
	assert_string_equal(c.root, want);
	(void)snprintf(want, sizeof(want), "%s/never-block", dir);
	assert_string_equal(c.never_block, want);
	assert_int_equal(c.timeout, 60);
	assert_int_equal(c.stall, 30);
	assert_int_equal(c.guard_entries, 1000);
	assert_int_equal(c.guard_percent, 50);
	assert_int_equal(c.notify.n, 0);
	assert_int_equal(c.noutputs, 0);
	config_free(&c);
}

static void outputs(void **state)
{
	struct config c;

	(void)state;
	load(LEAST "notify = {\"/usr/bin/logger\", \"-t\", \"varsel\"}\n"
		   "output nftables { load = true  table = \"t\"  hook = {\"input\"}  "
		   "file = "
		   "\"/f\" }\n"
		   "output rpz { file = \"/z\"  zone = \"a.rpz\"  reload = {\"x\", "
		   "\"y\"} }\n"
		   "output list { kind = \"ip\"  file = \"/l\"  max = 100 }\n"
		   "output list-url { kind = \"url\"  file = \"/u\" }\n",
		&c);
	assert_int_equal(c.notify.n, 3);
	assert_int_equal(c.noutputs, 4);
	assert_ptr_equal(c.outputs[0].type, &output_nftables);
	assert_true(c.outputs[0].conf.load);
	assert_string_equal(c.outputs[0].conf.table, "t");
	assert_string_equal(c.outputs[0].conf.hook.item[0], "input");
	assert_ptr_equal(c.outputs[1].type, &output_rpz);
	assert_string_equal(c.outputs[1].conf.zone, "a.rpz");
	assert_int_equal(c.outputs[1].conf.reload.n, 2);
	assert_ptr_equal(c.outputs[2].type, &output_list);
	assert_int_equal(c.outputs[2].conf.max, 100);
	assert_string_equal(c.outputs[3].title, "list-url");
	config_free(&c);
}

static void refusals(void **state)
{
	struct config c = {0};
	struct diag d;

	(void)state;
	refused("", "hub");
	refused("hub = \"https://hub.example\"\n", "org");
	refused(LEAST "colour = \"red\"\n", "colour");
	refused(LEAST "org = \"0102\"\n", "org");
	refused("hub = \"ftp://hub.example\"\norg = \"0101\"\n", "hub");
	refused(LEAST "output hosts { file = \"/f\" }\n", "hosts");
	refused(LEAST "output list { file = \"/f\" }\n", "kind must be");
	refused(LEAST "output rpz { file = \"/f\" kind = \"ip\" }\n",
		"\"kind\" is not one of");
	refused(LEAST "output rpz { file = \"/f\" }\noutput rpz { file = \"/g\" }\n",
		"rpz");
	refused(LEAST "guard-percent = 0\n", "guard-percent");
	assert_int_equal(config_load("/nonexistent/varsel.conf", &c, &d), ERR_CONFIG);
	assert_non_null(strstr(d.text, "enrol first"));
}

/* What enrolment writes is read back as it was meant, whatever is in the names. */
static void written_and_read(void **state)
{
	const struct config_draft draft = {.hub = "http://127.0.0.1:8440",
		.hub_name = "hub.test",
		.channel = "kommuner",
		.org = "0101",
		.key = "/a \"b\"/${HOME}\\key",
		.root = "/r/root.1",
		.never_block = "/n",
		.state_dir = "/s",
		.output_dir = "/o \"x\""};
	CLEANUP_BUF struct buf b = {.max = 65536};
	struct config c;

	(void)state;
	config_write(&b, &draft);
	load(buf_str(&b), &c);
	assert_string_equal(c.hub, draft.hub);
	assert_string_equal(c.hub_name, draft.hub_name);
	assert_string_equal(c.key, draft.key);
	assert_string_equal(c.state_dir, draft.state_dir);
	assert_int_equal(c.noutputs, 5);
	assert_string_equal(c.outputs[0].title, "list-ip");
	assert_string_equal(c.outputs[0].conf.file, "/o \"x\"/list-ip.txt");
	assert_string_equal(c.outputs[3].conf.zone, "varsel.rpz");
	assert_string_equal(c.outputs[4].conf.file, "/o \"x\"/varsel.nft");
	assert_false(c.outputs[4].conf.load);
	config_free(&c);
}

/* The outputs that enrolment only suggests are right once their # is gone. */
static void suggestions(void **state)
{
	const struct config_draft draft = {.hub = "http://127.0.0.1:8440",
		.hub_name = "hub.test",
		.channel = "kommuner",
		.org = "0101",
		.key = "/k",
		.root = "/r",
		.never_block = "/n",
		.state_dir = "/s"};
	CLEANUP_BUF struct buf b = {.max = 65536};
	struct config c;

	(void)state;
	config_write(&b, &draft);
	load(buf_str(&b), &c);
	assert_int_equal(c.noutputs, 0);
	config_free(&c);
	for (size_t i = 1; i + 1 < b.len; i++)
		if (b.data[i] == '#' && b.data[i - 1] == '\n' && b.data[i + 1] != ' ')
			b.data[i] = ' ';
	load(buf_str(&b), &c);
	assert_int_equal(c.noutputs, 4);
	assert_true(c.outputs[0].conf.load);
	config_free(&c);
}

static void every_option_is_documented(void **state)
{
	(void)state;
	for (const struct conf_option *o = config_options; o->name; o++)
		assert_true(strlen(o->doc) > 10);
	for (const struct conf_option *o = output_options; o->name; o++)
		assert_true(strlen(o->doc) > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(outputs),
		cmocka_unit_test(refusals),
		cmocka_unit_test(written_and_read),
		cmocka_unit_test(suggestions),
		cmocka_unit_test(every_option_is_documented),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
