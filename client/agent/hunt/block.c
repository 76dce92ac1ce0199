/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/block.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

void block_classify_plain(const char p[BLOCK], struct block *ret)
{
	struct block b = {0};

	for (unsigned i = 0; i < BLOCK; i++) {
		unsigned char c = (unsigned char)p[i], low = c | 0x20;
		uint64_t bit = (uint64_t)1 << i;

		if ((low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
			c == '_' || c == '.')
			b.name |= bit;
		b.dot |= c == '.' ? bit : 0;
		b.colon |= c == ':' ? bit : 0;
		b.open |= c == '(' || c == '[' || c == '{' ? bit : 0;
		if (c == '.' || c == ':' || c == '/' || (low >= '`' && low <= 'd'))
			b.inner |= bit;
		b.odd |= c >= 0x80 || c == '\\' || c == '%' ? bit : 0;
		b.lf |= c == '\n' ? bit : 0;
	}
	*ret = b;
}

#ifdef __SSE2__
/* Every machine of this kind has these instructions. */
static inline __m128i all(int c)
{
	return _mm_set1_epi8((char)c);
}

static inline __m128i is(__m128i x, int c)
{
	return _mm_cmpeq_epi8(x, all(c));
}

static inline __m128i between(__m128i x, int from, int to)
{
	__m128i off = _mm_sub_epi8(x, all(from));

	return _mm_cmpeq_epi8(_mm_min_epu8(off, all(to - from)), off);
}

static inline uint64_t bits(__m128i x, unsigned at)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(x) << at;
}

void block_classify(const char p[BLOCK], struct block *ret)
{
	struct block b = {0};

	for (unsigned i = 0; i < BLOCK; i += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i low = _mm_or_si128(x, all(0x20)), dot = is(x, '.');
		__m128i colon = is(x, ':'), slash = is(x, '/');
		__m128i name =
			_mm_or_si128(_mm_or_si128(between(low, 'a', 'z'), is(x, '_')),
				_mm_andnot_si128(slash, between(x, '-', '9')));
		__m128i open = _mm_or_si128(is(x, '('), is(low, '{'));
		__m128i inner = _mm_or_si128(_mm_or_si128(dot, colon),
			_mm_or_si128(slash, between(low, '`', 'd')));

		b.name |= bits(name, i);
		b.dot |= bits(dot, i);
		b.colon |= bits(colon, i);
		b.open |= bits(open, i);
		b.inner |= bits(inner, i);
		/* the sign is the highest bit */
		b.odd |= bits(_mm_or_si128(x, _mm_or_si128(is(x, '\\'), is(x, '%'))), i);
		b.lf |= bits(is(x, '\n'), i);
	}
	*ret = b;
}
#else
void block_classify(const char p[BLOCK], struct block *ret)
{
	block_classify_plain(p, ret);
}
#endif
