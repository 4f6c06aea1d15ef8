"""Machine code without numba: the same loops, checked before they are called, and no cache is ever an error."""

from __future__ import annotations

import gc
import io
import json
import pickle
import struct
import sys
import threading

import numpy as np
import pytest

from fzclf import _kernels, calling, compiling, machine
from fzclf.machine import ROWS, TAGGING, Kernels, kernels

GROUPS = TAGGING, ROWS
WORDS = np.array([0x6CD5, 0x6CBB], dtype=np.uint32)


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """Loops that find an empty cache, and a compiler that is quick, as it gives what is compiled already."""
    for group in GROUPS:
        kernels.load(group)
    monkeypatch.setenv("FZCLF_CACHE_DIR", str(tmp_path / "cache"))
    compiled = []

    def compile_kernels(group):
        compiled.append(group)
        path = kernels.paths[group]
        arrays = machine.read_arrays(path) if path else None
        if arrays is None:
            pytest.skip("no cache folder")
        described = json.loads(arrays["conventions"].tobytes())
        return arrays["object"].tobytes(), {name: calling.Convention(**kind) for name, kind in described.items()}

    monkeypatch.setattr(compiling, "compile_kernels", compile_kernels)
    return Kernels(), compiled


def separated(loops: Kernels) -> list[int]:
    out = np.zeros(3, dtype=np.uint32)
    loops.separate(WORDS, np.array([2], dtype=np.int32), 7, out)
    return out.tolist()


def squeezed(loops: Kernels) -> list[int]:
    text, bounds = np.array([97, 32, 32, 98], dtype=np.uint32), np.array([0, 4])
    spaces, out = np.zeros(33, dtype=np.uint8), np.zeros(4, dtype=np.uint32)
    spaces[32] = 1
    return out[: loops.squeeze_spaces(text, bounds, spaces, out, np.zeros(2, dtype=np.int64))].tolist()


def test_what_one_process_compiles_the_next_one_loads(fresh):
    loops, compiled = fresh
    assert separated(loops) == [0x6CD5, 0x6CBB, 7]
    assert loops.compiled == {TAGGING}
    assert loops.paths[TAGGING].is_file()
    second = Kernels()
    assert separated(second) == [0x6CD5, 0x6CBB, 7]
    assert second.compiled == set()
    assert compiled == [TAGGING]


def test_each_group_is_compiled_when_the_first_of_its_loops_is_called(fresh):
    loops, compiled = fresh
    assert squeezed(loops) == [97, 32, 98]
    assert compiled == [ROWS]
    assert separated(loops) == [0x6CD5, 0x6CBB, 7]
    assert compiled == [ROWS, TAGGING]
    assert loops.paths[ROWS] != loops.paths[TAGGING]


def test_every_loop_is_in_one_group_and_both_have_some(fresh):
    loops, _ = fresh
    names = {name for name, value in vars(_kernels).items() if isinstance(value, _kernels.Kernel)}
    for group in GROUPS:
        loops.load(group)
        here = {name for name in names if machine.group_of(name) == group}
        assert here
        assert here <= vars(loops).keys()
        names -= here
    assert not names
    assert vars(_kernels).keys() >= machine._ROW_KERNELS


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("damage", ["missing", "empty", "changed"])
def test_damaged_or_missing_machine_code_is_not_run_but_made_anew(fresh, group, damage):
    loops, compiled = fresh
    for name in GROUPS:
        loops.load(name)
    content = loops.paths[group].read_bytes()
    if damage == "missing":
        loops.paths[group].unlink()
    else:
        changed = content[:-1000] + bytes([content[-1000] ^ 1]) + content[-999:]
        loops.paths[group].write_bytes(changed if damage == "changed" else b"")
    second = Kernels()
    assert separated(second) == [0x6CD5, 0x6CBB, 7]
    assert squeezed(second) == [97, 32, 98]
    assert compiled == [*GROUPS, group]
    assert loops.paths[group].read_bytes() == content


def test_a_folder_that_cannot_be_written_is_no_error(fresh, tmp_path, monkeypatch):
    loops, _ = fresh
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FZCLF_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert separated(loops) == [0x6CD5, 0x6CBB, 7]
    assert loops.paths == {TAGGING: None}


