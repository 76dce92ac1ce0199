/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer on its way out: what the handler filled, or the problem, with its headers.
 */
#ifndef VARSEL_HTTP_ANSWER_H
#define VARSEL_HTTP_ANSWER_H

#include "server/http/exchange.h"

/* Queues it with libmicrohttpd; on the connection's thread. */
enum MHD_Result answer_send(struct exchange *x);

#endif
