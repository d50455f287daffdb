"""Forms of tapes: making one up, importing, recording, naming."""

from __future__ import annotations

from django import forms

from orchestrator.core.web.forms import StyledForm


class GenerateForm(StyledForm):
    name = forms.CharField(max_length=200, initial="Generated")
    messages = forms.IntegerField(initial=20_000, help_text="100 to 2,000,000; 100,000 take about a second")
    markets = forms.IntegerField(initial=3, help_text="1 to 50, each with two outcomes")
    seed = forms.IntegerField(initial=1, help_text="The same number gives the same tape")
    resolves = forms.BooleanField(required=False, label="Each market ends with a winner")
    key = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)


class ImportForm(StyledForm):
    file = forms.FileField(
        label="Tape file",
        help_text="JSON lines, plain or gzipped, as tapes are downloaded here.",
        widget=forms.FileInput(attrs={"accept": ".jsonl,.gz,.jsonl.gz,application/gzip"}),
    )
    name = forms.CharField(max_length=200, required=False, help_text="The file's own, if you leave it blank")
    key = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)


class RecordForm(StyledForm):
    """``tokens`` are ticked on a market's page."""

    name = forms.CharField(max_length=200)
    tokens = forms.CharField(max_length=60_000)
    key = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)


class NameForm(StyledForm):
    name = forms.CharField(max_length=200)
