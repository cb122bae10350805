"""The web server: one process or several, each with its own engine, opened after the fork."""

from __future__ import annotations

import os
import secrets
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker
from werkzeug.middleware.proxy_fix import ProxyFix

from engine import Channels, Engine, Worker, new_key
from web import create_app
from web.live import CLOSING
from web.provider import from_environment

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BUNDLES = Path(__file__).resolve().parent.parent / "bpmn"
OFFICE = BUNDLES / "demo" / "office.json"
STATIC = Path(__file__).resolve().parent / "static" / "dist"
DATABASE = "wenze.db"
KEY_FILE = "session.key"
OFFICE_KEY_FILE = "office.key"
HOST_COOKIE = "__Host-wenze"  #: which a browser takes over TLS only, and from no other host
SECRETS_FILE = "secrets.key"
BOOT_FAILED = 4  #: with this status gunicorn gives up instead of starting the process anew


@dataclass(frozen=True, slots=True)
class Place:
    """Where an installation keeps its things."""

    data: Path

    def prepare(self) -> None:
        """Make the folder, for its owner only."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def database_url(self) -> str:
        """The database's SQLAlchemy URL: WENZE_DATABASE_URL, else SQLite in the folder."""
        return os.environ.get("WENZE_DATABASE_URL") or f"sqlite:///{self.data.resolve() / DATABASE}"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.database_url.startswith("sqlite")

    def open_engine(self) -> Engine:
        """The engine over that database."""
        if self.is_sqlite:
            self.prepare()
        return Engine.open(
            self.database_url,
            resources=BUNDLES,
            secrets_key=self.secrets_key(),
            channels=Channels.from_environment(os.environ),
        )

    def secret_key(self) -> str:
        """The key that signs sessions: WENZE_SECRET_KEY, else one made once and kept in the folder."""
        return os.environ.get("WENZE_SECRET_KEY") or self.kept(KEY_FILE, lambda: secrets.token_urlsafe(48))

    def office_key(self) -> str:
        """The PEM key that signs dossiers: WENZE_OFFICE_KEY, else one made once and kept in the folder."""
        return os.environ.get("WENZE_OFFICE_KEY") or self.kept(OFFICE_KEY_FILE, new_key)

    def secrets_key(self) -> str:
        """The key that encrypts second factors: WENZE_SECRETS_KEY, else one made once in the folder."""
        given = os.environ.get("WENZE_SECRETS_KEY")
        return given or self.kept(SECRETS_FILE, lambda: secrets.token_urlsafe(48))

    def kept(self, name: str, make: Callable[[], str]) -> str:
        """The text of a private file of this folder, made when it isn't there."""
        self.prepare()
        path = self.data / name
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text("utf-8").strip()
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            text = make()
            file.write(text + "\n")
        return text


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve."""

    place: Place
    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = 1
    threads: int = 8
    jobs: bool = True  #: whether a thread of each process runs due jobs
    proxied: bool = False  #: behind a proxy that speaks TLS and sets X-Forwarded-*
    config: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[Engine], None] | None = None  #: done once the engine is open


def build_app(serving: Serving, engine: Engine) -> WSGIApplication:
    """The app with this installation's key."""
    place = serving.place
    config = {
        "SECRET_KEY": place.secret_key(),
        "OFFICE_KEY": place.office_key,
        "PROVIDER": from_environment(),
        "STREAMS": serving.threads // 4,
        **serving.config,
    }
    if serving.proxied:
        config |= {"SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_NAME": HOST_COOKIE}
    if hosts := os.environ.get("WENZE_HOSTS"):
        config["TRUSTED_HOSTS"] = [one.strip() for one in hosts.split(",") if one.strip()]
    app = create_app(engine, config)
    return ProxyFix(app, x_for=1, x_proto=1, x_host=1) if serving.proxied else app


class Process(ThreadWorker):
    """A serving process that ends in order whatever signal asks for it.

    A terminal sends Ctrl+C to all processes and the master sends SIGQUIT after it; gunicorn's handler of both
    shuts its thread pool down and, entered twice, waits for itself until it is killed.
    """

    def init_signals(self) -> None:
        """Let only the master hear Ctrl+C, and let SIGQUIT do what SIGTERM does."""
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGQUIT, self.handle_exit)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End streams first, which would hold the end up."""
        CLOSING.set()
        super().handle_exit(sig, frame)


class Server(BaseApplication):
    """gunicorn with threads, configured by `Serving`."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._engine: Engine | None = None
        self._worker: Worker | None = None
        super().__init__()

    def run(self) -> None:
        """Serve until told to stop; a database that can't be opened is told before any process is made."""
        self._serving.place.open_engine().close()
        super().run()

    def load_config(self) -> None:
        """Settings of gunicorn."""
        settings = {
            "bind": f"{self._serving.host}:{self._serving.port}",
            "workers": self._serving.processes,
            "threads": self._serving.threads,
            "worker_class": Process,
            "timeout": 120,
            "keepalive": 1,  # seconds; what a browser keeps open delays the end
            "graceful_timeout": 10,
            "loglevel": "warning",
            "control_socket_disable": True,
            "worker_exit": lambda _server, _worker: self.close(),
        }
        for name, value in settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Open the engine in this process and build its app."""
        self._engine = self._serving.place.open_engine()
        if self._serving.prepare:
            self._serving.prepare(self._engine)
        if self._serving.jobs:
            self._worker = Worker(self._engine)
            self._worker.start()
        return build_app(self._serving, self._engine)

    def close(self) -> None:
        """End the job thread and give back the database."""
        if self._worker:
            self._worker.stop()
        if self._engine:
            self._engine.close()


def port_is_free(host: str, port: int) -> bool:
    """Whether the server could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
