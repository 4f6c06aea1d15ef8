"""From kernels to object code that needs nothing of Python or numba when it runs."""

from __future__ import annotations

from typing import Any

import numba
from llvmlite import binding as llvm
from llvmlite import ir
from numba import types
from numba.core.registry import cpu_target

from fzclf import _kernels
from fzclf.lowering import OPTIONS
from fzclf.machine import HEAD, MISFIT, Convention, group_of, target_machine

_C_LIBRARY = {"exp", "log", "sqrt"}  # what a process has anyhow
_READABLE, _WRITABLE = 0x101, 0x501  # numpy's flags: C order, aligned, writable
_WORD = ir.IntType(64)


def compile_kernels(group: str) -> tuple[bytes, dict[str, Convention]]:
    """Object code of a group's kernels for this processor, and how each is called.

    Raises
    ------
    ValueError
        If a kernel uses what would not be there when the code runs without numba.
    """
    machine = target_machine()
    whole = llvm.parse_assembly("")
    whole.triple, whole.data_layout = llvm.get_process_triple(), str(machine.target_data)
    conventions = {}
    for name, kernel in [*vars(_kernels).items()]:
        if not isinstance(kernel, _kernels.Kernel) or group_of(name) != group:
            continue
        compiled = numba.njit(kernel.result(*kernel.arguments), **OPTIONS)(kernel.loop)
        (details,) = compiled.overloads.values()
        symbol = f"fzclf_{name}"
        whole.link_in(details.library.module)
        whole.link_in(llvm.parse_assembly(_entry(symbol, details.fndesc.llvm_func_name, kernel)))
        conventions[name] = Convention(symbol, [_described(kind) for kind in kernel.arguments], str(kernel.result))
    _optimise(whole, machine, {convention.symbol for convention in conventions.values()})
    unknown = {f.name for f in whole.functions if f.is_declaration and not f.name.startswith("llvm.")} - _C_LIBRARY
    if unknown:
        raise ValueError(f"kernels use {sorted(unknown)}, which is not there without numba")
    return machine.emit_object(whole), conventions


def _optimise(whole: Any, machine: Any, entries: set[str]) -> None:
    """As numba does for each function: loops turned so that they become vectors, then all of LLVM's passes."""
    for function in whole.functions:
        if not function.is_declaration and function.name not in entries:
            function.linkage = "internal"
    for level in (0, 3):
        tuning = llvm.create_pipeline_tuning_options(speed_level=level)
        tuning.loop_vectorization, tuning.slp_vectorization = level > 0, False
        builder = llvm.create_pass_builder(machine, tuning)
        passes = builder.getModulePassManager()
        if level == 0:
            passes.add_loop_rotate_pass()
            passes.add_instruction_combine_pass()
            passes.add_jump_threading_pass()
        passes.run(whole, builder)


def _described(kind: Any) -> str | list[Any]:
    return [str(kind.dtype), kind.ndim, kind.mutable] if isinstance(kind, types.Array) else str(kind)


def _entry(symbol: str, loop_symbol: str, kernel: _kernels.Kernel) -> str:
    """``int32 symbol(int64 *result, int64 *block, int64 *types)`` around a loop: finds its arguments and calls it.

    `types`: the address of the type of arrays, then of the type of the numbers in each array.
    """
    context = cpu_target.target_context
    module = ir.Module()
    words = _WORD.as_pointer()
    entry = ir.Function(module, ir.FunctionType(ir.IntType(32), [words] * 3), symbol)
    loop = ir.Function(module, context.call_conv.get_function_type(*kernel[1:]), loop_symbol)
    builder = ir.IRBuilder(entry.append_basic_block())
    block = [builder.load(builder.gep(entry.args[1], [_WORD(place)])) for place in range(len(kernel.arguments))]
    arrays = [pair for pair in zip(kernel.arguments, block, strict=True) if isinstance(pair[0], types.Array)]
    array_type, *number_types = (
        builder.load(builder.gep(entry.args[2], [_WORD(place)])) for place in range(len(arrays) + 1)
    )
    for (kind, word), number_type in zip(arrays, number_types, strict=True):
        fields = builder.inttoptr(word, words)
        own_type = builder.load(builder.gep(fields, [_WORD(HEAD - 1)]))  # every object has one: the rest is an array's
        with builder.if_then(builder.icmp_signed("!=", own_type, array_type), likely=False):
            builder.ret(ir.IntType(32)(MISFIT))
        with builder.if_then(builder.not_(_fits(builder, kind, fields, number_type)), likely=False):
            builder.ret(ir.IntType(32)(MISFIT))
    values = [_value_of(context, builder, kind, word) for kind, word in zip(kernel.arguments, block, strict=True)]
    status, answer = context.call_conv.call_function(builder, loop, *kernel[1:], values)
    if kernel.result != types.void:
        builder.store(answer, builder.bitcast(entry.args[0], answer.type.as_pointer()))
    builder.ret(status.code)
    return str(module)


def _fits(builder: Any, kind: Any, fields: Any, number_type: Any) -> Any:
    """Whether an array has the numbers and dimensions of its kind, no gaps, and may be written where it is."""
    half = ir.IntType(32)
    own_type = builder.load(builder.gep(fields, [_WORD(HEAD + 5)]))
    halves = builder.bitcast(fields, half.as_pointer())
    ndim, flags = (builder.load(builder.gep(halves, [_WORD(2 * (HEAD + place))])) for place in (1, 6))
    needed = half(_WRITABLE if kind.mutable else _READABLE)
    same = builder.and_(
        builder.icmp_signed("==", own_type, number_type), builder.icmp_signed("==", ndim, half(kind.ndim))
    )
    return builder.and_(same, builder.icmp_signed("==", builder.and_(flags, needed), needed))


def _value_of(context: Any, builder: Any, kind: Any, word: Any) -> Any:
    """What a word of the block stands for.

    An array is the address of its Python object, in which numpy keeps the address of
    the data, the number of dimensions, the addresses of shape, strides, base and type,
    and the flags, in this order and for good: every compiled user of numpy reads them there.
    """
    if kind == types.boolean:
        return builder.trunc(word, context.get_value_type(kind))
    if kind == types.float64:
        return builder.bitcast(word, context.get_value_type(kind))
    if not isinstance(kind, types.Array):
        return word
    fields = builder.inttoptr(word, _WORD.as_pointer())
    data, lengths = (builder.load(builder.gep(fields, [_WORD(HEAD + place)])) for place in (0, 2))
    lengths = builder.inttoptr(lengths, _WORD.as_pointer())
    shape = [builder.load(builder.gep(lengths, [_WORD(axis)])) for axis in range(kind.ndim)]
    item = context.get_data_type(kind.dtype).as_pointer()
    return _kernels.array_at(context, builder, kind, builder.inttoptr(data, item), shape)
