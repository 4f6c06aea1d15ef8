"""``check_sbom.py WHEEL SBOM``: every runtime dependency of the wheel stands in its bill of materials."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterable
from email.parser import BytesParser
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def missing(requirements: Iterable[str], sbom: dict[str, Any]) -> list[str]:
    """Names that apply here, extras left out, and stand in no component or in a version that is not allowed."""
    versions = {canonicalize_name(part["name"]): part.get("version", "") for part in sbom.get("components", [])}
    absent = []
    for line in requirements:
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        version = versions.get(canonicalize_name(wanted.name), "")
        if not version or not wanted.specifier.contains(version, prereleases=True):
            absent.append(wanted.name)
    return absent


def main(wheel: str, sbom: str) -> int:
    """Print what is missing; 1 if anything is."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = BytesParser().parsebytes(archive.read(name))
    requirements = [f"{metadata['Name']}=={metadata['Version']}", *metadata.get_all("Requires-Dist", [])]
    with open(sbom, encoding="utf-8") as file:
        parts = json.load(file)
    absent = missing(requirements, parts)
    print(f"{sbom}: {len(parts['components'])} components; missing: {', '.join(absent) or 'none'}")
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
