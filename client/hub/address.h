/* SPDX-License-Identifier: BSD-2-Clause */
/* Which URLs a hub may have: https://host[:port], and http:// on loopback alone. */
#ifndef VARSEL_HUB_ADDRESS_H
#define VARSEL_HUB_ADDRESS_H

#include <stdbool.h>

#include "common/diag.h"

/* *ret_host must be freed with curl_free(); *ret_plain: it is http://. ERR_CONFIG. */
enum err address_check(
	const char *url, char **ret_host, bool *ret_plain, struct diag *d) CHECK_RESULT;

#endif
