from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import astuple

from core.errors import SettingsError
from core.model import SymbolClass
from core.settings import MemberListSettings, Settings, WatchGroup
from core.settings_check import against_types
from core.settings_dump import to_toml
from core.settings_load import DEFAULT, default_file, defaults, load, user_config_file

SYMBOLS = """
    ^GSPC ^DJI ^IXIC ^NDX ^RUT ^VIX ^VIX3M ^TNX ^FVX ^IRX ^TYX
    SPY IWM QQQ DIA RSP MDY IJR IWC IWD IWF IWN IWO MTUM QUAL USMV VLUE SPHB SPLV XLG MAGS
    XLB XLC XLE XLF XLI XLK XLP XLRE XLU XLV XLY SMH
    TLT IEF SHY LQD HYG GLD CPER USO UUP AVUV BBSC BKSE AFSM
"""
DEFAULTS = default_file().read_text()


def write(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text)
    return file


def refusal(folder: Path, text: str) -> str:
    """What loading a user's file with this content says, after the name of the file."""
    file = write(folder, text)
    with pytest.raises(SettingsError) as caught:
        load(file)
    line = str(caught.value)
    assert "\n" not in line
    assert caught.value.exit_code == 2
    return line.removeprefix(f"{file}: ")


class TestDefaults:
    def test_the_shipped_file_is_without_mistakes(self) -> None:
        assert list(against_types(tomllib.loads(DEFAULTS))) == []
        assert set(defaults().origin.values()) == {DEFAULT}

    def test_its_numbers_are_those_of_the_specification(self) -> None:
        settings = defaults().settings
        assert (settings.feed.name, settings.metrics.basis, settings.metrics.window) == ("auto", "tr", "63s")
        assert (settings.refresh.open, settings.refresh.simulated) == (15, 3)
        limits = settings.warnings
        assert (limits.W01.watch_z, limits.W01.warning_z, limits.W01.exit_z, limits.W01.share) == (-1, -1.75, 0, 0.6)
        assert limits.W02.exit_sessions == 3
        assert astuple(limits.W03) == (1.5, 1.75, 1.4, 0.90, 0.97, 0.75)
        assert astuple(limits.W04) == (22, 30, 20, 0.85, 0.95, 0.75)
        assert astuple(limits.W05) == (1.00, 1.08, 0.95)
        assert (limits.W06.watch_points, limits.W06.warning_points, limits.W06.exit_points) == (2, 3, 1)
        assert (limits.W06.rsi, limits.W06.pct_b, limits.W06.percentile, limits.W06.exit_rsi) == (70, 1, 0.95, 65)
        assert (limits.W07.near_high, limits.W07.watch_extension, limits.W07.warning_extension) == (0.01, 1, 1.3)
        assert (limits.W07.exit_distance, limits.W07.exit_extension) == (0.03, 0.6)
        assert astuple(limits.W13) == (2, 1, -0.04, -0.065, -0.02, 25, 40, 10)
        assert astuple(limits.W14) == (-1.5, -2.5, -0.5, 75, 150, 25)
        assert astuple(limits.W15) == (-1.5, -2.25, -0.5)
        assert astuple(limits.W16) == (0.75, 0.85, 0.70, 2, 3, 1.5)
        assert astuple(limits.W17) == (0.95, 2, 3, 0)
        assert astuple(limits.W18) == (0.92, 0.96, 0.89)
        assert astuple(limits.W08) == (0.02, 0.60, 0.50, 0.65, 0.05, 10, 0.95)
        assert limits.W09.variant == "2.8"
        assert astuple(limits.W10) == (0.33, 0.36, 0.31, 0.60, 0.75, 0.50, 0.02, -0.05, -0.02)
        assert astuple(limits.W11) == (0.30, 0.45, 0.25, 0.03, 0.40, 0.33, 0.45)
        assert (limits.W19.watch, limits.W19.warning, limits.W19.bear, limits.W19.exit) == (-0.05, -0.1, -0.2, -0.03)
        assert (limits.W20.grace_hours, limits.W20.watch_coverage, limits.W20.warning_coverage) == (2, 0.95, 0.8)
        assert (limits.W20.suspect_share, limits.W20.fetch_age_hours) == (0.005, 24)

    def test_its_universe_is_that_of_the_specification(self) -> None:
        universe = defaults().settings.universe
        watched = {symbol for group in universe.groups.values() for symbol in group.symbols}
        assert watched == set(SYMBOLS.split())
        assert universe.show == tuple(universe.groups)
        schemes = {
            name: [" ".join(s.cyclical), " ".join(s.sensitive), " ".join(s.defensive)]
            for name, s in universe.schemes.items()
        }
        assert schemes == {
            "msci": ["XLC XLY XLF XLI XLK XLB XLRE", "", "XLP XLE XLV XLU"],
            "morningstar": ["XLB XLY XLF XLRE", "XLC XLE XLI XLK", "XLP XLV XLU"],
            "article": ["XLB XLI XLRE", "", "XLE XLF XLV XLU"],
        }

    def test_every_key_stands_under_a_comment(self) -> None:
        """Groups and schemes, which repeat the same keys, are explained once above the first."""
        table, explained = "", False
        for line in DEFAULTS.splitlines():
            if line.startswith("["):
                table, explained = line, False
            elif line.startswith("#"):
                explained = True
            elif re.match(r'["\w^]+ = ', line) and not table.startswith(("[universe.groups", "[universe.schemes")):
                assert explained, f"{table} {line}"


