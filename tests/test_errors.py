"""Errors come out of another process as they went in."""

from __future__ import annotations

import importlib
import pickle
import pkgutil
from collections.abc import Iterator

import pytest

import agsite
from agsite.errors import AgsiteError
from agsite.files.reading import TooLarge, Unreadable
from agsite.findings import Finding
from agsite.llm.failures import Failure
from agsite.settings import MistakesError

# Of the classes that are made with something else than a message and a remedy.
EXAMPLES = {
    MistakesError: MistakesError([Finding.of("AG501", "no"), Finding.of("AG502", "down", path="agsite.yml")]),
    Unreadable: Unreadable("answers/a.md", "it is gone"),
    TooLarge: TooLarge("answers/a.md", "it is large"),
    Failure: Failure("again", "the service is busy", status=529, wait=2.0, request_id="r1"),
}


def classes(root: type[AgsiteError] = AgsiteError) -> Iterator[type[AgsiteError]]:
    """An error and all that are more special."""
    yield root
    for special in root.__subclasses__():
        yield from classes(special)


for module in pkgutil.walk_packages(agsite.__path__, "agsite."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)


@pytest.mark.parametrize("kind", list(dict.fromkeys(classes())), ids=lambda kind: kind.__name__)
def test_an_error_survives_the_way_out_of_a_worker(kind: type[AgsiteError]):
    error = EXAMPLES.get(kind) or kind("what is wrong", "how to mend it")
    error.add_note("where it came from")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.__dict__) == (kind, str(error), error.__dict__)
