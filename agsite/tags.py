"""Tags of HTML in a text, as parts of patterns: those that people write, and no comparisons such as `a <b and c> d`."""

from __future__ import annotations

# Of HTML, SVG and MathML, as far as people write or paste them; `<N>` and `<x>` are mean values more often than tags.
ELEMENT = "(?:{})".format(
    (
        "a abbr address article aside audio b base big blockquote body br button canvas center cite code del details "
        "dfn div dl dt dd em embed fieldset figure figcaption font footer form frame frameset h1 h2 h3 h4 h5 h6 head "
        "header hr html i iframe img input ins kbd label legend li link main mark marquee math meta nav noscript "
        "object ol option p param picture pre q s samp script section select slot small source span strike strong "
        "style sub summary sup svg table tbody td template textarea tfoot th thead title tr track tt u ul var video "
        "wbr xmp"
    ).replace(" ", "|")
)

# What has no value; any other word in a tag needs one, or else it is a word between two comparisons.
_FLAG = "(?:{})".format(
    (
        "allowfullscreen async autofocus autoplay checked compact controls default defer disabled formnovalidate "
        "hidden inert ismap itemscope loop multiple muted nomodule noshade novalidate nowrap open playsinline readonly "
        "required reversed selected"
    ).replace(" ", "|")
)

TAG = rf"</?{ELEMENT}(?:[\s/][^<>=]*=[^<>]*|(?:\s+{_FLAG})*\s*/?)>"
