"""A run is taken up where it stopped, also where the record that says what it is about is damaged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agsite.config import Prices
from agsite.errors import ConfigError
from agsite.generate.options import Options
from agsite.generate.planning import Plan, restored
from agsite.generate.questions import Item
from agsite.llm import Journal, prices


def refuse(journal: Journal, options: Options) -> None:
    """Raise ConfigError where no run can go on, or where one must before another begins."""
    if options.resume and not journal.earlier:
        raise ConfigError(f"there is no run to resume in {options.journal}", "Start one without --resume.")
    lost = [name for name in chosen(journal, options) if not journal.can_go_on(name)]
    if lost:
        raise _refusal(journal, _lost(lost[0]), "Start one without --resume.")
    for model in {_model(journal, name) for name in chosen(journal, options)}:
        if options.prices.of(model) is None:
            raise _refusal(journal, f"there is no price for {model}", "Add it to `prices` in agsite.yml.")
    if journal.interrupted and not options.resume:
        message = f"the run {journal.interrupted} was interrupted"
        raise _refusal(journal, message, "Go on with it: agsite pregenerate --resume")


def left_behind(journal: Journal) -> list[str]:
    """Say so where nothing names a question of the newest run, so that it cannot go on."""
    name = journal.newest
    return [_lost(name)] if name is not None and not journal.can_go_on(name) else []


def _lost(name: str) -> str:
    return f"nothing names a question of the run {name} any more, so it cannot go on; replies that it brought are used"


def resume(journal: Journal, options: Options, name: str) -> tuple[Mapping[str, Any], list[str]]:
    """Take up a run; return what it is about, and what there is to say about that."""
    changed = {"cap": str(options.cap)} if options.cap is not None else {"cap": None} if options.uncapped else {}
    facts, notes = {}, []
    if "items" not in journal.earlier[name].run:
        facts = _found_again(journal, name)
        known = len(facts["items"])
        notes.append(f"the first record of {name} is damaged; it goes on with the questions still known: {known}")
    if "cap" not in {**journal.earlier[name].run, **changed}:
        message = f"the first record of {name} is damaged, and with it the budget of the run is lost"
        raise _refusal(journal, message, "Give it again: agsite pregenerate --resume --max-usd X")
    keys = journal.earlier[name].keys
    journal.resume(name, **facts, **changed)
    if facts:
        _plan_again(journal, keys, options)
    return journal.ledger.run, notes


def chosen(journal: Journal, options: Options) -> list[str]:
    """Return the runs to take up: all that batches are under way of, or brought something to; else the newest."""
    if not options.resume:
        return []
    names = set(journal.with_batches) if options.batch in {"collect", "cancel"} else set()
    if options.batch == "collect":
        names |= {*journal.with_unused_replies}
    return sorted(filter(journal.can_go_on, names)) or [max(journal.earlier)]


def _model(journal: Journal, name: str) -> str:
    return str(journal.earlier[name].run.get("model") or _found_again(journal, name)["model"])


def _found_again(journal: Journal, name: str) -> dict[str, Any]:
    """Return what a run is about from the requests that are kept, and from what was declined without one."""
    ledger = journal.earlier[name]
    requests = [request for request in map(journal.request, ledger.keys) if request is not None]
    declined = (record["row"]["question"] for record in ledger.outcomes.values() if not record["key"])
    items = {request["item"]["question"]: request["item"] for request in requests}
    items |= {question: Item(question)._asdict() for question in declined}
    return {
        "items": list(items.values()),
        "model": requests[0]["params"]["model"],
        "citations": requests[0]["mode"],
    }


def _plan_again(journal: Journal, keys: tuple[str, ...], options: Options) -> None:
    """Enter the requests whose plan is damaged: their questions keep them, whatever papers there are by now."""
    for key in keys:
        request = journal.request(key)
        if key not in journal.ledger.planned and request is not None:
            announce(journal, restored(key, request), options.prices)


def announce(journal: Journal, plan: Plan, known: Prices) -> None:
    """Enter what is to be asked, and what that can cost: a damaged record may have told of the call itself."""
    params = plan.request.params
    price = known.of(params["model"])
    worst = prices.at_most(params, price) if price else 0
    journal.append("planned", key=plan.request.key, question=plan.item.key, worst=str(worst))


def _refusal(journal: Journal, message: str, help: str) -> ConfigError:
    # What was set aside is told once: no later run will see it.
    return ConfigError("; ".join((*journal.set_aside, message)), help)
