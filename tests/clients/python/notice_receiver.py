"""aiosmtpd and standardwebhooks: a mail server and a webhook that refuse every notice twice before they take it.

Says on standard output what happens, one JSON object a line: first the ports, then each attempt. The webhook's secret
lies in a file, which may come later than the first request; it is read at each.
"""

import asyncio
import email
import json
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.smtp import SMTP
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

SECRET = Path(sys.argv[1])
REFUSALS = 2
lock = threading.Lock()
attempts: Counter = Counter()


def say(**what):
    with lock:
        print(json.dumps(what), flush=True)


def is_taken(way, notice):
    """Whether this attempt is one that is taken: from the third on."""
    with lock:
        attempts[way, notice] += 1
        return attempts[way, notice] > REFUSALS


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        notice = self.headers["webhook-id"]
        if not is_taken("webhook", notice):
            say(by="webhook", outcome="refused", id=notice)
            return self.answer(500)
        try:
            told = Webhook(SECRET.read_text().strip()).verify(body, dict(self.headers))
        except WebhookVerificationError as fault:
            say(by="webhook", outcome="forged", id=notice, fault=str(fault))
            return self.answer(400)
        say(by="webhook", outcome="taken", id=notice, told=told)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Letters:
    async def handle_DATA(self, _server, _session, envelope):
        letter = email.message_from_bytes(envelope.content)
        notice = letter["Argus-Notice-Id"]
        if not is_taken("email", notice):
            say(by="email", outcome="refused", id=notice)
            return "451 not now"
        text = letter.get_payload(decode=True).decode()
        told = {"from": letter["From"], "to": envelope.rcpt_tos, "subject": str(letter["Subject"]), "text": text}
        say(by="email", outcome="taken", id=notice, told=told)
        return "250 taken"


async def main():
    hook = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    loop = asyncio.get_running_loop()
    mail = await loop.create_server(lambda: SMTP(Letters(), hostname="mail.example", loop=loop), "127.0.0.1", 0)
    say(webhook_port=hook.server_address[1], smtp_port=mail.sockets[0].getsockname()[1])
    # It ends with whoever started it: nobody writes to its standard input, and its end is that of the test.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