@pytest.mark.parametrize(("name", "value"), [("NUMBA_CPU_NAME", "generic"), ("NUMBA_BOUNDSCHECK", "1")])
def test_another_processor_and_another_way_of_compiling_get_code_of_their_own(fresh, monkeypatch, name, value):
    loops, _ = fresh
    loops.load()
    monkeypatch.setenv(name, value)
    assert machine._cache_path(TAGGING) != loops.paths[TAGGING]


def test_compiling_leaves_the_collector_of_garbage_as_it_was():
    gc.freeze()
    try:
        n_frozen = gc.get_freeze_count()
        with machine._no_collecting():
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() == pytest.approx(n_frozen, rel=0.01)  # who is frozen stays so
    finally:
        gc.unfreeze()
    with machine._no_collecting():
        pass
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize(("at_terminal", "said"), [(True, 1), (False, 0)])
def test_compiling_is_announced_to_a_person_only(fresh, monkeypatch, at_terminal, said):
    stderr = io.StringIO()
    stderr.isatty = lambda: at_terminal
    monkeypatch.setattr("sys.stderr", stderr)
    fresh[0].load()
    Kernels().load()
    assert stderr.getvalue().count("compiling for this processor") == said


@pytest.mark.parametrize(
    "ends",
    [
        np.array([2], dtype=np.int64),
        np.array([2, 0], dtype=np.int32)[::2].reshape(1, 1),
        np.array([2, 0, 0, 0], dtype=np.int32)[::2],
        np.int32(2),
    ],
    ids=["another type", "two dimensions", "with gaps", "a number"],
)
def test_only_flat_arrays_of_the_right_type_are_taken(ends):
    with pytest.raises(
        TypeError,
        match="separate: takes arrays in C order .0: 1-dimensional uint32, 1: 1-dimensional int32 to write, 3",
    ):
        kernels.separate(WORDS, ends, 7, np.zeros(3, dtype=np.uint32))


@pytest.mark.parametrize(
    "ends",
    [pickle.loads(pickle.dumps(np.array([1, 2], dtype=np.int32))), np.array([1, 2], dtype=np.dtype("i4", copy=True))],
    ids=["from a pickle", "a copy"],
)
def test_an_equal_type_of_numbers_is_as_good_as_the_same(ends):
    assert ends.dtype is not np.dtype(np.int32)
    out = np.zeros(4, dtype=np.uint32)
    kernels.separate(WORDS, ends, 7, out)
    assert out.tolist() == [WORDS[0], 7, WORDS[1], 7]


def test_a_read_only_array_may_be_read_and_not_written():
    text, out = WORDS.copy(), np.zeros(3, dtype=np.uint32)
    text.flags.writeable = out.flags.writeable = False
    with pytest.raises(TypeError, match="3: 1-dimensional uint32 to write"):
        kernels.separate(text, np.array([2], dtype=np.int32), 7, out)
    assert out.tolist() == [0, 0, 0]


def test_a_number_is_no_array_and_an_argument_too_few_no_call():
    with pytest.raises(TypeError, match="takes 4 arguments, not 3"):
        kernels.separate(WORDS, np.array([2], dtype=np.int32), 7)


def test_an_unknown_kernel_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no kernel 'nothing'"):
        kernels.nothing(WORDS)


def test_other_threads_run_while_a_kernel_does():
    n_codes = 30_000_000
    text, out = np.ones(n_codes, dtype=np.uint32), np.empty(n_codes + 1, dtype=np.uint32)
    arguments = text, np.array([n_codes], dtype=np.int32), 7, out
    kernels.separate(*arguments)  # so that the memory is there
    thread = threading.Thread(target=kernels.separate, args=arguments)
    n_steps = 0
    thread.start()
    while thread.is_alive():
        n_steps += 1
    assert n_steps > 100  # with the lock held, one step or none


