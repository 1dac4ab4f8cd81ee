"""What every part of a rule file does: makes its model object and names unknown keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validates_schema

from engine import model
from engine.errors import N_
from engine.schema.fields import One, Text, Whole, unknown_keys

PLACES = Whole(0, 10)


class Part(Schema):
    """Loads a mapping into ``makes``; unknown keys are named with the nearest known one."""

    makes: ClassVar[Callable[..., Any]]
    coded: ClassVar[bool] = False

    class Meta:
        unknown = EXCLUDE

    def load(self, data: Any, **kwargs: Any) -> Any:
        kwargs["unknown"] = EXCLUDE
        return super().load(data, **kwargs)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _known(self, _data: Any, original: Any, **_: Any) -> None:
        if isinstance(original, Mapping):
            known = [field.data_key or name for name, field in self.fields.items()]
            if strange := unknown_keys(original, known):
                raise ValidationError(strange)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        given = {name: value for name, value in data.items() if value is not None}
        return self.makes(**({"code": ""} if self.coded else {}), **self.arranged(given))

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        """Turn the file's keys into the model's; most are the same."""
        return data


class BilingualPart(Part):
    makes = model.Bilingual
    zh = Text(required=True)
    en = Text(required=True)


class Words(One):
    remedy = N_("Write it in both languages: {{zh: 提成, en: commission}}.")


def words(**kwargs: Any) -> fields.Field[Any]:
    return Words(BilingualPart, **kwargs)
