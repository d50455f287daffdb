"""JSON Schemas that people write: nothing is fetched for them, and none stops what checks against it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orchestrator.core.errors import InvalidInput
from orchestrator.core.schemas import check_schema, complaints
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.services.definitions import change_workflow
from tests.factories import make_workflow, start
from tests.stand_in import Answer, stand_in

NUMBER: dict[str, Any] = {
    "type": "object",
    "properties": {"n": {"$ref": "#/$defs/small"}},
    "$defs": {"small": {"maximum": 3}},
}


def test_faults_are_told_by_the_path_of_their_field() -> None:
    assert complaints({"n": 2}, NUMBER, under="input") == {}
    assert complaints({"n": 4}, NUMBER, under="input") == {"input.n": ["4 is greater than the maximum of 3"]}


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://127.0.0.1/secret"},
        {"properties": {"a": {"items": [{"$ref": "file:///etc/passwd"}]}}},
        {"allOf": [{"$dynamicRef": "https://example.com/#there"}]},
        {"$id": "http://example.com/", "$ref": "other"},
    ],
)
def test_a_schema_refers_only_to_itself(schema: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"only to parts of itself|not a JSON Schema"):
        check_schema(schema)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"$ref": "#/$defs/nowhere"}, "what is not in it"),
        ({"$ref": "#"}, "itself without end"),
        ({"$ref": "file:///etc/passwd"}, "what is not in it: file:///etc/passwd"),
    ],
)
def test_one_that_cannot_be_followed_is_told_and_not_raised(schema: dict[str, Any], words: str) -> None:
    assert words in complaints({}, schema, under="input")["input"][0]


@pytest.mark.parametrize("follow", [complaints, None])
def test_nothing_is_fetched_for_a_schema(follow: Callable[..., Any] | None) -> None:
    """The control: the library by itself would."""
    with stand_in(lambda request: Answer(body=b"{}")) as outside:
        schema = {"$ref": outside.url}
        if follow is not None:
            assert follow({}, schema, under="input") != {}
        else:
            with pytest.warns(DeprecationWarning, match="remote references"):
                list(Draft202012Validator(schema).iter_errors({}))
        assert len(outside.received) == (0 if follow is not None else 1)


@pytest.mark.django_db
def test_a_workflow_s_input_schema_stays_with_itself() -> None:
    workflow = make_workflow()
    with pytest.raises(InvalidInput) as refused:
        change_workflow(workflow.owner, workflow.pk, settings={"input_schema": {"$ref": "http://10.0.0.1/"}})
    assert "only to parts of itself" in refused.value.fields["settings.input_schema"][0]
    Workflow.objects.filter(pk=workflow.pk).update(settings={"input_schema": {"$ref": "#/$defs/nowhere"}})
    with pytest.raises(InvalidInput, match="does not fit"):
        start(workflow, {})
    assert not Execution.objects.exists()
