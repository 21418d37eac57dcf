"""Recipes that take their options, or the same keywords."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import is_dataclass
from typing import Any, ParamSpec, Protocol, TypeVar, cast, overload

from convzoo.common.option import described, with_arguments
from convzoo.training.run import Run

Arguments = ParamSpec("Arguments")
Options = TypeVar("Options")
Taken = TypeVar("Taken", contravariant=True)


class Recipe(Protocol[Arguments, Taken]):
    """The type of a recipe, for editors and type checkers."""

    @overload
    def __call__(self, options: Taken, /) -> Run: ...

    @overload
    def __call__(
        self, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Run: ...


def recipe(
    options: Callable[Arguments, Options],
) -> Callable[[Callable[[Options], Run]], Recipe[Arguments, Options]]:
    """Decorate a function of options to accept the same keywords.

    Args:
        options: The dataclass of the options.
    """

    def decorate(
        train: Callable[[Options], Run],
    ) -> Recipe[Arguments, Options]:
        @functools.wraps(train)
        def called(*args: Any, **kwargs: Any) -> Run:
            if len(args) == 1 and isinstance(args[0], cast(type, options)):
                (given,) = args
                if kwargs:
                    raise TypeError(
                        f"{train.__name__}() takes options or keywords, not "
                        f"both. Received: {', '.join(kwargs)}"
                    )
                return train(given)
            if len(args) == 1 and is_dataclass(args[0]):
                raise TypeError(
                    f"{train.__name__}() takes {cast(type, options).__name__}. "
                    f"Received: {type(args[0]).__name__}"
                )
            try:
                given = options(*args, **kwargs)
            except TypeError as error:
                # It names the constructor of the options.
                constructor = f"{cast(type, options).__name__}.__init__"
                text = str(error).replace(constructor, train.__name__)
                raise TypeError(text) from error
            return train(given)

        # `help` shows the options; editors see them by `Recipe`.
        vars(called)["__signature__"] = _signature(cast(type, options))
        doc = inspect.cleandoc(train.__doc__ or "")
        called.__doc__ = with_arguments(doc, cast(type, options))
        return cast(Recipe[Arguments, Options], called)

    return decorate


def _signature(options: type) -> inspect.Signature:
    """The signature of the options, with plain types."""
    kinds = {each.name: each.kind for each in described(options)}
    parameters = inspect.signature(options).parameters.values()
    return inspect.Signature(
        [each.replace(annotation=kinds[each.name]) for each in parameters],
        return_annotation=Run,
    )
