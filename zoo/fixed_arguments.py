"""Constructor arguments that stay as they are."""

import inspect
from typing import Any

# Arguments of every Keras model, which has its own rules for them.
OF_KERAS = ("name", "dtype", "trainable")


class FixedArguments:
    """Refuses other values for the constructor's arguments of a built model.

    Functions that Keras has compiled keep the values that they were traced
    with, so that another value would have no effect. Put it before
    `keras.Model` in the list of bases.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if (
            getattr(self, "built", False)
            and name in vars(self)
            and name not in OF_KERAS
            and name in arguments_of_class(type(self))
        ):
            raise AttributeError(
                f"`{name}` of a {type(self).__name__} stays as it is, since "
                "compiled functions keep it. Make another model: pass "
                f"{name}={value!r} to the constructor or to `from_preset`, or "
                "an argument of that name to a function that takes one"
            )
        super().__setattr__(name, value)


def arguments_of_class(cls: type) -> tuple[str, ...]:
    """Return the arguments of a constructor, those of its parents first."""
    names = dict.fromkeys(
        parameter.name
        for base in reversed(cls.__mro__)
        if issubclass(base, FixedArguments) and "__init__" in vars(base)
        for parameter in inspect.signature(base).parameters.values()
        if parameter.kind is not parameter.VAR_KEYWORD
    )
    return tuple(names)
