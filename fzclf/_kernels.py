# ruff: noqa: C901, PLR0912, PLR0915, PLR1714, SIM110  (a kernel takes flat arrays, and only loops)
"""Every compiled loop of the library: flat arrays in, flat arrays out.

Nothing is checked here: an index out of range writes outside the array without a
word. The callers (`lexicon`, `cutting`, `counting`, `cuts`) check, and each kernel has its
slow twin in ``tests/slow_twins.py`` or beside its caller. All kernels stay in this one file, whose hash
is the name under which `fzclf.machine` keeps them compiled, and none reads a global
that could change. None asks for memory: there is no numba when they run.

Words used below
----------------
text, bounds
    Code points of many spans end to end; span ``s`` is ``bounds[s]:bounds[s + 1]``.
ends, token_bounds
    Token ``t`` is ``text[ends[t - 1]:ends[t]]`` (the first begins at 0); the tokens
    of span ``s`` are ``token_bounds[s]:token_bounds[s + 1]``.
node
    Number of a word or of an n-gram of words; an n-gram is its prefix's node and
    its last word's node.
table
    Open addressing with linear probing, slots of (key, value) side by side so that a
    probe touches one cache line; key 0 is an empty slot. At most 2 ** 32 slots.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array
from numpy.typing import NDArray

from fzclf.lowering import OPTIONS

Loop = TypeVar("Loop", bound=Callable[..., Any])

Array: TypeAlias = NDArray[Any]
Number: TypeAlias = Any  # numba knows the width of each number
GROUP = 32  # tokens that look at memory together; frozen into the kernels
BUCKET = 8  # n-grams in one cache line
BLOCK = 8  # sums that are added up together
BASE, LABEL_SHIFT, WEIGHT_SHIFT = (1 << 26) - 1, 26, 42  # what a node of the lexicon holds
AHEAD = 24  # tokens for which memory is asked before they are looked up
HALF_KEY = 21  # bits of the number of a node in an n-gram's entry

I64, U64, BOOL = types.int64, types.uint64, types.boolean
_WORD = ir.IntType(64)
_BUCKET_WORDS = ir.VectorType(_WORD, BUCKET)
U8S, U16S, U32S, U64S = (types.Array(t, 1, "C") for t in (types.uint8, types.uint16, types.uint32, types.uint64))
I32S, I64S, F64S = (types.Array(t, 1, "C") for t in (types.int32, types.int64, types.float64))
F32S = types.Array(types.float32, 1, "C")
INPUT_U8S, INPUT_U16S, INPUT_U32S, INPUT_I32S, INPUT_I64S, INPUT_F32S, INPUT_F64S = (
    types.Array(t, 1, "C", readonly=True)
    for t in (types.uint8, types.uint16, types.uint32, types.int32, types.int64, types.float32, types.float64)
)


# Called by other kernels; no memory of its own.
_inner: Callable[..., Callable[[Loop], Loop]] = partial(numba.njit, **OPTIONS)


class Kernel(NamedTuple):
    """A loop and the types that `fzclf.compiling` compiles it for; `fzclf.machine.kernels` has it by its name here."""

    loop: Callable[..., Any]
    result: Any
    arguments: tuple[Any, ...]


def _compiled(result: Any, *arguments: Any) -> Callable[[Callable[..., Any]], Kernel]:
    return lambda loop: Kernel(loop, result, arguments)


def _lowest_bit_typed(_context: Any, _word: Any) -> Any:
    """Index of the lowest set bit of a word that is not 0: one instruction."""

    def emit(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, True))

    return types.uint64(types.uint64), emit


_lowest_bit: Any = intrinsic(_lowest_bit_typed)


def array_at(context: Any, builder: Any, kind: Any, data: Any, shape: list[Any]) -> Any:
    """An array in C order over memory that something else owns."""
    array = make_array(kind)(context, builder)
    item_bytes = cgutils.intp_t(kind.dtype.bitwidth // 8)
    strides = [item_bytes]
    for length in shape[:0:-1]:
        strides.insert(0, builder.mul(strides[0], length))
    populate_array(array, data=data, shape=shape, strides=strides, itemsize=item_bytes, meminfo=None)
    return array._getvalue()


def _group_typed(_context: Any) -> Any:
    """Room for a number of each token of a group, on the stack."""

    def emit(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        length = cgutils.intp_t(GROUP)
        return array_at(context, builder, U64S, cgutils.alloca_once(builder, cgutils.intp_t, length), [length])

    return U64S(), emit


_group: Any = intrinsic(_group_typed)


def _bucket_at(context: Any, builder: Any, kind: Any, array: Any, slot: Any) -> Any:
    """The eight words of an array from a slot on, as a vector."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.load(builder.bitcast(builder.gep(data, [slot]), _BUCKET_WORDS.as_pointer()), align=8)


def _entry_in_bucket_typed(_context: Any, buckets: Any, _slot: Any, _key: Any) -> Any:
    """Of the eight entries from a slot on, the one with a key, else 0: all compared at once."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, slot, key = arguments
        entries = _bucket_at(context, builder, signature.args[0], array, slot)
        same = builder.icmp_unsigned(
            "==",
            builder.lshr(entries, ir.Constant(_BUCKET_WORDS, [HALF_KEY] * BUCKET)),
            _repeated(builder, key, BUCKET),
        )
        found = builder.select(same, entries, ir.Constant(_BUCKET_WORDS, [0] * BUCKET))
        kind = ir.FunctionType(_WORD, [_BUCKET_WORDS])
        name = f"llvm.vector.reduce.or.v{BUCKET}i64"
        any_of = cgutils.get_or_insert_function(builder.module, kind, name)
        return builder.call(any_of, [found])

    return types.uint64(buckets, types.uint64, types.uint64), emit


def _expect_typed(_context: Any, array: Any, _index: Any) -> Any:
    """Ask memory for an element that will be looked at soon; no index is wrong here."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte = ir.IntType(8).as_pointer()
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", (byte,), kind)
        place = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
        builder.call(prefetch, [place, number(0), number(3), number(1)])  # to read, into the nearest cache, data
        return context.get_dummy_value()

    return types.void(array, types.int64), emit


_expect: Any = intrinsic(_expect_typed)


def _repeated(builder: Any, value: Any, n: int) -> Any:
    """A vector of `n` times the same value."""
    places = ir.VectorType(ir.IntType(32), n)
    empty = ir.Constant(ir.VectorType(value.type, n), ir.Undefined)
    first = builder.insert_element(empty, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, first, ir.Constant(places, [0] * n))


_entry_in_bucket: Any = intrinsic(_entry_in_bucket_typed)


