"""Rules of the user's own in the configuration: what is taken, and what is refused with its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings_dump import to_toml
from core.settings_load import default_file, defaults, load
from core.settings_rules import pair
from core.settings_warnings import OwnRuleSettings

PLAIN = {"metric": '"rsi14"', "subjects": '["SPY"]', "comparison": '"above"', "enter": "70", "leave": "65"}

METRIC = "expected a metric of `tapeboard config --metrics`"


def table(name: str = "mine", **changes: str) -> str:
    """The table of a rule; a key that is "" is left out."""
    lines = [f"{key} = {value}" for key, value in {**PLAIN, **changes}.items() if value]
    return "\n".join([f"[rules.{name}]", *lines, ""])


def refusal(folder: Path, text: str) -> str:
    """What loading a file with this content says, after the name of the file."""
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(file)
    assert caught.value.exit_code == 2
    line = str(caught.value)
    assert "\n" not in line
    return line.removeprefix(f"{file}: ")


def test_there_are_none_by_default() -> None:
    assert defaults().settings.rules == {}


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(table(), encoding="utf-8")
    assert load(file).settings.rules == {
        "mine": OwnRuleSettings(metric="rsi14", subjects=("SPY",), comparison="above", enter=70, leave=65)
    }
    rule = load(file).settings.rules["mine"]
    assert (rule.warning, rule.min_in, rule.min_out, rule.severity) == (None, 2, 3, "watch")


def test_the_printed_settings_load_to_the_same_rules(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(table() + table("other", warning="80", severity='"warning"', text='"words"'), encoding="utf-8")
    loaded = load(file)
    again = tmp_path / "again.toml"
    again.write_text(to_toml(loaded), encoding="utf-8")
    assert load(again).settings.rules == loaded.settings.rules


def test_the_example_in_the_shipped_file_is_a_rule(tmp_path: Path) -> None:
    """Its comment signs taken off."""
    lines = default_file().read_text(encoding="utf-8").splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith("#   [rules."))
    last = lines.index("[rules]")
    file = tmp_path / "config.toml"
    file.write_text("\n".join(line.removeprefix("#") for line in lines[first:last]), encoding="utf-8")
    assert [rule.severity for rule in load(file).settings.rules.values()] == ["warning"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            table(metric='"rsi_14"'),
            f'rules.mine.metric: {METRIC}, found "rsi_14": did you mean "rsi14"?',
        ),
        (
            table(metric='"ret_20s"'),
            f'rules.mine.metric: {METRIC}, found "ret_20s": did you mean "ret_21s"?',
        ),
        (
            table(metric='"ret_22s"'),
            f'rules.mine.metric: {METRIC}, found "ret_22s": did you mean "ret_21s"?',
        ),
        (
            table(metric='"spread.63 s"', subjects='["IWM-SPY"]'),
            f'rules.mine.metric: {METRIC}, found "spread.63 s": did you mean "spread.63s"?',
        ),
        (table(subjects=""), 'rules.mine.subjects: expected what it looks at, as ["SPY"], found nothing'),
        (
            table(subjects='["SPX"]'),
            'rules.mine.subjects: expected a symbol that is watched, found "SPX": did you mean "SPY"?',
        ),
        (table(subjects='["SPY", "SPY"]'), 'rules.mine.subjects: expected each once, found "SPY" again'),
        (
            table(metric='"spread.63s"', subjects='["SPY"]'),
            'rules.mine.subjects: expected two watched symbols, as IWM-SPY, found "SPY"',
        ),
        (
            table(metric='"spread.63s"', subjects=""),
            'rules.mine.subjects: expected what it looks at, as ["IWM-SPY"], found nothing',
        ),
        (
            table(metric='"risk.vix"'),
            'rules.mine.subjects: expected none: the metric is about the market as a whole, found "SPY"',
        ),
        (table(leave="70.5"), "rules.mine.leave: expected at most enter, 70, found 70.5"),
        (table(comparison='"below"'), "rules.mine.leave: expected at least enter, 70, found 65"),
        (
            table(warning="69", severity='"warning"'),
            "rules.mine.warning: expected at least enter, 70, found 69",
        ),
        (
            table(comparison='"below"', leave="75", warning="71", severity='"warning"'),
            "rules.mine.warning: expected at most enter, 70, found 71",
        ),
        (table(warning="80"), 'rules.mine.warning: expected none, or severity = "warning", found 80'),
        (
            table(severity='"alarm"'),
            'rules.mine.severity: expected "info", "warning" or "watch", found "alarm"',
        ),
        (
            table(comparison='"over"'),
            'rules.mine.comparison: expected "above" or "below", found "over": did you mean "above"?',
        ),
        (table(enter=""), "rules.mine.enter: expected a number, found nothing"),
        (table(enter='"70"'), 'rules.mine.enter: expected a number, found "70"'),
        (table(warning='"80"'), 'rules.mine.warning: expected a number, found "80"'),
        (table(min_in="0"), "rules.mine.min_in: expected a whole number from 1 to 10000, found 0"),
        (table(min_outs="3"), 'rules.mine.min_outs: expected a known key, found "min_outs": did you mean "min_out"?'),
        (
            table("W07"),
            'rules.W07: expected a name of up to 16 letters, digits, _ and -, other than W and digits, found "W07"',
        ),
    ],
)
def test_a_wrong_rule_is_refused_with_its_key(text: str, message: str, tmp_path: Path) -> None:
    said = refusal(tmp_path, text)
    if "min_outs" in message:  # the known keys are listed in between
        assert said.startswith("rules.mine.min_outs: expected a known key")
        assert said.endswith('did you mean "min_out"?')
    else:
        assert said == message


def test_symbols_of_the_watchlist_are_watched(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    watch = '[watchlist]\nmine = ["brk-b", "AAPL"]\n'
    file.write_text(watch + table(metric='"spread.5s"', subjects='["BRK-B-SPY", "AAPL-BRK-B"]'), encoding="utf-8")
    assert load(file).settings.rules["mine"].subjects == ("BRK-B-SPY", "AAPL-BRK-B")


def test_a_group_that_is_not_shown_is_not_watched(tmp_path: Path) -> None:
    shown = '[universe]\nshow = ["sectors"]\n'
    assert refusal(tmp_path, shown + table()).startswith("rules.mine.subjects: expected a symbol that is watched")


@pytest.mark.parametrize(
    ("subject", "halves"),
    [
        ("IWM-SPY", ("IWM", "SPY")),
        ("BRK-B-SPY", ("BRK-B", "SPY")),
        ("SPY-BRK-B", ("SPY", "BRK-B")),
        ("SPY", None),
        ("SPY-", None),
        ("IWM-XXX", None),
    ],
)
def test_a_pair_is_two_watched_symbols(subject: str, halves: tuple[str, str] | None) -> None:
    assert pair(subject, ("IWM", "SPY", "BRK-B")) == halves