def mean(values, n, doubled, offset):
    return (values.sum() / (n // n)) * (2 if doubled else 1) / len(values) + offset


def last(table, column, mask):
    return np.int64(table[len(table) - 1, column] & mask)


@pytest.fixture
def no_kernels(monkeypatch):
    """Room for kernels of a test, which then are the only ones to compile."""
    for name in [name for name, value in vars(_kernels).items() if isinstance(value, _kernels.Kernel)]:
        monkeypatch.delattr(_kernels, name)


@pytest.fixture
def toys(no_kernels, monkeypatch):
    """Two small kernels."""
    t = compiling.types
    mean_arguments = (_kernels.F64S, _kernels.I64, _kernels.BOOL, t.float64)
    monkeypatch.setattr(_kernels, "mean", _kernels.Kernel(mean, t.float64, mean_arguments), raising=False)
    last_arguments = (t.Array(t.uint64, 2, "C", readonly=True), _kernels.I64, t.uint64)
    monkeypatch.setattr(_kernels, "last", _kernels.Kernel(last, _kernels.I64, last_arguments), raising=False)
    code, conventions = compiling.compile_kernels(TAGGING)
    engine = machine._linked(code)
    yield {name: calling.callable_in(engine, name, convention) for name, convention in conventions.items()}
    engine.close()


@pytest.mark.parametrize("way", ["quick", "careful"])
def test_numbers_and_arrays_of_every_kind_go_in_and_out_and_errors_are_seen(toys, way):
    mean, last = (toys[name] if way == "quick" else toys[name].__self__ for name in ("mean", "last"))
    values = np.array([1.0, 2.0, 6.0])
    assert mean(values, 1, False, 0.25) == 3.25
    assert mean(values, np.int64(1), np.True_, np.float64(0.5)) == 6.5
    assert mean(values, -1, False, -1.0) == 2.0  # as the loop gets them, no sign of an error
    with pytest.raises(RuntimeError, match="mean: the compiled loop failed"):
        mean(values, 0, False, 0.0)
    table = np.arange(12, dtype=np.uint64).reshape(4, 3)
    assert last(table, 1, 2**64 - 1) == 10
    assert last(table, -1, 2**64 - 1) == 11
    with pytest.raises(TypeError, match="0: 2-dimensional uint64"):
        last(table.T, 1, 2**64 - 1)
    with pytest.raises(TypeError, match="last: takes 3 arguments, not 2"):
        last(table, 1)
    for wrong in ("1", None, 1.5, 2**63, table):
        with pytest.raises((TypeError, struct.error)):
            last(table, wrong, 1)
    assert last(table, 1, 1) == 0  # no error is left behind


def test_a_loop_that_failed_is_not_run_again(no_kernels, monkeypatch):
    """It may have written: the second time, it might not fail."""

    def stepping(state):
        state[0] += 1
        return 10 // (state[0] - 1)

    kernel = _kernels.Kernel(stepping, _kernels.I64, (_kernels.I64S,))
    monkeypatch.setattr(_kernels, "stepping", kernel, raising=False)
    code, conventions = compiling.compile_kernels(TAGGING)
    quick = calling.callable_in(machine._linked(code), "stepping", conventions["stepping"])
    state = np.zeros(1, dtype=np.int64)
    with pytest.raises(RuntimeError, match="stepping: the compiled loop failed"):
        quick(state)
    assert state[0] == 1
    assert quick(state) == 10


def test_what_a_later_argument_does_cannot_hide_that_one_before_is_no_number(toys):
    class Meddling:
        def __float__(self):
            try:
                raise KeyError
            except KeyError:
                return 1.0

    with pytest.raises(struct.error):
        toys["mean"](np.ones(3), "1", True, Meddling())


def test_a_quick_call_keeps_count_of_what_it_is_given(toys):
    values, number, offset = np.array([1.0, 2.0]), 10**15, 0.25
    given = (values, number, False, offset)
    before = [sys.getrefcount(thing) for thing in (values, number, offset, toys["mean"].__self__)]
    for _ in range(100):
        toys["mean"](*given)
        with pytest.raises(RuntimeError):
            toys["mean"](values, 0, False, offset)
    assert [sys.getrefcount(thing) for thing in (values, number, offset, toys["mean"].__self__)] == before


def test_a_kernel_that_needs_numba_when_it_runs_is_refused(no_kernels, monkeypatch):
    def printing(number):
        print(number)

    kernel = _kernels.Kernel(printing, compiling.types.void, (_kernels.I64,))
    monkeypatch.setattr(_kernels, "printing", kernel, raising=False)
    with pytest.raises(ValueError, match="not there without numba"):
        compiling.compile_kernels(TAGGING)
