"""What every room's settings are made of. A room states its own in its module `settings`, each setting once."""

from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from scaling.core.errors import BadInput
from scaling.core.registry import Registry

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
Fraction = Annotated[float, Field(gt=0, lt=1)]


def _all_different(values: list | None) -> list | None:
    if values is not None and len(set(values)) < len(values):
        raise ValueError("the values must all be different")
    return values


#: A list whose values are all different: `Annotated[list[int], Distinct]`.
Distinct = AfterValidator(_all_different)


class Section(BaseModel):
    """A group of keys; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _no_yes_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """true is 1 in Python; nobody means that."""
        kinds = _kinds(cls.model_fields[info.field_name].annotation)
        if _holds_bool(value) and not kinds & {bool, Any} and not any(issubclass(kind, BaseModel) for kind in kinds):
            what = "text is needed, in quotes" if str in kinds else "a number is needed"
            raise ValueError(f"{what}; YAML reads yes, on, no and off as true and false, got {value!r}")
        return value


def _kinds(annotation: Any) -> set[Any]:
    """The types that an annotation is made of."""
    inner = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _kinds(inner[0])
    if get_origin(annotation) is Literal:
        return {type(value) for value in inner}
    return set().union(*map(_kinds, inner)) if inner else {annotation} if isinstance(annotation, type) else {Any}


def _holds_bool(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_bool, [*value, *value.values()]))
    return any(map(_holds_bool, value)) if isinstance(value, list | tuple) else isinstance(value, bool)


def laid_over(base: Any, over: Any) -> Any:
    """`over` on top of `base`, dictionaries key by key."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return base | {key: laid_over(base.get(key), value) for key, value in over.items()}


def with_preset(presets: dict[str, dict[str, Any]], section: str, given: Any) -> Any:
    """The whole configuration `given`, with what the chosen preset of a room says of its section under what is given.

    For a room whose presets stand in its own module, so that it leaves with its folders.
    """
    preset = presets.get(given.get("preset")) if isinstance(given, dict) else None
    return given if preset is None else given | {section: laid_over(preset, given.get(section, {}))}


def what_is_wrong(error: Any) -> str:
    """One of pydantic's errors in words, with the value that was given where that helps."""
    given = "" if error["type"] in ("missing", "value_error") else f", got {error['input']!r}"
    return error["msg"].removeprefix("Value error, ") + given


def by_name(registry: Registry, name: str) -> str:
    """The name of a file of the registry, in lower case; ValueError, which pydantic reports, if there is none."""
    try:
        return registry.check(name)
    except BadInput as problem:
        raise ValueError(str(problem)) from None
