#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""server.py FOLDER UPSTREAM: a hub in an attacker's hands, on a free port of 127.0.0.1.

It passes everything on to the hub UPSTREAM and lies where FOLDER says so; FOLDER is looked
at anew for each request:
  www/PATH   answers PATH (without its query), whatever the method
  token      goes upstream instead of the client's own
  hint       the header Varsel-Root of what www answers
  faults     lines "REGEX TAB KIND TAB ARGUMENT"; the first that matches the path spoils the
             answer:
               status N SLUG   this problem instead
               cut N           the connection ends behind N bytes, more were announced
               short N         N bytes, and no more were announced
               endless         bytes without end, behind the answer's own
               headers         header lines without end
               bomb            the answer's bytes and zeros, 64 MiB of them, as gzip
               drip N          N bytes a second
  port, log  are written: the port; for each request "METHOD PATH STATUS BYTES", BYTES of a
             body having left
  uids       is written: for each request the number of the user whose socket it came from
"""
import gzip
import http.client
import http.server
import io
import json
import re
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

folder = Path(sys.argv[1])
upstream = urlsplit(sys.argv[2]).netloc
BLOCK = b"0" * 65536


def text(name):
    try:
        return (folder / name).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def fault(path):
    for line in text("faults").splitlines():
        pattern, kind, *argument = line.split("\t")
        if re.search(pattern, path):
            return kind, argument[0] if argument else ""
    return "", ""


def bomb(body):
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as out:
        out.write(body)
        for _ in range(64):
            out.write(bytes(1 << 20))
    return packed.getvalue()


def uid_of(*ports):
    """Who holds the other end of a connection between those ports of 127.0.0.1."""
    ends = [f"0100007F:{port:04X}" for port in ports]
    with open("/proc/net/tcp", encoding="ascii") as table:
        for fields in map(str.split, table):
            if fields[1:3] == ends:
                return fields[7]
    return "nobody there"


class Hub(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def ask_upstream(self, body):
        headers = {k: v for k, v in self.headers.items() if k in ("Authorization", "Content-Type")}
        if text("token") and "Authorization" in headers:
            headers["Authorization"] = "Bearer " + text("token")
        connection = http.client.HTTPConnection(upstream, timeout=60)
        try:
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            keep = ("Content-Type", "Varsel-Root", "Retry-After")
            return answer.status, answer.read(), {k: v for k, v in answer.getheaders() if k in keep}
        except OSError as error:
            return 502, str(error).encode(), {}
        finally:
            connection.close()

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        own = folder / "www" / self.path.split("?")[0].lstrip("/")
        if own.is_file():
            return 200, own.read_bytes(), {"Varsel-Root": text("hint")} if text("hint") else {}
        return self.ask_upstream(body)

    def handle_any(self):
        self.sent = status = 0
        with open(folder / "uids", "a", encoding="utf-8") as uids:
            uids.write(uid_of(self.client_address[1], self.server.server_address[1]) + "\n")
        kind, argument = fault(self.path)
        try:
            status, body, headers = self.answer()
            if kind == "status":
                code, _, slug = argument.partition(" ")
                status = int(code)
                body = json.dumps({"slug": slug, "detail": "because"}).encode()
                headers = {"Content-Type": "application/problem+json"}
            self.spoil(kind, argument, status, body, headers)
        except OSError:
            self.close_connection = True
        with open(folder / "log", "a", encoding="utf-8") as log:
            log.write(f"{self.command} {self.path} {status} {self.sent}\n")

    do_GET = do_POST = handle_any

    def begin(self, status, headers, length):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length is None:
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def send(self, data):
        self.wfile.write(data)
        self.sent += len(data)

    def spoil(self, kind, argument, status, body, headers):
        if kind == "bomb":
            body = bomb(body)
            headers["Content-Encoding"] = "gzip"
        if kind == "headers":
            self.send_response(status)
            self.flush_headers()
            while True:
                self.wfile.write(b"X-Y: " + BLOCK[:1000] + b"\r\n")
                self.sent += 1000
        if kind == "short":
            body = body[: int(argument)]
        self.begin(status, headers, None if kind == "endless" else len(body))
        if kind == "cut":
            self.close_connection = True
            body = body[: int(argument)]
        if kind == "drip":
            for at in range(len(body)):
                self.send(body[at : at + 1])
                time.sleep(1 / int(argument))
        else:
            self.send(body)
        while kind == "endless":
            self.send(BLOCK)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


server = Server(("127.0.0.1", 0), Hub)
(folder / "port.new").write_text(str(server.server_address[1]), encoding="utf-8")
(folder / "port.new").rename(folder / "port")
server.serve_forever()
