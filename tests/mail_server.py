"""A mail server: as much of SMTP as sending takes, on a port of its own."""

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage

# What it has no use for; sent all the same by some clients.
SIMPLE = {"EHLO": "250 here", "HELO": "250 here", "MAIL": "250 ok", "RSET": "250 ok", "NOOP": "250 ok"}


class MailServer(socketserver.ThreadingTCPServer):
    """`delivered` lists the recipients and the message of each delivery. `refuses` has the addresses it does not know.

    While `hangs` is set, it does not answer on new connections.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.delivered: list[tuple[list[str], EmailMessage]] = []
        self.refuses: set[str] = set()
        self.hangs = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def answer_to_recipient(self, address: str) -> str:
        return "550 no such mailbox" if address in self.refuses else "250 ok"

    @property
    def environment(self) -> dict[str, str]:
        """Of a program that sends its mails here."""
        return {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self.port), "EMAIL_USE_TLS": "false"}


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        recipients: list[str] = []
        if self.server.hangs.is_set():
            self.rfile.read()
            return
        self._say("220 here")
        for line in iter(self.rfile.readline, b""):
            command = line.decode().strip()
            verb = command[:4].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "RCPT":
                address = command.partition("<")[2].partition(">")[0]
                answer = self.server.answer_to_recipient(address)
                recipients += [address] if answer.startswith("250") else []
                self._say(answer)
            elif verb == "DATA":
                self._say("354 go on")
                self.server.delivered.append((recipients, self._message()))
                self._say("250 taken")
            else:
                self._say(SIMPLE.get(verb, "500 what?"))

    def _message(self) -> EmailMessage:
        lines = list(iter(self.rfile.readline, b".\r\n"))
        text = b"".join(line.removeprefix(b".") if line.startswith(b"..") else line for line in lines)
        message = email.message_from_bytes(text.replace(b"\r\n", b"\n"), policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def _say(self, line: str) -> None:
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
