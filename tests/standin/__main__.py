"""`python -m tests.standin`: try `agsite pregenerate` without a key; see docs/pregenerate.md."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress

from tests.standin import faults
from tests.standin.server import StandIn, by_turns


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.standin",
        description=__doc__,
        epilog=faults.__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8765, help="port on 127.0.0.1 (8765)")
    parser.add_argument("--faults", default="", metavar="A,B,…", help="what goes wrong with the first calls, in order")
    parser.add_argument(
        "--polls", type=int, default=1, metavar="N", help="how often a batch is looked at before it ends"
    )
    given = parser.parse_args()
    try:
        service = StandIn(by_turns(*filter(None, given.faults.split(","))), port=given.port)
    except (OSError, OverflowError) as error:
        parser.error(f"port {given.port} cannot be listened on ({error}); choose another --port")
    service.polls_until_done = given.polls
    service.log = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: T201
    print(f"export ANTHROPIC_BASE_URL={service.url} ANTHROPIC_API_KEY=any-text-will-do", flush=True)  # noqa: T201
    with suppress(KeyboardInterrupt):
        service.serve()


if __name__ == "__main__":
    main()
