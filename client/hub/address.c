/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/hub/address.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <strings.h>

static bool is_loopback(const char *host)
{
	struct in_addr a;

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return true;
	return inet_pton(AF_INET, host, &a) == 1 && ntohl(a.s_addr) >> 24 == 127;
}

/* A part of the URL, or NULL; to be freed with curl_free(). */
static char *part(CURLU *u, CURLUPart what)
{
	char *text = NULL;

	return curl_url_get(u, what, &text, 0) == CURLUE_OK ? text : NULL;
}

enum err address_check(const char *url, char **ret_host, bool *ret_plain, struct diag *d)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL, *path = NULL, *rest = NULL;
	enum err e = ERR_CONFIG;

	if (!u)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
		!(scheme = part(u, CURLUPART_SCHEME)) ||
		!(host = part(u, CURLUPART_HOST)) || !(path = part(u, CURLUPART_PATH)))
		(void)diag_fail(d, e, "hub \"%s\": not a URL", url);
	else if (strcmp(path, "/") != 0 || (rest = part(u, CURLUPART_QUERY)) ||
		 (rest = part(u, CURLUPART_FRAGMENT)) || (rest = part(u, CURLUPART_USER)))
		(void)diag_fail(
			d, e, "hub \"%s\": only a scheme, a host and a port", url);
	else if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
		(void)diag_fail(d, e, "hub \"%s\": not https://", url);
	else if (strcmp(scheme, "http") == 0 && !is_loopback(host))
		(void)diag_fail(d, e, "hub \"%s\": http:// only to loopback", url);
	else
		e = OK;
	if (!e) {
		*ret_plain = strcmp(scheme, "http") == 0;
		*ret_host = host;
		host = NULL;
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(path);
	curl_free(rest);
	curl_url_cleanup(u);
	return e;
}