class TestMerging:
    def test_one_key_overrides_one_key(self, tmp_path: Path) -> None:
        file = write(tmp_path, "[refresh]\nopen = 30\n[warnings.W06]\nrsi = 75\n")
        loaded = load(file)
        assert loaded.settings.refresh.open == 30
        assert loaded.settings.refresh.simulated == 3
        assert loaded.settings.warnings.W06.rsi == 75
        assert loaded.settings.warnings.W06.exit_rsi == 65
        assert loaded.user_file == file
        changed = {key for key, source in loaded.origin.items() if source != DEFAULT}
        assert changed == {"refresh.open", "warnings.W06.rsi"}
        assert loaded.origin["refresh.open"] == str(file)

    def test_a_list_replaces_a_list(self, tmp_path: Path) -> None:
        assert load(write(tmp_path, '[universe]\nshow = ["sectors"]\n')).settings.universe.show == ("sectors",)

    def test_a_table_grows(self, tmp_path: Path) -> None:
        loaded = load(write(tmp_path, '[universe.groups.indices.symbols]\n"^SOX" = "Semiconductors"\n'))
        symbols = loaded.settings.universe.groups["indices"].symbols
        assert next(iter(symbols)) == "^GSPC"
        assert symbols["^SOX"] == "Semiconductors"
        assert loaded.origin['universe.groups.indices.symbols."^SOX"'] == str(loaded.user_file)

    def test_both_forms_of_a_watchlist(self, tmp_path: Path) -> None:
        text = '[watchlist]\nbig = ["AAPL", "MSFT"]\n[watchlist.bonds]\nclass = "fund"\nsymbols = ["BND"]\n'
        watchlist = load(write(tmp_path, text)).settings.watchlist
        assert watchlist["big"] == ("AAPL", "MSFT")
        assert watchlist["bonds"] == WatchGroup(symbols=("BND",), title="", cls=SymbolClass.FUND)

    def test_an_extra_closure_is_a_date(self, tmp_path: Path) -> None:
        loaded = load(write(tmp_path, "[sessions]\nextra_closures = [2025-01-09]\n"))
        assert loaded.settings.sessions.extra_closures == (date(2025, 1, 9),)

    def test_paths_of_a_file_start_at_its_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", "/home/somebody")
        loaded = load(write(tmp_path, '[feed]\ndata = ["market", "/abs/prices.csv", "~/more"]\n'))
        assert loaded.settings.feed.data == (f"{tmp_path}/market", "/abs/prices.csv", "/home/somebody/more")

    def test_so_do_those_of_lists_and_holdings(self, tmp_path: Path) -> None:
        text = (
            '[universes.mine]\nfile = "mine.csv"\n[universes.few]\nsymbols = ["A"]\n[holdings]\nIWM = "/abs/IWM.csv"\n'
        )
        settings = load(write(tmp_path, text)).settings
        assert settings.universes == {
            "mine": MemberListSettings(file=f"{tmp_path}/mine.csv"),
            "few": MemberListSettings(symbols=("A",)),
        }
        assert (settings.holdings.SPY, settings.holdings.IWM) == ("", "/abs/IWM.csv")

    def test_a_byte_order_mark_is_no_mistake(self, tmp_path: Path) -> None:
        file = tmp_path / "config.toml"
        file.write_bytes(b"\xef\xbb\xbf[refresh]\nopen = 20\n")
        assert load(file).settings.refresh.open == 20


