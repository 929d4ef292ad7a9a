"""What every room's settings are made of. A room states its own in its module `settings`, each setting once."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

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

    model_config = ConfigDict(extra="forbid", frozen=True)


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
