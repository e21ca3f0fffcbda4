"""What a server answers to raw bytes, and what can be asked of it."""

import re
import socket

REFUSALS = {400, 408, 411, 413, 414, 417, 431, 501, 505}
NEXT = b"GET /healthz HTTP/1.1\r\nHost: next\r\nConnection: close\r\n\r\n"


class Outcome:
    """What came back on one connection."""

    def __init__(self, data, closed, is_head):
        self.data, self.closed = data, closed
        self.interim, self.answers, self.rest = [], [], b""
        rest = data
        while rest:
            match = re.match(rb"HTTP/1\.([01]) (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n", rest)
            if not match:
                self.rest = rest
                break
            fields = [line.split(b":", 1) for line in match[3].split(b"\r\n") if line]
            fields = {n.strip().lower().decode(): v.strip().decode("latin-1") for n, v in fields}
            status, rest = int(match[2]), rest[match.end():]
            if status < 200:
                self.interim.append(status)
                continue
            body = b""
            if is_head and not self.answers or status in (204, 304):
                pass
            elif fields.get("transfer-encoding") == "chunked":
                while chunk := re.match(rb"([0-9a-fA-F]+)\r\n", rest):
                    size = int(chunk[1], 16)
                    body += rest[chunk.end():chunk.end() + size]
                    rest = rest[chunk.end() + size + 2:]
                    if size == 0:
                        break
            elif "content-length" in fields:
                size = int(fields["content-length"])
                body, rest = rest[:size], rest[size:]
            else:
                body, rest = rest, b""
            self.answers.append((status, fields, body))

    @property
    def statuses(self):
        return [status for status, _, _ in self.answers]

    def __str__(self):
        text = f"{self.interim}{self.statuses}{'' if self.closed else ' open'}"
        return text + (f" then {self.rest[:40]!r}" if self.rest else "")


def talk(port, pieces, is_head=False, half_close=False, wait=2.5):
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(wait)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data, closed = b"", False
        try:
            for index, piece in enumerate(pieces):
                if index:
                    client.settimeout(0.15)
                    try:
                        data += client.recv(65536)
                    except TimeoutError:
                        pass
                    client.settimeout(wait)
                client.sendall(piece)
            if half_close:
                client.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        try:
            while piece := client.recv(65536):
                data += piece
            closed = True
        except TimeoutError:
            pass
        except OSError:
            closed = True
    return Outcome(data, closed, is_head)


def served(count=2):
    """So many requests are answered, none of them refused."""
    return lambda o: len(o.answers) == count and not REFUSALS & set(o.statuses) and not o.rest


def ok(count=2):
    return lambda o: o.statuses == [200] * count and not o.rest


def refused(*statuses):
    """One refusal, then the end."""
    return lambda o: len(o.answers) == 1 and o.statuses[0] in (statuses or REFUSALS) and o.closed


def refused_or_closed(*statuses):
    return lambda o: o.closed and (not o.answers or len(o.answers) == 1 and o.statuses[0] in
                                   (statuses or REFUSALS))


def first(check):
    return lambda o: bool(o.answers) and check(*o.answers[0])


def either(*checks):
    return lambda o: any(check(o) for check in checks)


def both(*checks):
    return lambda o: all(check(o) for check in checks)
