"""A small client of a language server: it opens texts as an editor does, over stdin and stdout."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

TIMEOUT = 60


class LanguageServer:
    """A running server for one folder; use it as a context."""

    def __init__(self, command: list[str], folder: Path, settings: dict[str, Any]) -> None:
        """Start it with the settings that an editor would have for the folder."""
        self.folder = folder
        self.settings = settings
        self.process = subprocess.Popen(
            [*command, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.watch = threading.Timer(TIMEOUT, self.process.kill)  # a server that hangs fails
        self.watch.start()
        self.number = 0
        self.told: list[dict[str, Any]] = []
        """Diagnostics that have come since the last file was opened or closed."""
        self.is_open: set[str] = set()
        self.is_set = False
        """Whether the server has asked for its settings."""

    def __enter__(self) -> Self:
        root = {"uri": self.folder.as_uri(), "name": self.folder.name}
        capabilities = {"workspace": {"configuration": True, "workspaceFolders": True}}
        self.request(
            "initialize",
            processId=None,
            rootUri=root["uri"],
            workspaceFolders=[root],
            capabilities=capabilities,
        )
        self.notify("initialized")
        while not self.is_set:
            self.receive()
        return self

    def __exit__(self, *_: object) -> None:
        self.request("shutdown")
        self.notify("exit")
        self.process.wait(TIMEOUT)
        self.watch.cancel()
        for stream in (self.process.stdin, self.process.stdout):
            stream.close()

    def open(self, name: str, text: str) -> list[tuple[int, str]]:
        """Open a file and return what the editor underlines: lines, counted from 1, and words."""
        uri = (self.folder / name).as_uri()
        if uri in self.is_open:
            self.diagnostics("textDocument/didClose", {"uri": uri})  # none: it clears them
        self.is_open.add(uri)
        self.number += 1  # the server remembers what it has read of a version
        document = {"uri": uri, "languageId": "yaml", "version": self.number, "text": text}
        found = self.diagnostics("textDocument/didOpen", document)
        return [(item["range"]["start"]["line"] + 1, item["message"]) for item in found]

    def diagnostics(self, method: str, document: dict[str, Any]) -> list[dict[str, Any]]:
        """Tell of a document and wait for what the server then says of it."""
        self.told.clear()
        self.notify(method, textDocument=document)
        while not (mine := [told for told in self.told if told["uri"] == document["uri"]]):
            self.receive()
        return mine[0]["diagnostics"]

    def complete(self, name: str, line: int, character: int) -> set[str]:
        """Return what the editor offers at a place of an open file, the line counted from 1."""
        given = self.request(
            "textDocument/completion",
            textDocument={"uri": (self.folder / name).as_uri()},
            position={"line": line - 1, "character": character},
        )
        return {item["label"] for item in given["items"]}

    def request(self, method: str, **parameters: Any) -> Any:
        """Ask for something and wait for the answer."""
        self.number += 1
        self.send({"id": self.number, "method": method, "params": parameters})
        while True:
            message = self.receive()
            if message.get("id") == self.number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def notify(self, method: str, **parameters: Any) -> None:
        """Tell something that has no answer."""
        self.send({"method": method, "params": parameters})

    def send(self, message: dict[str, Any]) -> None:
        """Write one message."""
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """Read one message; keep diagnostics, and answer what the server asks."""
        length = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            assert line, "the server has stopped"
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        message = json.loads(self.process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.told.append(message["params"])
        elif "method" in message and "id" in message:
            self.send({"id": message["id"], "result": self.answer(message)})
        return message

    def answer(self, message: dict[str, Any]) -> Any:
        """Answer a question for settings; to all else an editor may say nothing."""
        if message["method"] != "workspace/configuration":
            return None
        self.is_set = True
        return [self.settings.get(item["section"], {}) for item in message["params"]["items"]]
