"""JSON to and from the models. A codec takes up to 40 ms to build, so each is built when it is first needed."""

from typing import Any

from mashumaro.codecs.orjson import ORJSONDecoder, ORJSONEncoder

_encoders: dict[type[Any], ORJSONEncoder[Any]] = {}
_decoders: dict[type[Any], ORJSONDecoder[Any]] = {}


def encode(model: object) -> bytes:
    """A model as JSON."""
    kind = type(model)
    if kind not in _encoders:
        _encoders[kind] = ORJSONEncoder(kind)
    return _encoders[kind].encode(model)


def decode[T](data: bytes, kind: type[T]) -> T:
    """The model that JSON holds; raises ValueError or LookupError when it holds none (damaged)."""
    if kind not in _decoders:
        _decoders[kind] = ORJSONDecoder(kind)
    model: T = _decoders[kind].decode(data)
    return model
