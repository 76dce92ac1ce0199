#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""mixed.py DIR: 1,000 findings of every kind, written the way people write them, in
DIR/findings.txt, and what must come of them, worked out here and not by Varsel: DIR/ip,
DIR/domain and DIR/url (sorted canonical values), DIR/watch (how many are watched only) and
DIR/refused (numbers of the lines that must be refused)."""
import hashlib
import ipaddress
import sys


def defang(text):
    return text.replace(".", "[.]", 1)


def addresses():
    for i in range(300):
        value = f"198.18.{i // 200}.{i % 200 + 1}"
        yield ("ip", [value, defang(value), value + "/32", "::ffff:" + value][i % 4], value)
    for i in range(30):
        value = f"198.19.{i}.0/24"
        yield ("ip", [value, defang(value)][i % 2], value)
    for i in range(70):
        value = ipaddress.ip_address(0x20010DB8_00BAD000_00000000_00000000 + i * 7 + 1)
        yield ("ip", [str(value), value.exploded, value.exploded.upper()][i % 3], str(value))


def names():
    for i in range(250):
        value = f"c2-{i}.campaign{i % 9}.example"
        yield ("domain", [value, value.upper(), value + ".", defang(value)][i % 4], value)
    for i in range(50):
        value = f"rødgrød{i}.fløde-på.example"
        ascii_form = value.encode("idna").decode()
        yield ("domain", [value, value.upper(), ascii_form][i % 3], ascii_form)


def urls():
    for i in range(150):
        raw, value = [
            ("hxxp://Pay{}[.]Example:80/a/../b", "http://pay{}.example/b"),
            ("https://pay{}.example:443/%7Euser#top", "https://pay{}.example/~user"),
            ("https://pay{}.example:8443/x?q=1&r=%c3%a5", "https://pay{}.example:8443/x?q=1&r=%C3%A5"),
            ("http://198.18.77.{}/drop", "http://198.18.77.{}/drop"),
            ("HTTP://pay{}.example", "http://pay{}.example/"),
        ][i % 5]
        yield ("url", raw.format(i), value.format(i))


def watched():
    for i in range(50):
        yield ("watch", f"Sender{i}@Pay{i}.Example", None)
    for name, count in (("md5", 40), ("sha1", 30), ("sha256", 30)):
        for i in range(count):
            digest = hashlib.new(name, f"sample {i}".encode(), usedforsecurity=False).hexdigest()
            yield ("watch", [digest, digest.upper()][i % 2], None)


BAD = ["dk", "co.uk", "198.18.1.7/24", "0.0.0.0/0", "no indicator at all", "http://user@pay.example/", "300.1.1.1"]


def main(folder):
    good = [*addresses(), *names(), *urls(), *watched()]
    assert len(good) == 1000 and len({(k, v or r.lower()) for k, r, v in good}) == 1000
    # Kinds take turns, and a refused line stands between others.
    good.sort(key=lambda g: hashlib.md5(g[1].encode(), usedforsecurity=False).digest())
    lines, refused = ["# findings of one week", ""], []
    for i, (_, raw, _) in enumerate(good):
        if i % 140 == 70:
            lines.append(BAD[i // 140 % len(BAD)])
            refused.append(len(lines))
        lines.append(raw)

    def write(name, rows):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as out:
            out.writelines(f"{row}\n" for row in rows)

    write("findings.txt", lines)
    write("refused", refused)
    for kind in ("ip", "domain", "url"):
        write(kind, sorted(v for k, _, v in good if k == kind))
    write("watch", [sum(k == "watch" for k, _, _ in good)])


main(sys.argv[1])
