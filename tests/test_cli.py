"""The command line, as a user runs it: real processes."""

import json
import os
import subprocess
import sys

import pytest
from conftest import ROOT, SEEDS


def fzclf(*arguments, stdin=b"", env=None, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", "fzclf", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        check=False,
        timeout=300,
    )


def out(result):
    return result.stdout.decode("utf-8")


def err(result):
    return result.stderr.decode("utf-8")


def test_a_seed_is_tagged_as_a_table():
    result = fzclf("classify", SEEDS / "wuda-2022.txt")
    assert result.returncode == 0
    assert "乌达区2022年法治政府建设工作情况报告" in out(result)
    assert "普法宣传" in out(result)
    assert err(result) == ""


def test_standard_input_is_read():
    result = fzclf("classify", "-", "--format", "jsonl", stdin="开展行政执法检查。".encode())
    assert json.loads(out(result))["category"] == "enforcement"


def test_what_cannot_be_read_is_named_and_the_rest_done(tmp_path):
    (tmp_path / "good.txt").write_text("开展行政执法检查。", "utf-8")
    (tmp_path / "picture.txt").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "empty").mkdir()
    result = fzclf(
        "classify", tmp_path / "missing.txt", tmp_path / "picture.txt", tmp_path / "empty", tmp_path / "good.txt",
        "--format", "jsonl",
    )  # fmt: skip
    assert result.returncode == 1
    assert len(out(result).splitlines()) == 1
    lines = err(result).splitlines()
    assert len(lines) == 3
    assert all(name in line for name, line in zip(("missing.txt", "picture.txt", "empty"), lines, strict=True))
    assert "Traceback" not in err(result)


def test_a_folder_means_its_files(tmp_path):
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_text("开展行政执法检查。", "utf-8")
    rows = [json.loads(line) for line in out(fzclf("segment", tmp_path, "--format", "jsonl")).splitlines()]
    assert [os.path.basename(row["file"]) for row in rows] == ["a.txt", "b.txt"]


def test_segment_prints_headings_unless_told_not_to(tmp_path):
    (tmp_path / "a.txt").write_text("一、规范执法\n开展行政执法检查。\n", "utf-8")
    for options, kinds in (([], ["heading", "paragraph"]), (["--no-all"], ["paragraph"])):
        lines = out(fzclf("segment", tmp_path, "--format", "jsonl", *options)).splitlines()
        assert [json.loads(line)["kind"] for line in lines] == kinds


def test_csv_goes_to_a_file_that_excel_reads(tmp_path):
    result = fzclf(
        "classify", SEEDS / "wuda-2022.txt", "--format", "csv", "--level", "sentence", "-o", tmp_path / "t.csv"
    )
    assert result.returncode == 0
    assert out(result) == ""
    content = (tmp_path / "t.csv").read_bytes()
    assert content.startswith("\ufefffile,paragraph,sentence".encode())
    assert content.count(b"\n") == 57


def test_an_output_that_cannot_be_written_is_named(tmp_path):
    result = fzclf("classify", SEEDS / "wuda-2022.txt", "-o", tmp_path / "no" / "t.txt")
    assert result.returncode == 1
    assert "cannot be written" in err(result)
    assert "Traceback" not in err(result)


@pytest.mark.parametrize(
    "arguments", [[], ["classify"], ["classify", "x", "--format", "xml"], ["explain", "x", "--top", "0"]]
)
def test_wrong_use_exits_with_2(arguments):
    result = fzclf(*arguments)
    assert result.returncode == 2
    assert "usage: fzclf" in err(result)


def test_a_broken_model_is_named(tmp_path):
    result = fzclf("classify", SEEDS / "wuda-2022.txt", "--model", tmp_path)
    assert result.returncode == 1
    assert "is not a model folder" in err(result)


def test_a_gbk_console_shows_chinese_and_stops_at_nothing():
    result = fzclf("classify", "-", stdin="开展执法检查♥。".encode(), env={"PYTHONIOENCODING": "gbk"})
    assert result.returncode == 0
    assert "行政执法" in result.stdout.decode("gbk")


def test_an_ascii_locale_stops_at_nothing():
    result = fzclf(
        "classify", SEEDS / "wuda-2022.txt", env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    )
    assert result.returncode == 0
    assert result.stderr == b""


def test_data_is_utf8_even_in_an_ascii_locale():
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    result = fzclf("segment", "-", "--format", "jsonl", stdin="执法。".encode(), env=env)
    assert json.loads(out(result))["text"] == "执法。"


def test_a_closed_pipe_is_silent():
    command = f'"{sys.executable}" -m fzclf classify "{SEEDS}" --format csv --level sentence | head -1'
    result = subprocess.run(command, shell=True, capture_output=True, check=False)
    assert result.stderr == b""


def test_no_colour_when_piped():
    assert b"\x1b" not in fzclf("classify", SEEDS / "wuda-2022.txt").stdout


def test_explain_shows_the_words_that_spoke():
    result = fzclf("explain", "-", "--top", "2", stdin="依法办理行政复议案件。".encode())
    assert "复议" in out(result).splitlines()[2]
    assert "dispute_resolution" in out(result)


def test_train_evaluate_and_classify_with_own_labels(tmp_path):
    rows = ["text,category,report"]
    for report in ("甲", "乙", "丙"):
        for i in range(4):
            rows.append(f"{report}地第{i}次开展执法检查并作出处罚。,enforcement,{report}")
            rows.append(f"{report}地第{i}次组织普法宣传和法治讲座。,legal_publicity,{report}")
    (tmp_path / "mine.csv").write_text("\n".join(rows), "utf-8")
    trained = fzclf("train", tmp_path / "mine.csv", "-o", tmp_path / "model")
    assert trained.returncode == 0, err(trained)
    assert "# Model card" in out(trained)
    tagged = fzclf(
        "classify", "-", "--format", "jsonl", "--model", tmp_path / "model", stdin="又组织法治讲座。".encode()
    )
    assert json.loads(out(tagged))["category"] == "legal_publicity"
    measured = fzclf("evaluate", tmp_path / "mine.csv", "--model", tmp_path / "model", "--json")
    assert json.loads(out(measured))["figures"]["model on these labels"]["model"]["macro_f1"] == 1.0


def test_evaluate_prints_figures_and_baselines():
    result = fzclf("evaluate", ROOT / "labels" / "seeds")
    assert result.returncode == 0
    assert "macro-F1" in out(result)
    assert "seed terms" in out(result)


def test_a_broken_label_names_file_and_line(tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"text": "一。", "category": "enforcment"}\n', "utf-8")
    result = fzclf("train", tmp_path / "bad.jsonl", "-o", tmp_path / "model")
    assert result.returncode == 1
    assert "bad.jsonl:1: unknown category 'enforcment'; known: decision_making" in err(result)
    assert not (tmp_path / "model").exists()


def test_info_as_markdown():
    result = fzclf("info", "--markdown")
    assert "| fzclf |" in out(result)
    assert "| model |" in out(result)


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_scripts(shell):
    result = fzclf("completion", shell)
    assert result.returncode == 0
    assert "classify" in out(result)


@pytest.mark.parametrize(
    "verb", ["classify", "segment", "train", "evaluate", "explain", "info", "warmup", "completion"]
)
def test_every_verb_has_help(verb):
    result = fzclf(verb, "--help")
    assert result.returncode == 0
    assert f"usage: fzclf {verb}" in out(result)


def test_help_is_quick():
    """Parsing must not import numpy: it would cost more than the whole answer."""
    code = "import fzclf.cli, sys; fzclf.cli.make_parser(); print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"False"
