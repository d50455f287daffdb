"""From the text of an expression to its tree, by the grammar in ``cel.lark``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeAlias, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args

from orchestrator.graphs.expressions.errors import ExpressionError, line_and_column
from orchestrator.graphs.expressions.literals import BadLiteral, read_number, read_string
from orchestrator.graphs.expressions.tree import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Group,
    Index,
    ListLiteral,
    Literal,
    Logical,
    Name,
    Node,
    ObjectLiteral,
    Place,
    Select,
    Term,
    Unary,
)

MAX_LENGTH = 4_000

Entry: TypeAlias = tuple[Node, Node]

_CONSTANTS = {"true": True, "false": False, "null": None}
_RESERVED = frozenset(
    {"in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let"}
    | {"loop", "namespace", "package", "return", "var", "void", "while"}
)
_WORD_OPERATORS = {"and": "&&", "or": "||", "not": "!"}


def parse(source: str) -> Node:
    """Raises ExpressionError where the text is too long or stops being CEL."""
    if len(source) > MAX_LENGTH:
        message = f"The expression has {len(source):,} characters; at most {MAX_LENGTH:,} are allowed."
        raise ExpressionError(message, *line_and_column(source, MAX_LENGTH), MAX_LENGTH)
    try:
        tree = _parser().parse(source)
    except UnexpectedInput as error:
        raise _syntax_error(source, error) from None
    assert isinstance(tree, Node)
    return tree


@cache
def _parser() -> Lark:
    """Built on first use, in some 60 ms. The tree is built while parsing, so nothing here recurses."""
    grammar = Path(__file__).with_name("cel.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", maybe_placeholders=False, transformer=_Builder())


@cache
def string_literal() -> str:
    """The regular expression of a string literal, for those who must find the end of an expression."""
    return _parser().get_terminal("STRING").pattern.to_regexp()


def _place(token: Token) -> Place:
    assert token.line is not None
    assert token.column is not None
    assert token.start_pos is not None
    return Place(token.line, token.column, token.start_pos)


def _error(message: str, place: Place) -> ExpressionError:
    return ExpressionError(message, place.line, place.column, place.offset)


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """One method for each rule of the grammar."""

    def conditional(self, condition: Node, question: Token, then: Node, otherwise: Node) -> Node:
        branches: tuple[Entry, ...] = ((condition, then),)
        if isinstance(otherwise, Conditional):
            branches, otherwise = branches + otherwise.branches, otherwise.otherwise
        return Conditional(_place(question), branches, otherwise)

    def logical(self, left: Node, operator: Token, right: Node) -> Node:
        first = left.operands if isinstance(left, Logical) and left.operator == operator else (left,)
        return Logical(_place(operator), str(operator), (*first, right))

    def comparison(self, left: Node, operator: Token, right: Node) -> Node:
        return Comparison(_place(operator), str(operator), left, right)

    def arithmetic(self, left: Node, operator: Token, right: Node) -> Node:
        term = Term(_place(operator), str(operator), right)
        if isinstance(left, Arithmetic):
            return Arithmetic(left.place, left.first, (*left.terms, term))
        return Arithmetic(term.place, left, (term,))

    def negation(self, operator: Token, operand: Node) -> Node:
        return Unary(_place(operator), "!", operand)

    def negative(self, operator: Token, operand: Node) -> Node:
        value = operand.value if isinstance(operand, Literal) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Literal(_place(operator), -value)
        return Unary(_place(operator), "-", operand)

    def select(self, operand: Node, field: Token) -> Node:
        return Select(_place(field), operand, str(field))

    def select_escaped(self, operand: Node, field: Token) -> Node:
        return Select(_place(field), operand, field[1:-1])

    def method(self, receiver: Node, function: Token, arguments: tuple[Node, ...]) -> Node:
        return Call(_place(function), str(function), receiver, arguments)

    def index(self, operand: Node, bracket: Token, key: Node) -> Node:
        return Index(_place(bracket), operand, key)

    def name(self, token: Token) -> Node:
        if token in _RESERVED:
            raise _error(f'"{token}" is a reserved word and cannot be a name.', _place(token))
        return Name(_place(token), str(token))

    def function(self, function: Token, arguments: tuple[Node, ...]) -> Node:
        return Call(_place(function), str(function), None, arguments)

    def group(self, bracket: Token, inner: Node) -> Node:
        return Group(_place(bracket), inner)

    def list_literal(self, bracket: Token, items: tuple[Node, ...]) -> Node:
        return ListLiteral(_place(bracket), items)

    def object_literal(self, bracket: Token, entries: tuple[Entry, ...]) -> Node:
        return ObjectLiteral(_place(bracket), entries)

    def arguments(self, *nodes: Node) -> tuple[Node, ...]:
        return nodes

    items = arguments

    def entries(self, *entries: Entry) -> tuple[Entry, ...]:
        return entries

    def entry(self, key: Node, value: Node) -> Entry:
        return key, value

    def number(self, token: Token) -> Node:
        try:
            return Literal(_place(token), read_number(token))
        except BadLiteral as error:
            raise _error(str(error), _place(token)) from None

    def string(self, token: Token) -> Node:
        try:
            return Literal(_place(token), read_string(token))
        except BadLiteral as error:
            raise _error(str(error), _place(token)) from None

    def bytes_literal(self, token: Token) -> Node:
        raise _error("There are no bytes in JSON; leave out the b before the quote.", _place(token))

    def constant(self, token: Token) -> Node:
        return Literal(_place(token), _CONSTANTS[token])


def _syntax_error(source: str, error: UnexpectedInput) -> ExpressionError:
    offset = len(source)
    if isinstance(error, UnexpectedCharacters):
        offset = cast("int", error.pos_in_stream)  # lark declares it as None
        message = _unexpected_character(source[offset])
    elif isinstance(error, UnexpectedToken) and error.token.type != "$END":
        offset = _place(error.token).offset
        message = _unexpected_token(error.token)
    else:
        message = "The expression ends too early." if source.strip() else "The expression is empty."
    return ExpressionError(message, *line_and_column(source, offset), offset)


def _unexpected_token(token: Token) -> str:
    if token.type == "OPEN_OBJECT":
        return 'Unexpected "{". Messages cannot be constructed; an object is written {"key": value}.'
    hint = f" Write {_WORD_OPERATORS[token]} instead." if token in _WORD_OPERATORS else ""
    text = token if len(token) <= 40 else f"{token[:40]}…"
    return f'Unexpected "{text}" here.{hint}'


def _unexpected_character(character: str) -> str:
    if character in "'\"`":
        return "The text that begins here has no closing quote."
    hints = {"=": " Write == to compare.", "&": " Write && for and.", "|": " Write || for or."}
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return f'Unexpected "{shown}" here.{hints.get(character, "")}'
