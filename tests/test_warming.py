"""`warmup`: what the first call would do, done and told."""

from __future__ import annotations

from fzclf.warming import warmup


def test_warmup_says_what_it_found():
    warmup()
    report = warmup()
    assert not report.lexicon_built
    assert report.lexicon_path.is_file()
    assert [path.is_file() for path in report.kernels_paths] == [True, True]
    assert len(set(report.kernels_paths)) == 2
    assert str(report).splitlines()[0].startswith("kernels: ")
    assert str(report).splitlines()[1].startswith("lexicon: found (")


def test_warmup_says_that_nothing_is_kept_where_no_folder_can_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FZCLF_CACHE_DIR", str(tmp_path / "file" / "cache"))
    report = warmup(("法治政府建设",))
    assert report.lexicon_built
    assert "lexicon: built (not kept: no folder can be written)" in str(report)
