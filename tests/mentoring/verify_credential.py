"""What somebody does who was given a credential: checks it with the public keys alone. Knows neither Django nor this site.

`python verify_credential.py CREDENTIAL.jwt KEYS.json` prints the claims, or ends with an error.
"""

import base64
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def main(credential: str, keys: str) -> None:
    header, payload, signature = Path(credential).read_text().split(".")
    names = json.loads(decoded(header))
    assert names["alg"] == "EdDSA", names
    key = next(key for key in json.loads(Path(keys).read_text())["keys"] if key["kid"] == names["kid"])
    Ed25519PublicKey.from_public_bytes(decoded(key["x"])).verify(decoded(signature), f"{header}.{payload}".encode())
    assert not any(module.partition(".")[0] in ("django", "roadmap", "joserfc") for module in sys.modules)
    print(decoded(payload).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
