"""Which files come with a question: told by their content, whatever they are called."""

import pytest

from dialogues.attachments.rules import AMR, JPEG, M4A, MOST_BYTES, MP3, OGG, PDF, PNG, WAV, WEBM, FileFault, sort_of


def box(name, body=b""):
    return (8 + len(body)).to_bytes(4, "big") + name + body


def mp4(brand=b"M4A ", handler=b"soun"):
    return (
        box(b"ftyp", brand + bytes(8)) + box(b"moov", box(b"hdlr", bytes(8) + handler + bytes(13))) + box(b"mdat", b"x")
    )


def wav(body=b"x" * 20):
    return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WAVE" + body


EBML = b"\x1a\x45\xdf\xa3\x9fB\x82\x84webm" + bytes(60)


@pytest.mark.parametrize(
    ("data", "sort"),
    [
        (b"\xff\xd8\xff\xe0" + bytes(20), JPEG),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), PNG),
        (b"%PDF-1.7\n<html><script>\n%%EOF\n", PDF),
        (b"ID3\x04" + bytes(20), MP3),
        (b"\xff\xfb\x90\x64" + bytes(20), MP3),
        (mp4(), M4A),
        (mp4(b"3gp4"), M4A),
        (b"OggS" + bytes(24) + b"OpusHead" + bytes(20), OGG),
        (b"#!AMR\n" + bytes(20), AMR),
        (wav(), WAV),
        (EBML + b"A_OPUS", WEBM),
        (b"", FileFault.EMPTY),
        (b"%PDF-1.7\n" + bytes(5000), FileFault.CUT_OFF),
        (mp4()[:-1], FileFault.CUT_OFF),
        (wav()[:-3], FileFault.CUT_OFF),
        (mp4(b"isom", b"vide"), FileFault.VIDEO),
        (EBML + b"V_VP8", FileFault.VIDEO),
        (b"OggS" + bytes(24) + b"theora" + bytes(20), FileFault.UNKNOWN),
        (b"<html><script>alert(1)</script>", FileFault.UNKNOWN),
        (b"  %PDF-1.7 %%EOF", FileFault.UNKNOWN),
        (b"GIF89a" + bytes(20), FileFault.UNKNOWN),
        (b"MZ" + bytes(60), FileFault.UNKNOWN),
        (b"PK\x03\x04" + bytes(60), FileFault.UNKNOWN),
        (b"RIFF\x10\0\0\0WEBP" + bytes(10), FileFault.UNKNOWN),
        (b"\xff\xff\xff\xff", FileFault.UNKNOWN),
        (box(b"ftyp", b"qt  " + bytes(8)), FileFault.UNKNOWN),
        (b"\x00\x00\x00\x18ftypisom" + bytes(12) + b"\x00\x00\x00\x01mdat" + bytes(8), FileFault.UNKNOWN),
        (b"ID3" + bytes(MOST_BYTES), FileFault.TOO_LARGE),
    ],
)
def test_the_content_tells_what_a_file_is(data, sort):
    assert sort_of(data) is sort or sort_of(data) == sort
