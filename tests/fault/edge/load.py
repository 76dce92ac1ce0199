#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""load.py PORT N DIR: N requests of every kind at a hub, 16 at a time, sound ones and wrong ones.

DIR holds tokens (feed, read, coordinate), some signed reports (report.*) and a bundle's name
(bundle). Prints "sent N", then "STATUS HOW-MANY" for each status ("none": the hub or this end
closed without one, on purpose or not).
"""
import collections
import pathlib
import random
import socket
import sys
import threading

CLIENTS = 16
FEED = "/v1/feed/kommuner"


def request(method, path, token=None, body=None, kind="text/plain", extra=""):
    head = f"{method} {path} HTTP/1.1\r\nHost: a\r\n{extra}"
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    if body is not None:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + (body or b"")


def kinds(folder):
    """(weight, a request, whether this end hangs up before the answer)"""
    feed, read, coordinate, bundle = (
        (folder / name).read_text().strip() for name in ("feed", "read", "coordinate", "bundle")
    )
    yield 300, request("GET", f"{FEED}/checkpoint", feed), False
    yield 100, request("GET", f"{FEED}/tile/entries/000.p/1", feed), False
    yield 100, request("GET", f"{FEED}/bundle/{bundle}", feed), False
    yield 60, request("GET", f"{FEED}/checkpoint?after=0&wait=5", feed), False
    yield 2, request("GET", f"{FEED}/checkpoint?after=1&wait=1", feed), False
    yield 2, request("GET", f"{FEED}/checkpoint?after=1&wait=50", feed), True
    yield 40, request("GET", "/v1/root/1"), False
    yield 20, request("GET", "/openapi.json", extra="Accept: */*\r\n"), False
    yield 20, request("HEAD", "/healthz"), False
    yield 20, request("GET", "/readyz"), False
    yield 60, request("GET", "/v1/lookup?value=c2-7.example", read), False
    yield 20, request("GET", "/v1/indicators?limit=20&q=c2", read), False
    yield 10, request("GET", "/v1/indicators/1", read, extra='If-None-Match: "x"\r\n'), False
    yield 10, request("GET", "/v1/queue?limit=20", coordinate), False
    yield 10, request("GET", "/v1/orgs", coordinate), False
    yield 5, request("POST", "/v1/orgs", coordinate, b'{"code":"0751","name":"Aarhus"}', "application/json"), False
    yield 5, request("POST", "/v1/rejections", coordinate, b'{"ids":[1],"reason":"x"}', "application/json"), False
    yield 5, request("POST", "/v1/bundles", coordinate, b"nonsense\n"), False
    yield 5, request("POST", "/v1/statements", coordinate, b"nonsense\n"), False
    for path in sorted(folder.glob("report.*")):
        yield 4, request("POST", "/v1/reports", read, path.read_bytes()), False
        yield 1, request("POST", "/v1/reports", read, path.read_bytes()[:-9] + b"AAAAAAAA\n"), False
    yield 10, request("POST", "/v1/token", body=b"varsel/token/v1\n"), False
    yield 10, request("POST", "/v1/enrol", body=b"varsel/enrol/v1\n"), False
    yield 10, request("GET", "/v1/lookup?value=%ff", read), False
    yield 10, request("GET", "/v1/lookup?value=x", "a.b.c"), False
    yield 10, request("GET", "/v1/lookup?value=x"), False
    yield 10, request("GET", "/v1/queue", read), False
    yield 10, request("GET", "/v1/nothing", read), False
    yield 10, request("GET", "/v1//orgs"), False
    yield 10, request("DELETE", "/v1/orgs", coordinate), False
    yield 10, request("POST", "/v1/reports", read, b"x", "text/html"), False
    yield 5, request("POST", "/v1/token", body=b"x" * 20000), False
    yield 5, request("POST", "/v1/token", extra="Transfer-Encoding: chunked\r\n"), False
    yield 5, request("GET", "/healthz", extra="X: " + "a" * 40000 + "\r\n"), False
    yield 5, request("POST", "/v1/reports", read, b"x" * 3000)[:-1500], True
    yield 5, request("GET", "/v1/lookup?value=gone.example", read), True
    yield 5, b"GET /v1/lo", True


class Client:
    """One connection after the other; answers are read whole."""

    def __init__(self, port):
        self.port = port
        self.s = None

    def close(self):
        if self.s:
            self.s.close()
        self.s = None

    def read_answer(self, head_only):
        got = b""
        while b"\r\n\r\n" not in got:
            more = self.s.recv(65536)
            if not more:
                return "none"
            got += more
        head, _, body = got.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        while not head_only and len(body) < length:
            more = self.s.recv(65536)
            if not more:
                return "none"
            body += more
        if b"connection: close" in lines:
            self.close()
        return head.split(b" ", 2)[1].decode()

    def send(self, text, hang_up):
        try:
            if not self.s:
                self.s = socket.create_connection(("127.0.0.1", self.port), timeout=120)
            self.s.sendall(text)
            if hang_up:
                self.close()
                return "none"
            return self.read_answer(text.startswith(b"HEAD"))
        except ConnectionError:
            self.close()
            return "none"


def run(port, n, choices, weights, seed, seen, lock):
    rng = random.Random(seed)
    client = Client(port)
    mine = collections.Counter(client.send(*c) for c in rng.choices(choices, weights, k=n))
    client.close()
    with lock:
        seen.update(mine)


def main(port, n, folder):
    every = list(kinds(pathlib.Path(folder)))
    weights = [weight for weight, *_ in every]
    choices = [choice for _, *choice in every]
    seen, lock = collections.Counter(), threading.Lock()
    threads = [
        threading.Thread(target=run, args=(port, n // CLIENTS, choices, weights, seed, seen, lock))
        for seed in range(CLIENTS)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print("sent", seen.total())
    for status, times in sorted(seen.items()):
        print(status, times)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
