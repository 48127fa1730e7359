"""What the server answers, and what it refuses."""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.pages.site import Page, QueryError
from superb_lite_leaderboard.server.app import application
from superb_lite_leaderboard.server.run import listen
from superb_lite_leaderboard.views.asked import Asked

SECRET = "somebody's own file"


class TwoPages:
    """A site of a page, one that cannot be made, and one whose making fails."""

    policy = "default-src 'none'"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def page(self, path: str, query: Asked) -> Page | None:
        self.asked.append(path)
        if path == "refused.html":
            raise SuperbLiteError("board 'x' is damaged\x1b[31m")
        if path == "asked.html":
            raise QueryError(f"unknown colour {query['colour']}")
        if path == "broken.html":
            raise RuntimeError(SECRET)
        return Page(b"hello", "text/html") if path == "index.html" else None

    def state(self) -> str:
        return "7"


@pytest.fixture
def site() -> TwoPages:
    return TwoPages()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def client(site: TwoPages, told: list[str]) -> Iterator[TestClient]:
    with TestClient(application(site, report=told.append), base_url="http://localhost") as client:
        yield client


def test_a_page_comes_with_headers_that_keep_it_a_page(client: TestClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.text) == (200, "hello")
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert client.head("/").content == b""
    assert client.get("/version").text == "7"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_it_is_for_reading_only(client: TestClient, method: str) -> None:
    assert client.request(method, "/").status_code == 405


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8000",
        "",
        "localhost@evil.example",
        "192.168.0.7",
    ],
)
def test_a_foreign_host_is_refused(client: TestClient, site: TwoPages, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 400
    assert site.asked == []


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:1", "LOCALHOST", "[::1]:8000"])
def test_this_machine_is_known_by_its_names(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


def traversals() -> list[str]:
    """200 ways to say "../../etc/passwd"."""
    dots = ["..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%00", "..;", "....", "%c0%ae%c0%ae", "%uff0e%uff0e"]
    slashes = ["/", "%2f", "%5c", "\\", "%252f", "//", "/./", "%c0%af", "%00/", "/%20/"]
    prefixes = ["/", "/static/"]
    return [f"{p}{(d + s) * 3}etc{s}passwd" for p in prefixes for d in dots for s in slashes]


def test_no_path_reaches_a_file(client: TestClient) -> None:
    ways = traversals()
    assert len(set(ways)) == 200
    refused = 0
    for way in ways:
        answer = client.get(way)
        refused += answer.status_code == 404 and "root:" not in answer.text
    print(f"{refused} of {len(ways)} traversals refused")
    assert refused == len(ways)


def test_what_goes_wrong_is_one_line(client: TestClient, told: list[str]) -> None:
    answer = client.get("/refused.html")
    assert (answer.status_code, answer.text) == (503, "board 'x' is damaged\\x1b[31m\n")
    answer = client.get("/broken.html")
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert SECRET in told[-1]
    assert client.get("/" + "x" * 5000).status_code == 414
    answer = client.get("/asked.html?colour=red&colour=blue")
    assert (answer.status_code, answer.text) == (400, "unknown colour ['red', 'blue']\n")
    assert all(line.isprintable() for line in told)


def test_a_server_listens_and_stops() -> None:
    with listen(TwoPages(), "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            with urllib.request.urlopen(server.url, timeout=10) as answer:
                assert answer.read() == b"hello"
        finally:
            server.stop()
            thread.join(10)
        assert not thread.is_alive()


def test_a_port_that_is_taken_and_an_address_of_nobody_are_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SuperbLiteError, match=f"port {port}: .*--port"), listen(TwoPages(), "127.0.0.1", port):
            pass
    for host in ("203.0.113.7", "no such host", "\x1b[31m", ""):
        with pytest.raises(SuperbLiteError, match="cannot listen") as error, listen(TwoPages(), host, 0):
            pass
        assert str(error.value).isprintable()
