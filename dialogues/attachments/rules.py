"""Which files may come with a question, told by their content and never by their name. Pure."""

import enum
from typing import NamedTuple

MOST_BYTES = 10_000_000
MOST_BODY_BYTES = 60_000_000
"""A form with a file up to this comes in: the sentence about one above MOST_BYTES can stand at its field."""
MOST_FILES = 10
"""So many files one question has at most."""


class AttachmentKind(enum.StrEnum):
    """What was attached."""

    PHOTO = "photo"
    SCAN = "scan"
    RECORDING = "recording"


class FileFault(enum.StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    VIDEO = "video"
    CUT_OFF = "cut_off"


class Sort(NamedTuple):
    """A sort of file that is taken."""

    kind: AttachmentKind
    ending: str
    mimetype: str


_PHOTO, _SCAN, _RECORDING = AttachmentKind
JPEG = Sort(_PHOTO, "jpg", "image/jpeg")
PNG = Sort(_PHOTO, "png", "image/png")
PDF = Sort(_SCAN, "pdf", "application/pdf")
MP3 = Sort(_RECORDING, "mp3", "audio/mpeg")
M4A = Sort(_RECORDING, "m4a", "audio/mp4")
OGG = Sort(_RECORDING, "ogg", "audio/ogg")
AMR = Sort(_RECORDING, "amr", "audio/amr")
WAV = Sort(_RECORDING, "wav", "audio/wav")
WEBM = Sort(_RECORDING, "webm", "audio/webm")
MIMETYPES = {sort.ending: sort.mimetype for sort in (JPEG, PDF, MP3, M4A, OGG, AMR, WAV, WEBM)}
"""By the ending of a kept file; a PNG is kept as a JPEG."""

_MP4_BRANDS = (
    b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"3gp4", b"3gp5", b"3gp6", b"dash",
    b"MSNV",
)  # fmt: skip
_STREAMED = 0xFFFFFFFF
"""The size that a recorder writes which does not know the end yet."""
_VIDEO_CODECS = (b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG")


def sort_of(data: bytes) -> Sort | FileFault:
    """What this file is by its content, or why it is not taken."""
    if not data:
        return FileFault.EMPTY
    if len(data) > MOST_BYTES:
        return FileFault.TOO_LARGE
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"%PDF-"):
        return PDF if b"%%EOF" in data[-2048:] else FileFault.CUT_OFF
    return _recording(data)


def _recording(data: bytes) -> Sort | FileFault:
    if data.startswith(b"ID3") or _is_mp3_frame(data):
        return MP3
    if data[4:8] == b"ftyp":
        return _mp4(data)
    if data.startswith(b"OggS"):
        start = data[:200]
        return OGG if any(name in start for name in (b"OpusHead", b"\x01vorbis", b"Speex   ")) else FileFault.UNKNOWN
    if data.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return AMR
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        size = int.from_bytes(data[4:8], "little")
        return WAV if size + 8 <= len(data) or size == _STREAMED else FileFault.CUT_OFF
    if data.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in data[:80]:
        return FileFault.VIDEO if any(name in data for name in _VIDEO_CODECS) else WEBM
    return FileFault.UNKNOWN


def _is_mp3_frame(data: bytes) -> bool:
    """The head of a frame of MPEG layer III whose bit rate and sample rate exist."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return False
    return data[1] & 0x18 != 0x08 and data[1] & 0x06 == 0x02 and data[2] >> 4 not in (0, 15) and data[2] & 0x0C != 0x0C


def _mp4(data: bytes) -> Sort | FileFault:
    if data[8:12] not in _MP4_BRANDS:
        return FileFault.UNKNOWN
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 0:  # the last box reaches to the end
            size = len(data) - at
        elif size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size < 8:
            return FileFault.UNKNOWN
        at += size
    if at != len(data):
        return FileFault.CUT_OFF
    return FileFault.VIDEO if _has_picture(data) else M4A


def _has_picture(data: bytes) -> bool:
    """Whether one of the tracks is a film: its handler says so."""
    at = data.find(b"hdlr")
    while at >= 0:
        if data[at + 12 : at + 16] == b"vide":
            return True
        at = data.find(b"hdlr", at + 4)
    return False
