"""Real `guanxin serve` processes and browsers that talk to them, for the tests of faults."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from tests.conftest import KEY

GUANXIN = Path(sys.executable).with_name("guanxin")
ANSWER_S = 4.3
"""A person hears within 4 s; the rest is for the way there and back."""

AGAIN_S = 0.1
NOT_OURS = {"PYTHONDONTWRITEBYTECODE", *(name for name in os.environ if name[:8] == "GUANXIN_")}
"""Without its bytecode, a server takes twice as long to start, and the tests start many."""

NOT_RUNNING = "http://127.0.0.1:9"
"""Where nobody listens: a browser is told so at once."""

TO_CONFIRM = ("报名", "1", "李桂芳", "13900001234", "书法", "1", "1", "1")
"""What leads a stranger to the last question of the form for a station."""


class Server:
    """One process; it may be started, killed, frozen and started again."""

    def __init__(self, database_url: str, folder: Path, **settings: str) -> None:
        self.url = NOT_RUNNING
        self.process: subprocess.Popen[str] | None = None
        self._log = folder / f"server-{uuid.uuid4().hex[:6]}.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in NOT_OURS},
            "GUANXIN_DATABASE_URL": database_url,
            "GUANXIN_DATA_DIR": str(folder),
            "GUANXIN_KEY": KEY,
            "GUANXIN_PORT": "0",
            **{f"GUANXIN_{name}": value for name, value in settings.items()},
        }

    def launch(self) -> None:
        """Start the process, without waiting for it."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [GUANXIN, "serve"],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def wait_until_ready(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "http://" in line, f"the server did not start: {line}{self.log()}"
        self.url = line.partition("Open ")[2].split()[0]

    def start(self) -> Server:
        self.launch()
        self.wait_until_ready()
        return self

    def log(self) -> str:
        """The newest lines of its log."""
        return self._log.read_text("utf-8")[-2000:]

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self, seconds: float) -> int:
        """Wait for the end and return the exit status."""
        assert self.process is not None
        assert self.process.stdout is not None
        status = self.process.wait(seconds)
        self.process.stdout.close()
        self.url = NOT_RUNNING
        return status

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        self.wait(5)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        elif self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()


@contextlib.contextmanager
def serving(
    database_url: str, folder: Path, processes: int = 1, **settings: str
) -> Iterator[list[Server]]:
    """So many servers on one database, ready; none is left behind. ``PORT="8080"`` is a setting."""
    with contextlib.ExitStack() as stack:
        servers = [
            stack.enter_context(Server(database_url, folder, **settings)) for _ in range(processes)
        ]
        for server in servers:
            server.launch()
        for server in servers:
            server.wait_until_ready()
        yield servers
