"""From kernels to object code that needs nothing of Python or numba when it runs."""

from __future__ import annotations

from functools import partial
from typing import Any

import numba
from llvmlite import binding as llvm
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target

from fzclf import _kernels
from fzclf.calling import HEAD, MISFIT, PYTHON, Convention, of_python
from fzclf.lowering import OPTIONS
from fzclf.machine import group_of, target_machine

_AT_HAND = {"exp", "log", "sqrt"} | {of_python(name) for name in PYTHON}  # what a process has anyhow
_READABLE, _WRITABLE = 0x101, 0x501  # numpy's flags: C order, aligned, writable
_WORD, _STATUS, _DOUBLE = ir.IntType(64), ir.IntType(32), ir.DoubleType()
_OBJECT = ir.IntType(8).as_pointer()  # of Python, and what else it hands out


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
        whole.link_in(llvm.parse_assembly(_function(symbol, kernel)))
        conventions[name] = Convention(symbol, [_described(kind) for kind in kernel.arguments], str(kernel.result))
    symbols = {convention.symbol for convention in conventions.values()}
    _optimise(whole, machine, symbols | {f"{symbol}_function" for symbol in symbols})
    unknown = {f.name for f in whole.functions if f.is_declaration and not f.name.startswith("llvm.")} - _AT_HAND
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
    entry = ir.Function(module, ir.FunctionType(_STATUS, [words] * 3), symbol)
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
            builder.ret(_STATUS(MISFIT))
        with builder.if_then(builder.not_(_fits(builder, kind, fields, number_type)), likely=False):
            builder.ret(_STATUS(MISFIT))
    values = [_value_of(context, builder, kind, word) for kind, word in zip(kernel.arguments, block, strict=True)]
    status, answer = context.call_conv.call_function(builder, loop, *kernel[1:], values)
    if kernel.result != types.void:
        builder.store(answer, builder.bitcast(entry.args[0], answer.type.as_pointer()))
    builder.ret(status.code)
    return str(module)


def _function(symbol: str, kernel: _kernels.Kernel) -> str:
    """``PyObject *symbol_function(PyObject *self, PyObject *arguments)`` around the entry, which runs without the lock.

    What is not as the entry wants it goes to `self`, which tries again or says what is wrong. A loop that failed
    is not run again: it may have written.
    """
    module = ir.Module()
    python = partial(_python, module)
    entry = ir.Function(module, ir.FunctionType(_STATUS, [_WORD.as_pointer()] * 3), symbol)
    cell = ir.GlobalVariable(module, _WORD.as_pointer(), f"{symbol}_types")
    cell.initializer = ir.Constant(cell.type.pointee, None)
    function = ir.Function(module, ir.FunctionType(_OBJECT, [_OBJECT] * 2), f"{symbol}_function")
    builder = ir.IRBuilder(function.append_basic_block())
    own, arguments = function.args
    careful = function.append_basic_block("careful")
    with builder.goto_block(careful):
        builder.ret(builder.call(python("PyObject_CallObject", _OBJECT, _OBJECT, _OBJECT), [own, arguments]))
    n_arguments = _WORD(len(kernel.arguments))
    block, result = builder.alloca(_WORD, n_arguments), builder.alloca(_WORD)
    size = builder.call(python("PyTuple_Size", _WORD, _OBJECT), [arguments])
    with builder.if_then(builder.icmp_signed("!=", size, n_arguments), likely=False):
        builder.branch(careful)
    item = python("PyTuple_GetItem", _OBJECT, _OBJECT, _WORD)
    for place, kind in enumerate(kernel.arguments):
        word, doubtful = _word_of(builder, python, kind, builder.call(item, [arguments, _WORD(place)]))
        builder.store(word, builder.gep(block, [_WORD(place)]))
        if doubtful is None:
            continue
        with builder.if_then(doubtful, likely=False):
            error = builder.call(python("PyErr_Occurred", _OBJECT), [])
            with builder.if_then(builder.icmp_unsigned("!=", error, _OBJECT(None)), likely=False):
                builder.call(python("PyErr_Clear", ir.VoidType()), [])
                builder.branch(careful)
    state = builder.call(python("PyEval_SaveThread", _OBJECT), [])
    code = builder.call(entry, [result, block, builder.load(cell)])
    builder.call(python("PyEval_RestoreThread", ir.VoidType(), _OBJECT), [state])
    with builder.if_then(builder.icmp_signed("==", code, _STATUS(MISFIT)), likely=False):
        builder.branch(careful)
    with builder.if_then(builder.icmp_signed("!=", code, _STATUS(0)), likely=False):
        call_method = python("PyObject_CallMethod", _OBJECT, _OBJECT, _OBJECT, _OBJECT, var_arg=True)
        builder.ret(builder.call(call_method, [own, _text(builder, "fail"), _OBJECT(None)]))
    if kernel.result == types.void:
        build = python("Py_BuildValue", _OBJECT, _OBJECT, var_arg=True)
        answer = builder.call(build, [_text(builder, "")])
    elif kernel.result == types.float64:
        value = builder.bitcast(builder.load(result), _DOUBLE)
        answer = builder.call(python("PyFloat_FromDouble", _OBJECT, _DOUBLE), [value])
    else:
        answer = builder.call(python("PyLong_FromLongLong", _OBJECT, _WORD), [builder.load(result)])
    builder.ret(answer)
    return str(module)


def _python(module: Any, name: str, result: Any, *arguments: Any, var_arg: bool = False) -> Any:
    """A function of Python's own."""
    symbol = of_python(name)
    return module.globals.get(symbol) or ir.Function(module, ir.FunctionType(result, arguments, var_arg), symbol)


def _text(builder: Any, text: str) -> Any:
    """A constant, ended by a NUL."""
    data = cgutils.global_constant(builder, f"text_{text}", cgutils.make_bytearray(text.encode() + b"\0"))
    return builder.bitcast(data, _OBJECT)


def _word_of(builder: Any, python: Any, kind: Any, thing: Any) -> tuple[Any, Any]:
    """A Python object as a word of the block, and whether it may be of the wrong type: -1 is a number, too.

    An array may be anything: the entry looks.
    """
    if isinstance(kind, types.Array):
        return builder.ptrtoint(thing, _WORD), None
    if kind == types.boolean:
        truth = builder.call(python("PyObject_IsTrue", _STATUS, _OBJECT), [thing])
        return builder.sext(truth, _WORD), builder.icmp_signed("==", truth, _STATUS(-1))
    if kind == types.float64:
        value = builder.call(python("PyFloat_AsDouble", _DOUBLE, _OBJECT), [thing])
        return builder.bitcast(value, _WORD), builder.fcmp_ordered("==", value, _DOUBLE(-1.0))
    name = "PyLong_AsUnsignedLongLong" if kind == types.uint64 else "PyLong_AsLongLong"
    word = builder.call(python(name, _WORD, _OBJECT), [thing])
    return word, builder.icmp_signed("==", word, _WORD(-1))


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
