"""The book of a session: its title page, what stands in it, how it reads, and its files."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.encryption import opened
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.core.web.forms import StyledForm
from process.domain.book import LANGUAGES
from process.models import Session
from process.output.pdf import missing_letters
from process.output.photos import MOST_BYTES
from process.queries.book import (
    book_of,
    parts_of,
    photo_data,
    photo_of,
    said_in,
    title_page_of,
)
from process.queries.lending import readers_of
from process.queries.sessions import find_session, session_of
from process.services import book_files, books
from process.web.prose import chapter_html, plain_html

_LANGUAGES: Final = [(key, words.name) for key, words in LANGUAGES.items()]
_MOST_SHOWN: Final = 12


class TitlePageForm(StyledForm):
    """The title page. What is left out in it stands nowhere in the book."""

    title = forms.CharField(
        label="Title", required=False, max_length=200, help_text="Only you, and whom you let read it, see it."
    )
    author = forms.CharField(
        label="Author", required=False, max_length=120, help_text="Your name as it is to be printed."
    )
    dedication = forms.CharField(
        label="Dedication", required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    language = forms.ChoiceField(
        label="Language",
        choices=_LANGUAGES,
        help_text="Of the words that the book says by itself, and for programs that read it aloud.",
    )


@login_required
@require_safe
def book(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Title page, photo, chapters and downloads, for the person whose book it is."""
    return _page(request, session_of(person(request), pk))


@login_required
@require_POST
def save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the title page."""
    session = session_of(person(request), pk)
    form = TitlePageForm(request.POST)
    if form.is_valid():
        try:
            books.save_book(person(request), pk, **form.cleaned_data)
        except InvalidInput as error:
            form.take(error)
    if form.errors:
        return _page(request, session, form=form, status=400)
    messages.success(request, "Saved.")
    return redirect("process:book", pk)


@login_required
@require_POST
def arrange(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Move a chapter, leave it out, or take it in again."""
    user, form = person(request), request.POST
    session = session_of(user, pk)
    for verb, by in (("up", -1), ("down", 1)):
        if verb in form:
            books.move_chapter(user, pk, _chapter(form[verb]), by=by)
    left_out = set(title_page_of(session).left_out)
    if "leave_out" in form:
        books.save_book(user, pk, left_out=[*left_out | {_chapter(form["leave_out"])}])
    if "take_in" in form:
        books.save_book(user, pk, left_out=[*left_out - {_chapter(form["take_in"])}])
    response = redirect("process:book", pk)
    response["Location"] += "#chapters"
    return response


def _chapter(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput("There is no such chapter. Load the page again.") from error


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The photo, for its person and their readers; sent to, it takes another."""
    user = person(request)
    if request.method == "POST":
        return _take_photo(request, session_of(user, pk))
    stored = photo_of(find_session(user, pk))
    if stored is None:
        raise NotFound("There is no photo.")
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": 'inline; filename="photo.jpg"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(photo_data(stored).data, content_type=stored.media_type, headers=headers)


def _take_photo(request: HttpRequest, session: Session) -> HttpResponse:
    sent = request.FILES.get("photo")
    try:
        books.set_photo(person(request), session.pk, _data(sent))
    except InvalidInput as error:
        return _page(request, session, photo_error=error.message, status=400)
    messages.success(request, "Your photo is on the title page.")
    return redirect("process:book", session.pk)


def _data(sent: object) -> bytes:
    """Not read at all if it says itself that it is too large."""
    if not isinstance(sent, UploadedFile):
        raise InvalidInput("Choose a photo first.")
    if (sent.size or 0) > MOST_BYTES:
        raise InvalidInput(f"A photo of at most {MOST_BYTES // 1024**2} MB, please. This one is larger.")
    return bytes(sent.read())


@login_required
@require_POST
def remove_photo(request: HttpRequest, pk: UUID) -> HttpResponse:
    books.remove_photo(person(request), pk)
    messages.success(request, "The photo is deleted.")
    return redirect("process:book", pk)


@login_required
@require_safe
def read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The book as a page, or with ``?part=answers`` what was told, as readers see it."""
    user = person(request)
    session = find_session(user, pk)
    shown = book_of(session)
    part = "answers" if request.GET.get("part") == "answers" else "book"
    context: dict[str, Any] = {
        "session": session,
        "book": shown,
        "part": part,
        "is_mine": session.user_id == user.pk,
        "dedication": plain_html(shown.dedication),
        "photo": shown.photo,
    }
    if part == "book":
        context["chapters"] = [(each.title, chapter_html(each.text)) for each in shown.chapters]
    else:
        context["groups"] = [
            (group.title, [(said.question, plain_html(said.answer)) for said in group.answers])
            for group in said_in(session, private=False)
        ]
    return render(request, "process/read.html", context)


@login_required
@require_safe
def download(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """The book as a file; ``?answers=shared`` or ``all`` adds an appendix in the person's own words."""
    user = person(request)
    made, content = book_files.write_book(user, pk, kind, answers=request.GET.get("answers", "none"))
    if _asks_again(request) or content is None:
        return _being_made(request, pk, kind, is_ready=content is not None)
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": books.disposition(made, kind)}
    return HttpResponse(content, content_type=books.FORMATS[kind][1], headers=headers)


def _being_made(request: HttpRequest, pk: UUID, kind: str, *, is_ready: bool) -> HttpResponse:
    """A page that asks again until the file of a large book is there; asked by it, how that stands."""
    context = {
        "session": find_session(person(request), pk),
        "url": request.get_full_path(),
        "name": books.FORMATS[kind][0],
        "is_ready": is_ready,
    }
    name = "process/_book_file.html" if _asks_again(request) else "process/book_file.html"
    return render(request, name, context, status=200 if _asks_again(request) else 202)


def _asks_again(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers


def _page(
    request: HttpRequest,
    session: Session,
    *,
    form: TitlePageForm | None = None,
    photo_error: str = "",
    status: int = 200,
) -> HttpResponse:
    page, parts = title_page_of(session), parts_of(session)
    initial = {name: opened(getattr(page, name)) for name in books.LENGTHS} | {"language": page.language}
    missing = missing_letters(book_of(session))
    context = {
        "session": session,
        "form": form or TitlePageForm(initial=initial),
        "photo": photo_of(session),
        "photo_error": photo_error,
        "parts": parts,
        "stands": [part for part in parts if not part.is_left_out],
        "readers": readers_of(session).count(),
        "missing": [f"{each} (U+{ord(each):04X})" for each in missing[:_MOST_SHOWN]],
        "most_megabytes": MOST_BYTES // 1024**2,
    }
    return render(request, "process/book.html", context, status=status)
