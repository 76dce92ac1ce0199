/* SPDX-License-Identifier: BSD-2-Clause */
/* The part that talks to the hub, taken over by somebody who wants to stall the rest. */
#include "client/agent/apart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/file.h"

#define FOR_EVER 3600 /* for who is not to end by itself */

static struct shared {
	pid_t child, grandchild;
	int open; /* descriptors beyond the standard three */
} * shared;

static struct config conf = {.deadline = 60};
static struct config hasty = {.deadline = 1};

static bool is_gone(pid_t pid)
{
	return pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
}

static enum err run_part(const struct config *c,
	enum err (*work)(void *ctx, FILE *out, struct diag *d), struct buf *out,
	struct diag *d)
{
	*shared = (struct shared){0};
	*d = (struct diag){""};
	(void)alarm(120); /* the test, not what it tests, ends a stall */
	return apart_run(c, 0, work, NULL, out, d);
}

static enum err speak(void *ctx, FILE *out, struct diag *d)
{
	(void)ctx;
	(void)d;
	(void)fputs("plan\n", out);
	return OK;
}

static enum err give_up(void *ctx, FILE *out, struct diag *d)
{
	(void)ctx;
	(void)out;
	return diag_fail(d, ERR_HOLD, "because");
}

/* What it had said by then is worth nothing. */
static enum err give_up_late(void *ctx, FILE *out, struct diag *d)
{
	(void)speak(ctx, out, d);
	return diag_fail(d, ERR_HOLD, "be\ncause");
}

/* A part of what it says does not get through, and what follows does. */
static enum err stumble(void *ctx, FILE *out, struct diag *d)
{
	int fd = fileno(out), pipe = dup(fd), full = open("/dev/full", O_WRONLY);

	(void)ctx;
	(void)d;
	(void)fputs("a line\n", out);
	(void)fflush(out);
	(void)dup2(full, fd);
	(void)fputs("one that is lost\n", out);
	(void)fflush(out);
	(void)dup2(pipe, fd);
	(void)close(pipe);
	(void)fputs("the last\n", out);
	return OK;
}

static void outcomes(void **state)
{
	CLEANUP_BUF struct buf out = {.max = 4096}, little = {.max = 2};
	struct diag d;

	(void)state;
	assert_int_equal(run_part(&conf, speak, &out, &d), OK);
	assert_string_equal(buf_str(&out), "plan\n");
	assert_int_equal(run_part(&conf, give_up, &out, &d), ERR_HOLD);
	assert_string_equal(d.text, "because");
	assert_int_equal(out.len, 0);
	assert_int_equal(run_part(&conf, give_up_late, &out, &d), ERR_HOLD);
	assert_string_equal(d.text, "be?cause");
	assert_int_equal(out.len, 0);
	assert_int_equal(run_part(&conf, speak, &little, &d), ERR_LIMIT);
	assert_int_equal(run_part(&conf, stumble, &out, &d), ERR_IO);
	assert_int_equal(out.len, 0);
}

static enum err stall(void *ctx, FILE *out, struct diag *d)
{
	(void)speak(ctx, out, d);
	(void)fflush(out);
	shared->child = getpid();
	(void)signal(SIGTERM, SIG_IGN);
	(void)sleep(FOR_EVER);
	return OK;
}

/* Its end of the pipe is closed, and still it does not end. */
static enum err linger(void *ctx, FILE *out, struct diag *d)
{
	(void)ctx;
	(void)d;
	shared->child = getpid();
	(void)close(fileno(out));
	(void)sleep(FOR_EVER);
	return OK;
}

static enum err drip(void *ctx, FILE *out, struct diag *d)
{
	(void)ctx;
	(void)d;
	shared->child = getpid();
	for (int i = 0; i < FOR_EVER * 100; i++) {
		(void)fputc('.', out);
		(void)fflush(out);
		(void)usleep(10000);
	}
	return OK;
}

typedef enum err part(void *ctx, FILE *out, struct diag *d);

static void deadline(void **state)
{
	static part *const works[] = {stall, linger, drip};

	(void)state;
	for (size_t i = 0; i < sizeof(works) / sizeof(*works); i++) {
		CLEANUP_BUF struct buf out = {.max = 1 << 20};
		struct diag d;

		assert_int_equal(run_part(&hasty, works[i], &out, &d), ERR_UNAVAILABLE);
		assert_non_null(strstr(d.text, "was not done in 1 seconds"));
		assert_int_equal(out.len, 0);
		assert_true(is_gone(shared->child));
	}
}

/* In a session of its own, with the pipe still open. */
static void leave_behind(void)
{
	if (fork() == 0) {
		(void)setsid();
		if (fork() == 0) {
			shared->grandchild = getpid();
			(void)signal(SIGHUP, SIG_IGN);
			(void)sleep(FOR_EVER);
		}
		_exit(0);
	}
	(void)wait(NULL);
	while (!*(volatile pid_t *)&shared->grandchild)
		(void)usleep(1000);
}

static enum err leave_and_end(void *ctx, FILE *out, struct diag *d)
{
	leave_behind();
	return speak(ctx, out, d);
}

static enum err leave_and_stall(void *ctx, FILE *out, struct diag *d)
{
	leave_behind();
	return stall(ctx, out, d);
}

static enum err leave_and_die(void *ctx, FILE *out, struct diag *d)
{
	(void)ctx;
	(void)out;
	(void)d;
	leave_behind();
	(void)raise(SIGKILL);
	return OK;
}

static void nothing_is_left(void **state)
{
	CLEANUP_BUF struct buf out = {.max = 4096};
	struct diag d;

	(void)state;
	assert_int_equal(run_part(&conf, leave_and_end, &out, &d), OK);
	assert_string_equal(buf_str(&out), "plan\n");
	assert_true(is_gone(shared->grandchild));
	assert_int_equal(run_part(&hasty, leave_and_stall, &out, &d), ERR_UNAVAILABLE);
	assert_true(is_gone(shared->grandchild));
	assert_int_equal(run_part(&conf, leave_and_die, &out, &d), ERR_INTERNAL);
	assert_string_equal(
		d.text, "the part that talks to the hub was killed by signal 9");
	assert_true(is_gone(shared->grandchild));
}

static enum err count_open(void *ctx, FILE *out, struct diag *d)
{
	(void)ctx;
	(void)d;
	for (int fd = STDERR_FILENO + 1; fd < 256; fd++)
		if (fd != fileno(out) && fcntl(fd, F_GETFD) != -1)
			shared->open++;
	return OK;
}

/* Not a lock either, which would last as long as the child, or what it starts. */
static void nothing_is_handed_on(void **state)
{
	CLEANUP_BUF struct buf out = {.max = 4096};
	char dir[] = "/tmp/varsel.XXXXXX", path[64];
	CLEANUP_FD int lock = -1;
	struct diag d;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/lock", dir);
	assert_int_equal(file_lock(path, &lock, &d), OK);
	assert_int_equal(run_part(&conf, count_open, &out, &d), OK);
	assert_int_equal(shared->open, 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes),
		cmocka_unit_test(deadline),
		cmocka_unit_test(nothing_is_left),
		cmocka_unit_test(nothing_is_handed_on),
	};

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
