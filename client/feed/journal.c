/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/feed/journal.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/file.h"

#define HEAD 12
#define SUM  8

void journal_put(struct buf *b, uint64_t index, struct slice note)
{
	size_t start = b->len;
	uint64_t be_index = htobe64(index);
	uint32_t be_length = htobe32((uint32_t)note.n);
	struct hash sum;

	buf_put(b, &be_index, sizeof(be_index));
	buf_put(b, &be_length, sizeof(be_length));
	buf_slice(b, note);
	if (buf_err(b))
		return;
	sum = hash_of(slice_mem(b->data + start, b->len - start));
	buf_put(b, sum.b, SUM);
}

enum err journal_next(
	struct slice *in, uint64_t *ret_index, struct slice *ret_note, struct diag *d)
{
	uint64_t index;
	uint32_t length;
	struct hash sum;

	if (in->n < HEAD + SUM)
		return diag_fail(d, ERR_SYNTAX, "journal: a record is cut");
	memcpy(&index, in->p, sizeof(index));
	memcpy(&length, in->p + sizeof(index), sizeof(length));
	length = be32toh(length);
	if (length > in->n - HEAD - SUM)
		return diag_fail(d, ERR_SYNTAX, "journal: a record is cut");
	sum = hash_of((struct slice){in->p, HEAD + length});
	if (memcmp(sum.b, in->p + HEAD + length, SUM) != 0)
		return diag_fail(d, ERR_SYNTAX, "journal: a record's checksum differs");
	*ret_index = be64toh(index);
	*ret_note = (struct slice){in->p + HEAD, length};
	in->p += HEAD + length + SUM;
	in->n -= HEAD + length + SUM;
	return OK;
}

enum err journal_append(
	const char *path, int64_t length, struct slice records, struct diag *d)
{
	CLEANUP_FD int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	size_t done = 0;

	/* a killed run may have left records that no head ever counted */
	if (fd < 0 || ftruncate(fd, length) != 0)
		return diag_fail(d, ERR_CANTCREAT, "%s: %s", path, strerror(errno));
	while (done < records.n) {
		ssize_t n = pwrite(
			fd, records.p + done, records.n - done, length + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return diag_fail(
				d, ERR_CANTCREAT, "%s: %s", path, strerror(errno));
		done += (size_t)n;
	}
	if (fsync(fd) != 0)
		return diag_fail(d, ERR_CANTCREAT, "%s: %s", path, strerror(errno));
	return OK;
}
