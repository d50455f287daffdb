"""The OpenAPI document, read as the author of a client would."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    with redirect_stderr(io.StringIO()) as said:
        generator: Any = SchemaGenerator
        made: dict[str, Any] = generator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS, said.getvalue()
    return made


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_it_is_made_without_a_warning_and_is_valid(document: dict[str, Any]) -> None:
    validate_schema(document)  # type: ignore[no-untyped-call]
    assert document["openapi"].startswith("3.")


def test_every_operation_has_a_summary_a_tag_and_a_name_of_its_own(document: dict[str, Any]) -> None:
    found = dict(operations(document))
    assert len(found) > 40
    assert [each for each, operation in found.items() if not operation.get("summary")] == []
    assert [each for each, operation in found.items() if len(operation["summary"]) > 80] == []
    described = {tag["name"] for tag in document["tags"]}
    assert {tag for operation in found.values() for tag in operation["tags"]} == described
    assert len({operation["operationId"] for operation in found.values()}) == len(found)


def test_every_operation_says_which_problems_it_may_answer(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        answers = set(operation["responses"])
        assert "401" in answers, name
        assert not ("requestBody" in operation and "400" not in answers), name
        assert not ("{" in name and "404" not in answers), name
        assert ("403" in answers) == ("/auth/" not in name), name


def test_every_problem_is_in_the_one_format(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status >= "400":
                meant = answer
                if "$ref" in answer:
                    meant = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                assert list(meant["content"]) == [PROBLEM], (name, status)
                assert meant["content"][PROBLEM]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_paths_name_ids_alike(document: dict[str, Any]) -> None:
    assert not [path for path in document["paths"] if "{pk}" in path]


def test_enumerations_have_names_that_a_client_can_use(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert [name for name in schemas if name.endswith("Enum")] == []
    assert "timed_out" in schemas["ExecutionStatus"]["enum"]


def test_it_tells_the_ways_in(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    assert (schemes["accessToken"]["scheme"], schemes["apiKey"]["name"]) == ("bearer", "Authorization")
    opened = {name for name, operation in operations(document) if {} in operation.get("security", [{}])}
    assert opened == {
        "post /api/v1/auth/token/",
        "post /api/v1/auth/token/refresh/",
        "post /api/v1/auth/logout/",
    }


@pytest.mark.parametrize(
    ("operation_id", "status"),
    [
        ("workflows_execute", "202"),
        ("workflows_execute", "200"),
        ("workflows_publish", "400"),
        ("workflows_validate", "200"),
        ("approvals_approve", "200"),
    ],
)
def test_what_matters_has_examples(document: dict[str, Any], operation_id: str, status: str) -> None:
    operation = next(each for _, each in operations(document) if each["operationId"] == operation_id)
    body = next(iter(operation["requestBody"]["content"].values()))
    answer = next(iter(operation["responses"][status]["content"].values()))
    assert body["examples"]
    assert answer["examples"]


def test_starting_a_run_takes_a_key(document: dict[str, Any]) -> None:
    execute = document["paths"]["/api/v1/workflows/{id}/execute/"]["post"]
    assert "Idempotency-Key" in {parameter["name"] for parameter in execute["parameters"]}


def test_the_document_is_served_as_yaml_and_as_json() -> None:
    assert b"openapi: 3" in Client().get(reverse("schema")).content
    answer = Client().get(reverse("schema"), headers={"accept": "application/json"})
    assert answer.json()["info"]["title"] == "Orchestrator"


def test_the_page_of_the_docs_holds_nothing_that_the_policy_forbids() -> None:
    answer = Client().get(reverse("docs"))
    page = answer.content.decode()
    assert "unsafe-inline" not in answer["content-security-policy"]
    assert "<style" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert page.count("<script src=") == page.count("<script") == 3


def test_everything_of_strategy_has_examples_of_what_is_sent_and_answered(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        if "/strategy/" not in name:
            continue
        sent = operation.get("requestBody", {}).get("content", {})
        told = [each for status, each in operation["responses"].items() if status < "400"]
        answered = [each["content"] for each in told if each.get("content")]
        for content in (sent, *answered):
            assert not content or any(each.get("examples") for each in content.values()), name


def test_problems_that_an_address_does_not_tell_are_named(document: dict[str, Any]) -> None:
    created = document["paths"]["/api/v1/strategy/corporations/"]["post"]
    assert {"400", "409", "503"} <= set(created["responses"])
    assert "x-further-problems" not in str(document)
