"""Which files of a repository describe a homelab: what a snapshot is made of, whatever forge it comes from."""

import hashlib
import re

FILE_LIMIT = 1024**2
"""Bytes of the biggest file that is read; no manifest is that long."""

FILES_LIMIT = 3000
"""How many such files a repository may have."""

_EXAMPLES = tuple(f".tfvars.{word}" for word in ("example", "sample", "template", "dist"))
_SUFFIXES = (".yaml", ".yml", ".yaml.gotmpl", ".tf", ".tfvars", ".hcl", ".nix", *_EXAMPLES)
_NO_MANIFESTS = re.compile(
    r"(^|/)(\.[^/]*|node_modules|dashboards?)(/|$)|(^|[/.-])(package|tsconfig|renovate|lock)[^/]*\.json$"
)
"""JSON that is about something else: settings of editors and bots, packages, dashboards."""
_KUSTOMIZATION = "Kustomization"  # kustomize reads it without a suffix, too


def is_configuration(path: str) -> bool:
    """Whether the file at `path` (with forward slashes) belongs to a snapshot."""
    if path.endswith(".json"):
        return _NO_MANIFESTS.search(path) is None
    return path.lower().endswith(_SUFFIXES) or path.rpartition("/")[2] == _KUSTOMIZATION


def blob_id(data: bytes) -> str:
    """The object id that git gives these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
