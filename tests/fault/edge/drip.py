#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""drip.py PORT IDLE HEADS BODIES [SOURCE]: connections that want to stay for ever.

IDLE of them send nothing; HEADS send a header, and BODIES a body, one byte a second each. They
come from many addresses of 127.1.0.0/16, or all from SOURCE. Prints "up N" when all were tried
(N were taken and still live), and "gone N SECONDS" when the hub has ended every one of them:
SECONDS after the last was made. It does not end before that.
"""
import resource
import select
import socket
import sys
import time

PER_ADDRESS = 200
HEAD = b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Drip: "
BODY = b"POST /v1/token HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 9999\r\n\r\n"


def connect(port, source, hello):
    s = socket.socket()
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.settimeout(30)
    try:
        s.bind((source, 0))
        s.connect(("127.0.0.1", port))
        s.sendall(hello)
    except OSError:
        s.close()
        return None
    s.setblocking(False)
    return s


class Crowd:
    def __init__(self):
        self.alive = {}
        self.poll = select.epoll()

    def add(self, s, drips):
        self.alive[s.fileno()] = (s, drips)
        self.poll.register(s, select.EPOLLIN | select.EPOLLRDHUP)

    def drop(self, fd):
        s, _ = self.alive.pop(fd)
        self.poll.unregister(fd)
        s.close()

    def listen(self, seconds):
        for fd, _ in self.poll.poll(seconds, 4096):
            try:
                if self.alive[fd][0].recv(4096):
                    continue
            except BlockingIOError:
                continue
            except OSError:
                pass
            self.drop(fd)

    def drip(self):
        for fd, (s, drips) in list(self.alive.items()):
            if not drips:
                continue
            try:
                s.send(b"x")
            except BlockingIOError:
                pass
            except OSError:
                self.drop(fd)


def main(port, idle, heads, bodies, source=None):
    hellos = [b""] * idle + [HEAD] * heads + [BODY] * bodies
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    want = len(hellos) + 64
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, want), max(hard, want)))
    crowd = Crowd()
    next_drip = time.monotonic() + 1
    made = time.monotonic()
    for i, hello in enumerate(hellos):
        host = i // PER_ADDRESS
        s = connect(port, source or f"127.1.{host // 250}.{host % 250 + 1}", hello)
        if s:
            crowd.add(s, hello)
            made = time.monotonic()
        crowd.listen(0)
        if time.monotonic() >= next_drip:
            crowd.drip()
            next_drip = time.monotonic() + 1
    # A connection that was refused is seen to be closed a moment after it was made.
    crowd.listen(0.5)
    print("up", len(crowd.alive), flush=True)
    while crowd.alive:
        crowd.listen(max(0, next_drip - time.monotonic()))
        if time.monotonic() >= next_drip:
            crowd.drip()
            next_drip = time.monotonic() + 1
    print("gone", len(hellos), round(time.monotonic() - made), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:5]), *sys.argv[5:])
