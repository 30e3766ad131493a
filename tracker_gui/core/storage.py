"""Storage that speaks S3: where it is, who one is to it, and links that let others see one file."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tracker_gui.core import logins
from tracker_gui.core.errors import InputError, OutputError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

AWS = "https://s3.amazonaws.com"
USUAL_REGION = "us-east-1"
LONGEST_LINK_S = 7 * 24 * 3600  # a limit of the protocol
ENDINGS = {".mp4": "video/mp4", ".png": "image/png", ".csv": "text/csv"}
#: Parts of a large file that go at once; more would take the line from the cameras.
MOST_PARTS_AT_ONCE = 2
_AWS_REGION = re.compile(r"s3[.-]([a-z0-9-]+)\.amazonaws\.com(\.cn)?")
_TIME = re.compile(r" in [\d.]+ ?[mµn]?s\b")
_BUCKET = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,62}")


@dataclass(frozen=True, slots=True)
class Storage:
    """A folder in a bucket.

    Attributes
    ----------
    endpoint : str
        ``https://host:port``, without a login.
    bucket, folder : str
        The folder may be empty.
    """

    endpoint: str
    bucket: str
    folder: str

    @classmethod
    def parse(cls, address: str) -> Storage:
        """Read ``https://HOST/BUCKET/FOLDER`` or ``s3://BUCKET/FOLDER``.

        Raises
        ------
        SettingsError
        """
        clean, _ = logins.split_login(address.strip())
        try:
            parts = urlsplit(clean)
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            parts, port = urlsplit(""), ""
        if parts.scheme == "s3":
            endpoint, path = AWS, f"{parts.hostname or ''}{parts.path}"
        elif parts.scheme in ("http", "https") and parts.hostname:
            endpoint, path = f"{parts.scheme}://{parts.hostname}{port}", parts.path
        else:
            endpoint = path = ""
        bucket, _, folder = path.strip("/").partition("/")
        if not endpoint or not _BUCKET.fullmatch(bucket) or ".." in folder.split("/"):
            raise SettingsError(
                "upload", f'must be https://HOST/BUCKET/FOLDER or s3://BUCKET/FOLDER, got "{clean[:100]}"'
            )
        return cls(endpoint, bucket, folder.strip("/"))

    @property
    def address(self) -> str:
        """The whole address, without a login."""
        return "/".join(part for part in (self.endpoint, self.bucket, self.folder) if part)

    @property
    def name(self) -> str:
        """The machine's name."""
        return urlsplit(self.endpoint).netloc

    def put(self, path: Path, key: str) -> None:
        """Store a file and see that all of it is there.

        Parameters
        ----------
        key : str
            Its name within the folder.

        Raises
        ------
        OutputError
            It was not stored.
        InputError
            No keys are known.
        """
        import obstore

        attributes: Any = {"Content-Type": ENDINGS.get(PurePosixPath(key).suffix, "application/octet-stream")}
        size = path.stat().st_size
        try:
            store = self._open()
            obstore.put(store, key, path, attributes=attributes, max_concurrency=MOST_PARTS_AT_ONCE)
            stored = obstore.head(store, key)["size"]
        except (obstore.exceptions.BaseError, OSError) as error:
            raise OutputError(f"{self.address}/{key}", f"could not be stored: {self._reason(error)}") from error
        if stored != size:
            raise OutputError(f"{self.address}/{key}", f"has {stored} bytes there, and {size} here")

    def link(self, key: str, seconds: float = 3600) -> str:
        """Return an address at which anybody can see a file for some time; asks nobody.

        Raises
        ------
        InputError
            No keys are known.
        """
        import obstore

        return obstore.sign(self._open(), "GET", key, timedelta(seconds=min(seconds, LONGEST_LINK_S)))

    def _open(self) -> Any:
        from obstore.store import S3Store

        user, password, token = self._keys()
        # What is not there or not ready is tried again by whoever calls, who can be stopped meanwhile.
        retries: Any = {"max_retries": 0, "retry_timeout": timedelta(seconds=1)}
        options: Any = {
            "allow_http": self.endpoint.startswith("http:"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=60),
        }
        where: dict[str, Any] = {"prefix": self.folder, "session_token": token}
        return S3Store(
            self.bucket, endpoint=self._endpoint, region=self._region, access_key_id=user, secret_access_key=password,
            virtual_hosted_style_request=False, retry_config=retries, client_options=options,
            **{name: value for name, value in where.items() if value},
        )  # fmt: skip

    def _keys(self) -> tuple[str, str, str | None]:
        kept = logins.find(self.endpoint)
        if kept is not None:
            return kept.user, kept.password, None
        user, password = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
        if user and password:
            return user, password, os.environ.get("AWS_SESSION_TOKEN")
        raise InputError(
            self.name,
            "no keys are known for this storage",
            f"Run 'tracker-gui uploads --keys {self.endpoint}', or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )

    @property
    def _region(self) -> str:
        match = _AWS_REGION.fullmatch(urlsplit(self.endpoint).hostname or "")
        of_host = match[1] if match else ""
        return of_host or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or USUAL_REGION

    @property
    def _endpoint(self) -> str:
        return f"https://s3.{self._region}.amazonaws.com" if self.endpoint == AWS else self.endpoint

    def _reason(self, error: Exception) -> str:
        """Return why, in the same words each time; the library's own have times and the server's page in them."""
        from obstore import exceptions

        if isinstance(error, exceptions.PermissionDeniedError | exceptions.UnauthenticatedError):
            return f"{self.name} does not accept the keys"
        if isinstance(error, FileNotFoundError):
            return f'{self.name} knows no bucket "{self.bucket}"'
        words = str(error).strip().split("\n")[0]
        if "error sending request" in words:
            return f"{self.name} cannot be reached"
        return _TIME.sub("", words).rstrip(".")[:300]
