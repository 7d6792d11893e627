"""Jinja2 templates compiled to more direct Python: the same bytes as Jinja2's own code makes, in less time.

Jinja2 looks every attribute up in two ways, asks every callable how it wants to be called, and escapes through a
wrapper, because its templates may be given anything. Ours are given frozen records, and functions that take what they
are given. The tests render whole sites both ways and compare.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import BytecodeCache, Environment, TemplateSyntaxError, nodes
from jinja2.compiler import CodeGenerator, optimizeconst
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.runtime import Macro
from jinja2.utils import _PassArg
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, MutableMapping
    from types import CodeType

    from jinja2.bccache import Bucket
    from jinja2.compiler import Frame
    from jinja2.runtime import Context

try:
    from markupsafe._speedups import _escape_inner as _quick
except ImportError:  # pragma: no cover - a platform without MarkupSafe's compiled part

    def _quick(text: str, /) -> str:
        return str(escape(text))


def html(value: Any) -> str:
    """Escape a value, as `markupsafe.escape` does, without wrapping what is joined to a plain string anyway."""
    kind = type(value)
    if kind is str:
        return _quick(value)
    if kind is not Markup and not hasattr(value, "__html__"):
        return _quick(str(value))
    return value if kind is Markup else escape(value)


def call(context: Context, function: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a macro without binding its arguments anew where all of them are given in its order."""
    if type(function) is Macro and not kwargs and len(args) == function._argument_count and _is_plain(function):
        return Markup(function._func(*args))  # noqa: S704 - what a macro makes is escaped
    return context.call(function, *args, **kwargs)


def _is_plain(macro: Macro) -> bool:
    return not (macro.caller or macro.catch_kwargs or macro.catch_varargs)


