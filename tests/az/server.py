# A small stand-in for Azure Resource Manager and Microsoft Graph on the loopback interface: answers
# with the bodies of arm.json, so that the real az can run the plan. Also the managed identity endpoint
# that az signs in with, over plain HTTP. Python's standard library alone.
#
#   python3 server.py ARM_JSON CERT KEY LOG PORTS_FILE
#
# A route has "path" (matched without letter case, * for anything), and may have "method", "query" (a
# part of the query), "status", "times" (it answers so often and then makes room for the next that
# matches), "body". {ARM} in a body is this server. What matches nothing is a 404 of ARM's.
import base64
import fnmatch
import http.server
import json
import os
import ssl
import sys
import threading
import time
import urllib.parse

arm_json, cert, key, log_path, ports_path = sys.argv[1:6]
with open(arm_json, encoding="utf-8") as file:
    table = json.load(file)
lock = threading.Lock()


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def token():
    claims = {"tid": table["tenant"], "oid": table["object"], "appid": table["object"], "aud": "x",
              "iss": "https://sts.windows.net/" + table["tenant"] + "/", "exp": int(time.time()) + 36000}
    return ".".join([part({"alg": "none", "typ": "JWT"}), part(claims), "c2lnbmF0dXJl"])


def find(method, path, query):
    for route in table["routes"]:
        if (route.get("method", "GET") == method
                and fnmatch.fnmatchcase(path.lower(), route["path"].lower())
                and route.get("query", "") in query):
            with lock:
                if route.get("times", 1) == 0:
                    continue
                if "times" in route:
                    route["times"] -= 1
            return route.get("status", 200), route["body"]
    return 404, {"error": {"code": "NotFound", "message": "There is nothing at " + path}}


class Arm(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.unquote(url.query)
        status, body = find(self.command, urllib.parse.unquote(url.path), query)
        with lock, open(log_path, "a", encoding="utf-8") as log:
            log.write("%s %s %s %d\n" % (self.command, url.path, query, status))
        text = json.dumps(body, ensure_ascii=False).replace("{ARM}", base).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        if status == 429:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

    def log_message(self, *_):
        pass


class Identity(Arm):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        text = json.dumps({"access_token": token(), "token_type": "Bearer", "resource": "x",
                           "expires_on": str(int(time.time()) + 36000)}).encode()
        self.send_response(200 if self.headers.get("secret") == "a-test" else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = answer


arm = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Arm)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
arm.socket = context.wrap_socket(arm.socket, server_side=True)
identity = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Identity)
base = "https://localhost:%d" % arm.server_port
threading.Thread(target=identity.serve_forever, daemon=True).start()
with open(ports_path + ".part", "w", encoding="utf-8") as ports:
    ports.write("%d %d\n" % (arm.server_port, identity.server_port))
os.rename(ports_path + ".part", ports_path)
threading.Timer(1500, lambda: os._exit(1)).start()  # never longer than the test may take
arm.serve_forever()
