"""A certificate that nobody has signed but itself, made by the real openssl."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path


def self_signed(folder: Path, host: str, kind: str = "DNS") -> tuple[Path, ssl.SSLContext]:
    """A certificate of a host, by its name or its address (`kind` is "IP" then), and a server's side of TLS with it."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subject = ("-subj", f"/CN={host}", "-addext", f"subjectAltName={kind}:{host}")
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", *subject, "-newkey", "rsa:2048", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, context