class TestOverrides:
    def test_the_command_line_comes_last(self, tmp_path: Path) -> None:
        loaded = load(write(tmp_path, '[feed]\nname = "files"\ndata = ["a"]\n'))
        changed = loaded.with_overrides(feed="simulated", data=("/x",), store="none")
        assert changed.settings.feed.name == "simulated"
        assert changed.settings.feed.data == ("/x",)
        assert changed.settings.store.url == "none"
        origins = [changed.origin[key] for key in ("feed.name", "feed.data", "store.url")]
        assert origins == ["--feed", "--data", "--store"]
        assert loaded.settings.feed.name == "files"

    def test_nothing_given_changes_nothing(self) -> None:
        assert defaults().with_overrides() == defaults()

    def test_its_paths_start_at_the_current_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert defaults().with_overrides(data=("x.csv",)).settings.feed.data == (f"{tmp_path}/x.csv",)


class TestUserFile:
    def test_it_is_found_in_the_configuration_folder(self, tmp_path: Path) -> None:
        (tmp_path / "tapeboard").mkdir()
        file = write(tmp_path / "tapeboard", "[refresh]\nopen = 20\n")
        loaded = load(env={"XDG_CONFIG_HOME": str(tmp_path)})
        assert loaded.settings.refresh.open == 20
        assert loaded.user_file == file

    def test_it_need_not_exist(self, tmp_path: Path) -> None:
        assert load(env={"XDG_CONFIG_HOME": str(tmp_path)}) == defaults()

    def test_a_relative_folder_is_none(self) -> None:
        assert user_config_file({"XDG_CONFIG_HOME": "here"}) == user_config_file({})
        assert user_config_file({}).is_absolute()

    def test_one_that_is_named_must_exist(self, tmp_path: Path) -> None:
        file = tmp_path / "absent.toml"
        with pytest.raises(SettingsError) as caught:
            load(file)
        expected = f"{file}: expected a configuration file, found nothing: check the path given to --config"
        assert str(caught.value) == expected

    def test_a_folder_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError) as caught:
            load(tmp_path)
        expected = f"{tmp_path}: expected a configuration file, found a folder: name the file inside it"
        assert str(caught.value) == expected

    def test_one_that_cannot_be_read_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = write(tmp_path, "")

        def refuse(_path: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_bytes", refuse)
        with pytest.raises(SettingsError) as caught:
            load(file)
        expected = "expected a configuration file, found Permission denied: check the rights and the disk"
        assert str(caught.value) == f"{file}: {expected}"

    def test_other_encodings_are_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "config.toml"
        file.write_bytes("[screen]\n# Farbe\ntheme = 'grün'\n".encode("latin-1"))
        with pytest.raises(SettingsError) as caught:
            load(file)
        found = "found a byte that is not UTF-8 in line 3: save the file as UTF-8"
        assert str(caught.value) == f"{file}: expected a configuration file, {found}"

    def test_broken_toml_is_refused_with_its_line(self, tmp_path: Path) -> None:
        expected = (
            "expected a configuration file, found invalid TOML: Expected '=' after a key in a key/value pair "
            "(at line 2, column 6)"
        )
        assert refusal(tmp_path, "[refresh]\nopen 30\n") == expected

    @pytest.mark.parametrize("text", ["open = " + "9" * 5000, "open = " + "[" * 5000])
    def test_absurd_toml_is_refused(self, tmp_path: Path, text: str) -> None:
        assert refusal(tmp_path, text).startswith("expected a configuration file, found ")


WINDOWS = '"126s", "1s", "21s", "252s", "5s" or "63s"'
CLASSES = '"index", "fund", "stock", "rate" or "volatility"'
THEMES = '"tapeboard-colorblind", "tapeboard-contrast", "tapeboard-dark", "tapeboard-light" or "tapeboard-red-up"'
SECONDS = "a number above 0 and at most 86400"
DAY = "a date such as 2025-01-09, without quotes"
GROUPS = "index_funds, size, style, sectors, industry, small_caps, cross_asset, indices, volatility or rates"
SECTORS = "XLB, XLC, XLE, XLF, XLI, XLK, XLP, XLRE, XLU, XLV or XLY"

SECTIONS = (
    "feed, store, sessions, refresh, universe, universes, holdings, metrics, warnings, rules, notify, report, screen, "
    "keys or watchlist"
)

Case = tuple[str, str, str, str, str | None]

MISTAKES: list[Case] = [  # what the file says; key, expected, found and nearest of the answer
    # Unknown keys at any depth.
    (
        "[refresh]\nopne = 3",
        "refresh.opne",
        "a known key (open, simulated, timeout or misfire_grace)",
        '"opne"',
        "open",
    ),
    (
        "[warnings.W06]\nRSI = 3",
        "warnings.W06.RSI",
        "a known key (rsi, pct_b, percentile, watch_points, warning_points, exit_points or exit_rsi)",
        '"RSI"',
        "rsi",
    ),
    (
        "zzz = 1",
        "zzz",
        f"a known key ({SECTIONS})",
        '"zzz"',
        None,
    ),
    # Wrong types.
    ('[refresh]\nopen = "15"', "refresh.open", SECONDS, '"15"', None),
    ("[refresh]\nopen = true", "refresh.open", SECONDS, "true", None),
    ("[screen]\nflash = 1", "screen.flash", "true or false", "1", None),
    ("[screen]\ntheme = 1", "screen.theme", THEMES, "1", None),
    ('[screen]\ntheme = "tapeboard-ligth"', "screen.theme", THEMES, '"tapeboard-ligth"', "tapeboard-light"),
    ("[metrics]\nyears = 2.5", "metrics.years", "a whole number from 1 to 100", "2.5", None),
    ("universe = 3", "universe", "a table", "3", None),
    ("[universe.groups]\nindices = [1]", "universe.groups.indices", "a table", "a list", None),
    ('[feed]\ndata = "x"', "feed.data", "a list", '"x"', None),
    ("[feed.data]\nx = 1", "feed.data", "a list", "a table", None),
    ("[feed]\ndata = [1]", "feed.data.1", "text in quotes", "1", None),
    ('[sessions]\nextra_closures = ["2025-01-09"]', "sessions.extra_closures.1", DAY, '"2025-01-09"', None),
    (
        "[sessions]\nextra_closures = [2025-01-09T00:00:00]",
        "sessions.extra_closures.1",
        DAY,
        "2025-01-09T00:00:00",
        None,
    ),
    ("[watchlist]\nmine = 3", "watchlist.mine", "a list or a table", "3", None),
    ("[watchlist.mine]\ntitle = 'x'", "watchlist.mine.symbols", "a list", "nothing", None),
    ('[watchlist]\nmine = ["A B"]', "watchlist.mine.1", "a symbol without spaces", '"A B"', None),
    (
        '[universe.groups.industry.symbols]\n"" = "x"',
        'universe.groups.industry.symbols.""',
        "a symbol without spaces",
        '""',
        None,
    ),
    (
        '[universe.groups.industry]\ntitle = "a\\u001bb"',
        "universe.groups.industry.title",
        "text without control characters",
        '"ab"',
        None,
    ),
    # Out of range.
    ("[refresh]\nopen = 0", "refresh.open", SECONDS, "0", None),
    ("[refresh]\nopen = nan", "refresh.open", SECONDS, "nan", None),
    ("[warnings.W01]\nshare = 1.5", "warnings.W01.share", "a number from 0 to 1", "1.5", None),
    ("[warnings.W01]\nexit_z = inf", "warnings.W01.exit_z", "a number", "inf", None),
    ("[warnings.W19]\nwatch = 0.05", "warnings.W19.watch", "a number from -1 to 0", "0.05", None),
    ("[feed.simulated]\nseed = -1", "feed.simulated.seed", "a whole number of at least 0", "-1", None),
    # One of several words.
    ('[feed]\nname = "yaho"', "feed.name", '"alpaca", "auto", "files", "simulated" or "yahoo"', '"yaho"', "yahoo"),
    ('[metrics]\nwindow = "62s"', "metrics.window", WINDOWS, '"62s"', "63s"),
    ('[universe.groups.rates]\nclass = "rates"', "universe.groups.rates.class", CLASSES, '"rates"', "rate"),
    (
        '[universe.groups.mine]\ntitle = "Mine"\nranked = true\nsymbols = {A = "a"}',
        "universe.groups.mine.class",
        CLASSES,
        "nothing",
        None,
    ),
    # Names that refer to nothing.
    (
        '[universe]\nshow = ["sectors", "sytle"]',
        "universe.show.2",
        f"a group of universe.groups ({GROUPS})",
        '"sytle"',
        "style",
    ),
    ('[universe]\nshow = ["size", "style", "size"]', "universe.show.3", "each group once", '"size" again', None),
    (
        '[universe.schemes.mine]\ncyclical = ["XLK"]\nsensitive = []\ndefensive = ["XLU", "XLK"]',
        "universe.schemes.mine.defensive",
        "each symbol once in a scheme",
        '"XLK" again',
        None,
    ),
    (
        '[universe.schemes.mine]\ncyclical = ["XLKK"]\nsensitive = []\ndefensive = []',
        "universe.schemes.mine.cyclical",
        f"a symbol of the group sectors ({SECTORS})",
        '"XLKK"',
        "XLK",
    ),
    (
        '[metrics]\nscheme = "MSCI"',
        "metrics.scheme",
        "a scheme of universe.schemes (msci, morningstar or article)",
        '"MSCI"',
        "msci",
    ),
    # Lists of members.
    ("[universes.mine]\ntitle = 'x'", "universes.mine", "either symbols or a file", "neither", None),
    (
        "[universes.mine]\nsymbols = ['A']\nfile = 'a.csv'",
        "universes.mine",
        "either symbols or a file",
        "both",
        None,
    ),
    (
        "[universes.core]\nsymbols = ['A']",
        "universes.core",
        "a name of your own",
        "that of the watched funds and indices",
        None,
    ),
    ('[holdings]\nspy = "a.csv"', "holdings.spy", "a known key (SPY or IWM)", '"spy"', "SPY"),
    # Keys.
    ('[keys]\nzom = "z"', "keys.zom", "a command", '"zom"', "zoom"),
    ('[keys]\nzoom = "f1, s"', "keys.sort_next", "a key that no other command has", '"s", which zoom has too', None),
]


class TestMistakes:
    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("[warnings.W19]\nwatch = -0.15", "warnings.W19.watch: expected at least warning, -0.1, found -0.15"),
            ("[warnings.W01]\nexit_z = -1.5", "warnings.W01.exit_z: expected at least watch_z, -1, found -1.5"),
            (
                "[warnings.W08]\nwarning_above = 0.7",
                "warnings.W08.watch_above: expected at least warning_above, 0.7, found 0.6",
            ),
            (
                "[warnings.W10]\nexit_share = 0.7",
                "warnings.W10.watch_share: expected at least exit_share, 0.7, found 0.6",
            ),
            (
                "[warnings.W11]\nexit_beating = 0.3",
                "warnings.W11.exit_beating: expected at least watch_beating, 0.4, found 0.3",
            ),
            ("[warnings.W06]\nrsi = 60.0", "warnings.W06.rsi: expected at least exit_rsi, 65, found 60"),
        ],
    )
    def test_thresholds_in_the_wrong_order(self, tmp_path: Path, text: str, line: str) -> None:
        assert refusal(tmp_path, text).endswith(line)

    @pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case[1])
    def test_each_is_one_line_with_file_key_expectation_and_finding(self, tmp_path: Path, case: Case) -> None:
        text, key, expected, found, nearest = case
        mend = f': did you mean "{nearest}"?' if nearest else ""
        assert refusal(tmp_path, text) == f"{key}: expected {expected}, found {found}{mend}"

    def test_all_of_a_kind_are_told_at_once_a_line_each(self, tmp_path: Path) -> None:
        file = write(tmp_path, "[refresh]\nopne = 3\n[screen]\nflash = 1\n[universe]\nshow = ['sytle']\n")
        with pytest.raises(SettingsError) as caught:
            load(file)
        known = "a known key (open, simulated, timeout or misfire_grace)"
        assert str(caught.value).splitlines() == [
            f'{file}: refresh.opne: expected {known}, found "opne": did you mean "open"?',
            f"{file}: screen.flash: expected true or false, found 1",
        ]

    def test_names_and_own_rules_are_told_together(self, tmp_path: Path) -> None:
        rule = "[rules.mine]\nmetric = 'nothing'\ncomparison = 'above'\nenter = 1\nleave = 2\n"
        file = write(tmp_path, f"[universe]\nshow = ['sytle']\n{rule}")
        with pytest.raises(SettingsError) as caught:
            load(file)
        keys = [line.removeprefix(f"{file}: ").partition(": ")[0] for line in str(caught.value).splitlines()]
        assert keys == ["universe.show.1", "rules.mine.metric", "rules.mine.leave"]

    def test_a_misspelt_key_is_not_missed_as_well(self, tmp_path: Path) -> None:
        rule = "[rules.mine]\nmetric = 'vix'\ncomparison = 'above'\nentr = 1\nleave = 2\n"
        expected = "a known key (metric, subjects, comparison, enter, leave, warning, min_in, min_out, severity, "
        said = f'rules.mine.entr: expected {expected}title or text), found "entr": did you mean "enter"?'
        assert refusal(tmp_path, rule) == said

    def test_a_list_of_nonsense_is_not_told_to_its_end(self, tmp_path: Path) -> None:
        file = write(tmp_path, f"[feed]\ndata = [{'1, ' * 5000}]")
        with pytest.raises(SettingsError) as caught:
            load(file)
        assert len(str(caught.value).splitlines()) == 20

    def test_a_key_may_move_to_another_command(self, tmp_path: Path) -> None:
        keys = load(write(tmp_path, '[keys]\nzoom = "s,f2"\nsort_next = ""\n')).settings.keys
        assert (keys["zoom"], keys["sort_next"]) == ("s,f2", "")

    def test_a_number_beyond_floats_is_refused(self, tmp_path: Path) -> None:
        assert refusal(tmp_path, f"[warnings.W01]\nwatch_z = 1{'0' * 400}").startswith(
            "warnings.W01.watch_z: expected a number, found 1000"
        )

    def test_what_passes_the_check_converts(self, tmp_path: Path) -> None:
        """The check knows no less than msgspec: integers for numbers are the one widening."""
        loaded = load(write(tmp_path, "[warnings.W01]\nwatch_z = -1\n"))
        assert isinstance(loaded.settings.warnings.W01.watch_z, float)


