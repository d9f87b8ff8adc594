"""Each process's own signing key and the public set that all of them know.

`python -m deploy.keys FOLDER` makes what is missing; private keys are readable by their owner only.
"""

import json
import sys
from pathlib import Path

from joserfc.jwk import ECKey

from deploy.topology import PROCESSES

JWKS_NAME = "internal.jwks.json"
ISSUER = "dev-issuer"


def ensure_keys(folder: Path) -> Path:
    """Create missing keys; answers the path of the public set."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    public = []
    for process in PROCESSES:
        key = _ensure(folder / f"{process.name}.pem")
        public.append({**key.as_dict(private=False), "kid": process.name, "use": "sig"})
    _ensure(folder / f"{ISSUER}.pem")
    jwks = folder / JWKS_NAME
    jwks.write_text(json.dumps({"keys": public}, indent=1))
    return jwks


def _ensure(path: Path) -> ECKey:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    return ECKey.import_key(path.read_text())


if __name__ == "__main__":
    ensure_keys(Path(sys.argv[1]))
