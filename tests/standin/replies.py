"""What the stand-in answers: sentences of the sources that a request brings, each with the service's kind of citation.

No language model is at work: an answer is put together from the abstracts word for word, so that everything downstream
has something true to check.
"""

from __future__ import annotations

import json
import math
from typing import Any

WORDS = 260
CHARACTERS_PER_TOKEN = 3.6


def message(params: dict[str, Any], number: int, *, tier: str = "standard") -> dict[str, Any]:
    """The reply to a request, as the service writes it."""
    content = compose(params)
    output = sum(len(block["text"]) for block in content)
    return {
        "id": f"msg_{number:024d}",
        "type": "message",
        "role": "assistant",
        "model": params["model"],
        "content": content,
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "stop_details": None,
        "container": None,
        "usage": {
            "input_tokens": count(params),
            "output_tokens": min(params["max_tokens"], math.ceil(output / CHARACTERS_PER_TOKEN)),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "service_tier": tier,
        },
    }


def count(params: dict[str, Any]) -> int:
    """About as many tokens as the service would count."""
    counted = {name: params[name] for name in ("system", "messages") if name in params}
    return math.ceil(len(json.dumps(counted, ensure_ascii=False)) / CHARACTERS_PER_TOKEN)


def compose(params: dict[str, Any]) -> list[dict[str, Any]]:
    """The content of a reply: cited pieces, marks in JSON, or follow-ups alone, as the request asks for."""
    form = params.get("output_config", {}).get("format")
    content = params["messages"][0]["content"]
    if form is None:
        return cited(content)
    if "answer" in form["schema"]["properties"]:
        return [text(json.dumps(marked(content)))]
    return [text(json.dumps({"follow_ups": list(follow_ups(["a study of this kind"] * 3, "repair"))}))]


def text(words: str, citations: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"type": "text", "text": words, "citations": citations}


def cited(content: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An answer whose sentences are those of the abstracts, two from each source by turns."""
    results = [block for block in content if block["type"] == "search_result"]
    chosen = choose([[part["text"] for part in result["content"]] for result in results], [r["title"] for r in results])
    pieces = [text("## What the preprints report\n\n")]
    for number, (source, sentence) in enumerate(chosen):
        words = results[source]["content"][sentence]["text"]
        where = {
            "type": "search_result_location",
            "source": results[source]["source"],
            "title": results[source]["title"],
            "search_result_index": source,
            "start_block_index": sentence,
            "end_block_index": sentence + 1,
            "cited_text": words,
        }
        pieces.append(text(words, [where]))
        pieces.append(text("\n\n" if number % 2 else " "))
    titles = [results[source]["title"].partition(" (")[0] for source in dict.fromkeys(s for s, _ in chosen)]
    end = "The archive does not contain a study that settles the question for every case.\n\nKEEP EXPLORING\n"
    pieces.append(text(end + "".join(f"- {question}\n" for question in follow_ups(titles, "direct"))))
    return pieces


def choose(sources: list[list[str]], titles: list[str]) -> list[tuple[int, int]]:
    """Sentences by source and place until the answer is long enough; a title alone is not a sentence."""
    usable = [number for number, title in enumerate(titles) if "title only" not in title]
    order = [(place, source) for source in usable for place in range(len(sources[source]))]
    chosen: list[tuple[int, int]] = []
    words = 0
    for place, source in sorted(order, key=lambda item: (item[0] // 2, item[1], item[0])):
        if words >= WORDS:
            break
        chosen.append((source, place))
        words += len(sources[source][place].split())
    return chosen


def follow_ups(titles: list[str], kind: str) -> tuple[str, str, str]:
    """Three questions that name their subject, at most 30 words each."""
    names = [" ".join(title.split()[:12]).strip(" ,:;?!.") for title in titles] or ["studies of this kind"]
    first, second, third = (names[number % len(names)] for number in range(3))
    return (
        f"What would a repetition of the work “{first}” with other data find?",
        f"Which assumptions of “{second}” have been tested by others?",
        f"How large are the uncertainties that remain after “{third}”?",
    )


def marked(content: list[dict[str, Any]]) -> dict[str, Any]:
    """The same in marker mode, where the sources come as text."""
    sources = [parse_preprint(block["text"]) for block in content if block["text"].startswith("<preprint ")]
    chosen = choose([sentences for _, _, sentences in sources], [title for _, title, _ in sources])
    lines, quotes = ["## What the preprints report", ""], []
    for source, sentence in chosen:
        id, _, sentences = sources[source]
        quotes.append({"id": id, "quote": sentences[sentence]})
        lines += [f"{sentences[sentence].rstrip('.')} [{id}].", ""]
    lines.append("The archive does not contain a study that settles the question for every case.")
    titles = [sources[source][1].partition(" (")[0] for source in dict.fromkeys(s for s, _ in chosen)]
    return {"answer": "\n".join(lines), "quotes": quotes, "follow_ups": list(follow_ups(titles, "marked"))}


def parse_preprint(block: str) -> tuple[str, str, list[str]]:
    head, *sentences = block.split("\n")[:-1]
    return head.split('"')[1], head.split('"')[3], sentences
