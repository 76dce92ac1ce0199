/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/client/agent/output/fixture.h"

/* Each row by its name and by what it can carry: a row that is gone is missed here. */
static void the_table(void **state)
{
	static const struct {
		const char *title;
		const struct output_type *type;
		unsigned carry;
	} rows[] = {
		{"nftables", &output_nftables, CARRY_IP},
		{"rpz", &output_rpz, CARRY_DOMAIN},
		{"list", &output_list, CARRY_IP | CARRY_DOMAIN | CARRY_URL},
	};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_ptr_equal(output_type_of(rows[i].title), rows[i].type);
		assert_string_equal(rows[i].type->name, rows[i].title);
		assert_int_equal(rows[i].type->carry, rows[i].carry);
	}
	while (output_types[n])
		n++;
	assert_int_equal(n, sizeof(rows) / sizeof(rows[0]));
}

static void titles(void **state)
{
	(void)state;
	assert_ptr_equal(output_type_of("list-ip"), &output_list);
	assert_ptr_equal(output_type_of("list-ip-2"), &output_list);
	assert_null(output_type_of("lists"));
	assert_null(output_type_of("lis"));
	assert_null(output_type_of("-list"));
	assert_null(output_type_of(""));
}

static void options_of_other_rows(void **state)
{
	static char file[] = "/var/x", ip[] = "ip", zone[] = "a.b", word[] = "true";
	static char *words[ARGV_MAX];
	struct output_conf c = {.load = true};
	struct diag d = {""};

	(void)state;
	c.file = file;
	assert_int_equal(output_validate(&output_rpz, "rpz", &c, &d), OK);
	c.kind = ip;
	assert_int_equal(output_validate(&output_rpz, "rpz", &c, &d), ERR_CONFIG);
	assert_string_equal(d.text,
		"output rpz: option \"kind\" is not one of rpz: file zone reload max ");
	assert_int_equal(output_validate(&output_list, "list-a", &c, &d), OK);
	c.zone = zone;
	assert_int_equal(output_validate(&output_list, "list-a", &c, &d), ERR_CONFIG);
	c.zone = NULL;
	c.load = false;
	assert_int_equal(output_validate(&output_list, "list-a", &c, &d), ERR_CONFIG);
	c.load = true;
	for (size_t i = 0; i < ARGV_MAX; i++)
		words[i] = word;
	c.reload = (struct conf_list){words, ARGV_MAX};
	assert_int_equal(output_validate(&output_list, "list-a", &c, &d), ERR_CONFIG);
	assert_non_null(strstr(d.text, "words"));
}

static void fingerprints(void **state)
{
	static char a[] = "/var/a", b[] = "/var/b";
	struct hash x = hash_of(slice_of("x")), y = hash_of(slice_of("y")), f, g;
	struct output_conf c = {.load = true};

	(void)state;
	c.file = a;
	f = output_fingerprint(&output_rpz, &c, &x, &y);
	g = output_fingerprint(&output_rpz, &c, &x, &y);
	assert_true(hash_same(&f, &g));
	g = output_fingerprint(&output_rpz, &c, &y, &y);
	assert_false(hash_same(&f, &g));
	g = output_fingerprint(&output_rpz, &c, &x, &x);
	assert_false(hash_same(&f, &g));
	g = output_fingerprint(&output_list, &c, &x, &y);
	assert_false(hash_same(&f, &g));
	c.file = b;
	g = output_fingerprint(&output_rpz, &c, &x, &y);
	assert_false(hash_same(&f, &g));
	c.file = a;
	c.load = false;
	g = output_fingerprint(&output_rpz, &c, &x, &y);
	assert_false(hash_same(&f, &g));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table),
		cmocka_unit_test(titles),
		cmocka_unit_test(options_of_other_rows),
		cmocka_unit_test(fingerprints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
