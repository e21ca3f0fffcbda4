"""The cases: level, section of the RFC, name, what is sent, and what must come of it."""

import re

from conversation import NEXT, both, either, first, ok, refused, refused_or_closed, served


def get(target="/healthz", fields="", version="HTTP/1.1", method="GET", host="Host: a\r\n"):
    return f"{method} {target} {version}\r\n{host}{fields}\r\n".encode("latin-1")


def post(fields, body=""):
    return f"POST /healthz HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n{body}".encode("latin-1")


def chunked(body):
    return post("Transfer-Encoding: chunked", body)


CASES = []


def case(level, section, name, sent, check, behind=NEXT, **options):
    pieces = [sent] if isinstance(sent, bytes) else list(sent)
    if behind:
        pieces[-1] += behind
    CASES.append((level, section, name, pieces, check, options))


def must(*args, **kw):
    case("MUST", *args, **kw)


def should(*args, **kw):
    case("SHOULD", *args, **kw)


def lines():
    must("9112-2.2", "bare CR in a value", get(fields="X: a\rb\r\n"), either(refused(), served()))
    should("9112-2.2", "bare CR in a value is refused", get(fields="X: a\rb\r\n"), refused(400))
    should("9112-2.2", "one empty line before", b"\r\n" + get(), ok())
    should("9112-2.2", "two empty lines before", b"\r\n\r\n" + get(), ok())
    must("9112-2.2", "blank before the first field", b"GET /healthz HTTP/1.1\r\n Host: a\r\nHost: b\r\n\r\n",
         either(refused(400), ok()))
    should("9112-2.2", "blank before the first field is refused",
           b"GET /healthz HTTP/1.1\r\n X: a\r\nHost: b\r\n\r\n", refused(400))
    for name, sent in [("bare LF after the request line", b"GET /healthz HTTP/1.1\nHost: a\r\n\r\n"),
                       ("bare LF after a field", b"GET /healthz HTTP/1.1\r\nHost: a\n\r\n"),
                       ("bare LF as the empty line", b"GET /healthz HTTP/1.1\r\nHost: a\r\n\n"),
                       ("bare LF everywhere", b"GET /healthz HTTP/1.1\nHost: a\n\n"),
                       ("bare CR as line end", b"GET /healthz HTTP/1.1\rHost: a\r\r"),
                       ("CR CR LF", get(fields="X: a\r\r\n")),
                       ("garbage", b"\x16\x03\x01\x02\x00\x01garbage\r\n\r\n"),
                       ("two spaces", b"GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
                       ("two spaces before the version", b"GET /healthz  HTTP/1.1\r\nHost: a\r\n\r\n"),
                       ("space behind the version", b"GET /healthz HTTP/1.1 \r\nHost: a\r\n\r\n"),
                       ("tabs for spaces", b"GET\t/healthz\tHTTP/1.1\r\nHost: a\r\n\r\n"),
                       ("a fourth word", b"GET /healthz HTTP/1.1 x\r\nHost: a\r\n\r\n"),
                       ("space before the method", b" " + get()), ("method alone", b"GET\r\nHost: a\r\n\r\n"),
                       ("no version", b"GET /healthz\r\nHost: a\r\n\r\n")]:
        should("9112-3", name, sent, refused_or_closed(400))
    must("9110-5.5", "NUL in a value", get(fields="X: a\0b\r\n"), refused(400))
    for char in "\x01\x08\x0b\x0c\x1b\x7f":
        should("9110-5.5", f"control byte {char!r} in a value", get(fields=f"X: a{char}b\r\n"), refused(400))
    must("9110-5.5", "obs-text in a value", get(fields="X: \xe9\x80\xff\r\n"), ok())
    must("9110-5.5", "tab inside a value", get(fields="X: a\tb\r\n"), ok())
    must("9112-5", "no blank behind the colon", get(fields="X:y\r\n"), ok())
    must("9112-5", "blanks around a value", get(fields="X: \t y \t \r\n"), ok())
    must("9112-5", "empty value", get(fields="X:\r\n"), ok())
    must("9110-5.1", "names in any case", b"GET /healthz HTTP/1.1\r\nhOsT: a\r\n\r\n", ok())
    must("9110-5.6.2", "every token character in a name", get(fields="!#$%&'*+-.^_`|~09azAZ: y\r\n"), ok())
    must("9112-5.1", "space before colon", get(fields="X : y\r\n"), refused(400))
    must("9112-5.1", "tab before colon", get(fields="X\t: y\r\n"), refused(400))
    must("9112-5.1", "space before colon of Host", b"GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n", refused(400))
    must("9112-5.1", "space before colon of Content-Length", post("Content-Length : 5", "GET /"),
         refused(400))
    must("9112-5.1", "space before colon of Transfer-Encoding",
         post("Transfer-Encoding : chunked", "0\r\n\r\n"), refused(400))
    must("9112-5.2", "obs-fold", get(fields="X: a\r\n b\r\n"), either(refused(400), ok()))
    must("9112-5.2", "obs-fold with tab", get(fields="X: a\r\n\tb\r\n"), either(refused(400), ok()))
    should("9112-5.2", "obs-fold is refused", get(fields="X: a\r\n b\r\n"), refused(400))
    for name, field in [("space in a name", "X Y: z"), ("no colon", "X"), ("no name", ": y"),
                        ("obs-text in a name", "X\xe9: y"), ("NUL in a name", "X\0: y"),
                        ("parenthesis in a name", "X(: y"), ("quote in a name", '"X": y'),
                        ("slash in a name", "X/Y: y"), ("brace in a name", "{X}: y"),
                        ("at in a name", "X@: y"), ("brackets in a name", "[X]: y"),
                        ("DEL in a name", "X\x7f: y")]:
        should("9110-5.1", name, get(fields=field + "\r\n"), refused(400))


def hosts():
    must("9112-3.2", "no Host", get(host=""), refused(400))
    must("9112-3.2", "Host twice", get(fields="Host: a\r\n"), refused(400))
    must("9112-3.2", "two Hosts", get(fields="Host: b\r\n"), refused(400))
    must("9112-3.2", "two Hosts, in other case", get(fields="hoST: b\r\n"), refused(400))
    must("9112-3.2", "no Host with absolute target", get("http://a/healthz", host=""), refused(400))
    for bad in [
            "a b", "a/b", "a, b", "u@a", "http://a", "[::1", "a?b", "a#b", "a\\b", "<a>", "a\xe9", "a:b",
            "a:-1", "[]", '"a"', "a:80:80", "a%zz", "a\tb"
    ]:
        must("9112-3.2", f"Host {bad!r}", get(host=f"Host: {bad}\r\n"), refused(400))
    for bad in ["a:65536", "a:99999999999", "::1", ":80", "[::1]x", "[zz]"]:
        should("9112-3.2", f"Host {bad!r}", get(host=f"Host: {bad}\r\n"), refused(400))
    for good in [
            "a", "a:80", "a:", "example.com", "127.0.0.1:8080", "[::1]", "[::1]:80", "a_b", "A.B",
            "xn--mnchen-3ya.de", "a-b.c", "EXAMPLE.com:8080"
    ]:
        must("9112-3.2", f"Host {good!r}", get(host=f"Host: {good}\r\n"), ok())
    must("9112-3.2.2", "absolute target", get("http://a/healthz"), ok())
    must("9112-3.2.2", "absolute target, other Host", get("http://other/healthz"), ok())
    must("9112-3.2.2", "absolute target with port", get("http://a:8080/healthz"), ok())
    must("9110-4.2.3", "absolute target, scheme in capitals", get("HTTP://a/healthz"), ok())
    should("9112-3.2.2", "absolute target of https", get("https://a/healthz"), ok())
    should("9110-4.2.1", "absolute target without host", get("http:///healthz"), refused(400))
    should("9110-4.2.4", "absolute target with user", get("http://u:p@a/healthz"), refused(400))
    must("9112-3.2.4", "asterisk for OPTIONS", get("*", method="OPTIONS"), both(served(), first(lambda s, f, b: s in (200, 204))))
    should("9112-3.2.4", "asterisk for GET", get("*"), refused(400))
    should("9112-3.2.3", "CONNECT", get("a:80", method="CONNECT"),
           lambda o: o.statuses[:1] and o.statuses[0] >= 400)
    for bad in ["healthz", "?x", "/a#b", "/\xe9", "/a\0b", "/%zz", "/%", "/a\x7f", "/%00", "/a\x0bb"]:
        should("9112-3.2", f"target {bad!r}", get(bad), refused(400))
    for good in [
            "/healthz?", "/healthz?a=b", "/healthz?a=%20&c", "/%68ealthz", "/healthz?a=b/c?d",
            "/healthz?x=:@!$'()*,;"
    ]:
        should("9112-3.2.1", f"target {good!r}", get(good), ok())


def versions():
    must("9112-2.3", "HTTP/1.0", get(version="HTTP/1.0"), ok(1))
    must("9112-9.3", "HTTP/1.0 without Host", get(version="HTTP/1.0", host=""), ok(1))
    must("9112-9.3", "HTTP/1.0 closes", get(version="HTTP/1.0"), both(ok(1), lambda o: o.closed))
    should("9112-9.3", "HTTP/1.0 keep-alive is kept",
           get(version="HTTP/1.0", fields="Connection: keep-alive\r\n"), ok())
    should("9112-9.3", "HTTP/1.0 keep-alive is told",
           get(version="HTTP/1.0", fields="Connection: Keep-Alive\r\n"),
           first(lambda s, f, b: f.get("connection", "").lower() == "keep-alive"))
    must("9112-9.3", "HTTP/1.0 keep-alive and close",
         get(version="HTTP/1.0", fields="Connection: keep-alive, close\r\n"), ok(1))
    must("9110-2.5", "a higher minor version", get(version="HTTP/1.2"), served())
    should("9110-2.5", "answers say HTTP/1.1 to HTTP/1.0", get(version="HTTP/1.0"),
           lambda o: o.data.startswith(b"HTTP/1.1 "))
    for version in ["HTTP/2.0", "HTTP/3.0", "HTTP/9.9", "HTTP/0.9"]:
        should("9110-15.6.6", version, get(version=version), refused(505, 400))
        should("9110-15.6.6", f"{version} is 505", get(version=version), refused(505))
    for version in [
            "http/1.1", "HTTP/1.10", "HTTP/01.1", "HTTP/1", "HTTP/1.", "HTTP/.1", "HTTP 1.1", "HTTP/1,1",
            "HTTP/+1.1", "HTTPS/1.1", "HTTP/1.1x", "HTTP/a.b", "HTP/1.1", "HTTP/-1.1", "HTTP/1.1\0"
    ]:
        must("9112-2.3", f"version {version!r}", get(version=version), refused())
        should("9112-3", f"version {version!r} is 400", get(version=version), refused(400))


def methods():
    should("9110-9.1", "an unknown method is 501", get(method="FOO"), first(lambda s, f, b: s == 501))
    should("9110-9.1", "another unknown method", get(method="M-SEARCH"),
           first(lambda s, f, b: s in (501, 405)))
    should("9110-9.1", "a method in lower case is not GET", get(method="get"),
           first(lambda s, f, b: s in (400, 405, 501)))
    must("9110-9.1", "methods are case-sensitive", get(method="Get"), first(lambda s, f, b: s >= 400))
    must("9110-15.5.6", "405 has Allow", get(method="DELETE"),
         first(lambda s, f, b: s != 405 or "allow" in f))
    should("9110-9.1", "a known method not allowed is 405", get(method="DELETE"),
           first(lambda s, f, b: s == 405))
    should("9110-9.1", "PUT not allowed", get(method="PUT"), first(lambda s, f, b: s == 405))
    should("9110-9.3.8", "TRACE not allowed", get(method="TRACE"), first(lambda s, f, b: s in (405, 501)))
    must("9110-9.3.2", "HEAD has no body", get(method="HEAD"), ok(), is_head=True)
    should("9110-9.3.2",
           "HEAD tells the length",
           get(method="HEAD"),
           first(lambda s, f, b: int(f.get("content-length", 0)) > 0),
           is_head=True)
    should("9110-9.3.7", "OPTIONS tells Allow", get(method="OPTIONS"),
           first(lambda s, f, b: s in (200, 204) and "GET" in f.get("allow", "")))
    should("9110-9.3.7", "OPTIONS * tells Allow", get("*", method="OPTIONS"),
           first(lambda s, f, b: s in (200, 204) and "GET" in f.get("allow", "")))
    must("9110-9.3.7", "OPTIONS is bodiless or tells", get(method="OPTIONS"),
         first(lambda s, f, b: s == 204 or "content-length" in f or "transfer-encoding" in f))
    for method in ["G(T", "G@T", "GET:", '"GET"', "G\xe9T", "GE\0T", "[GET]", "GET,", "G\x7fT"]:
        should("9110-9.1", f"method {method!r}", get(method=method), refused(400))
    must(
        "9110-6.6.1", "Date of 200", get(),
        first(lambda s, f, b: re.fullmatch(
            r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", f.get("date", ""))))
    must("9110-6.6.1", "Date of 404", get("/nothing-here/x"), first(lambda s, f, b: "date" in f))
    must("9110-6.6.1", "Date of 400", get(fields="X : y\r\n"), first(lambda s, f, b: "date" in f))
    should("9110-6.6.1", "Date of 505", get(version="HTTP/2.0"), first(lambda s, f, b: "date" in f))
    should("9110-15.5.1", "a 400 has a body", get(fields="X : y\r\n"), first(lambda s, f, b: len(b) > 0))
    should("9110-15.5.1", "a 400 names its type", get(fields="X : y\r\n"),
           first(lambda s, f, b: "content-type" in f))
    must("9110-9.3.1", "GET with a body", get(fields="Content-Length: 4\r\n") + b"GET ", served())
    must("9110-9.3.1", "GET with a chunked body",
         get(fields="Transfer-Encoding: chunked\r\n") + b"4\r\nGET \r\n0\r\n\r\n", served())
    must("9110-9.3.2",
         "HEAD with a body",
         get(method="HEAD", fields="Content-Length: 4\r\n") + b"GET ",
         served(),
         is_head=True)
    must("9110-7.8", "Upgrade is ignored", get(fields="Connection: upgrade\r\nUpgrade: foo/9\r\n"), ok())
    must(
        "9110-7.8", "Upgrade to h2c is ignored",
        get(fields=
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
           ), ok())
    must("9110-7.8", "Upgrade of HTTP/1.0",
         get(version="HTTP/1.0", fields="Connection: upgrade\r\nUpgrade: websocket\r\n"), ok(1))
    must("9110-10.1.4", "TE: trailers", get(fields="TE: trailers\r\nConnection: TE\r\n"), ok())
    must("9110-14.2", "Range of another unit", get(fields="Range: lines=1-2\r\n"), ok())
    must("9110-14.2", "malformed Range", get(fields="Range: bytes=x\r\n"),
         either(ok(), first(lambda s, f, b: s == 416)))
    must("9110-13.1.3", "malformed If-Modified-Since", get(fields="If-Modified-Since: yesterday\r\n"), ok())
    must("9110-12.5.1", "odd Accept", get(fields="Accept: ;;,,;q=x\r\n"), served())
    must("9110-12.5.3", "odd Accept-Encoding", get(fields="Accept-Encoding: ;q=,,*;q=9\r\n"), served())


def expectations():
    must(
        "9110-10.1.1", "100 before a body", [post("Expect: 100-continue\r\nContent-Length: 4"), b"GET "],
        lambda o: served()
        (o) and (o.interim == [100] or o.statuses[0] >= 400) or len(o.answers) == 1 and o.statuses[0] >= 400)
    must("9110-10.1.1", "100-Continue in capitals",
         [post("Expect: 100-CONTINUE\r\nContent-Length: 4"), b"GET "], lambda o: served()
         (o) or len(o.answers) == 1 and o.statuses[0] >= 400)
    must("9110-10.1.1", "no 100 to HTTP/1.0",
         [b"POST /healthz HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n", b"GET "],
         lambda o: not o.interim and len(o.answers) == 1)
    should("9110-10.1.1", "no 100 without a body", get(fields="Expect: 100-continue\r\n"),
           lambda o: not o.interim and ok()(o))
    should("9110-10.1.1", "no 100 when the body came along",
           post("Expect: 100-continue\r\nContent-Length: 4", "GET "), lambda o: not o.interim and served()(o))
    should("9110-10.1.1", "an unknown expectation is 417", get(fields="Expect: x\r\n"),
           first(lambda s, f, b: s == 417))
    must("9110-10.1.1",
         "a body behind an early refusal is not a request",
         [post("Expect: 100-continue\r\nContent-Length: %d" % len(NEXT)), NEXT],
         lambda o: len(o.answers) <= 1 or o.interim == [100],
         behind=b"")


def lengths():
    for value in ["0", "5"]:
        must("9112-6.3", f"Content-Length {value}", post(f"Content-Length: {value}", "GET /"[:int(value)]),
             served())
    must("9112-6.3", "Content-Length 005", post("Content-Length: 005", "GET /"),
         either(served(), refused(400)))
    for value in [
            "", "+5", "-5", "-0", "5,6", "5 5", "0x5", "5x", "1_0", "1e1", "5.0", "5;", '"5"', "a",
            "18446744073709551616", "99999999999999999999999999", "\xb2", "5\x0b", "\xa05", "5\0", "5,", ",5",
            "5\t5"
    ]:
        must("9112-6.3", f"Content-Length {value!r}", post(f"Content-Length: {value}", "GET /"),
             refused(400, 413))
    for value in ["5,5", "5, 5"]:
        must("9112-6.3", f"Content-Length {value!r}", post(f"Content-Length: {value}", "GET /"),
             either(refused(400), served()))
        should("9112-6.3", f"Content-Length {value!r} is refused", post(f"Content-Length: {value}", "GET /"),
               refused(400))
    must("9112-6.3", "two Content-Lengths", post("Content-Length: 5\r\nContent-Length: 0", "GET /"),
         refused(400))
    must("9112-6.3", "two Content-Lengths, 0 first", post("Content-Length: 0\r\nContent-Length: 5", "GET /"),
         refused(400))
    must("9112-6.3", "two Content-Lengths, other case", post("Content-Length: 5\r\ncONTENT-lENGTH: 0",
                                                             "GET /"), refused(400))
    must("9112-6.3", "empty and not", post("Content-Length:\r\nContent-Length: 5", "GET /"), refused(400))
    should("9112-6.3", "the same twice", post("Content-Length: 5\r\nContent-Length: 5", "GET /"),
           refused(400))
    must("9112-6.3", "bad Content-Length on GET", get(fields="Content-Length: x\r\n"), refused(400))
    must("9112-6.3", "no body without framing", post("X: y"), either(served(), refused(411)))


def codings():
    for value in ["chunked", "Chunked", "CHUNKED", "\tchunked \t"]:
        must("9112-6.1", f"coding {value!r}", post(f"Transfer-Encoding: {value}", "0\r\n\r\n"), served())
    for value in [
            "chunked, chunked", "chunked, gzip", "gzip", "identity", "chunked, identity", "", '"chunked"',
            "chun ked", "chunked chunked", "chunked\x0b", "\x0cchunked", "[chunked]", "chunked\0",
            "chunked\xa0", "xchunked", "'chunked", "chunkedx", "chunked;a=b", "chunked;", "x"
    ]:
        must("9112-6.3", f"coding {value!r}", post(f"Transfer-Encoding: {value}", "0\r\n\r\n"),
             refused(400, 501))
    for value in ["gzip, chunked", "x, chunked", "identity, chunked", "deflate, chunked", "br, chunked"]:
        should("9112-6.1", f"coding {value!r}", post(f"Transfer-Encoding: {value}", "0\r\n\r\n"),
               refused(400, 501))
    should("9112-6.1", "an unknown coding is 501", post("Transfer-Encoding: x, chunked", "0\r\n\r\n"),
           refused(501))
    should("9112-6.1", "gzip, chunked is 501", post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
           refused(501))
    for name, sent in [("CL.TE", post("Content-Length: 6\r\nTransfer-Encoding: chunked", "0\r\n\r\nG")),
                       ("TE.CL",
                        post("Transfer-Encoding: chunked\r\nContent-Length: 4", "5\r\nGET /\r\n0\r\n\r\n")),
                       ("length 0 and TE", post("Transfer-Encoding: chunked\r\nContent-Length: 0",
                                                "0\r\n\r\n"))]:
        must("9112-6.1", f"{name}: the connection ends", sent, lambda o: o.closed and len(o.answers) == 1)
        should("9112-6.1", f"{name} is refused", sent, refused(400))
    must("9112-6.1", "TE.TE", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"),
         refused())
    must("9112-6.1", "chunked twice",
         post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), refused())
    must("9112-5.2", "folded", post("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"),
         either(refused(), served()))
    must(
        "9112-6.1", "in HTTP/1.0: the connection ends",
        b"POST /healthz HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        lambda o: o.closed and len(o.answers) == 1)
    should("9112-6.1", "in HTTP/1.0 is refused",
           b"POST /healthz HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", refused(400))
    must("9112-6.1", "on GET", get(fields="Transfer-Encoding: chunked\r\n") + b"0\r\n\r\n", served())


def chunks():
    for name, body in [("no data", "0\r\n\r\n"), ("one chunk", "5\r\nGET /\r\n0\r\n\r\n"),
                       ("hexadecimal", "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"),
                       ("zeros in front", "0005\r\nGET /\r\n000\r\n\r\n"),
                       ("extension", "5;a=b\r\nGET /\r\n0;c\r\n\r\n"),
                       ("quoted extension", '5;a="b;\\"c"\r\nGET /\r\n0\r\n\r\n'),
                       ("trailer", "0\r\nX: y\r\n\r\n"), ("two trailers", "0\r\nX: y\r\nZ:\r\n\r\n"),
                       ("trailer that frames", "0\r\nContent-Length: 50\r\nTransfer-Encoding: x\r\n\r\n"),
                       ("quoted extension with a tab", '5;a="b\tc"\r\nGET /\r\n0\r\n\r\n')]:
        must("9112-7.1", name, chunked(body), served())
    should("9112-7.1.1", "extension with blanks", chunked("5 ; a = b\r\nGET /\r\n0\r\n\r\n"), served())
    for size in [
            "", " 5", "+5", "-5", "0x5", "5x", "5_0", "g", "5,", "5:", "\xb2", "5 5", "5 x", ";a",
            "10000000000000005", "ffffffffffffffff", "8000000000000000", "5\x0b", "5\0"
    ]:
        must("9112-7.1", f"size {size!r}", chunked(f"{size}\r\nGET /\r\n0\r\n\r\n"),
             lambda o: o.closed and len(o.answers) <= 1)
        should("9112-7.1", f"size {size!r} is 400", chunked(f"{size}\r\nGET /\r\n0\r\n\r\n"),
               refused(400, 413))
    for ext in [";", ";;a", ";=b", ";a=", ';a="b', ';a="b"c', ";a b", ";a\0", ";\xe9", ";a\rb", ';a="\n"']:
        should("9112-7.1.1", f"extension {ext!r} is 400", chunked(f"5{ext}\r\nGET /\r\n0\r\n\r\n"),
               refused(400))
    for name, body in [("size line ends in LF", "5\nGET /\r\n0\r\n\r\n"),
                       ("extension ends in LF", "5;a\nGET /\r\n0\r\n\r\n"),
                       ("data too long", "4\r\nGET /\r\n0\r\n\r\n"),
                       ("data too short", "6\r\nGET /\r\n0\r\n\r\n"),
                       ("no line end behind data", "5\r\nGET /0\r\n\r\n"),
                       ("LF behind data", "5\r\nGET /\n0\r\n\r\n"),
                       ("CR behind data", "5\r\nGET /\r0\r\n\r\n"),
                       ("two bytes for CR LF", "5\r\nGET /XX0\r\n\r\n"),
                       ("LF behind the last chunk", "0\n\r\n"), ("LF as the end", "0\r\n\n"),
                       ("size line ends in CR", "5\rGET /\r\n0\r\n\r\n")]:
        should("9112-7.1", name, chunked(body), refused(400))
    for name, trailer in [("folded", "X: y\r\n z"), ("without colon", "X"), ("space before colon", "X : y"),
                          ("ends in LF", "X: y\nZ: y"), ("NUL", "X: \0"), ("no name", ": y")]:
        should("9112-7.1.2", f"trailer {name}", chunked(f"0\r\n{trailer}\r\n\r\n"), refused(400))


def connections():
    must("9112-9.3.2", "pipelined in order", get() * 20, ok(21))
    must("9112-9.3.2", "pipelined behind a POST", post("Content-Length: 5", "GET /") + get(), served(3))
    must("9112-9.6", "close", get(fields="Connection: close\r\n"), both(ok(1), lambda o: o.closed))
    must("9112-9.6", "Close in capitals", get(fields="Connection: CLOSE\r\n"), ok(1))
    must("9112-9.6", "close among others", get(fields="Connection: x , close\r\n"), ok(1))
    must("9112-9.6", "close in a second field", get(fields="Connection: x\r\nConnection: close\r\n"), ok(1))
    should("9112-9.6", "close is told", get(fields="Connection: close\r\n"),
           first(lambda s, f, b: "close" in f.get("connection", "").lower()))
    should("9112-9.6", "close is told with a 400", get(fields="X : y\r\n"),
           first(lambda s, f, b: "close" in f.get("connection", "").lower()))
    should("9112-9.6", "close is told with a 404", get("/nothing-here", fields="Connection: close\r\n"),
           first(lambda s, f, b: "close" in f.get("connection", "").lower()))
    must("9112-9.3", "persistent", [get(), get()], ok(3))
    must("9112-9.3", "persistent after 404", [get("/nothing-here"), get()], lambda o: len(o.answers) == 3)
    should("9112-9.6", "half-closed", get(), ok(1), behind=b"", half_close=True)
    should("9112-9.6",
           "half-closed behind a body",
           post("Content-Length: 5", "GET /"),
           served(1),
           behind=b"",
           half_close=True)
    must("9112-8",
         "body cut short",
         post("Content-Length: 50", "GET /"),
         lambda o: o.closed and (not o.answers or o.statuses[0] >= 400),
         behind=b"",
         half_close=True)
    must("9112-8",
         "chunked body cut short",
         chunked("5\r\nGET"),
         lambda o: o.closed and (not o.answers or o.statuses[0] >= 400),
         behind=b"",
         half_close=True)
    should("9112-8",
           "head cut short is 400 or the end",
           b"GET /healthz HTTP/1.1\r\nHost:",
           refused_or_closed(400, 408),
           behind=b"",
           half_close=True)
    must("9112-9.3", "byte by byte", [bytes([b]) for b in get()[:40]] + [get()[40:]], ok(2))
    must("9112-9.3", "cut between CR and LF", [get()[:-1], b"\n"], ok(2))
    must("9112-7.1", "chunk cut in its size line", [chunked("5"), b"\r", b"\nGET", b" /\r\n0\r", b"\n\r\n"],
         served(2))
    should("9112-2.2", "an empty line behind a body", post("Content-Length: 5", "GET /") + b"\r\n", served())


def limits():
    should("9112-3", "8,000 bytes of request line", get("/healthz?" + "a" * (8000 - 23)), served())
    must("9110-15.5.15", "a target too long", get("/" + "a" * 100_000),
         lambda o: o.closed and o.statuses[:1] in ([], [414], [431], [400]))
    should("9110-15.5.15", "a target too long is 414", get("/" + "a" * 100_000), refused(414))
    should("6585-5", "a field too long is 431", get(fields="X: " + "a" * 100_000 + "\r\n"), refused(431))
    should("6585-5", "a name too long is 431", get(fields="X" * 100_000 + ": a\r\n"), refused(431))
    should("6585-5", "too many fields is 431", get(fields="".join(f"X{i}: a\r\n" for i in range(20_000))),
           refused(431))
    must("9110-5.4", "a field of 4,000 bytes", get(fields="X: " + "a" * 4000 + "\r\n"), served())
    must("9110-5.4", "fifty fields", get(fields="X: a\r\n" * 50), served())
    should("9112-7.1.1", "a chunk extension without end",
           chunked("5;" + "a" * 200_000 + "\r\nGET /\r\n0\r\n\r\n"), refused(400, 413, 431))
    should("9112-7.1.2", "trailers without end", chunked("0\r\n" + "X: y\r\n" * 50_000 + "\r\n"),
           refused(400, 413, 431))
    should("9112-7.1", "size of many zeros", chunked("0" * 100_000 + "5\r\nGET /\r\n0\r\n\r\n"),
           refused(400, 413))


for build in (lines, hosts, versions, methods, expectations, lengths, codings, chunks, connections, limits):
    build()
