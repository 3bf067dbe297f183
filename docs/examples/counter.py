# python3 counter.py: POST /Counter/{key}/add. Python's own server speaks HTTP/1.1: register with "use_http_11": true
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

counts = {}


class Counter(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        event = self.rfile.read(int(self.headers.get("content-length", 0)))
        _, service, key, handler = map(unquote, self.path.split("/"))
        if service != "Counter" or handler != "add":
            return self.answer(404, b"")
        counts[key] = counts.get(key, 0) + json.loads(event)["n"]
        print(f"{key}: {counts[key]}", flush=True)
        self.answer(200, json.dumps(counts[key]).encode())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 9080))), Counter)
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
