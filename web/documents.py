"""Files: downloads that check access, uploads whose type is told by their content."""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath

from flask import Blueprint, Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from engine import DocumentInfo, InvalidInput, Problem
from web.context import engine, me
from web.i18n import _

bp = Blueprint("documents", __name__)

LIMIT = 20_000_000  #: bytes of one file, as the engine keeps it
MOST_FILES = 50  #: in one post
MOST_LISTED = 1_000_000  #: bytes of an archive's table of contents
MOST_UNPACKED = 1_000_000_000  #: bytes that an archive says it unpacks to
NAME_LENGTH = 120
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})  #: categories of characters that aren't shown
MARK_LENGTH = 40
OFFICE = "application/vnd.openxmlformats-officedocument."
SIGNATURES: tuple[tuple[bytes, int, str, tuple[str, ...]], ...] = (
    (b"%PDF-", 0, "application/pdf", ("pdf",)),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", ("png",)),
    (b"\xff\xd8\xff", 0, "image/jpeg", ("jpg", "jpeg")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "application/msword", ("doc", "wps")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "application/vnd.ms-excel", ("xls", "et")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "application/vnd.ms-powerpoint", ("ppt", "dps")),
    (b"ftyp", 4, "video/mp4", ("mp4", "m4a")),
    (b"ID3", 0, "audio/mpeg", ("mp3",)),
    (b"\xff\xfb", 0, "audio/mpeg", ("mp3",)),
)
ARCHIVES: tuple[tuple[str, str, str], ...] = (
    ("word/", f"{OFFICE}wordprocessingml.document", "docx"),
    ("xl/", f"{OFFICE}spreadsheetml.sheet", "xlsx"),
    ("ppt/", f"{OFFICE}presentationml.presentation", "pptx"),
    ("OFD.xml", "application/ofd", "ofd"),
)
ACCEPT = ".pdf,.docx,.xlsx,.pptx,.doc,.xls,.ppt,.wps,.et,.dps,.ofd,.png,.jpg,.jpeg,.mp4,.m4a,.mp3,.txt"


def media_type(name: str, content: bytes) -> str | None:
    """The media type that both the content and the file name's ending tell, or None."""
    ending = PurePosixPath(name).suffix.lstrip(".").lower()
    if content.startswith(b"PK\x03\x04"):
        return _archive_type(ending, content)
    for signature, offset, kind, endings in SIGNATURES:
        if ending in endings and content[offset : offset + len(signature)] == signature:
            return kind
    return "text/plain" if ending == "txt" and _is_text(content) else None


def _archive_type(ending: str, content: bytes) -> str | None:
    if not _lists_little(content):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if sum(one.file_size for one in archive.infolist()) > MOST_UNPACKED:
                return None
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    for part, kind, expected in ARCHIVES:
        if ending == expected and any(name.startswith(part) for name in names):
            return kind
    return None


def _lists_little(content: bytes) -> bool:
    """Whether the archive's table of contents is short: it is read whole. Files of 20 MB need no ZIP64."""
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or len(content) < end + 22 or content[end - 20 : end - 16] == b"PK\x06\x07":
        return False
    size: int = struct.unpack_from("<I", content, end + 12)[0]
    return size <= MOST_LISTED


def _is_text(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def safe_name(name: str) -> str:
    """A file name without folders, control characters and marks that turn text around, not too long."""
    last = re.split(r"[\\/]", name)[-1]
    plain = "".join(one for one in last if unicodedata.category(one) not in UNSEEN).strip(" .") or "file"
    path = PurePosixPath(plain)
    return path.stem[: NAME_LENGTH - len(path.suffix)] + path.suffix


def read_upload(upload: FileStorage, field: str = "") -> tuple[str, bytes, str]:
    """Name, content and type of an upload; InvalidInput when it is too large, empty or of no known type."""
    name = safe_name(upload.filename or "")
    content = upload.stream.read(LIMIT + 1)
    upload.close()
    if len(content) > LIMIT:
        raise _refusal(_("“%(name)s”超过20MB", name=name), field, _("，请压缩或拆分后再上传。"))
    if not content:
        raise _refusal(_("“%(name)s”是空文件", name=name), field, _("，请重新选择。"))
    kind = media_type(name, content)
    if kind is None:
        hint = _("，可以上传PDF、OFD、Word、Excel、图片、音视频和文本文件。")
        raise _refusal(_("“%(name)s”的类型不能识别，或与扩展名不符", name=name), field, hint)
    return name, content, kind


def _refusal(message: str, field: str, hint: str) -> InvalidInput:
    return InvalidInput(problems=[Problem(message, element=field, hint=hint)])


def chosen(uploads: Iterable[FileStorage]) -> list[FileStorage]:
    """The uploads in which a file was chosen; InvalidInput when there are too many."""
    found = [upload for upload in uploads if upload.filename]
    if len(found) > MOST_FILES:
        for upload in found:
            upload.close()
        hint = _("，请分几次上传。")
        raise _refusal(_("一次最多上传%(n)s个文件", n=MOST_FILES), "", hint)
    return found


@bp.get("/documents/<document_id>")
def download(document_id: str) -> ResponseReturnValue:
    """A file as an attachment, for those who may see its case."""
    info, content = engine().document(document_id, by=me().id)
    answer = send_file(
        io.BytesIO(content), mimetype=info.media_type, as_attachment=True, download_name=info.name, max_age=0
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@bp.get("/print-mark.css")
def print_mark() -> ResponseReturnValue:
    """The stylesheet that puts a mark at the head of every printed sheet."""
    text = re.sub(r"[^\w〔〕（）★ ]", "", request.args.get("text", ""))[:MARK_LENGTH]
    rule = f'@page {{ @top-left {{ content: "{text}"; font: 600 9pt sans-serif; }} }}\n'
    return Response(rule, mimetype="text/css", headers={"Cache-Control": "private, max-age=86400"})


@bp.post("/cases/<instance_id>/documents")
def upload(instance_id: str) -> ResponseReturnValue:
    """Keep files with a case."""
    back = redirect(url_for("cases.case", instance_id=instance_id, _anchor="files"))
    try:
        read = [read_upload(one) for one in chosen(request.files.getlist("files"))]
    except InvalidInput as refusal:
        flash(_("没有上传：%(why)s", why=refusal.message), "error")
        return back
    if not read:
        flash(_("没有上传：请先选择文件。"), "error")
        return back
    for name, content, kind in read:
        engine().attach(name, content, kind, by=me().id, instance_id=instance_id)
    flash(_("已上传%(n)s件材料。", n=len(read)), "ok")
    return back


def sorted_documents(documents: Iterable[DocumentInfo]) -> list[DocumentInfo]:
    """Newest first."""
    return sorted(documents, key=lambda document: document.created_at, reverse=True)
