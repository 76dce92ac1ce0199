/* SPDX-License-Identifier: BSD-2-Clause */
/* Small texts for people, cells of a table above all. */
#ifndef VARSEL_CTL_TEXT_H
#define VARSEL_CTL_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "common/json_in.h"

#define TEXT_NUM 24

/* Both return `out`. A list that does not fit is cut. */
const char *text_num(int64_t n, char out[TEXT_NUM]);
const char *text_list(
	const struct json_texts *t, const char *gap, char *out, size_t size);

/* Columns that UTF-8 text takes on a terminal; what is not UTF-8 counts by bytes. */
size_t text_width(const char *text);

#endif
