"""Addresses of the pages of guided processes."""

from django.urls import path

from orchestrator.process.web import answers, book, figures, pages, readers, steps

app_name = "process"

_ONE = "sessions/<uuid:pk>/"

urlpatterns = [
    path("", pages.index, name="list"),
    path("analytics/", figures.figures, name="analytics"),
    path("lent/", readers.lent, name="lent"),
    path("export/", readers.everything, name="export-all"),
    path("start/", steps.start, name="start"),
    path(_ONE, pages.session, name="session"),
    path(f"{_ONE}answer/", answers.answer, name="answer"),
    path(f"{_ONE}answers/", answers.review, name="answers"),
    path(f"{_ONE}answers/save/", answers.save, name="save-answer"),
    path(f"{_ONE}answers/<uuid:prompt_id>/", answers.edit, name="edit-answer"),
    path(f"{_ONE}answers/<uuid:prompt_id>/remove/", answers.remove, name="remove-answer"),
    path(f"{_ONE}scope/", steps.scope, name="scope"),
    path(f"{_ONE}profile/", steps.profile, name="profile"),
    path(f"{_ONE}section/", steps.choose_section, name="select-section"),
    path(f"{_ONE}advance/", steps.go_on, name="advance"),
    path(f"{_ONE}back/", steps.back, name="back"),
    path(f"{_ONE}skip/", steps.leave_out, name="skip"),
    path(f"{_ONE}pause/", steps.pause, name="pause"),
    path(f"{_ONE}resume/", steps.resume, name="resume"),
    path(f"{_ONE}abandon/", steps.abandon, name="abandon"),
    path(f"{_ONE}delete/", steps.delete, name="delete"),
    path(f"{_ONE}book/", book.book, name="book"),
    path(f"{_ONE}book/save/", book.save, name="save-book"),
    path(f"{_ONE}book/chapters/", book.arrange, name="arrange-book"),
    path(f"{_ONE}book/photo/", book.photo, name="photo"),
    path(f"{_ONE}book/photo/remove/", book.remove_photo, name="remove-photo"),
    path(f"{_ONE}book/<slug:kind>/", book.download, name="book-file"),
    path(f"{_ONE}read/", book.read, name="read"),
    path(f"{_ONE}readers/", readers.readers, name="readers"),
    path(f"{_ONE}readers/<uuid:reader_id>/remove/", readers.take_back, name="take-back"),
    path(f"{_ONE}give-back/", readers.give_back, name="give-back"),
    path(f"{_ONE}export/", readers.export, name="export"),
]
