"""Errors of endless recursion, told briefly: IPython would format thousands of frames, which takes half a minute."""

from __future__ import annotations

from types import TracebackType
from typing import Any

MOST_AT_EACH_END = 12


def tell_recursion_briefly(shell: Any) -> None:
    """Let a shell show the first and the last frames of a ``RecursionError``; other errors are shown as ever."""
    shell.set_custom_exc((RecursionError,), _show)


def shortened(trace: TracebackType | None) -> TracebackType | None:
    """Take the middle out of a long traceback.

    Examples
    --------
    >>> def endless(n):
    ...     return endless(n + 1)
    >>> try:
    ...     endless(0)
    ... except RecursionError as error:
    ...     kept = shortened(error.__traceback__)
    >>> count = 0
    >>> while kept is not None:
    ...     kept, count = kept.tb_next, count + 1
    >>> count
    24
    """
    steps: list[TracebackType] = []
    step = trace
    while step is not None:
        steps.append(step)
        step = step.tb_next
    if len(steps) > 2 * MOST_AT_EACH_END:
        steps[MOST_AT_EACH_END - 1].tb_next = steps[-MOST_AT_EACH_END]
    return trace


def _show(
    shell: Any, kind: type[BaseException], error: BaseException, trace: TracebackType, tb_offset: int | None = None
) -> None:
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        each.__traceback__ = shortened(each.__traceback__)
        each = each.__cause__ or each.__context__
    shell.showtraceback((kind, error, shortened(trace)), tb_offset=tb_offset, running_compiled_code=True)
