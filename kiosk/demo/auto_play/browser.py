"""A browser without a window: keeps cookies, fetches pages, sends forms. For the auto-play."""

import re
import uuid
from collections.abc import Mapping
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
WITHIN_S = 5.0


class Unwilling(Exception):
    """The server did not do what a form asked for."""


class Browser:
    """One person's browser. Every method raises Unwilling when the server does not answer as hoped."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies: dict[str, str] = {}
        self._pool = urllib3.PoolManager()
        self._token = ""

    def look(self, path: str) -> str:
        """Fetch a page."""
        page = self._ask("GET", path).data.decode()
        if found := _TOKEN.search(page):
            self._token = found[1]
        return page

    def send(self, path: str, fields: Mapping[str, str]) -> None:
        """Send a form; a page must have been looked at before."""
        whole = {"csrf_token": self._token, "command": uuid.uuid4().hex, **fields}
        self._ask("POST", path, whole)

    def _ask(
        self, method: str, path: str, fields: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            answer = self._pool.request(
                method,
                self.address + path,
                body=None if fields is None else urlencode(fields),
                headers=headers,
                timeout=WITHIN_S,
                retries=False,
                redirect=False,
            )
        except HTTPError as error:
            raise Unwilling(f"{path}: {type(error).__name__}") from None
        for header in answer.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        if answer.status >= 400:
            raise Unwilling(f"{path} answered {answer.status}")
        return answer
