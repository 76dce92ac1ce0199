/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a fuzz target over every file of the folders named as arguments, as a test in TAP:
 * what the fuzzer once found must never come back, with any compiler.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int not_hidden(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* Exactly `size` bytes on the heap, so that a sanitizer sees one byte too many. */
static uint8_t *read_all(const char *path, size_t *ret_size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	long size;

	if (!f)
		return NULL;
	if (fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET))
		goto out;
	*ret_size = (size_t)size;
	data = malloc(*ret_size ? *ret_size : 1);
	if (data && fread(data, 1, *ret_size, f) != *ret_size) {
		free(data);
		data = NULL;
	}
out:
	fclose(f);
	return data;
}

static int replay(const char *folder, const char *name, int number)
{
	char path[4096];
	uint8_t *data;
	size_t size = 0;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	data = read_all(path, &size);
	if (!data) {
		printf("not ok %d - %s cannot be read\n", number, path);
		return 1;
	}
	/* A crash must leave the name of its input behind. */
	printf("# %s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	printf("ok %d - %s\n", number, name);
	return 0;
}

int main(int argc, char **argv)
{
	int number = 0, failed = 0;

	for (int i = 1; i < argc; i++) {
		struct dirent **list;
		int n = scandir(argv[i], &list, not_hidden, alphasort);

		if (n < 0) {
			perror(argv[i]);
			return 1;
		}
		for (int k = 0; k < n; k++) {
			failed += replay(argv[i], list[k]->d_name, ++number);
			free(list[k]);
		}
		free(list);
	}
	printf("1..%d\n", number);
	return failed || number == 0;
}
