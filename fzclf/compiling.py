"""From kernels to object code that needs nothing of Python or numba when it runs."""

from __future__ import annotations

from typing import Any

import numba
from llvmlite import binding as llvm
from llvmlite import ir
from numba import types
from numba.core.registry import cpu_target

from fzclf import _kernels
from fzclf.machine import HEAD, Convention, target_machine

_OPTIONS = {"nogil": True, "_nrt": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_C_LIBRARY = {"exp", "log", "sqrt"}  # what a process has anyhow
_WORD = ir.IntType(64)


def compile_kernels() -> tuple[bytes, dict[str, Convention]]:
    """Object code of all kernels for this processor, and how each is called.

    Raises
    ------
    ValueError
        If a kernel uses what would not be there when the code runs without numba.
    """
    whole = llvm.parse_assembly("")
    conventions = {}
    for name, (loop, result, arguments) in _kernels.LOOPS.items():
        compiled = numba.njit(result(*arguments), **_OPTIONS)(loop)
        (details,) = compiled.overloads.values()
        entry = _entry(f"fzclf_{name}", details.fndesc.llvm_func_name, result, arguments)
        for part in (*compiled.inspect_llvm().values(), entry):
            whole.link_in(llvm.parse_assembly(part))
        described = [[str(kind.dtype), kind.mutable] if _is_array(kind) else str(kind) for kind in arguments]
        conventions[name] = Convention(f"fzclf_{name}", described, str(result))
    unknown = {f.name for f in whole.functions if f.is_declaration and not f.name.startswith("llvm.")} - _C_LIBRARY
    if unknown:
        raise ValueError(f"kernels use {sorted(unknown)}, which is not there without numba")
    return target_machine().emit_object(whole), conventions


def _entry(name: str, symbol: str, result: Any, arguments: tuple[Any, ...]) -> str:
    """``int32 name(int64 *result, int64 *block)`` around a loop: finds its arguments, in words, and calls it."""
    context = cpu_target.target_context
    module = ir.Module()
    words = _WORD.as_pointer()
    entry = ir.Function(module, ir.FunctionType(ir.IntType(32), [words, words]), name)
    loop = ir.Function(module, context.call_conv.get_function_type(result, arguments), symbol)
    builder = ir.IRBuilder(entry.append_basic_block())
    values = [
        _value_of(context, builder, kind, builder.load(builder.gep(entry.args[1], [_WORD(place)])))
        for place, kind in enumerate(arguments)
    ]
    status, answer = context.call_conv.call_function(builder, loop, result, arguments, values)
    if result != types.void:
        builder.store(answer, builder.bitcast(entry.args[0], answer.type.as_pointer()))
    builder.ret(status.code)
    return str(module)


def _is_array(kind: Any) -> bool:
    return isinstance(kind, types.Array)


def _value_of(context: Any, builder: Any, kind: Any, word: Any) -> Any:
    """What a word of the block stands for.

    An array is the address of its Python object, in which numpy keeps the address of
    the data, the number of dimensions and the address of the shape, in this order and
    for good: every compiled user of numpy reads them there.
    """
    if kind == types.boolean:
        return builder.trunc(word, context.get_value_type(kind))
    if kind == types.float64:
        return builder.bitcast(word, context.get_value_type(kind))
    if not _is_array(kind):
        return word
    fields = builder.inttoptr(word, _WORD.as_pointer())
    data, shape = (builder.load(builder.gep(fields, [_WORD(HEAD + place)])) for place in (0, 2))
    length = builder.load(builder.inttoptr(shape, _WORD.as_pointer()))
    item = context.get_data_type(kind.dtype).as_pointer()
    return _kernels.array_at(context, builder, kind, builder.inttoptr(data, item), length)
