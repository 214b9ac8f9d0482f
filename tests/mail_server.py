"""A mail server that supports as much of SMTP as sending emails needs. It uses a free port."""

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage

# Commands without an effect, which some clients send.
SIMPLE = {"EHLO": "250 here", "HELO": "250 here", "MAIL": "250 ok", "RSET": "250 ok", "NOOP": "250 ok"}


class MailServer(socketserver.ThreadingTCPServer):
    """`delivered` lists the recipients and the message of each delivery. Addresses in `refuses` are refused.

    `connections` counts the connections. While `hangs` is set, the server does not reply on new connections. After an
    email to an address in `loses_replies_to`, it closes the connection instead of replying.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.delivered: list[tuple[list[str], EmailMessage]] = []
        self.refuses: set[str] = set()
        self.loses_replies_to: set[str] = set()
        self.connections = 0
        self.hangs = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def reply_to_recipient(self, address: str) -> str:
        return "550 no such mailbox" if address in self.refuses else "250 ok"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that sends its emails to this server."""
        return {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self.port), "EMAIL_USE_TLS": "false"}


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        recipients: list[str] = []
        self.server.connections += 1
        if self.server.hangs.is_set():
            self.rfile.read()
            return
        self._reply("220 here")
        for line in iter(self.rfile.readline, b""):
            command = line.decode().strip()
            verb = command[:4].upper()
            if verb == "QUIT":
                self._reply("221 bye")
                return
            if verb == "RCPT":
                address = command.partition("<")[2].partition(">")[0]
                reply = self.server.reply_to_recipient(address)
                recipients += [address] if reply.startswith("250") else []
                self._reply(reply)
            elif verb == "DATA":
                self._reply("354 send the message")
                self.server.delivered.append((recipients, self._message()))
                if self.server.loses_replies_to.intersection(recipients):
                    return
                recipients = []
                self._reply("250 accepted")
            else:
                self._reply(SIMPLE.get(verb, "500 unknown command"))

    def _message(self) -> EmailMessage:
        lines = list(iter(self.rfile.readline, b".\r\n"))
        text = b"".join(line.removeprefix(b".") if line.startswith(b"..") else line for line in lines)
        message = email.message_from_bytes(text.replace(b"\r\n", b"\n"), policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def _reply(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
