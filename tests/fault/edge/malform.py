#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""malform.py PORT N: N requests that are broken in one way or several, always the same ones.

Each is a sound request with bytes of it changed, taken out, doubled or put in, sent on a
connection of its own. Prints "tried N", then a line "STATUS HOW-MANY" for each first status
that came back ("none": closed without one; "hung": neither, for 20 seconds).
"""
import collections
import concurrent.futures
import random
import socket
import sys

SOUND = [
    b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /v1/lookup?value=evil%2eexample HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a.b.c\r\n\r\n",
    b"POST /v1/token HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
    b"POST /v1/reports HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: 5\r\nAuthorization: Bearer a.b.c\r\n\r\nhello",
    b"GET /v1/feed/kommuner/checkpoint?after=0&wait=50 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"HEAD /v1/root/1 HTTP/1.0\r\n\r\n",
]
TOKENS = [
    b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b"%2f", b"%00", b"/../", b"//", b"\\", b"?", b"&", b"#",
    b"\xff", b"\xc3\xb8", b"Content-Length: 5\r\n", b"Content-Length: -1\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Host: b\r\n", b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"HTTP/9.9", b"PATCH ", b"\r\n\r\n",
    b"9" * 40, b"a" * 9000, b"Authorization: Bearer \r\n", b" folded\r\n", b"0\r\n\r\n",
]


def broken(rng):
    request = bytearray(rng.choice(SOUND))
    for _ in range(rng.choice([1, 1, 1, 2, 3, 8])):
        at = rng.randrange(len(request))
        end = at + rng.randrange(1, 12)
        how = rng.randrange(5)
        if how == 0:
            request[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            del request[at:end]
        elif how == 2:
            request[at:at] = request[at:end]
        else:
            # Where a line begins as often as anywhere.
            lines = [0] + [i + 2 for i in range(len(request)) if request[i : i + 2] == b"\r\n"]
            at = rng.choice(lines) if how == 3 else at
            request[at:at] = rng.choice(TOKENS)
        request = request or bytearray(b"\r\n")
    return bytes(request)


def answer(port, request):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as s:
        try:
            s.sendall(request)
            s.shutdown(socket.SHUT_WR)
            got = s.recv(4096)
        except TimeoutError:
            return "hung"
        except OSError:  # ended by the hub, before or after all was sent
            return "none"
    return got.split(b" ", 2)[1].decode("ascii", "replace") if got.startswith(b"HTTP/1.") else "none"


def main(port, n):
    rng = random.Random(4)
    requests = [broken(rng) for _ in range(n)]
    # Side by side, as the hub waits for the rest of one that is merely short.
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        seen = collections.Counter(pool.map(lambda request: answer(port, request), requests))
    print("tried", n)
    for status, times in sorted(seen.items()):
        print(status, times)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
