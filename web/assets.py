"""Scripts and styles: kept by browsers until they change, and sent as the build has packed them.

Pages are never packed: they hold the form token beside what others may have written (BREACH).
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any

from flask import Flask, Response, request


def _version(static: Path) -> str:
    """Changes when the bundle changes, so that browsers may keep it for a year."""
    files = [*(static / "dist").glob("app.*"), *(static / "texts").glob("*.js")]
    stamps = [path.stat().st_mtime_ns for path in files]
    return f"{max(stamps, default=0):x}"


class Packed(Flask):
    """Sends `NAME.gz` for a static file where it is there and the browser takes it."""

    def send_static_file(self, filename: str) -> Response:
        """The file under `static`, packed or not; 404 where there is none."""
        packed = Path(self.static_folder or "") / f"{filename}.gz"
        takes = bool(request.accept_encodings["gzip"]) and packed.is_file()
        response = super().send_static_file(f"{filename}.gz" if takes else filename)
        if takes:
            response.mimetype = mimetypes.guess_type(filename)[0] or "application/octet-stream"
            response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        return response


def register_assets(app: Flask) -> None:
    """Stamp the addresses of static files."""
    version = _version(Path(app.static_folder or "static"))

    @app.url_defaults
    def stamp(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["v"] = version
