#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""generate.py ACTIVE N: N lines of logs; one in two has an indicator, in one of its spellings, or
something that only looks like one."""
import ipaddress
import random
import sys
from urllib.parse import urlsplit

FRAMES = [
    "[1764000000] unbound[9:0] info: 10.0.0.7 {}. A IN",
    "24-Nov-2026 10:00:00.123 queries: info: client @0x7f 10.0.0.7#5353 ({}): query: {} IN A +E(0)K (10.0.0.2)",
    "Nov 24 10:00:00 dns dnsmasq[77]: query[A] {} from 10.0.0.7",
    "1764000000.123    100 10.0.0.7 TCP_MISS/200 123 GET http://{}/a - HIER_DIRECT/10.9.9.9 text/html",
    '10.0.0.7 - - [24/Nov/2026:10:00:00 +0100] "GET / HTTP/1.1" 200 5 "http://{}/" "curl"',
    "Nov 24 10:00:00 mx postfix/qmgr[7]: 4F: from=<{}>, size=1, nrcpt=1 (queue active)",
    "Nov 24 10:00:00 fw kernel: [1.5] drop IN=eth0 OUT= SRC={} DST=10.0.0.7 LEN=40 PROTO=TCP",
    "1764000000.123456\tCx\t10.0.0.7\t5353\t{}\t53\tudp",
    '{{"ts":1764000000.1,"uid":"Cx","id.orig_h":"10.0.0.7","query":"{}"}}',
    '{{"timestamp":"2026-11-24T10:00:00.1+0100","event_type":"dns","rrname":"{}","u":"\\/x"}}',
    "{}", "see {}, please", "({})", "'{}'", "„{}“", "a={};b", "{}...", "x {}: y",
]
# Host, port and path of a URL in fields of their own.
SPLIT = [
    '{host}:{port} 10.0.0.7 - - [24/Nov/2026:10:00:00 +0100] "GET {path} HTTP/1.1" 200 5 "-" "curl"',
    '{host} 10.0.0.7 - - [24/Nov/2026:10:00:00 +0100] "GET {path} HTTP/1.1" 200 5 "-" "curl"',
    '{host} - - [24/Nov/2026:10:00:00 +0100] "GET {path} HTTP/1.1" 200 5 "-" "a client, no host"',
    "1764000000.1\tCx\t10.0.0.7\t5353\t10.9.9.9\t{port}\t1\tGET\t{host}\t{path}\t-\t1.1\tcurl\t0",
    "1764000000.1\tCx\t10.0.0.7\t5353\t10.9.9.9\t{port}\t1\tGET\tother.dk\t{path}\t{host}\t1.1\tcurl\t0",
    '{{"ts":1764000000.1,"uid":"Cx","id.resp_p":{port},"method":"GET","host":"{host}","uri":"{path}"}}',
    '{{"timestamp":"2026-11-24T10:00:00.1+0100","event_type":"http","http":{{"hostname":"{host}",'
    '"http_port":{port},"url":"{slashed}"}}}}',
    '{{"host": "{host}", "server_port": "{port}", "request_uri": "{path}", "status": 200}}',
]


def split(value, r):
    u = urlsplit(value)
    host = r.choice([u.netloc.rpartition(":")[0] if u.port else u.netloc, f"{u.netloc}".upper()])
    port = u.port or r.choice([80, 80, 443, 8080])
    path = u.path + ("?" + u.query if u.query else "") + r.choice(["", "", "x"])
    return r.choice(SPLIT).format(host=host, port=port, path=path, slashed=path.replace("/", "\\/"))


def escaped(text, r):
    form = r.choice(["%{:02x}", "%{:02X}", "\\x{:02X}"])
    only = r.choice([":/", ":/.@", None])
    return "".join(
        form.format(ord(c)) if c.isascii() and (only is None and r.random() < 0.3 or only and c in only) else c
        for c in text
    )


def spellings(kind, value, r):
    yield value
    yield value.upper() if kind != "url" else value
    yield value.replace(".", "[.]")
    if kind == "domain":
        yield "www." + value
        yield value + "."
        yield "A.b-c._d." + value.title()
        yield "bücher.example" if value.startswith("xn--") else value.replace(".", " [dot] ")
        yield "x" + value
        yield value + ".other.dk"
        yield value + "[.]other.dk"
        yield "-" + value
        yield value + "-"
        yield "ü" + value
    elif kind == "ip":
        net = ipaddress.ip_network(value)
        inside = net[r.randrange(net.num_addresses)]
        yield str(inside)
        yield inside.exploded
        yield str(inside) + "9"
        yield str(inside) + ".7"
        yield "1" + str(inside)
        yield "::ffff:" + str(inside) if net.version == 4 else inside.exploded.upper()
        yield "[" + str(inside) + "]:53"
        yield str(inside) + "#53"
    elif kind == "url":
        yield value.replace("http", "hxxp", 1)
        yield value + "/more"
        yield value + "."
        yield value.replace("://", "[://]")
    elif kind == "email":
        yield "x" + value
        yield value + ".dk"
        yield value.replace("@", " [at] ")
        yield "prvs=1=" + value
    else:
        yield "sha:" + value.upper()
        yield value + "0"
        yield value[1:]


def main(active, count):
    r = random.Random(1)
    wanted = [line.split() for line in open(active, encoding="utf-8")]
    for _ in range(int(count)):
        text = f"host{r.randrange(999)}.school.example"
        if r.random() < 0.7:
            kind, value = r.choice(wanted)
            text = r.choice(list(spellings(kind, value, r)))
            if kind == "url" and r.random() < 0.6:
                print(split(value, r))
                continue
            if r.random() < 0.2:
                text = escaped(text, r)
        print(r.choice(FRAMES).format(text, text))


main(*sys.argv[1:])
