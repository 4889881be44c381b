"""The OpenAPI document, made from the operations themselves."""

import json
import re
import sys
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import nbreduce
from nbreduce.server.base import METHODS
from nbreduce.server.errors import ErrorAnswer
from nbreduce.server.operation import Operation

_REF = "#/components/schemas/{model}"
_ERRORS = {
    "400": "The request cannot be read.",
    "403": "Who asks is not known, or may not.",
    "404": "There is no such thing.",
    "409": "It cannot be done to the thing as it now is.",
    "413": "The body is too large.",
    "422": "A value is not allowed, or a thing is not in order.",
    "503": "Something is not there just now; try again.",
}


def document(routes: dict[str, type[Any]], prefix: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of routes.

    OpenAPI has no words for WebSockets: `x-streams` names the model of what each sends.
    """
    found = {path: _operations(handler) for path, handler in routes.items()}
    streams = {path: one.sends for path, one in routes.items() if hasattr(one, "sends")}
    operations = [one for methods in found.values() for one in methods.values()]
    _, definitions = models_json_schema(_models(operations, streams.values()), ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "nbreduce",
            "version": nbreduce.__version__,
            "description": "Runs and their reductions.",
        },
        "servers": [{"url": prefix}],
        "security": [{"token": []}],
        "paths": {
            path: {method: _described(path, method, one) for method, one in methods.items()}
            for path, methods in found.items()
            if methods
        },
        "x-streams": {path: one.__name__ for path, one in streams.items()},
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "Authorization"}
            },
        },
    }


def _operations(handler: type[Any]) -> dict[str, Operation]:
    found = {name: getattr(getattr(handler, name), "operation", None) for name in METHODS}
    return {name: one for name, one in found.items() if one is not None}


def _models(
    operations: list[Operation], sent: Iterable[type[BaseModel]]
) -> list[tuple[type[BaseModel], Any]]:
    answers: list[type[BaseModel]] = [ErrorAnswer, *sent]
    models: list[tuple[type[BaseModel], Any]] = [(model, "serialization") for model in answers]
    for one in operations:
        if one.answer is not None:
            models.append((one.answer, "serialization"))
        if one.body is not None:
            models.append((one.body, "validation"))
    return list(dict.fromkeys(models))


def _described(path: str, method: str, one: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": _operation_id(path, method),
        "summary": one.summary,
        "parameters": [*_path_parameters(path), *_query_parameters(one.query)],
        "responses": {
            str(one.status): _content("Done.", one.answer),
            **{status: _content(words, ErrorAnswer) for status, words in _ERRORS.items()},
        },
    }
    if one.body is not None:
        told["requestBody"] = {**_content("", one.body), "required": _needs_something(one.body)}
        del told["requestBody"]["description"]
    return told


def _needs_something(body: type[BaseModel]) -> bool:
    """Say whether a body must be sent: none is read as an empty one."""
    return any(field.is_required() for field in body.model_fields.values())


def _operation_id(path: str, method: str) -> str:
    words = re.findall(r"\w+", path.replace(".json", ""))
    return "_".join([method, *words])


def _content(words: str, model: type[BaseModel] | None) -> dict[str, Any]:
    if model is None:
        file = {"type": "string", "format": "binary"}
        return {"description": words, "content": {"application/octet-stream": {"schema": file}}}
    reference = {"$ref": _REF.format(model=model.__name__)}
    return {"description": words, "content": {"application/json": {"schema": reference}}}


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", path)
    ]


def _query_parameters(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    if model is None:
        return []
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _inlined(one, definitions),
        }
        for name, one in schema["properties"].items()
    ]


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return definitions[schema["$ref"].rpartition("/")[2]]
    return {name: _inlined(one, definitions) for name, one in schema.items()}


def main() -> None:
    """Print the document, as the JupyterLab extension keeps it."""
    from nbreduce.server.routes import PREFIX, ROUTES

    sys.stdout.write(json.dumps(document(ROUTES, PREFIX), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