class TestDump:
    def reload(self, folder: Path, text: str) -> Settings:
        folder.mkdir()
        return load(write(folder, text)).settings

    def test_the_defaults_come_back(self, tmp_path: Path) -> None:
        text = to_toml(defaults())
        assert "# from" not in text
        assert self.reload(tmp_path / "again", text) == defaults().settings

    def test_all_that_was_changed_comes_back_with_its_origin(self, tmp_path: Path) -> None:
        changes = (
            "[sessions]\nextra_closures = [2025-01-09]\n"
            "[warnings.W01]\nwatch_z = -1.25\n"
            '[universe.groups.indices.symbols]\n"^SO\\"X" = "a \\\\ \\"b\\" é 日本"\n'
            '[watchlist]\nbig = ["AAPL"]\n[watchlist.bonds]\ntitle = "My bonds"\nsymbols = ["BND"]\n'
        )
        file = write(tmp_path, changes)
        loaded = load(file).with_overrides(feed="files", data=("/data/one", "/data/t wo"))
        text = to_toml(loaded)
        assert f"watch_z = -1.25  # from {file}\n" in text
        assert 'name = "files"  # from --feed\n' in text
        assert 'data = ["/data/one", "/data/t wo"]  # from --data\n' in text
        assert "extra_closures = [2025-01-09]" in text
        assert f"# yours: {file}\n" in text
        assert self.reload(tmp_path / "again", text) == loaded.settings

    def test_a_path_without_a_form_in_toml_does_not_break_the_document(self, tmp_path: Path) -> None:
        text = to_toml(defaults().with_overrides(data=("/x/\udcff\n\x7f\x1b",)))
        parsed: dict[str, Any] = tomllib.loads(text)
        assert parsed["feed"]["data"] == ["/x/?\n\x7f\x1b"]
        assert text.encode()


def test_loading_imports_nothing_heavy() -> None:
    code = (
        "import sys; from core.settings_load import load; load(); "
        "print(sorted({m.partition('.')[0] for m in sys.modules} & "
        "{'numpy', 'pandas', 'rich', 'textual', 'sqlalchemy', 'exchange_calendars'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
