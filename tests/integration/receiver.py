# SPDX-License-Identifier: BSD-2-Clause
"""A receiver of alerts as docs/formats.md describes one: receiver.py SECRET FOLDER.

It writes its port to FOLDER/port, and to FOLDER/log a line for each request: how it ended,
its delivery, its event's kind, and the body. FOLDER/mode says what it does: `take` (or no
file), `refuse`, or `hold`: keep the request until the mode is another."""

import hashlib
import hmac
import http.server
import json
import os
import socket
import sys
import time

secret = open(sys.argv[1], "rb").read().rstrip(b"\n")
folder = sys.argv[2]


def mode():
    try:
        return open(os.path.join(folder, "mode"), encoding="ascii").read().strip()
    except FileNotFoundError:
        return "take"


def log(how, headers, body):
    line = [how, headers.get("Varsel-Delivery"), headers.get("Varsel-Event"), body.decode()]
    with open(os.path.join(folder, "log"), "a", encoding="utf-8") as out:
        out.write("\t".join(line) + "\n")


def is_genuine(headers, body):
    fields = dict(part.split("=", 1) for part in headers["Varsel-Signature"].split(","))
    if abs(time.time() - int(fields["t"])) > 300:
        return False
    want = hmac.new(secret, fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(want, fields["v1"]) and json.loads(body)["delivery"] == headers["Varsel-Delivery"]


class Receiver(http.server.BaseHTTPRequestHandler):
    def has_left(self):
        self.connection.setblocking(False)
        try:
            return self.connection.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        finally:
            self.connection.setblocking(True)

    def answer(self, status, how, body):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        log(how, self.headers, body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not is_genuine(self.headers, body):
            return self.answer(403, "forged", body)
        if mode() == "hold":
            log("held", self.headers, body)
            while mode() == "hold":
                time.sleep(0.02)
            if self.has_left():
                return log("gone", self.headers, body)
        if mode() == "refuse":
            return self.answer(500, "refused", body)
        return self.answer(204, "taken", body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
with open(os.path.join(folder, "port.new"), "w", encoding="ascii") as out:
    out.write(str(server.server_port))
os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
server.serve_forever()
