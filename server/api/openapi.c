/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/openapi.yaml, turned into JSON by the build and carried in the program. */
#include "server/api/handlers.h"
#include "server/api/service.h"

__asm__(".section .rodata\n"
	"openapi_start:\n"
	".incbin \"" OPENAPI_JSON "\"\n"
	"openapi_end:\n"
	".byte 0\n"
	".previous\n");

extern const char openapi_start[], openapi_end[];

enum err api_openapi(struct service *s, struct request *q, struct diag *d)
{
	(void)s;
	(void)d;
	/* the linker puts both ends of one object */
	/* cppcheck-suppress comparePointers */
	buf_put(&q->res.body, openapi_start, (size_t)(openapi_end - openapi_start));
	q->res.cache = "public, max-age=300";
	return buf_err(&q->res.body);
}
