"""What a graph takes, gives and holds, as JSON schemas for clients."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NotRequired, Required, get_origin, get_type_hints

from typing_extensions import TypedDict, is_typeddict

if TYPE_CHECKING:
    from langgraph.pregel import Pregel

    from podium.core.model import JsonObject


def schemas_of(graph: Pregel[Any, Any, Any, Any], graph_id: str) -> dict[str, Any]:
    """The schemas of a graph, as LangGraph's servers tell them; None for what has no schema.

    Args:
        graph: The graph.
        graph_id: What clients call it.
    """
    builder = getattr(graph, "builder", None)
    context = _tried(lambda: _schema(graph.context_schema)) if graph.context_schema else None
    return {
        "graph_id": graph_id,
        "input_schema": _tried(
            lambda: _schema(builder.input_schema) if builder else graph.get_input_jsonschema()
        ),
        "output_schema": _tried(
            lambda: _schema(builder.output_schema) if builder else graph.get_output_jsonschema()
        ),
        "state_schema": _tried(lambda: _schema(builder.state_schema) if builder else _channels(graph)),
        "config_schema": context,
        "context_schema": context,
    }


def _tried(make: Callable[[], JsonObject]) -> JsonObject | None:
    try:
        return make()
    except Exception:  # noqa: BLE001 - users' types: what pydantic cannot describe has no schema
        return None


def _schema(kind: Any) -> JsonObject:
    from pydantic import TypeAdapter

    return TypeAdapter(_known(kind)).json_schema()


def _known(kind: Any) -> Any:
    """The type; a `typing.TypedDict` in the form that pydantic can describe on every Python."""
    if not is_typeddict(kind):
        return kind
    hints = get_type_hints(kind, include_extras=True)
    fields = {name: _marked(hint, name in kind.__required_keys__) for name, hint in hints.items()}
    return TypedDict(kind.__name__, fields)  # type: ignore[operator]  # made of what is known only now


def _marked(hint: Any, required: bool) -> Any:
    if get_origin(hint) in (Required, NotRequired):
        return hint
    return hint if required else NotRequired[hint]


def _channels(graph: Pregel[Any, Any, Any, Any]) -> JsonObject:
    from pydantic import create_model

    channels: Any = graph.channels
    fields: dict[str, Any] = {name: (channels[name].ValueType, None) for name in graph.stream_channels_list}
    made: Any = create_model(graph.get_name("State"), **fields)
    schema: JsonObject = made.model_json_schema()
    return schema
