#!/usr/bin/env python3
"""Sends the same raw bytes to HTTP/1.1 servers and counts what each does as RFC 9110 and 9112 ask.

usage: compare.py PORT   the service's port; it runs with --no-auth

nginx, node and uvicorn (with either of its parsers) are started beside it where they are installed. Prints where the
service falls short, and a table. MUST cases follow a MUST or MUST NOT of the RFCs; SHOULD cases a SHOULD, a
recommendation, or the strict side of a choice that request smuggling lives from. Whatever a server answers to a
method that its resource lacks counts as served, unless it refuses the message.
"""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from cases import CASES
from conversation import talk

NGINX = """daemon off; worker_processes 1; pid {folder}/pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{
    access_log off; client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    server {{
        listen 127.0.0.1:{port}; root {folder};
        location / {{ if ($request_method = POST) {{ return 200 "ok"; }} try_files /ok =404; }}
    }}
}}
"""
NODE = """require('http').createServer((request, response) => {{
    request.resume();
    request.on('end', () => {{
        const allow = ['GET', 'HEAD', 'OPTIONS', 'POST'];
        if (!allow.includes(request.method)) response.writeHead(405, {{ Allow: allow.join(', ') }});
        response.end('ok');
    }});
}}).listen({port}, '127.0.0.1');
"""
UVICORN = """async def app(scope, receive, send):
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass
    known = scope["method"] in ("GET", "HEAD", "OPTIONS", "POST")
    fields = [(b"content-length", b"2")] + ([] if known else [(b"allow", b"GET, HEAD, OPTIONS, POST")])
    await send({{"type": "http.response.start", "status": 200 if known else 405, "headers": fields}})
    await send({{"type": "http.response.body", "body": b"ok"}})
"""


def commands(folder):
    """What starts each other server that is installed: a name, a file to be written, and a command."""
    if shutil.which("nginx"):
        yield "nginx", "nginx.conf", NGINX, ["nginx", "-c", f"{folder}/nginx.conf"]
    if shutil.which("node"):
        yield "node", "node.js", NODE, ["node", f"{folder}/node.js"]
    for parser in ("h11", "httptools"):
        if find_spec("uvicorn") and find_spec(parser):
            command = [
                sys.executable, "-m", "uvicorn", "--app-dir", folder, "--http", parser, "--lifespan", "off"
            ]
            yield f"uvicorn {parser}", "app.py", UVICORN, command + [
                "--log-level", "critical", "app:app", "--port"
            ]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def start(folder, file, text, command):
    port = free_port()
    Path(folder, file).write_text(text.format(folder=folder, port=port))
    process = subprocess.Popen(command + [str(port)] * (command[-1] == "--port"))
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, port
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{command[0]} does not listen")


def run(port):
    """For each case whether the server passes, and what came of it."""

    def outcome(item):
        _, _, _, pieces, check, options = item
        outcome = talk(port, pieces, **options)
        return bool(check(outcome)), str(outcome)

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(outcome, CASES))


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    table = {"this service": run(int(sys.argv[1]))}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        Path(folder, "ok").write_text("ok")
        for name, *how in commands(folder):
            process, port = start(folder, *how)
            table[name] = run(port)
            process.terminate()
            process.wait()
    for (level, section, name, *_), (passed, text) in zip(CASES, table["this service"]):
        if not passed:
            print(f"{level} {section} {name}: {text}")
    for server, results in table.items():
        counts = []
        for wanted in ("MUST", "SHOULD"):
            passed = [good for (level, *_), (good, _) in zip(CASES, results) if level == wanted]
            counts.append(f"{wanted} {sum(passed)} of {len(passed)}")
        print(f"{server:18}", "   ".join(counts))


main()
