/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step N COMMAND...: runs a command and pulls the plug at its N-th change of a file:
 * write, rename, link, unlink, truncate, sync, mkdir, or an open that may write. The
 * change does not happen, but of a write the first half does. All processes that the
 * command started die in the same moment. Exit status 9 then, and "write /path" or the
 * like on stdout; of a run that ends before, its own. From outside, by ptrace: stdio's
 * writes never pass through a symbol that a preloaded library could take.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* the kernel's header and the C library's do not go together */
#define SYSCALL_ENTRY 1
struct syscall_info {
	unsigned char op;
	unsigned char pad[3];
	unsigned arch;
	unsigned long long ip, sp;
	unsigned long long nr, args[6];
	unsigned char rest[64];
};

#define TRACED                                                              \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
		PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)
#define PLUG_PULLED 9
#define HALF_MAX    (1u << 20)

enum what { NO_CHANGE, BY_FD, BY_PATH, BY_PATH_AT, BY_OPEN, BY_OPEN_AT, BY_WRITE };

/* Which argument says what is changed: 0, or 1 behind a folder's descriptor. */
static const struct {
	long nr;
	enum what what;
	const char *name;
} changes[] = {
	{SYS_write, BY_WRITE, "write"},
	{SYS_pwrite64, BY_WRITE, "write"},
	{SYS_fsync, BY_FD, "sync"},
	{SYS_fdatasync, BY_FD, "sync"},
	{SYS_ftruncate, BY_FD, "truncate"},
	{SYS_openat, BY_OPEN_AT, "open"},
	{SYS_renameat2, BY_PATH_AT, "rename"},
	{SYS_linkat, BY_PATH_AT, "link"},
	{SYS_unlinkat, BY_PATH_AT, "unlink"},
	{SYS_mkdirat, BY_PATH_AT, "mkdir"},
#ifdef SYS_open
	{SYS_open, BY_OPEN, "open"},
	{SYS_rename, BY_PATH, "rename"},
	{SYS_renameat, BY_PATH_AT, "rename"},
	{SYS_link, BY_PATH, "link"},
	{SYS_unlink, BY_PATH, "unlink"},
	{SYS_mkdir, BY_PATH, "mkdir"},
#endif
};

static void die(const char *what)
{
	perror(what);
	exit(70);
}

/* The text at an address of the process. */
static void read_text(pid_t pid, unsigned long long at, char *ret, size_t size)
{
	struct iovec here = {ret, size - 1};
	struct iovec there = {(void *)(uintptr_t)at, size - 1};
	ssize_t n = process_vm_readv(pid, &here, 1, &there, 1, 0);

	/* the next page may not be there */
	if (n < 0 && (there.iov_len = 4096 - at % 4096) < size - 1)
		n = process_vm_readv(pid, &here, 1, &there, 1, 0);
	ret[n > 0 ? n : 0] = '\0';
}

static void path_of_fd(pid_t pid, unsigned long long fd, char *ret, size_t size)
{
	char link[64];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/%d/fd/%llu", (int)pid, fd);
	n = readlink(link, ret, size - 1);
	ret[n > 0 ? n : 0] = '\0';
}

static bool is_file(const char *path)
{
	struct stat st;

	return *path == '/' && stat(path, &st) == 0 &&
	       (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

/* Whether this call changes a file; its name and the path. */
static bool is_change(pid_t pid, const struct syscall_info *c, const char **ret_name,
	char *path, size_t size)
{
	size_t i = 0;
	unsigned long long flags;

	while (i < sizeof(changes) / sizeof(*changes) && (long)c->nr != changes[i].nr)
		i++;
	if (i == sizeof(changes) / sizeof(*changes))
		return false;
	*ret_name = changes[i].name;
	switch (changes[i].what) {
	case BY_WRITE:
	case BY_FD:
		path_of_fd(pid, c->args[0], path, size);
		return is_file(path);
	case BY_OPEN:
	case BY_PATH:
		read_text(pid, c->args[0], path, size);
		flags = c->args[1];
		return changes[i].what == BY_PATH || (flags & (O_WRONLY | O_RDWR));
	default:
		read_text(pid, c->args[1], path, size);
		flags = c->args[2];
		return changes[i].what == BY_PATH_AT || (flags & (O_WRONLY | O_RDWR));
	}
}

/* A write that is cut in the middle: its first half, at the place where it was to go. */
static void write_half(pid_t pid, const struct syscall_info *c, const char *path)
{
	size_t n = (size_t)c->args[2] / 2;
	char *half = malloc(HALF_MAX), name[64], line[64];
	long long place = (long long)c->args[3];
	struct iovec here = {half, n < HALF_MAX ? n : HALF_MAX};
	struct iovec there = {(void *)(uintptr_t)c->args[1], here.iov_len};
	int fd;
	FILE *f;

	if (!half)
		die("malloc");
	if ((long)c->nr == SYS_write) {
		(void)snprintf(
			name, sizeof(name), "/proc/%d/fdinfo/%llu", (int)pid, c->args[0]);
		f = fopen(name, "r");
		if (!f || !fgets(line, sizeof(line), f) || strncmp(line, "pos:", 4) != 0)
			die(name);
		(void)fclose(f);
		place = strtoll(line + 4, NULL, 10);
	}
	if (process_vm_readv(pid, &here, 1, &there, 1, 0) != (ssize_t)here.iov_len)
		die("process_vm_readv");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || pwrite(fd, half, here.iov_len, place) != (ssize_t)here.iov_len)
		die(path);
	(void)close(fd);
	free(half);
}

/* Looks at one call that is about to be made; ends all when it is the N-th change. */
static void look(pid_t pid, long *left)
{
	struct syscall_info c = {0};
	char path[4097];
	const char *name;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(c), &c) < 0 ||
		c.op != SYSCALL_ENTRY || !is_change(pid, &c, &name, path, sizeof(path)) ||
		--*left > 0)
		return;
	if (strcmp(name, "write") == 0)
		write_half(pid, &c, path);
	printf("%s %s\n", name, path);
	/* PTRACE_O_EXITKILL takes all the others with it */
	exit(fflush(stdout) == 0 ? PLUG_PULLED : 70);
}

static pid_t start(char **argv)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 || raise(SIGSTOP) != 0)
			_exit(70);
		execvpe(argv[0], argv, environ);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid ||
		ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(long)TRACED) < 0 ||
		ptrace(PTRACE_SYSCALL, pid, NULL, NULL) < 0)
		die("ptrace");
	return pid;
}

int main(int argc, char **argv)
{
	long left = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
	int status, signal;
	pid_t first, pid;

	if (left < 1) {
		(void)fprintf(stderr, "usage: step N COMMAND...\n");
		return 64;
	}
	first = start(argv + 2);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (pid == first && WIFEXITED(status))
			return WEXITSTATUS(status);
		if (pid == first && WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		if (!WIFSTOPPED(status))
			continue;
		signal = WSTOPSIG(status);
		if (signal == (SIGTRAP | 0x80)) {
			look(pid, &left);
			signal = 0;
		} else if (signal == SIGTRAP || signal == SIGSTOP) {
			signal = 0; /* a new process, or a new program in one */
		}
		if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)signal) < 0 &&
			errno != ESRCH)
			die("ptrace");
	}
	die("waitpid");
}
