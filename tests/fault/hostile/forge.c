/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a hub can make whose keys are in an attacker's hands. Usage:
 *   forge sign [-t SECONDS] KEYFILE...   a text in, the note out; SECONDS is the time
 * that a cosigner signs, now when not given forge split FOLDER                   an entry
 * bundle in, FOLDER/00000, 00001 ... out forge log FOLDER ORIGIN TARGET       the log of
 * the entries in FOLDER, in the order of their names: TARGET/tile/entries/... and, on
 *                                        stdout, the text of its checkpoint
 */
#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/checkpoint.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/note.h"
#include "common/tile.h"

#define INPUT_MAX (64u << 20)

static _Noreturn void die(const char *what)
{
	(void)fprintf(stderr, "forge: %s\n", what);
	exit(1);
}

static void must(enum err e, const struct diag *d)
{
	if (e)
		die(*d->text ? d->text : err_text(e));
}

static void read_all(FILE *f, struct buf *b)
{
	char chunk[65536];
	size_t n;

	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_put(b, chunk, n);
	if (ferror(f) || buf_err(b))
		die("cannot read");
}

static void print(struct slice s)
{
	if (fwrite(s.p, 1, s.n, stdout) != s.n || fflush(stdout) != 0)
		die("cannot write");
}

static void sign(int argc, char **argv)
{
	CLEANUP_BUF struct buf text = {.max = INPUT_MAX}, note = {.max = INPUT_MAX};
	int64_t time = clock_now();
	struct diag d = {0};

	if (argc > 1 && strcmp(argv[0], "-t") == 0) {
		must(number_parse(slice_of(argv[1]), &time, &d), &d);
		argc -= 2;
		argv += 2;
	}
	read_all(stdin, &text);
	note_begin(&note, buf_view(&text));
	for (int i = 0; i < argc; i++) {
		CLEANUP_SECKEY struct seckey k = {0};

		must(seckey_load(argv[i], &k, &d), &d);
		must(note_sign(&note, buf_view(&text), &k, time, &d), &d);
	}
	print(buf_view(&note));
}

static void put_file(const char *path, struct slice content)
{
	struct diag d = {0};

	must(file_write(path, content, 0644, &d), &d);
}

static void split(const char *folder)
{
	CLEANUP_BUF struct buf in = {.max = INPUT_MAX};
	struct slice rest, entry;
	struct diag d = {0};
	char path[4096];

	read_all(stdin, &in);
	rest = buf_view(&in);
	for (int i = 0; rest.n; i++) {
		must(entry_next(&rest, &entry, &d), &d);
		(void)snprintf(path, sizeof(path), "%s/%05d", folder, i);
		put_file(path, entry);
	}
}

/* The entries below `target`, in bundles: each as it becomes full, and every partial one
 * of the last, since a client asks for the one that its checkpoint's size gives. */
static void put_bundle(const char *target, uint64_t index, unsigned width, struct slice b)
{
	struct tile_id id = {.level = -1, .index = index, .width = width};
	CLEANUP_BUF struct buf path = {.max = 4096};
	struct diag d = {0};
	char *text;

	buf_printf(&path, "%s/", target);
	tile_path_put(&path, &id);
	if (buf_err(&path))
		die("a path is too long");
	text = strdup(buf_str(&path));
	if (!text)
		die("out of memory");
	for (char *at = text + strlen(target); (at = strchr(at + 1, '/'));) {
		*at = '\0';
		must(file_mkdir(text, 0755, &d), &d);
		*at = '/';
	}
	put_file(text, b);
	free(text);
}

static int is_entry(const struct dirent *x)
{
	return x->d_name[0] != '.';
}

static void make_log(const char *folder, const char *origin, const char *target)
{
	CLEANUP_BUF struct buf bundle = {.max = INPUT_MAX}, text = {.max = 4096};
	struct checkpoint c = {.origin = slice_of(origin)};
	struct dirent **names;
	struct frontier tree;
	struct diag d = {0};
	int n = scandir(folder, &names, is_entry, alphasort);

	if (n < 0)
		die(strerror(errno));
	frontier_init(&tree);
	for (int i = 0; i < n; i++) {
		CLEANUP_BUF struct buf entry = {.max = UINT16_MAX};
		struct hash leaf;
		char path[4096];

		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
		free(names[i]);
		must(file_read(path, &entry, &d), &d);
		leaf = merkle_leaf(buf_view(&entry));
		frontier_append(&tree, &leaf);
		entry_put(&bundle, buf_view(&entry));
		if (buf_err(&bundle))
			die("out of memory");
		put_bundle(target, (uint64_t)i / TILE_WIDTH,
			(unsigned)(i % TILE_WIDTH) + 1, buf_view(&bundle));
		if (i % TILE_WIDTH == TILE_WIDTH - 1)
			buf_reset(&bundle);
	}
	free(names);
	c.size = tree.size;
	c.root = frontier_root(&tree);
	checkpoint_put(&text, &c);
	print(buf_view(&text));
}

int main(int argc, char **argv)
{
	if (sodium_init() < 0)
		return 70;
	if (argc > 2 && strcmp(argv[1], "sign") == 0)
		sign(argc - 2, argv + 2);
	else if (argc == 3 && strcmp(argv[1], "split") == 0)
		split(argv[2]);
	else if (argc == 5 && strcmp(argv[1], "log") == 0)
		make_log(argv[2], argv[3], argv[4]);
	else
		die("sign [-t SECONDS] KEYFILE..., split FOLDER or log FOLDER ORIGIN "
		    "TARGET");
	return 0;
}