class DirectGenerator(CodeGenerator):
    """Generates code that reads attributes, calls functions and escapes without Jinja2 in between."""

    _careful = False
    _shown: nodes.Expr | None = None

    @optimizeconst
    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """Read an attribute; a record that lacks it is an error, as with StrictUndefined."""
        if self._careful:
            self.write("environment.getattr(")
            self.visit(node.node, frame)
            self.write(f", {node.attr!r})")
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:
        """`x.y is defined` asks whether there is an attribute, so it must not be read directly."""
        with_care = node.name in {"defined", "undefined"}
        self._careful, before = with_care, self._careful
        super().visit_Test(node, frame)
        self._careful = before

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:
        """`x.y | default(z)` asks so too; a filter that makes HTML is asked for the bare text where it is shown."""
        if node is self._shown and node.node is not None:
            self.write(f"environment.html_filters[{node.name!r}](")
            self.visit(node.node, frame)
            self.signature(node, frame)
            self.write(")")
            return
        with_care = node.name in {"default", "d"}
        self._careful, before = with_care, self._careful
        super().visit_Filter(node, frame)
        self._careful = before

    @optimizeconst
    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002
        """Call functions and macros as they are; whatever else a template calls goes through the context."""
        if not forward_caller and self._is_ours(node.node, frame):
            self.visit(node.node, frame)
            self.write("(")
        elif not (forward_caller or node.dyn_args or node.dyn_kwargs) and isinstance(
            node.node, nodes.Getattr | nodes.Name
        ):
            # Most often a macro, of this file or of another one: `row(x)`, `parts.row(x)`.
            self.write("environment.call(context, ")
            self.visit(node.node, frame)
            self.write(", ")
        else:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        stream, self.stream = self.stream, StringIO()
        self.signature(node, frame)
        arguments, self.stream = self.stream.getvalue(), stream
        self.write(arguments.removeprefix(", ") + ")")

    def _is_ours(self, node: nodes.Expr, frame: Frame) -> bool:
        try:
            return _PassArg.from_obj(self._fixed(node, frame)) is None
        except (nodes.Impossible, AttributeError):
            return False

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        """Phrases and settings that are the same on every page become part of the text around them."""
        return super()._output_child_to_const(nodes.Const(self._fixed(node, frame)), frame, finalize)

    def _fixed(self, node: nodes.Expr, frame: Frame) -> Any:
        """Return the value that an expression always has; raise Impossible where it has none."""
        if isinstance(node, nodes.TemplateData):
            return Markup(node.data)  # noqa: S704 - the template's own text
        if isinstance(node, nodes.Name):
            return self._fixed_name(node.name, frame)
        if isinstance(node, nodes.Getattr):
            return getattr(self._fixed(node.node, frame), node.attr)
        if isinstance(node, nodes.Call) and not (node.kwargs or node.dyn_args or node.dyn_kwargs):
            function = self._fixed(node.node, frame)
            if function in self.environment.fixed_functions:  # type: ignore[attr-defined]
                return function(*(self._fixed(argument, frame) for argument in node.args))
            raise nodes.Impossible
        return node.as_const(frame.eval_ctx)

    def _fixed_name(self, name: str, frame: Frame) -> Any:
        load = frame.symbols.find_load(frame.symbols.ref(name))
        if load is None or load[0] != VAR_LOAD_RESOLVE or name not in self.environment.globals:
            raise nodes.Impossible
        return self.environment.globals[name]

    def _is_html(self, node: nodes.Expr) -> bool:
        makes_html = isinstance(node, nodes.Filter) and node.name in self.environment.html_filters  # type: ignore[attr-defined]
        self._shown = node if makes_html else None
        return makes_html

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if self._is_html(node):
            self.write("(")
        elif frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.html(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """Note whether the template extends another: then what stands outside its blocks is not shown."""
        self._extends = node.find(nodes.Extends) is not None
        super().visit_Template(node, frame)

    def blockvisit(self, body: Iterable[nodes.Node], frame: Frame) -> None:
        """Collect the whole of a block, or of a template, and yield it as one string."""
        if frame.buffer is not None or not (frame.block_frame or (frame.toplevel and not self._extends)):
            super().blockvisit(body, frame)
            return
        self.buffer(frame)
        super().blockvisit(body, frame)
        self.writeline(f"yield concat({frame.buffer})")


_BLOCKS = frozenset({"autoescape", "block", "call", "filter", "for", "if", "macro", "with"})


def _line_in_template(generated: str, line: int) -> int:
    """Return the line of a template that a line of the generated code was made of; Jinja2 notes pairs at its end."""
    pairs = re.findall(r"(\d+)=(\d+)", generated.rpartition("debug_info = ")[2])
    return next((int(own) for own, made in reversed(pairs) if int(made) <= line), 1)


class Fault(NamedTuple):
    """Why a template cannot be compiled."""

    line: int
    reason: str


class Named(NamedTuple):
    """A template that another one names, and how."""

    name: str
    line: int
    extended: bool


def examine(text: str) -> list[Named] | Fault:
    """Return the templates that one cannot do without; names that are worked out, or may be missing, are left out.

    Of one that cannot be compiled, whatever filters it names, the fault is returned.
    """
    environment = _Examining(autoescape=True)
    environment.filters = _AnyFilter(environment.filters)
    try:
        environment.compile(text)
    except TemplateSyntaxError as error:
        return Fault(error.lineno, error.message or "it cannot be read")
    return [*_named(environment.tree)]


def _named(tree: nodes.Template) -> Iterator[Named]:
    for node in tree.find_all(nodes.Stmt):
        if not isinstance(node, nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport):
            continue
        optional = isinstance(node, nodes.Include) and node.ignore_missing
        if isinstance(node.template, nodes.Const) and isinstance(node.template.value, str) and not optional:
            yield Named(node.template.value, node.lineno, isinstance(node, nodes.Extends))


class _AnyFilter(dict[str, Any]):
    """A table of filters that has one for every name."""

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002 - as Jinja2 asks
        return super().get(name, str)


class DirectEnvironment(Environment):
    """A Jinja2 environment whose templates are compiled by `DirectGenerator`."""

    code_generator_class = DirectGenerator
    html = staticmethod(html)
    call = staticmethod(call)

    def __init__(self, **options: Any) -> None:
        # Every template is kept; and what never changes is found above, so that Jinja2's own search finds nothing more.
        super().__init__(cache_size=-1, optimized=False, **options)
        self.html_filters: dict[str, Callable[..., str]] = {}
        """Filters that make HTML, as functions that return a plain string: what is only joined need not be marked."""
        self.fixed_functions: tuple[Any, ...] = ()
        """Globals that always return the same for the same arguments, and may be called when a template is compiled."""

    def compile(self, source: Any, *names: Any, **options: Any) -> Any:
        """Compile a template; one that is nested too deeply is one that cannot be read."""
        try:
            return super().compile(source, *names, **options)
        except RecursionError:
            message = "blocks, brackets or operators are nested too deeply"
            raise TemplateSyntaxError(message, self._deepest(source), *names) from None

    def _deepest(self, text: str) -> int:
        """Return the line where blocks and brackets are nested most deeply."""
        depth, deepest, line, before = 0, 0, 1, ""
        for number, kind, value in self.lex(text):
            if kind == "operator":
                depth += (value in {*"([{"}) - (value in {*")]}"})
            elif kind == "name" and before == "block_begin":
                depth += (value in _BLOCKS) - value.startswith("end")
            if depth > deepest:
                deepest, line = depth, number
            before = before if kind == "whitespace" else kind
        return line

    def _compile(self, source: str, filename: str) -> CodeType:
        """Compile what was generated; what Python refuses of it is a mistake in the template."""
        try:
            return super()._compile(source, filename)
        except SyntaxError as error:
            line = _line_in_template(source, error.lineno or 0)
            raise TemplateSyntaxError(error.msg, line, filename=filename) from None

    def make_globals(self, d: MutableMapping[str, Any] | None) -> dict[str, Any]:
        """Return the globals of a template as a plain dictionary, which is copied for every page."""
        return {**self.globals, **(d or {})}


class CodeCache(BytecodeCache):
    """Compiled templates in a mapping that somebody keeps."""

    def __init__(self, compiled: MutableMapping[str, bytes]) -> None:
        self._compiled = compiled

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template from the mapping, if its source is that of the compiled one."""
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Put a template that was compiled into the mapping."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


class _Examining(DirectEnvironment):
    """An environment that keeps what it parsed last."""

    tree = nodes.Template([])

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        self.tree = super()._parse(source, name, filename)
        return self.tree
