"""Somebody signed in at the console, without a browser: for kills and loads."""

import re
import urllib.parse
import urllib.request
import uuid
from http.cookiejar import CookieJar

from tests.acceptance.running import PASSWORD

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class StaffClient:
    """Speaks the same forms as the console's page."""

    def __init__(self, url: str, username: str = "ana") -> None:
        self.url = url
        self.username = username
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self.token = ""

    def sign_in(self) -> None:
        """Open a session."""
        self.token = TOKEN.search(self.get("/sign-in"))[1]  # type: ignore[index]
        self.post("/sign-in", username=self.username, password=PASSWORD)
        self.token = TOKEN.search(self.get("/console"))[1]  # type: ignore[index]

    def get(self, path: str) -> str:
        """The page at `path`."""
        with self.opener.open(self.url + path, timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, path: str, command: str | None = None, **fields: str) -> str:
        """Send a form; return the address that the answer led to."""
        form = {"csrf_token": self.token, "command": command or uuid.uuid4().hex, **fields}
        data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self.url + path, data, headers={"Referer": self.url + "/console"})
        with self.opener.open(request, timeout=30) as answer:
            answer.read()
            return str(answer.url)
