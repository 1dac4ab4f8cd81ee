"""The papers that people attach: small documents that open."""

from __future__ import annotations

from workflows.consultation.files import Attachment


def paper(name: str, text: str) -> Attachment:
    """Return a document of plain lines of Latin text, to be attached."""
    return Attachment(f"{name}.pdf", "application/pdf", _pdf(text))


def _pdf(text: str) -> bytes:
    """Return a one-page document of plain lines, as small as one is."""
    shown = " ".join(f"({line}) Tj T*" for line in text.splitlines())
    stream = f"BT /F1 9 Tf 40 800 Td 12 TL {shown} ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    document, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return document + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, len(objects) + 1, len(document))
    )
