"""Forms of candles: uploading them and having them made up."""

from __future__ import annotations

from django import forms

from orchestrator.core.web.forms import StyledForm

_STEPS = [(60, "1 minute"), (300, "5 minutes"), (900, "15 minutes"), (3_600, "1 hour"), (86_400, "1 day")]


class UploadForm(StyledForm):
    name = forms.CharField(max_length=200, required=False, help_text="The file's name, if you leave it blank")
    file = forms.FileField(
        label="CSV file",
        help_text="A heading, then time, open, high, low, close and, if there is one, volume.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    day_first = forms.ChoiceField(
        required=False,
        label="Dates such as 03/04/2024",
        choices=[("", "Work it out"), ("1", "Day first: 3 April"), ("0", "Month first: 4 March")],
    )

    def which_first(self) -> bool | None:
        """Whether the day comes first; None where the file has to say it."""
        return {"1": True, "0": False}.get(self.cleaned_data["day_first"])


class GenerateForm(StyledForm):
    name = forms.CharField(max_length=200, initial="Generated")
    bars = forms.IntegerField(initial=2_000, help_text="100 to 200,000")
    step_seconds = forms.TypedChoiceField(label="A bar is", coerce=int, choices=_STEPS, initial=3_600)
    seed = forms.IntegerField(initial=1, help_text="The same number gives the same candles")


class NameForm(StyledForm):
    name = forms.CharField(max_length=200)