def _place_in_bucket_typed(_context: Any, keys: Any, _slot: Any, _key: Any) -> Any:
    """Which of the eight keys from a slot on is the one, 8 if none is."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, slot, key = arguments
        held = _bucket_at(context, builder, signature.args[0], array, slot)
        same = builder.icmp_unsigned("==", held, _repeated(builder, key, BUCKET))
        bits = builder.zext(builder.bitcast(same, ir.IntType(BUCKET)), _WORD)
        return builder.cttz(builder.or_(bits, ir.Constant(_WORD, 1 << BUCKET)), ir.Constant(ir.IntType(1), 1))

    return types.uint64(keys, types.uint64, types.uint64), emit


_place_in_bucket: Any = intrinsic(_place_in_bucket_typed)


def _add_rows_typed(  # the parameters are numba types
    _context: Any, out: Any, _to: Any, columns: Any, data: Any, _n: Any, _scale: Any, rows: Any, _width: Any, _at: Any
) -> Any:
    """``out[to + j] += scale * sum(data[i] * rows[columns[i] * width + at + j] for i in range(n))`` for eight `j`.

    numba makes no vectors of it itself; and with the sums in memory, each row waits for the one before.
    """

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        doubles, singles = (ir.VectorType(kind, BLOCK) for kind in (ir.DoubleType(), ir.FloatType()))
        out, columns, data, rows = (
            context.make_array(signature.args[place])(context, builder, arguments[place]).data for place in (0, 2, 3, 6)
        )
        to, n, scale, width, at = (arguments[place] for place in (1, 4, 5, 7, 8))
        sums = cgutils.alloca_once_value(builder, ir.Constant(doubles, [0.0] * BLOCK))
        with cgutils.for_range(builder, n) as loop:
            column = builder.zext(builder.load(builder.gep(columns, [loop.index])), _WORD)
            start = builder.gep(rows, [builder.add(builder.mul(column, width), at)])
            row = builder.fpext(builder.load(builder.bitcast(start, singles.as_pointer()), align=4), doubles)
            factor = _repeated(builder, builder.load(builder.gep(data, [loop.index])), BLOCK)
            builder.store(builder.fadd(builder.load(sums), builder.fmul(row, factor)), sums)
        target = builder.bitcast(builder.gep(out, [to]), doubles.as_pointer())
        scaled = builder.fmul(builder.load(sums), _repeated(builder, scale, BLOCK))
        builder.store(builder.fadd(builder.load(target, align=8), scaled), target, align=8)
        return context.get_dummy_value()

    i64 = types.int64
    return types.void(out, i64, columns, data, i64, types.float64, rows, i64, i64), emit


_add_rows: Any = intrinsic(_add_rows_typed)


@_compiled(I64, INPUT_U32S, INPUT_I64S, INPUT_I64S, BOOL, U16S, U32S, U32S, I64S)
def gather_spans(
    codes: Array, starts: Array, ends: Array, mapped: Number, pages: Array, images: Array, text: Array, bounds: Array
) -> Number:
    """Copy spans end to end, each character to its image if wanted; count the images that are marked.

    A page of 256 characters is a block of `images`, or 0 if none of them changes; the top bit of an image is its mark.
    """
    n_marked = np.int64(0)
    at = 0
    bounds[0] = 0
    for span in range(len(starts)):
        for i in range(starts[span], ends[span]):
            code = codes[i]
            if mapped:  # no branch: punctuation comes at any time (3.8 against 2 ns a character)
                page = pages[code >> 8]
                image = images[page * 256 + (code & 255)]
                n_marked += (image >> np.uint32(31)) * (page != 0)
                code = image & np.uint32(0x7FFFFFFF) if page != 0 else code
            text[at] = code
            at += 1
        bounds[span + 1] = at
    return n_marked


@_compiled(I64, INPUT_U32S, I64S, U8S, U32S, I64S)
def squeeze_spaces(text: Array, bounds: Array, spaces: Array, out: Array, out_bounds: Array) -> Number:
    """Put one space for each run of two or more white spaces inside a span."""
    at = 0
    out_bounds[0] = 0
    for span in range(len(bounds) - 1):
        i = bounds[span]
        stop = bounds[span + 1]
        while i < stop:
            code = text[i]
            run = i
            while run < stop and text[run] < len(spaces) and spaces[text[run]] != 0:
                run += 1
            if run - i >= 2:
                code = np.uint32(32)
                i = run
            else:
                i += 1
            out[at] = code
            at += 1
        out_bounds[span + 1] = at
    return at


@_compiled(types.void, INPUT_U32S, I32S, I64, U32S)
def separate(text: Array, ends: Array, separator: Number, out: Array) -> None:
    """Copy the text with a separator behind each word."""
    at = 0
    begin = 0
    for end in ends:
        for i in range(begin, end):
            out[at] = text[i]
            at += 1
        out[at] = separator
        at += 1
        begin = end


@_inner()
def _is_digit(code: Number) -> Number:
    return 48 <= code <= 57


@_inner()
def _is_alphanumeric(code: Number) -> Number:
    return _is_digit(code) or 65 <= code <= 90 or 97 <= code <= 122


@_inner()
def _child(parent: Number, char: Number, nodes: Array) -> Number:
    """The node of a child, 0 if there is none; node 0 has no children."""
    base = parent & np.uint64(BASE)
    node = nodes[base + char]
    return node if (_label(node) == char) & (base != 0) else np.uint64(0)


@_inner()
def _label(node: Number) -> Number:
    """The character that leads to a node."""
    return node >> np.uint64(LABEL_SHIFT) & np.uint64(0xFFFF)


@_inner()
def _is_word(ids: Array, x: Number, y: Number, nodes: Array) -> Number:
    node = nodes[ids[x]]
    for i in range(x + 1, y):
        node = _child(node, ids[i], nodes)
    return node >> np.uint64(WEIGHT_SHIFT) != 0


@_inner()
def _is_forced(ids: Array, x: Number, y: Number, nodes: Array, forced: Array) -> Number:
    slot = np.uint64(ids[x])
    for i in range(x + 1, y):
        base = nodes[slot] & np.uint64(BASE)
        slot = base + ids[i]
        if base == 0 or _label(nodes[slot]) != ids[i]:
            return False
    return forced[slot] != 0


@_inner(inline="always")
def _viterbi(
    begin: Number,
    x: Number,
    z: Number,
    ids: Array,
    nodes: Array,
    forced: Array,
    emissions: Array,
    hmm: Array,
    choices: Array,
    out_ends: Array,
    n_tokens: Number,
) -> Number:
    """Best path over B, E, M, S (numbers 0 to 3, in jieba's order of ties).

    hmm[0:4] is the start, hmm[4 + 4 * from + to] the step. A choice is one bit a
    state: 1 for the later of its two possible predecessors, which wins ties.
    """
    at = 4 * np.int64(ids[x])
    b = hmm[0] + emissions[at]
    e = hmm[1] + emissions[at + 1]
    m = hmm[2] + emissions[at + 2]
    s = hmm[3] + emissions[at + 3]
    for i in range(x + 1, z):
        at = 4 * np.int64(ids[i])
        b_from_e = e + hmm[8] + emissions[at]
        b_from_s = s + hmm[16] + emissions[at]
        e_from_b = b + hmm[5] + emissions[at + 1]
        e_from_m = m + hmm[13] + emissions[at + 1]
        m_from_b = b + hmm[6] + emissions[at + 2]
        m_from_m = m + hmm[14] + emissions[at + 2]
        s_from_e = e + hmm[11] + emissions[at + 3]
        s_from_s = s + hmm[19] + emissions[at + 3]
        choices[i] = (
            (b_from_s >= b_from_e)
            | ((e_from_m >= e_from_b) << 1)
            | ((m_from_m >= m_from_b) << 2)
            | ((s_from_s >= s_from_e) << 3)
        )
        b = b_from_s if b_from_s >= b_from_e else b_from_e
        e = e_from_m if e_from_m >= e_from_b else e_from_b
        m = m_from_m if m_from_m >= m_from_b else m_from_b
        s = s_from_s if s_from_s >= s_from_e else s_from_e
    # walk back, leaving in `choices` whether a word ends: in E (1) and S (3)
    state = 3 if s >= e else 1
    for i in range(z - 1, x - 1, -1):
        later = (choices[i] >> state) & 1
        choices[i] = state & 1
        state = 2 * later + ((state == 0) | (state == 3))
    first = x
    for i in range(x, z):
        if len(forced) > 0 and choices[i] == 1:
            if i > first and _is_forced(ids, first, i + 1, nodes, forced):
                for j in range(first, i):
                    choices[j] = 1
            first = i + 1
    for i in range(x, z):
        out_ends[n_tokens] = begin + i + 1
        n_tokens += choices[i]
    return n_tokens


@_inner(inline="always")
def _cut_unknown(
    text: Array,
    begin: Number,
    x: Number,
    y: Number,
    ids: Array,
    nodes: Array,
    forced: Array,
    emissions: Array,
    hmm: Array,
    choices: Array,
    out_ends: Array,
    n_tokens: Number,
) -> Number:
    """``jieba.finalseg.cut``: Viterbi on Han characters, a pattern on the rest."""
    while x < y:
        if text[begin + x] >= 0x4E00:
            z = x
            while z < y and text[begin + z] >= 0x4E00:
                z += 1
            n_tokens = _viterbi(begin, x, z, ids, nodes, forced, emissions, hmm, choices, out_ends, n_tokens)
            x = z
            continue
        if _is_alphanumeric(text[begin + x]):
            while x < y and _is_alphanumeric(text[begin + x]):
                x += 1
            if x + 1 < y and text[begin + x] == 46 and _is_digit(text[begin + x + 1]):
                x += 2
                while x < y and _is_digit(text[begin + x]):
                    x += 1
            if x < y and text[begin + x] == 37:
                x += 1
        else:
            while x < y and text[begin + x] < 0x4E00 and not _is_alphanumeric(text[begin + x]):
                x += 1
        out_ends[n_tokens] = begin + x
        n_tokens += 1
    return n_tokens


@_inner(inline="always")
def _number(text: Array, begin: Number, n: Number, char_ids: Array, ids: Array, at: Number) -> None:
    """Characters as the lexicon numbers them, from ``ids[at]`` on; 0 is none of its characters."""
    for i in range(n):
        code = text[begin + i]
        ids[at + i] = char_ids[code] if code < 65536 else np.uint16(0)


@_inner(inline="always")
def _number_part(text: Array, begin: Number, stop: Number, char_ids: Array, chunk: Number, ids: Array) -> Number:
    """The same for a part of a long span, up to the end of a block; return its length."""
    n = chunk
    _number(text, begin, n, char_ids, ids, 0)
    while begin + n < stop:
        _number(text, begin + n, 1, char_ids, ids, n)
        if ids[n] == 0 and ids[n - 1] != 0:
            break
        n += 1
    return n


@_inner(inline="always")
def _look_up_children(n: Number, ids: Array, nodes: Array, seconds: Array, thirds: Array, fourths: Array) -> None:
    """The nodes of the two, three and four characters from each on, 0 where no word begins so.

    Without a branch, and two and three characters asked for ahead: the processor
    waits for many cache lines at a time (see `cut_spans`). Four are rarely looked for.
    """
    for k in range(n):
        _expect(nodes, np.int64((nodes[ids[k]] & np.uint64(BASE)) + ids[k + 1]))
    for k in range(n):
        seconds[k] = _child(nodes[ids[k]], ids[k + 1], nodes)
        _expect(nodes, np.int64((seconds[k] & np.uint64(BASE)) + ids[k + 2]))
    for k in range(n):
        thirds[k] = _child(seconds[k], ids[k + 2], nodes)
    for k in range(n):
        fourths[k] = _child(thirds[k], ids[k + 3], nodes)


@_inner(inline="always")
def _best_route(
    n: Number,
    ids: Array,
    seconds: Array,
    thirds: Array,
    fourths: Array,
    nodes: Array,
    weights: Array,
    unknown: Number,
    route: Array,
    nexts: Array,
) -> None:
    """From right to left, the best sum of weights to the end; the longer word wins a tie.

    The three sums to the right wait in registers, and nothing but a word of five or
    more characters is a branch. Leaves in `seconds` 1 for a word character on its own.
    """
    nexts[n] = n + 2
    seconds[n] = 0
    for after in range(n, n + 4):
        route[after] = 0.0
    right1 = right2 = right3 = 0.0
    for k in range(n - 1, -1, -1):
        weight = weights[nodes[ids[k]] >> np.uint64(WEIGHT_SHIFT)]
        score2 = weights[seconds[k] >> np.uint64(WEIGHT_SHIFT)] + right2
        score3 = weights[thirds[k] >> np.uint64(WEIGHT_SHIFT)] + right3
        longer = score3 >= score2
        best = score3 if longer else score2
        step = 3 if longer else 2
        node = fourths[k]
        length = 4
        while node != 0:
            score = weights[node >> np.uint64(WEIGHT_SHIFT)] + route[k + length]
            if score >= best:
                best = score
                step = length
            node = _child(node, ids[k + length], nodes)
            length += 1
        # what is not known of this step but the sum right of it comes last: each step waits for the one before
        is_char = ids[k] != 0
        no_word = (best == -np.inf) & (weight == -np.inf)
        weight = (unknown if is_char else 0.0) if no_word else weight
        score1 = weight + (right1 if is_char else 0.0)
        alone = score1 > best
        best = score1 if alone else best
        step = 1 if alone else step
        route[k] = best
        nexts[k] = k + step
        seconds[k] = (step == 1) & is_char
        right3 = right2
        right2 = right1
        right1 = best


@_inner(inline="always")
def _follow_route(
    text: Array,
    begin: Number,
    x: Number,
    n: Number,
    ids: Array,
    seconds: Array,
    nexts: Array,
    nodes: Array,
    forced: Array,
    emissions: Array,
    hmm: Array,
    choices: Array,
    out_ends: Array,
    n_tokens: Number,
) -> Number:
    """Write the ends of the words from `x` to `n`; runs of single characters go to the model of characters."""
    while x < n:
        y = nexts[x]
        if text[begin + x] == 13 and x + 1 < n and text[begin + x + 1] == 10:
            y = x + 2
        if seconds[x] & seconds[y]:
            while seconds[y]:
                y += 1
            if _is_word(ids, x, y, nodes):
                while x < y - 1:
                    x += 1
                    out_ends[n_tokens] = begin + x
                    n_tokens += 1
            else:
                n_tokens = _cut_unknown(
                    text, begin, x, y, ids, nodes, forced, emissions, hmm, choices, out_ends, n_tokens
                )
                x = y
                continue
        x = y
        out_ends[n_tokens] = begin + x
        n_tokens += 1
    return n_tokens


@_compiled(
    *(I64, INPUT_U32S, INPUT_I64S, INPUT_I64S, U16S, U64S, F64S, U8S, F64S, F64S, I64),
    *(U16S, U64S, U64S, U64S, F64S, I32S, U8S, I32S, I64S),
)
def cut_spans(
    text: Array,
    starts: Array,
    stops: Array,
    char_ids: Array,
    nodes: Array,
    weights: Array,
    forced: Array,
    emissions: Array,
    hmm: Array,
    chunk: Number,
    ids: Array,
    seconds: Array,
    thirds: Array,
    fourths: Array,
    route: Array,
    nexts: Array,
    choices: Array,
    out_ends: Array,
    token_bounds: Array,
) -> Number:
    """Cut every span into jieba's words; return their number.

    Spans are taken together, as many as fit into `chunk` characters with a 0 behind each,
    which no word goes over; a longer one in parts, each ending where a block
    of word characters ends. So the scratch stays in the nearest cache, and there is enough to
    look up at once: nearly every line of the dictionary comes from afar, and sentence by sentence
    each waited for the one before (29 against 20 ns a character between other work). A node
    holds its base, its label, which is the character that leads there (bases are all
    different, so that alone says whose child it is), and which of `weights` is its
    word's (0 for none). Words of two, three and four characters are looked up for the
    whole chunk at once, without a branch: where walking from each character it guessed wrong
    at nearly every end of a walk (26 against 15 ns).
    """
    n_tokens = np.int64(0)
    token_bounds[0] = 0
    n_spans = len(starts)
    span = np.int64(0)
    begin = starts[0] if n_spans > 0 else np.int64(0)
    while span < n_spans:
        n = np.int64(0)
        if stops[span] - begin > chunk:
            n = _number_part(text, begin, stops[span], char_ids, chunk, ids)
        else:
            coming = span
            start = begin
            while coming < n_spans and n + stops[coming] - start <= chunk:
                _number(text, start, stops[coming] - start, char_ids, ids, n)
                n += stops[coming] - start
                ids[n] = 0
                n += 1
                coming += 1
                start = starts[coming] if coming < n_spans else np.int64(0)
        for after in range(n, n + 4):
            ids[after] = 0
        _look_up_children(n, ids, nodes, seconds, thirds, fourths)
        _best_route(n, ids, seconds, thirds, fourths, nodes, weights, hmm[20], route, nexts)
        at = np.int64(0)
        while at < n:
            stop = min(at + stops[span] - begin, n)
            n_tokens = _follow_route(
                text,
                begin - at,
                at,
                stop,
                ids,
                seconds,
                nexts,
                nodes,
                forced,
                emissions,
                hmm,
                choices,
                out_ends,
                n_tokens,
            )
            begin += stop - at
            at = stop + 1
            if begin == stops[span]:
                span += 1
                token_bounds[span] = n_tokens
                begin = starts[span] if span < n_spans else np.int64(0)
    return n_tokens


@_inner()
def _slot_of(key: Number, n_slots: Number) -> Number:
    """Where to look first: two rounds of multiply and fold, then the top bits spread over the slots."""
    mixed = key * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    return np.int64(((mixed >> np.uint64(32)) * np.uint64(n_slots)) >> np.uint64(32))


@_inner()
def _same_word(text: Array, begin: Number, length: Number, pool: Array, start: Number) -> Number:
    if pool[start] != length:
        return False
    for i in range(length):
        if pool[start + 1 + i] != text[begin + i]:
            return False
    return True


@_inner()
def _word_key(text: Array, begin: Number, length: Number) -> Number:
    """Up to three characters, and four Chinese ones, are their own key; another word has a hash, see `_is_hash`."""
    if length <= 3 and begin + 3 <= len(text):
        key = np.uint64(text[begin]) + np.uint64(1)
        key |= (np.uint64(text[begin + 1]) + np.uint64(1)) << np.uint64(21)
        key |= (np.uint64(text[begin + 2]) + np.uint64(1)) << np.uint64(42)
        return key & ((np.uint64(1) << np.uint64(21 * length)) - np.uint64(1))
    key = np.uint64(0)
    if length <= 3:
        for i in range(length):
            key |= (np.uint64(text[begin + i]) + np.uint64(1)) << np.uint64(21 * i)
        return key
    if length == 4:
        first = np.uint64(text[begin]) - np.uint64(0x4E00)
        second = np.uint64(text[begin + 1]) - np.uint64(0x4E00)
        third = np.uint64(text[begin + 2]) - np.uint64(0x4E00)
        fourth = np.uint64(text[begin + 3]) - np.uint64(0x4E00)
        if (first | second | third | fourth) >> np.uint64(15) == 0:
            key = first | second << np.uint64(15) | third << np.uint64(30) | fourth << np.uint64(45)
            return key | np.uint64(1) << np.uint64(63)
    for i in range(begin, begin + length):
        key = (key ^ np.uint64(text[i])) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    return key | np.uint64(3) << np.uint64(62)


@_inner()
def _is_hash(key: Number) -> Number:
    """Whether another word may have the same key."""
    return key >> np.uint64(62) == np.uint64(3)


@_inner()
def _remember(text: Array, begin: Number, length: Number, pool: Array, node_tails: Array, state: Array) -> None:
    used = state[1]
    node_tails[state[0]] = used
    pool[used] = length
    for i in range(length):
        pool[used + 1 + i] = text[begin + i]
    state[0] += 1
    state[1] = used + 1 + length
    state[2] += 1


@_compiled(types.void, INPUT_U32S, I32S, U64S, I64, BOOL, U32S, I64S, I64S, I32S)
def intern_words(
    text: Array,
    ends: Array,
    table: Array,
    n_slots: Number,
    learn: Number,
    pool: Array,
    node_tails: Array,
    state: Array,
    out_nodes: Array,
) -> None:
    """Number the words.

    Long words are compared with `pool`, where a word is its length and its
    characters. With `learn` a new word gets node ``state[0]`` and goes to
    ``pool[state[1]:]``; else it is -1. ``state[2]`` counts the words. Tokens go in
    groups: first all look at their slots, so that the waits for memory overlap,
    then each is decided (16 against 9 ns a word).
    """
    keys = _group()
    found = _group()
    begin = np.int64(0)
    for first in range(0, len(ends), GROUP):
        n = min(GROUP, len(ends) - first)
        group_begin = begin
        for i in range(n):
            keys[i] = _word_key(text, begin, ends[first + i] - begin)
            found[i] = table[2 * _slot_of(keys[i], n_slots)]
            begin = np.int64(ends[first + i])
        begin = group_begin
        for i in range(n):
            key = keys[i]
            length = ends[first + i] - begin
            slot = _slot_of(key, n_slots)
            if found[i] == key and not _is_hash(key):
                node = np.int64(table[2 * slot + 1])
            else:
                node = np.int64(-1)
                while table[2 * slot] != 0:
                    if table[2 * slot] == key:
                        node = np.int64(table[2 * slot + 1])
                        if not _is_hash(key) or _same_word(text, begin, length, pool, node_tails[node]):
                            break
                        node = np.int64(-1)
                    slot = slot + 1 if slot + 1 < n_slots else 0
                if node < 0 and learn:
                    node = state[0]
                    table[2 * slot] = key
                    table[2 * slot + 1] = np.uint64(node)
                    _remember(text, begin, length, pool, node_tails, state)
            out_nodes[first + i] = node
            begin = np.int64(ends[first + i])


@_compiled(types.void, I32S, I32S, I64, I64S, U64S, I64, BOOL, I32S, I64S, I64S, I32S)
def intern_grams(
    words: Array,
    prefixes: Array,
    order: Number,
    token_bounds: Array,
    table: Array,
    n_slots: Number,
    learn: Number,
    node_prefixes: Array,
    node_tails: Array,
    state: Array,
    out_nodes: Array,
) -> None:
    """Number the n-grams of one order, each from its prefix, which is one word shorter.

    ``out_nodes[t]`` is the n-gram that begins at token ``t``, -1 where there is none.
    With `learn` a new one gets node ``state[0]``; ``state[3]`` counts them. Grouped
    as in `intern_words`.
    """
    keys = _group()
    found = _group()
    n_tokens = len(out_nodes)
    span = 0
    for first in range(0, n_tokens, GROUP):
        n = min(GROUP, n_tokens - first)
        for i in range(n):
            t = first + i
            while t >= token_bounds[span + 1]:
                span += 1
            key = np.uint64(0)
            if t + order <= token_bounds[span + 1]:
                prefix = np.int64(prefixes[t])
                word = np.int64(words[t + order - 1])
                whole = (np.uint64(prefix + 1) << np.uint64(32)) | np.uint64(word)
                key = whole if (prefix | word) >= 0 else key
            keys[i] = key
            found[i] = table[2 * _slot_of(key, n_slots)]
        for i in range(n):
            key = keys[i]
            slot = _slot_of(key, n_slots)
            node = np.int64(table[2 * slot + 1]) if found[i] == key and key != 0 else np.int64(-1)
            if node < 0 and key != 0 and (learn or found[i] != 0):
                while table[2 * slot] != key and table[2 * slot] != 0:
                    slot = slot + 1 if slot + 1 < n_slots else 0
                if table[2 * slot] == key:
                    node = np.int64(table[2 * slot + 1])
                elif learn:
                    node = state[0]
                    table[2 * slot] = key
                    table[2 * slot + 1] = np.uint64(node)
                    node_prefixes[node] = prefixes[first + i]
                    node_tails[node] = words[first + i + order - 1]
                    state[0] = node + 1
                    state[3] += 1
            out_nodes[first + i] = node


@_compiled(types.void, U64S, U64S, I64)
def fill_table(entries: Array, table: Array, n_slots: Number) -> None:
    """Put (key, value) pairs with different keys into an empty table; pairs with key 0 are none."""
    for entry in range(len(entries) // 2):
        key = entries[2 * entry]
        if key != 0:
            slot = _slot_of(key, n_slots)
            while table[2 * slot] != 0:
                slot = slot + 1 if slot + 1 < n_slots else 0
            table[2 * slot] = key
            table[2 * slot + 1] = entries[2 * entry + 1]


@_compiled(types.void, I32S, I64S, I64, I64S, I64S, I64S)
def tally_nodes(nodes: Array, token_bounds: Array, first_row: Number, last_rows: Array, df: Array, tf: Array) -> None:
    """Add to each node in how many rows it is and how often; `last_rows` starts at -1."""
    for span in range(len(token_bounds) - 1):
        row = first_row + span
        for t in range(token_bounds[span], token_bounds[span + 1]):
            node = nodes[t]
            if node >= 0:
                tf[node] += 1
                if last_rows[node] != row:
                    last_rows[node] = row
                    df[node] += 1


@_compiled(I64, I32S, I64, I64, I64S, I64, I32S, U64S, U64S, U64S, I64S, I32S, I32S)
def count_rows(
    nodes: Array,
    n_tokens: Number,
    n_orders: Number,
    token_bounds: Array,
    n_terms: Number,
    counts: Array,
    bits0: Array,
    bits1: Array,
    bits2: Array,
    indptr: Array,
    columns: Array,
    tallies: Array,
) -> Number:
    """Count the terms of each row, columns ascending; return the largest count.

    Nodes below `n_terms` are columns. `counts` and the bitmaps are all 0 before and
    after: three levels of bitmaps hold what was touched, so that the columns come
    out in order without sorting.
    """
    one = np.uint64(1)
    at = 0
    largest: Number = 0
    indptr[0] = 0
    for span in range(len(token_bounds) - 1):
        # the nodes that are columns wait in the place of the answer
        n = 0
        for order in range(n_orders):
            for t in range(order * n_tokens + token_bounds[span], order * n_tokens + token_bounds[span + 1]):
                _expect(counts, np.int64(nodes[t]))
                columns[at + n] = nodes[t]
                n += (nodes[t] >= 0) & (nodes[t] < n_terms)
        for i in range(at, at + n):
            column = np.uint64(columns[i])
            counts[column] += 1
            bits0[column >> np.uint64(6)] |= one << (column & np.uint64(63))
            bits1[column >> np.uint64(12)] |= one << ((column >> np.uint64(6)) & np.uint64(63))
            bits2[column >> np.uint64(18)] |= one << ((column >> np.uint64(12)) & np.uint64(63))
        for i in range(len(bits2)):
            word2 = bits2[i]
            bits2[i] = 0
            while word2 != 0:
                j = (i << 6) + np.int64(_lowest_bit(word2))
                word2 &= word2 - one
                word1 = bits1[j]
                bits1[j] = 0
                while word1 != 0:
                    k = (j << 6) + np.int64(_lowest_bit(word1))
                    word1 &= word1 - one
                    word0 = bits0[k]
                    bits0[k] = 0
                    while word0 != 0:
                        column = (k << 6) + np.int64(_lowest_bit(word0))
                        word0 &= word0 - one
                        columns[at] = column
                        tallies[at] = counts[column]
                        largest = max(largest, np.int64(counts[column]))
                        counts[column] = 0
                        at += 1
        indptr[span + 1] = at
    return largest


@_compiled(types.void, I64S, I32S, I32S, F64S, F64S, I64, F64S)
def weigh_rows(
    indptr: Array, columns: Array, tallies: Array, tf_weights: Array, idf: Array, norm: Number, data: Array
) -> None:
    """Weight of a term is ``tf_weights[count] * idf[column]``, over the norm (0, 1 or 2) of its row.

    The sums run from left to right, as scikit-learn's do, so that even the last bit agrees.
    """
    for row in range(len(indptr) - 1):
        total = 0.0
        for i in range(indptr[row], indptr[row + 1]):
            _expect(idf, np.int64(columns[min(i + AHEAD, len(columns) - 1)]))
            weight = tf_weights[tallies[i]] * idf[columns[i]]
            data[i] = weight
            total += weight * weight if norm == 2 else abs(weight)
        if norm != 0 and total != 0.0:
            if norm == 2:
                total = np.sqrt(total)
            for i in range(indptr[row], indptr[row + 1]):
                data[i] /= total


@_compiled(types.void, I64S, I32S, F64S, F32S, F64S, I64, F64S)
def score_rows(
    indptr: Array, columns: Array, data: Array, weights: Array, biases: Array, n_classes: Number, margins: Array
) -> None:
    """Margins of a linear model; ``weights[column * n_classes + c]``, row by row, summed in float64.

    The weights are float32, as models hold them: half the bytes, half the cache misses.
    """
    for row in range(len(indptr) - 1):
        for c in range(n_classes):
            margins[row * n_classes + c] = biases[c]
        for i in range(indptr[row], indptr[row + 1]):
            start = np.int64(columns[i]) * n_classes
            for c in range(n_classes):
                margins[row * n_classes + c] += data[i] * weights[start + c]


@_inner(inline="always")
def _bucket_of(key: Number, shift: Number) -> Number:
    """First slot of the bucket of a key; there are ``2 ** (64 - shift)`` buckets."""
    return (key * np.uint64(0x9E3779B97F4A7C15) >> shift) * np.uint64(BUCKET)


@_compiled(types.void, U64S, U64S, U64)
def fill_buckets(entries: Array, buckets: Array, shift: Number) -> None:
    """Put entries with different keys into empty buckets; one that finds its bucket full goes to the next with room."""
    for entry in entries:
        slot = _bucket_of(entry >> np.uint64(HALF_KEY), shift)
        while buckets[slot] != 0:
            slot = slot + np.uint64(1) if slot + np.uint64(1) < np.uint64(len(buckets)) else np.uint64(0)
        buckets[slot] = entry


@_compiled(types.void, U64S, U64S, I32S, U64)
def fill_word_buckets(entries: Array, keys: Array, nodes: Array, shift: Number) -> None:
    """As `fill_buckets`, for (key, node) pairs, whose nodes stand beside the keys; pairs with key 0 are none."""
    for entry in range(len(entries) // 2):
        key = entries[2 * entry]
        if key != 0:
            slot = _bucket_of(key, shift)
            while keys[slot] != 0:
                slot = slot + np.uint64(1) if slot + np.uint64(1) < np.uint64(len(keys)) else np.uint64(0)
            keys[slot] = key
            nodes[slot] = entries[2 * entry + 1]


@_inner(inline="always")
def _entry_of(buckets: Array, shift: Number, key: Number) -> Number:
    """The entry of a key, 0 if there is none.

    Whether a pair of words is known cannot be guessed, so only a full bucket without the
    key, which is rare, is a branch (8.6 against 4.5 ns a character with probes one by one).
    """
    slot = _bucket_of(key, shift)
    found = _entry_in_bucket(buckets, slot, key)
    while (buckets[slot + np.uint64(BUCKET - 1)] != 0) & (found == 0):
        slot = slot + np.uint64(BUCKET)
        slot = slot if slot < np.uint64(len(buckets)) else np.uint64(0)
        found = _entry_in_bucket(buckets, slot, key)
    return found


@_compiled(I64, INPUT_U32S, INPUT_I64S, INPUT_I64S, I64S)
def measure_spans(text: Array, starts: Array, stops: Array, sizes: Array) -> Number:
    """Length of the longest span, and of all together; return 0 if one of them is not inside the text, else 1."""
    longest = np.int64(0)
    total = np.int64(0)
    for span in range(len(starts)):
        length = stops[span] - starts[span]
        if starts[span] < 0 or length < 0 or stops[span] > len(text):
            return 0
        longest = max(longest, length)
        total += length
    sizes[0] = longest
    sizes[1] = total
    return 1


@_inner(inline="always")
def _look_up_words(
    text: Array,
    starts: Array,
    ends: Array,
    token_bounds: Array,
    keys: Array,
    key_nodes: Array,
    shift: Number,
    pool: Array,
    tails: Array,
    wanted: Array,
    gap: Number,
    nodes: Array,
    places: Array,
) -> None:
    """Node of each word in a table that grows no more, -1 if it is not there.

    As `intern_words`, with the keys in buckets of a cache line, and each asked for some words ahead. The words of
    unit `u` stand from ``places[u]`` on, and behind them a gap of nodes -1.
    """
    n_units = len(starts)
    for unit in range(n_units):
        begin = starts[unit]
        for t in range(token_bounds[unit], token_bounds[unit + 1]):
            end = np.int64(ends[t])
            wanted[t] = _word_key(text, begin, end - begin)
            begin = end
    last = token_bounds[n_units] - 1
    at = 0
    for unit in range(n_units):
        places[unit] = at
        begin = starts[unit]
        for t in range(token_bounds[unit], token_bounds[unit + 1]):
            coming = np.int64(_bucket_of(wanted[min(t + AHEAD, last)], shift))
            _expect(keys, coming)
            _expect(key_nodes, coming)
            end = np.int64(ends[t])
            key = wanted[t]
            slot = _bucket_of(key, shift)
            place = _place_in_bucket(keys, slot, key)
            while (place == BUCKET) & (keys[slot + np.uint64(BUCKET - 1)] != 0):
                slot = slot + np.uint64(BUCKET)
                slot = slot if slot < np.uint64(len(keys)) else np.uint64(0)
                place = _place_in_bucket(keys, slot, key)
            node = np.int64(key_nodes[slot + (place & np.uint64(BUCKET - 1))])
            node = node if place < BUCKET else -1
            if _is_hash(key) and node >= 0 and not _same_word(text, begin, end - begin, pool, tails[node]):
                # another word has the same hash: look on, key by key
                node = np.int64(-1)
                slot = _bucket_of(key, shift)
                while node < 0 and keys[slot] != 0:
                    if keys[slot] == key and _same_word(text, begin, end - begin, pool, tails[key_nodes[slot]]):
                        node = np.int64(key_nodes[slot])
                    slot = slot + np.uint64(1) if slot + np.uint64(1) < np.uint64(len(keys)) else np.uint64(0)
            nodes[at] = node
            at += 1
            begin = end
        for _ in range(gap):
            nodes[at] = -1
            at += 1
    places[n_units] = at


@_inner(inline="always")
def _number_characters(
    text: Array, starts: Array, stops: Array, spaces: Array, numbers: Array, gap: Number, nodes: Array, places: Array
) -> None:
    """Node of each character, of a run of white space that of one space; -1 where `numbers` has none; then the gap."""
    at = 0
    for unit in range(len(starts)):
        places[unit] = at
        i = starts[unit]
        stop = stops[unit]
        while i < stop:
            code = text[i]
            i += 1
            if code < len(spaces) and spaces[code] != 0 and i < stop and text[i] < len(spaces) and spaces[text[i]] != 0:
                code = np.uint32(32)
                while i < stop and text[i] < len(spaces) and spaces[text[i]] != 0:
                    i += 1
            nodes[at] = numbers[code] if code < len(numbers) else -1
            at += 1
        for _ in range(gap):
            nodes[at] = -1
            at += 1
    places[len(starts)] = at


@_inner(inline="always")
def _gram_key(nodes: Array, prefix: Number, last: Number) -> Number:
    """An unknown prefix or word, -1, gives a key that no entry has."""
    mask = np.uint64((1 << HALF_KEY) - 1)
    return np.uint64(np.int64(nodes[prefix]) + 1) << np.uint64(HALF_KEY) | np.uint64(np.int64(nodes[last])) & mask


@_inner(inline="always")
def _look_up_grams(nodes: Array, stride: Number, n: Number, max_n: Number, grams: Array, shift: Number) -> None:
    """Node of the n-gram of each order that begins at each of `n` tokens, -1 for what is not known.

    Order ``i + 1`` stands from ``nodes[i * stride]`` on, the first is there already. Indices are unsigned: numba lets
    signed ones count from the end.
    """
    for order in range(2, max_n + 1):
        out = np.uint64((order - 1) * stride)
        prefixes = out - np.uint64(stride)
        lasts = np.uint64(order - 1)
        stop = np.uint64(max(n - order + 1, 0))
        for t in range(stop):
            coming = min(t + np.uint64(AHEAD), stop - np.uint64(1))
            _expect(grams, np.int64(_bucket_of(_gram_key(nodes, prefixes + coming, lasts + coming), shift)))
            entry = _entry_of(grams, shift, _gram_key(nodes, prefixes + t, lasts + t))
            nodes[out + t] = np.int64(entry & np.uint64((1 << HALF_KEY) - 1)) - np.int64(entry == 0)


@_compiled(
    *(types.void, INPUT_U32S, I32S, I64S, U64S, I32S, U64, U32S, I64S, I64, U64S, U64),
    *(U64S, I64S, I64S, I32S),
)
def look_up_tokens(
    text: Array,
    ends: Array,
    token_bounds: Array,
    keys: Array,
    key_nodes: Array,
    key_shift: Number,
    pool: Array,
    tails: Array,
    max_n: Number,
    grams: Array,
    gram_shift: Number,
    wanted: Array,
    starts: Array,
    places: Array,
    nodes: Array,
) -> None:
    """Node of the n-gram of each order at each token, -1 where there is none in its span; spans lie end to end."""
    n_tokens = len(ends)
    for span in range(len(starts)):
        first = token_bounds[span]
        starts[span] = ends[first - 1] if first > 0 else 0
    _look_up_words(text, starts, ends, token_bounds, keys, key_nodes, key_shift, pool, tails, wanted, 0, nodes, places)
    _look_up_grams(nodes, n_tokens, n_tokens, max_n, grams, gram_shift)
    for order in range(2, max_n + 1):
        for span in range(len(starts)):  # what reaches into the next span is none
            stop = token_bounds[span + 1]
            for t in range(max(stop - order + 1, token_bounds[span]), stop):
                nodes[(order - 1) * n_tokens + t] = -1


@_inner(inline="always")
def _distinct_columns(
    nodes: Array,
    stride: Number,
    begin: Number,
    n: Number,
    min_n: Number,
    max_n: Number,
    n_terms: Number,
    counts: Array,
    rows: Array,
    width: Number,
    columns: Array,
    tallied: Number,
    tallies: Array,
    unit: Number,
) -> Number:
    """The columns of a unit, each once, as they come; return their number. Their rows are asked for.

    `counts`, all 0 before, has how often each is there. The number of columns of the order `tallied` is added
    to ``tallies[unit]``: of all orders if that is 0, of none if it is negative.
    """
    n_columns = 0
    for order in range(min_n, max_n + 1):
        first = (order - 1) * stride + begin
        before = n_columns
        for t in range(np.uint64(first), np.uint64(max(first + n - order + 1, first))):
            column = np.int64(nodes[t])
            known = (column >= 0) & (column < n_terms)
            column = column if known else 0
            _expect(rows, column * width)
            columns[n_columns] = column
            n_columns += known & (counts[column] == 0)
            counts[column] += known
        tallies[unit] += n_columns - before if tallied == order or tallied == 0 else 0
    return n_columns


@_inner(inline="always")
def _weigh_columns(
    columns: Array,
    n: Number,
    tf_weights: Array,
    sublinear: Number,
    norm: Number,
    rows: Array,
    width: Number,
    counts: Array,
    data: Array,
) -> Number:
    """What each column weighs, and one over the norm of all; `counts` is all 0 again."""
    total = 0.0
    for i in range(n):
        column = np.int64(columns[i])
        count = counts[column]
        counts[column] = 0
        idf = np.float64(rows[(column + 1) * width - 2]) + np.float64(rows[(column + 1) * width - 1])
        if count < len(tf_weights):
            weight = tf_weights[count] * idf
        else:
            weight = (1.0 + np.log(count) if sublinear else np.float64(count)) * idf
        data[i] = weight
        total += weight * weight if norm == 2 else abs(weight)
    total = np.sqrt(total) if norm == 2 else total
    return 1.0 if norm == 0 or total == 0.0 else 1.0 / total


@_compiled(
    *(types.void, INPUT_U32S, INPUT_I64S, INPUT_I64S, I32S, I64S, BOOL, U8S, INPUT_I32S),
    *(U64S, I32S, U64, U32S, I64S, I64, I64, U64S, U64, F64S, BOOL, I64, INPUT_F32S, I64, I64),
    *(I64, I32S, U64S, I32S, I64S, I32S, F64S, F64S, I64S),
)
def score_units(
    text: Array,
    starts: Array,
    stops: Array,
    ends: Array,
    token_bounds: Array,
    characters: Number,
    spaces: Array,
    numbers: Array,
    keys: Array,
    key_nodes: Array,
    key_shift: Number,
    pool: Array,
    tails: Array,
    min_n: Number,
    max_n: Number,
    grams: Array,
    gram_shift: Number,
    tf_weights: Array,
    sublinear: Number,
    norm: Number,
    rows: Array,
    width: Number,
    n_terms: Number,
    tallied: Number,
    counts: Array,
    wanted: Array,
    nodes: Array,
    places: Array,
    columns: Array,
    data: Array,
    sums: Array,
    tallies: Array,
) -> None:
    """Add to the sums of each unit ``text[starts[u]:stops[u]]`` what its terms weigh: a row is made, used, forgotten.

    Tokens are characters, or the words that end at `ends`. There is at least one term. The row of a term in `rows`,
    `width` numbers, a multiple of eight, ends with its idf: a float32 and what that lacks.
    """
    n_units = len(starts)
    gap = max_n - 1  # of unknown tokens behind each unit: no n-gram reaches over it
    stride = len(nodes) // max_n
    if characters:
        _number_characters(text, starts, stops, spaces, numbers, gap, nodes, places)
    else:
        _look_up_words(
            text, starts, ends, token_bounds, keys, key_nodes, key_shift, pool, tails, wanted, gap, nodes, places
        )
    _look_up_grams(nodes, stride, places[n_units], max_n, grams, gram_shift)
    for unit in range(n_units):
        n = places[unit + 1] - gap - places[unit]
        n_columns = _distinct_columns(
            nodes, stride, places[unit], n, min_n, max_n, n_terms, counts, rows, width, columns, tallied, tallies, unit
        )
        scale = _weigh_columns(columns, n_columns, tf_weights, sublinear, norm, rows, width, counts, data)
        for block in range(0, width, BLOCK):
            _add_rows(sums, unit * width + block, columns, data, n_columns, scale, rows, width, block)


@_compiled(
    *(types.void, INPUT_I64S, INPUT_I64S, INPUT_I64S, INPUT_I64S, INPUT_U8S, INPUT_I32S, I64),
    *(I64S, I64S, I32S, F64S),
)
def place_sentences(
    table: Array,
    firsts: Array,
    sizes: Array,
    headings: Array,
    roles: Array,
    items: Array,
    n_roles: Number,
    starts: Array,
    ends: Array,
    seen: Array,
    flags: Array,
) -> None:
    """What each sentence of paragraphs sees, six numbers, and its flags, as in `fzclf.features`; item 0 is none."""
    own = 0
    for passage in range(len(sizes)):
        first = own
        stop = own + sizes[passage]
        item = np.int32(0)
        opener = np.int64(-1)
        row = 2 * firsts[passage]
        while own < stop:
            starts[own] = table[row]
            ends[own] = table[row + 1]
            row += 2
            if items[own] != item:
                item = items[own]
                opener = own if item > 0 else np.int64(-1)
            at = 6 * own
            seen[at] = own
            seen[at + 1] = own - 1 if own > first else -1
            seen[at + 2] = own + 1 if own + 1 < stop else -1
            seen[at + 3] = opener if opener != own else -1
            seen[at + 4] = first if own > first else -1
            seen[at + 5] = headings[passage]
            at = (n_roles + 2) * own
            for flag in range(n_roles):
                flags[at + flag] = flag == roles[own]
            flags[at + n_roles] = own == first
            flags[at + n_roles + 1] = item > 0
            own += 1


@_compiled(types.void, F64S, I64, I32S, INPUT_I64S, INPUT_F64S, I64, I64, INPUT_F32S, I32S, F64S, F64S)
def score_places(
    sums: Array,
    width: Number,
    seen: Array,
    channels: Array,
    flags: Array,
    n_flags: Number,
    n_categories: Number,
    rows: Array,
    columns: Array,
    data: Array,
    margins: Array,
) -> None:
    """Margins of sentences from the sums of the units that each sees through some of its six channels, and its flags.

    `rows`: what each category of each channel's unit counts for all categories, then each flag, then the bias.
    """
    n_shown = len(channels) * n_categories
    for own in range(len(seen) // 6):
        n = 0
        for place in range(len(channels)):
            unit = np.int64(seen[6 * own + channels[place]])
            for category in range(n_categories if unit >= 0 else 0):
                columns[n] = place * n_categories + category
                data[n] = sums[unit * width + category]
                n += 1
        for flag in range(n_flags):
            columns[n] = n_shown + flag
            data[n] = flags[own * n_flags + flag]
            n += data[n] != 0.0
        columns[n] = n_shown + n_flags
        data[n] = 1.0
        for block in range(0, width, BLOCK):
            _add_rows(margins, own * width + block, columns, data, n + 1, 1.0, rows, width, block)


@_compiled(I64, I64S, I64S, I64S, U16S, U64S, U64S, I32S)
def place_children(
    parents: Array,
    child_starts: Array,
    child_stops: Array,
    child_ids: Array,
    free: Array,
    free_bases: Array,
    bases: Array,
) -> Number:
    """Give each parent a base so that all ``base + child id`` are free and no base is used twice.

    Parents come with the most children first. 64 bases are tried at once: the words
    of `free` under each child, shifted to one place, are and-ed. Where parents with as many
    children found no room before is not searched again. Returns the last slot in use.
    """
    one = np.uint64(1)
    last: Number = np.int64(0)
    block: Number = np.int64(0)
    n_children_before = np.int64(-1)
    for parent in parents:
        begin = child_starts[parent]
        stop = child_stops[parent]
        if stop - begin != n_children_before:
            n_children_before = stop - begin
            block = 0
        while True:
            mask = free_bases[block]
            for i in range(begin, stop):
                if mask == 0:
                    break
                slot = (block << 6) + np.int64(child_ids[i])
                shift = np.uint64(slot & 63)
                window = free[slot >> 6] >> shift
                if shift != 0:
                    window |= free[(slot >> 6) + 1] << (np.uint64(64) - shift)
                mask &= window
            if mask != 0:
                break
            block += 1
        base = (block << 6) + np.int64(_lowest_bit(mask))
        bases[parent] = base
        free_bases[base >> 6] &= ~(one << np.uint64(base & 63))
        for i in range(begin, stop):
            slot = base + np.int64(child_ids[i])
            free[slot >> 6] &= ~(one << np.uint64(slot & 63))
            last = max(last, slot)
    return last


# The numbers of `fzclf.segmentation.cuts`, which explains them; a test compares them.
SPACE, HINT_SECOND, HINT_FIRST, HINT_ALONE, FUTURE, MARK, CLOSER, FIRST_PAIR = range(1, 9)
BREAK, COLON = 20, 21
ITEM, PLAN, HINT, INTRICATE, ENDED, GOES_ON, ITEMS, UNNUMBERED = 1, 8, 32, 64, 128, 256, 512, 1024
OPENING_BITS, FOLLOWER, WHOLE, VALUE_SHIFT, ITEM_SHIFT, LATER_ITEM_SHIFT = 31, 64, 15, 8, 8, 12
PLAN_REACH = 15


@_inner()
def _is_arabic(code: Number) -> Number:
    return 0x30 <= code <= 0x39 or 0xFF10 <= code <= 0xFF19


@_inner()
def _item_number(codes: Array, i: Number, stop: Number, openings: Array) -> Number:
    """Number of an item that opens with 一是, 一、 or （一）; 0 if none can open here, WHOLE if others have to look."""
    n_openings = len(openings)
    after: Number = i + 1
    if _is_arabic(codes[i]):
        while after < stop and after < i + 3 and _is_arabic(codes[after]):
            after += 1
        if after < stop and _is_arabic(codes[after]):
            return 0
    second = codes[after] if after < stop else 0
    third = codes[after + 1] if after + 1 < stop else 0
    value = np.int64(openings[codes[i]]) >> VALUE_SHIFT
    follows = np.int64(openings[second]) if second < n_openings else 0
    if 0 < value < WHOLE:
        if second == 0x662F and third != 0x5426:  # 是, but not 是否
            return value
        if second == 0x3001 and (third >= n_openings or not openings[third] & FOLLOWER):  # 、
            return value
    in_brackets = (codes[i] == 0xFF08 or codes[i] == 0x28) and (third == 0xFF09 or third == 0x29)
    if in_brackets and 0 < follows >> VALUE_SHIFT < WHOLE:
        return follows >> VALUE_SHIFT
    return WHOLE if follows & FOLLOWER or value == WHOLE else 0


@_compiled(I64, INPUT_U32S, INPUT_U8S, INPUT_U16S, I64, I64, I64S, I64S, U16S)
def scan(
    codes: Array,
    kinds: Array,
    openings: Array,
    base: Number,
    n_lines: Number,
    rows: Array,
    spans: Array,
    marks: Array,
) -> Number:
    """Lines and their sentences, as if no pair protected a mark; offsets are `base` more than indices of `codes`.

    Row ``i`` of `rows` holds start, end, first sentence and flags of line ``i``; one more row tells the number of
    sentences. If `n_lines` is not 0, so many starts and ends are given, else each break of `codes` ends a line.
    `marks[s]` is what `openings` says of the first character of sentence ``s``, what the sentence may hold, and the
    item it stands in: if the line has no run-in heading, and if it has.
    Returns the number of lines, or, negative, the number of sentences if there is no room for them.
    """
    n = 0
    line = 0
    i: Number = 0
    stop: Number = len(codes)
    room = len(marks)
    n_kinds = len(kinds)
    while line < n_lines if n_lines else i < stop:
        if n_lines:
            i = rows[4 * line] - base
            stop = rows[4 * line + 1] - base
        first = n
        start: Number = 0
        end: Number = 0
        flags: Number = 0
        waiting: Number = 0  # one bit for each kind of pair that is open
        item: Number = 0  # the one that the sentence before stands in
        later_item: Number = 0  # the same, if the first sentence is a heading
        announced = False
        while i < stop:
            kind = kinds[codes[i]] if codes[i] < n_kinds else 0
            if kind == SPACE:
                i += 1
                continue
            if kind == BREAK:
                i += 1
                if n_lines or n == first:
                    continue
                break
            begin = i
            mark: Number = openings[codes[i]] & OPENING_BITS if codes[i] < n_kinds else 0
            if mark & ITEM:
                number: Number = _item_number(codes, i, stop, openings)
                if number == WHOLE or (number == 2 and announced and (item == 0 or later_item == 0)):
                    flags |= ITEMS | UNNUMBERED
                elif number:
                    flags |= ITEMS
                    if number == 1 or n == first or (item and number == item + 1):
                        item = number
                    if n > first and (number == 1 or n == first + 1 or (later_item and number == later_item + 1)):
                        later_item = number
            while kind != MARK:
                if kind > HINT_SECOND:
                    after: Number = codes[i + 1] if i + 1 < stop else 0
                    if kind == HINT_FIRST:
                        if after < n_kinds and kinds[after] == HINT_SECOND:
                            mark |= HINT
                    elif kind == HINT_ALONE:
                        mark |= HINT
                    elif kind == FUTURE:
                        if 0 < i - begin < PLAN_REACH:
                            mark |= PLAN
                    elif kind == COLON:
                        if after < n_kinds and openings[after] & ITEM:
                            announced = True
                    elif kind == BREAK:
                        if not n_lines:
                            break
                    elif kind >= FIRST_PAIR:
                        bit = 1 << ((kind - FIRST_PAIR) >> 1)
                        if kind & 1:
                            waiting &= ~bit
                        else:
                            if waiting & bit:
                                flags |= INTRICATE
                            waiting |= bit
                i += 1
                if i >= stop:
                    break
                kind = kinds[codes[i]] if codes[i] < n_kinds else 0
            if kind == MARK:  # its twins and closers belong to it
                if waiting:
                    flags |= INTRICATE
                while i < stop and codes[i] < n_kinds:
                    kind = kinds[codes[i]]
                    if kind != MARK and kind != CLOSER and (kind < FIRST_PAIR or kind >= BREAK or not kind & 1):
                        break
                    i += 1
                end = i
            else:
                end = i
                while codes[end - 1] < n_kinds and kinds[codes[end - 1]] == SPACE:
                    end -= 1
            if n == first:
                start = begin
                flags |= mark
            else:
                flags |= mark & HINT | (mark & ITEM) * GOES_ON
            if n < room:
                spans[2 * n] = begin + base
                spans[2 * n + 1] = end + base
                marks[n] = mark | item << ITEM_SHIFT | later_item << LATER_ITEM_SHIFT
            n += 1
        if n == first and n_lines == 0:
            continue  # white space behind the last line
        if line < room:
            if codes[end - 1] < n_kinds and kinds[codes[end - 1]] == MARK:
                flags |= ENDED
            rows[4 * line] = start + base
            rows[4 * line + 1] = end + base
            rows[4 * line + 2] = first
            rows[4 * line + 3] = flags
        line += 1
    if n > room:
        return -n
    rows[4 * line + 2] = n
    return line
