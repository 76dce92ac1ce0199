#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""reference.py ACTIVE LOG: every hit as "LINE KIND VALUE", slowly and plainly.

A line is taken apart in all ways that it can be, and each part is held against each indicator.
"""
import ipaddress
import json
import re
import sys
from urllib.parse import urlsplit

DEFANGED = [
    (re.compile(r"[ ]*(\[\.\]|\{\.\}|\(\.\)|[\[{(]dot[\]})])[ ]*", re.I), "."),
    (re.compile(r"[ ]*(\[:\]|\{:\}|\(:\))[ ]*"), ":"),
    (re.compile(r"[ ]*(\[/\]|\{/\}|\(/\))[ ]*"), "/"),
    (re.compile(r"[ ]*(\[@\]|\{@\}|\(@\)|[\[{(]at[\]})])[ ]*", re.I), "@"),
    (re.compile(r"[ ]*[\[{(]://[\]})][ ]*"), "://"),
    (re.compile(r"[ ]*[\[{(]//[\]})][ ]*"), "//"),
    (re.compile(r"[ ]*[\[{(]:/[\]})][ ]*"), ":/"),
]
MARKS = "“”‘’«»„…–—·\u00a0\u3000"


def plain(line):
    if line.startswith("{"):
        try:
            line = " ".join(texts(json.loads(line)))
        except ValueError:
            pass
    for pattern, text in DEFANGED:
        line = pattern.sub(text, line)
    return line


def decoded(line):
    def byte(found):
        value = int(found.group(1), 16)
        return b" " if value < 0x20 or value == 0x7F else bytes([value])

    raw = line.encode("utf-8", "surrogateescape")
    return re.sub(rb"(?:%|\\x)([0-9A-Fa-f]{2})", byte, raw).decode("utf-8", "surrogateescape")


def texts(node):
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)
    else:
        yield str(node)


def names(line):
    for run in re.findall(r"[^\x00-,/:-@\[-^`{-\x7f%s]+" % MARKS, line):
        for name in run.split(".."):
            name = name.strip(".").lower()
            try:
                yield ".".join(x if x.isascii() else x.encode("idna").decode() for x in name.split("."))
            except UnicodeError:
                yield name


def addresses(line):
    for name in names(line):
        if re.fullmatch(r"(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}", name):
            try:
                yield ipaddress.ip_address(name)
            except ValueError:
                pass
    for run in re.findall(r"(?<![\w.:-])[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?![\w-])", line):
        try:
            address = ipaddress.IPv6Address(re.sub(r"(?<!:):$", "", run.rstrip(".")))
        except ValueError:
            continue
        yield address.ipv4_mapped or address


def url_key(text):
    text = re.sub(r"^(h[tx*]{1,2}p|htxp|hxtp)(s?)://", r"http\2://", text, flags=re.I)
    try:
        u = urlsplit(text)
        host = (u.hostname or "").rstrip(".")
        port = u.port
    except ValueError:
        return None
    if not host.isascii():
        host = host.encode("idna").decode()
    try:
        host = str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if port == {"http": 80, "https": 443}.get(u.scheme):
        port = None
    return (u.scheme, host, port, u.path or "/", u.query)


def urls(line):
    for found in re.finditer(r"[A-Za-z0-9*]+://[^\s\"<>`]+", line):
        text = found.group()
        while text:
            yield url_key(text)
            if text[-1] not in ".,;:!?')]}|":
                break
            text = text[:-1]


def split_urls(line):
    """URLs of which the host and the path are fields of their own."""
    schemes, host, port, path = ["http"], None, None, None
    columns = line.split("\t")
    web = re.match(r'(\S+) (?!\[)\S+ (?!\[)\S+ (?!\[)\S+ \[[^\]]*\] "([^" ]*) (\S*) HTTP/', line)
    if line.startswith("{"):
        try:
            event = json.loads(line)
        except ValueError:
            return
        http = event.get("http")
        if isinstance(http, dict) and "url" in http:
            host, path, port = http.get("hostname"), http["url"], http.get("http_port")
        elif "uri" in event:
            host, path, port = event.get("host"), event["uri"], event.get("id.resp_p")
        elif "request_uri" in event:
            host, path, port = event.get("host"), event["request_uri"], event.get("server_port")
            schemes = ["http", "https"]
    elif len(columns) > 9:
        host, path, port = columns[8], columns[9], columns[5]
    elif web:
        host, path, schemes = web.group(1), web.group(3), ["http", "https"]
    if not host or not str(path).startswith("/"):
        return
    if port and not re.search(r":\d+$", host.rpartition("]")[2]):
        host += f":{port}"
    for scheme in schemes:
        yield url_key(f"{scheme}://{host}{path}")


def mails(line):
    for found in re.findall(r"[A-Za-z0-9!#$%&'*+/=?^_`|~.-]+@[A-Za-z0-9._-]+", line):
        text = found.lower().rstrip(".")
        yield text
        while re.search(r"[=/'`|&?#].*@", text):
            text = re.split(r"[=/'`|&?#]", text, maxsplit=1)[1]
            yield text


def main(active, log):
    wanted = [line.split() for line in open(active, encoding="utf-8")]
    with open(log, encoding="utf-8", errors="surrogateescape") as lines:
        for number, line in enumerate(lines, 1):
            line = line.rstrip("\n")
            found, where, links, senders = set(), [], set(split_urls(line)), set()
            text = plain(line)
            for form in {text, decoded(text)}:
                found |= set(names(form))
                where += addresses(form)
                links |= set(urls(form))
                senders |= set(mails(form))
            for kind, value in wanted:
                if kind == "ip":
                    net = ipaddress.ip_network(value)
                    hit = any(a.version == net.version and a in net for a in where)
                elif kind == "domain":
                    hit = any(n == value or n.endswith("." + value) for n in found)
                elif kind == "url":
                    hit = url_key(value) in links
                elif kind == "email":
                    hit = value in senders
                else:
                    hit = value in found
                if hit:
                    print(number, kind, value)


main(*sys.argv[1:])
