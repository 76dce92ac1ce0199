/* SPDX-License-Identifier: BSD-2-Clause */
/* A one-use link to the hub's situation page. */
#ifndef VARSEL_HUB_PAGE_H
#define VARSEL_HUB_PAGE_H

#include "client/hub/hub.h"

/* Asks for a link and prints it, alone on a line. `url` is the hub's, as configured: a
 * link to anywhere else is not printed (ERR_WRONG_HUB). Needs hub_login(). */
enum err page_print_link(struct hub *h, const char *url, struct diag *d) CHECK_RESULT;

#endif
