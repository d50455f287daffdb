"""What is printed: aligned prefixes, colour on terminals only, and no error when nobody reads."""

import io

from orchestrator.embedded.console import Console


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class ClosedPipe(io.StringIO):
    def write(self, _: str) -> int:
        raise BrokenPipeError


def test_names_are_aligned() -> None:
    stream = io.StringIO()
    console = Console(stream, environ={})

    console.output("web", "hello")
    console.output("engine-1", "hello")

    assert stream.getvalue() == "web      | hello\nengine-1 | hello\n"


def test_a_terminal_gets_one_colour_a_name() -> None:
    stream = Terminal()
    console = Console(stream, environ={})

    console.output("web", "one")
    console.output("beat", "two")
    console.output("web", "three")

    first, second, third = (line.partition("m")[0] for line in stream.getvalue().rstrip("\n").split("\n"))
    assert "\x1b[" in first
    assert first == third != second


def test_no_color_is_respected() -> None:
    stream = Terminal()
    console = Console(stream, environ={"NO_COLOR": "1"})

    console.output("web", "hello")
    console.problem("trouble")

    assert "\x1b[3" not in stream.getvalue()
    assert "✗ trouble" in stream.getvalue()


def test_what_goes_on_is_shown_on_a_terminal_until_the_next_line() -> None:
    stream = Terminal()
    console = Console(stream, environ={"NO_COLOR": "1"})

    console.waiting("Starting web")
    console.output("web", "hello")
    console.step("Web ready", 1.24)

    assert stream.getvalue().split("\r\x1b[K")[1:] == [
        "… Starting web",
        "web      | hello\n… Starting web",
        "✓ Web ready 1.2 s\n",
    ]


def test_a_file_is_spared_what_goes_on() -> None:
    stream = io.StringIO()

    Console(stream, environ={}).waiting("Starting web")

    assert stream.getvalue() == ""


def test_a_reader_that_went_away_is_remembered() -> None:
    console = Console(ClosedPipe(), environ={})

    console.say("hello")
    console.say("again")

    assert console.reader_gone


def test_a_stream_without_our_letters_gets_others() -> None:
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding="ascii")

    Console(stream, environ={}).step("Web ready", 1)

    assert buffer.getvalue() == b"? Web ready 1.0 s\n"
