"""The keys that sign credentials (RFC 8037, Ed25519), from the environment: the first signs, all are published.

Open Badges 3.0 asks for a key id that leads to the key, so each has an address of its own, by its thumbprint (RFC 7638).
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from joserfc import jwt
from joserfc.errors import UnsupportedAlgorithmError
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

_ALGORITHM = "EdDSA"


class _Registry(JWSRegistry):
    """EdDSA alone. RFC 9864 gives it a second name for each curve, of which the library warns; verifiers of Open Badges know this one."""

    def get_alg(self, name: str) -> Any:
        if name != _ALGORITHM:
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not supported")
        return self.algorithms[name]


@dataclass(frozen=True, slots=True)
class Key:
    """A key pair, or the public half of one that has been retired."""

    thumbprint: str
    pair: OKPKey

    @property
    def address(self) -> str:
        """Where everybody finds the public half."""
        return f"{settings.SITE_ORIGIN}{reverse('credentials:key', args=[self.thumbprint])}"

    def published(self) -> dict[str, Any]:
        """The public half as a JWK."""
        public = self.pair.as_dict(private=False)
        return {"kty": public["kty"], "crv": public["crv"], "x": public["x"], "kid": self.address, "use": "sig", "alg": _ALGORITHM}


def all_keys() -> tuple[Key, ...]:
    """All keys, the one that signs first. Raises ImproperlyConfigured where one's halves do not belong together."""
    return _read(json.dumps(settings.CREDENTIAL_KEYS))


def sign(claims: Mapping[str, Any]) -> str:
    """The claims as a compact JWT, signed."""
    key = all_keys()[0]
    header = {"typ": "JWT", "alg": _ALGORITHM, "kid": key.address}
    return jwt.encode(header, dict(claims), key.pair, registry=_Registry())


@lru_cache(maxsize=4)
def _read(written: str) -> tuple[Key, ...]:
    found = []
    for number, values in enumerate(json.loads(written), start=1):
        pair = OKPKey.import_key(values)
        # The library believes the public half that is written down.
        if pair.private_key is not None:
            own = urlsafe_b64encode(pair.private_key.public_key().public_bytes_raw()).rstrip(b"=").decode()
            if own != values["x"]:
                raise ImproperlyConfigured(f"CREDENTIAL_KEYS: the parts of key {number} do not belong together.")
        found.append(Key(pair.thumbprint(), pair))
    return tuple(found)
