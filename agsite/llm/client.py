"""The only door to the `anthropic` package, and the only place that holds a key.

The package's own retries are off: it sends a request again that timed out or broke off, and both may be paid for.
Replies reach the disk in its middleware, before it parses them; it is asked for nothing but their bytes.
"""

from __future__ import annotations

import base64
import email.utils
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from agsite.errors import ConfigError
from agsite.grounding import canonical
from agsite.llm.failures import Failure, Problem, classify, inside

if TYPE_CHECKING:
    import anthropic

DEFAULT_URL = "https://api.anthropic.com"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NOT_SENT = ("ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "ProxyError")
_LONGEST_CALL = 600.0
# What is shorter may stand in any request, and would be taken there for the key.
_SHORTEST_KEY = 10


class Sent(NamedTuple):
    """A reply as it came: its bytes, its request id, and how many further calls the service says it takes now."""

    raw: bytes
    request_id: str
    remaining: int | None = None


class Client:
    """A connection to the service under one key; calls from several threads may share it."""

    def __init__(self, key: str, url: str = DEFAULT_URL, *, timeout: float = _LONGEST_CALL) -> None:
        _check(key, url)
        try:
            import anthropic
        except ImportError:
            help_ = "Install it with: pip install 'agsite[generate]'"
            raise ConfigError("pregenerate needs the package anthropic", help_) from None
        _quiet_transport()
        self._anthropic = anthropic
        self._secrets = _spellings(key)
        self._url = url
        self._client = anthropic.Anthropic(
            api_key=key, base_url=url, max_retries=0, timeout=timeout, http_client=_transport(url, timeout)
        )
        self.version = anthropic.__version__
        self.api_version = str(self._client.default_headers.get("anthropic-version", ""))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(self, params: dict[str, Any], store: Callable[[bytes], None]) -> Sent:
        """Make one call; `store` gets the bytes of the reply before anything else looks at them. Raises Failure."""
        self._refuse_secrets(params)

        def keep(request: Any, call_next: Any) -> Any:
            response = call_next(request)
            if 200 <= response.status_code < 300:
                store(response.read())
            return response

        with self._failures(buying=True):
            client = self._client.with_options(middleware=[keep])
            response = client.messages.with_raw_response.create(**params)
            remaining = response.headers.get("anthropic-ratelimit-requests-remaining", "")
            request_id = response.headers.get("request-id", "")
            return Sent(response.read(), request_id, int(remaining) if remaining.isdecimal() else None)

    def count(self, params: dict[str, Any]) -> int:
        """Return the input tokens of a call as the service counts them; free of charge."""
        self._refuse_secrets(params)
        counted = {name: params[name] for name in ("model", "messages", "system") if name in params}
        with self._failures():
            response = self._client.messages.with_raw_response.count_tokens(**counted)
        tokens = _object(response.read()).get("input_tokens")
        if not isinstance(tokens, int):
            raise Failure("stop", "the service does not say how many tokens a call has")
        return tokens

    def cites(self, model: str) -> bool:
        """Say whether a model cites search results by itself; one of which nothing is said does."""
        with self._failures():
            response = self._client.models.with_raw_response.retrieve(model)
        capabilities = inside(_object(response.read()), "capabilities")
        return inside(capabilities, "citations").get("supported") is not False

    # --- Batches -----------------------------------------------------------------------------------------------------

    def create_batch(self, requests: list[dict[str, Any]]) -> dict[str, Any]:
        """Hand in a batch and return what the service says of it."""
        self._refuse_secrets({"requests": requests})
        with self._failures(buying=True):
            response = self._client.messages.batches.with_raw_response.create(requests=requests)  # type: ignore[arg-type]
            raw = response.read()
        try:
            return _object(raw)
        except Failure as failure:
            raise Failure("unknown", f"{failure.message}, so the batch may have been made") from None

    def batch(self, id: str) -> dict[str, Any]:
        """Return what the service says of a batch."""
        with self._failures():
            return _object(self._client.messages.batches.with_raw_response.retrieve(id).read())

    def batches(self, behind: str = "") -> tuple[list[dict[str, Any]], bool]:
        """Return the account's newest batches, or those behind one of them, and whether there are older ones."""
        query = {"after_id": behind} if behind else None
        with self._failures():
            listed = _object(self._client.messages.batches.with_raw_response.list(limit=100, extra_query=query).read())
        data = listed.get("data")
        found = [batch for batch in data if isinstance(batch, dict)] if isinstance(data, list) else []
        return found, listed.get("has_more") is True

    def cancel_batch(self, id: str) -> None:
        """Ask the service to end a batch."""
        with self._failures():
            self._client.messages.batches.with_raw_response.cancel(id)

    def results(self, id: str, url: str) -> bytes:
        """Return the results of a batch as they came; the key goes to no other host than the service's."""
        target = urlsplit(urljoin(self._url, url))
        if (target.scheme, target.netloc) != urlsplit(self._url)[:2]:
            raise Failure("stop", f"the results of {id} lie on another host, which gets no key")
        with self._failures():
            return self._client.messages.batches.with_raw_response.results(id).read()

    # --- Failures ----------------------------------------------------------------------------------------------------

    @contextmanager
    def _failures(self, *, buying: bool = False) -> Iterator[None]:
        """Turn what the package raises into a Failure that holds nothing of the request; `buying` costs money."""
        import httpx2

        errors = self._anthropic
        try:
            yield
        except errors.APIStatusError as error:
            raise classify(self._problem(error), buying=buying) from None
        except errors.APITimeoutError as error:
            raise _lost(error, "no reply came in time", buying=buying) from None
        # Results of a batch are read as they come, and the package lets through what breaks there.
        except (errors.APIConnectionError, httpx2.TransportError) as error:
            raise _lost(error, "the connection broke off", buying=buying) from None
        except errors.AnthropicError as error:
            raise Failure("stop", f"the service cannot be used: {type(error).__name__}") from None

    def _problem(self, error: anthropic.APIStatusError) -> Problem:
        headers = error.response.headers
        inner = inside(error.body, "error")
        details = inside(inner, "details")
        return Problem(
            status=error.status_code,
            type=str(inner.get("type") or "")[:60],
            code=str(details.get("error_code") or "")[:60],
            message=self._without_key(str(inner.get("message") or "")),
            request_id=str(headers.get("request-id") or "")[:100],
            wait=_wait(headers),
        )

    def _without_key(self, text: str) -> str:
        """Return what the service said without the key, which gateways repeat when they refuse it."""
        for secret in self._secrets:
            text = text.replace(secret, "[…]")
        return text

    def _refuse_secrets(self, params: dict[str, Any]) -> None:
        body = canonical(params).decode()
        if any(secret in body for secret in self._secrets):
            raise Failure("item", "the request holds the key itself, and was not sent")


def _check(key: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ConfigError("ANTHROPIC_BASE_URL is not an address", "It looks like https://api.anthropic.com.")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ConfigError("the key would be sent without encryption", "Use an https address in ANTHROPIC_BASE_URL.")
    if len(key) < _SHORTEST_KEY or not key.isascii() or not key.isprintable() or key != key.strip():
        raise ConfigError(
            "there is no usable key in ANTHROPIC_API_KEY", "Set it in the environment; it is never written down."
        )


def _quiet_transport() -> None:
    """Keep the transport's logs above the level at which it writes out headers, whatever ANTHROPIC_LOG asks for."""
    for name in ("httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _transport(url: str, timeout: float) -> Any:
    """Return a transport that goes to a server on this machine directly; None lets the package make its own."""
    parts = urlsplit(url)
    if parts.hostname not in _LOOPBACK:
        return None
    import httpx2

    # Certificates are loaded only where there is one to check: that takes longer than all the rest.
    return httpx2.Client(trust_env=False, timeout=timeout, verify=parts.scheme == "https")


def _spellings(key: str) -> tuple[str, ...]:
    """Return the forms in which a key could slip into a text."""
    data = key.encode()
    return (key, base64.b64encode(data).decode().rstrip("="), data.hex(), quote(key, safe=""), data.hex().upper())


def _wait(headers: Any) -> float | None:
    """Return how long the service asks to wait, in seconds."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers.get(name)) * unit)
        except (TypeError, ValueError):
            continue
    until = email.utils.parsedate_tz(headers.get("retry-after") or "")
    sent = email.utils.parsedate_tz(headers.get("date") or "")
    if until is None or sent is None:
        return None
    return max(0.0, float(email.utils.mktime_tz(until) - email.utils.mktime_tz(sent)))


def _lost(error: Exception, what: str, *, buying: bool) -> Failure:
    """Return the failure of a call without a reply; one that never left, or costs nothing, can be tried again."""
    if type(error.__cause__).__name__ in _NOT_SENT:
        return Failure("again", "the service cannot be reached")
    return Failure("unknown", f"{what}, so it may have been paid for") if buying else Failure("again", what)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Failure("again", "the service answered something that is not a JSON object")
    return value
