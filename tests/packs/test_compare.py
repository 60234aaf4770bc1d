"""Comparison: the guard, the table, ranking only what can be distinguished."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from packs.checklist import failures, read_ods, read_xlsx
from packs.conftest import WHOLE

from sencosim.cli import main
from sencosim.errors import InputError
from sencosim.experiment.finished import manifest_of
from sencosim.fingerprint import MADE_WITH
from sencosim.outcomes.catalogue import DERIVED
from sencosim.outcomes.ratio import PER_HOUR, cost_per_hour
from sencosim.outcomes.separation import Separation, separation
from sencosim.report.compare.ranks import Pair, ranks_table, same_answer, separations, why_barred
from sencosim.report.compare.table import comparison_table
from sencosim.report.compare.terms import like_for_like, terms_of, unlike_terms
from sencosim.report.compare.write import (
    check_alike,
    compare,
    comparison_text,
    made_by,
    unlike,
    worst_facts,
    write_comparison,
)
from sencosim.report.findings import Findings
from sencosim.report.inputs import NET_PUBLIC_COST, PRESENT_VALUE
from sencosim.report.manifest import manifest_problems
from sencosim.report.quoted import numbers_in, unsupported_figures
from sencosim.report.showing import FEWEST_DRAWS, obstacles
from sencosim.report.stored import StoredRun
from sencosim.report.table import TOLD, words_in
from sencosim.report.words import DASH, MINUS
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.vocabulary import USES_OF_PAID_HOURS

pytestmark = pytest.mark.engine


def with_manifest(run: StoredRun, **changes: object) -> StoredRun:
    return StoredRun(run.folder, replace(run.inputs, manifest={**run.inputs.manifest, **changes}))


def runs_frame(points: list[float], draws: list[float]) -> pd.DataFrame:
    values = [*points, *draws]
    return pd.DataFrame(
        {
            "view": "central",
            "draw": [0] * len(points) + list(range(1, len(draws) + 1)),
            "replication": [*range(len(points)), *([0] * len(draws))],
            "outcome": NET_PUBLIC_COST,
            "payer": "",
            "area_code": "E",
            "year": PRESENT_VALUE,
            "difference": values,
            "weight": [1.0 / len(points)] * len(points) + [1.0 / max(1, len(draws))] * len(draws),
        }
    )


def test_runs_of_one_kind_may_be_compared(full_time: StoredRun, protected_time: StoredRun) -> None:
    assert unlike([full_time, protected_time]) == []
    assert check_alike([full_time, protected_time], anyway=False) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": 7}, "the seed"),
        ({"evidence_fingerprint": "0" * 64}, "the evidence"),
        ({"code_fingerprint": "0" * 64}, "the version of the engine"),
        ({"population_fingerprint": "0" * 64}, "the list of schools"),
        ({"quick": True}, "whether it was a quick run"),
    ],
)
def test_what_is_unlike_is_refused_or_stamped(
    full_time: StoredRun, protected_time: StoredRun, change: dict[str, object], words: str
) -> None:
    other = with_manifest(protected_time, **change)
    with pytest.raises(InputError, match=words):
        check_alike([full_time, other], anyway=False)
    (stamp,) = check_alike([full_time, other], anyway=True)
    assert stamp.startswith("Not like for like")
    found = compare([full_time, other], (stamp,))
    assert found.same == ()
    assert stamp in " ".join(comparison_text(found).split())


def test_a_comparison_keeps_the_model_of_its_runs_and_says_if_it_is_not_todays(
    full_time: StoredRun, protected_time: StoredRun, tmp_path: Path
) -> None:
    now = compare([full_time, protected_time], ())
    assert not any("Made with other" in stamp for stamp in now.stamps)
    made = {name: full_time.inputs.manifest[name] for name in MADE_WITH}
    assert made_by([full_time, protected_time]) == made
    older = [with_manifest(run, evidence_fingerprint="0" * 64) for run in (full_time, protected_time)]
    found = compare(older, check_alike(older, anyway=False))
    assert "Made with other evidence than is read now" in " ".join(comparison_text(found).split())
    told = manifest_of(write_comparison(found, tmp_path))
    assert {name: told[name] for name in MADE_WITH} == made | {"evidence_fingerprint": "0" * 64}
    both = made_by([older[0], protected_time])["evidence_fingerprint"]
    assert both == {full_time.run_id: "0" * 64, protected_time.run_id: made["evidence_fingerprint"]}


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("mechanisms: {off: [patience]}", "the mechanisms that are switched off"),
        ("overrides: {senco_leaving_rate: {value: 0.1, why: A test.}}", "the assumptions that a scenario changes"),
        ("background: {slt_seat: {start: 2027/28}}", "what happens with and without the policy"),
        ("baselines: [announced]", "the laws that policies are set against"),
        ("structure: {requests_release: {off: 1.0}}", "the weights of the forms of the model"),
        ("correlations: {effects_of_senco_time: {correlation: 0.1}}", "which parameters are drawn together"),
        ("high_needs_pressure_funded_by: councils", "who pays for plans and places beyond today's"),
        ("high_needs_pressure_from: 2029-04", "the month from which central government pays for them"),
        ("flow_backs: all", "what of the pay of staff counts as income of the Exchequer"),
        ("run: {warm_up_years: 0}", "the years simulated before the base year"),
    ],
)
def test_options_against_another_baseline_are_refused(
    full_time: StoredRun, protected_time: StoredRun, tmp_path: Path, setting: str, words: str
) -> None:
    """Figures are differences from today's policy: with another of it in each run they do not belong in one table."""
    other = with_scenario(protected_time, tmp_path / "other", setting)
    with pytest.raises(InputError, match=f"they differ in [^;]*{words}. Nothing was compared"):
        check_alike([full_time, other], anyway=False)
    assert words in check_alike([full_time, other], anyway=True)[0]


def test_every_setting_that_is_not_of_the_policy_must_be_alike() -> None:
    """A new setting gets words in the refusal, unless a fact of the run is compared in its place."""
    settings = Scenario().settings()
    names = settings.keys() - {"run"} | {f"run.{name}" for name in settings["run"]}
    of_the_policy = {"levers", "routes_off"}
    by_facts = {"schema", "horizon", "view", "views", "run.seed", "run.draws", "run.replications"}
    by_facts |= {"run.precision", "run.sample", "run.draw_sample", "run.sampling"}
    assert words_in(TOLD)["alike_settings"].keys() == names - of_the_policy - by_facts


@pytest.mark.parametrize("change", [{"draws": 9}, {"replications": 9}, {"sample_share": 0.5}, {"engine": "other"}])
def test_runs_of_other_size_or_engine_are_refused(
    full_time: StoredRun, protected_time: StoredRun, change: dict[str, object]
) -> None:
    with pytest.raises(InputError, match="not like for like"):
        check_alike([full_time, with_manifest(protected_time, **change)], anyway=False)


def test_columns_add_up_as_printed(full_time: StoredRun, protected_time: StoredRun) -> None:
    options = [Findings(run.inputs) for run in (protected_time, full_time)]
    table = comparison_table(options)
    (net,) = table.strong_rows
    payers = [row for row in table.shown[:net] if row[1] == "money"]
    assert len(payers) == len(options[0].public_payers())
    for column in (3, 4):
        cells = [
            float(row[column].split(" ")[0].replace(MINUS, "-").replace(",", "")) for row in (*payers, table.shown[net])
        ]
        assert sum(cells[:-1]) == pytest.approx(cells[-1], abs=1e-9)


def test_terminal_page_and_spreadsheet_show_the_same_table(
    full_time: StoredRun, protected_time: StoredRun, tmp_path: Path
) -> None:
    found = compare([protected_time, full_time], ())
    folder = write_comparison(found, tmp_path)
    assert manifest_problems(folder) == []
    html = (folder / "comparison.html").read_text(encoding="utf-8")
    cells = {cell for row in found.table.shown for cell in row}
    assert [cell for cell in cells if cell.replace("'", "&#39;") not in html] == []
    for document in (read_xlsx(folder / "comparison.xlsx"), read_ods(folder / "comparison.ods")):
        assert failures(document) == []
        (page,) = (page for page in document.pages if page.name == "Comparison")
        assert cells - {cell for row in page.shown for cell in row} <= {DASH}
        assert any(isinstance(cell, int | float) for row in page.cells for cell in row), "numbers became texts"
    numbers = numbers_in(pd.read_parquet(folder / "summary.parquet"))
    said = " ".join(cell for row in found.table.shown for cell in row[2:]) + " ".join(found.same)
    said = said.replace(found.options[0].inputs.scenario.title, "")
    assert unsupported_figures(said, numbers, slack_steps=1.0) == []


def test_two_runs_of_one_scenario_have_two_names_in_every_table(full_time: StoredRun, tmp_path: Path) -> None:
    dearer = full_time.inputs.summary.assign(difference=1.5 * full_time.inputs.summary["difference"])
    other = with_manifest(full_time, run_id="another")
    other = replace(other, inputs=replace(other.inputs, summary=dearer))
    folder = write_comparison(compare([full_time, other], ()), tmp_path)
    names = {"full_time": full_time.run_id, "full_time (2)": "another"}
    assert manifest_of(folder)["runs"] == names
    summary = pd.read_parquet(folder / "summary.parquet").set_index("option")
    for table in ("comparison", "uses", "net_costs"):
        told = pd.read_csv(folder / f"{table}.csv")["option"]
        assert set(names) == {one for one in told if " less " not in one}, table
    first, second = (
        summary.loc[[name]].query("outcome == 'net_public_cost' and view == 'central'")["difference"] for name in names
    )
    assert second.tolist() == pytest.approx((1.5 * first).tolist())


def test_an_option_is_the_same_as_itself(full_time: StoredRun) -> None:
    options = [Findings(full_time.inputs)] * 2
    (pair,) = separations(options)
    assert "the same in every draw" in same_answer(pair)


def test_what_rounding_leaves_behind_is_not_ranked(full_time: StoredRun) -> None:
    """Two runs that differ in who pays alone add the same sums in another order: below 50p in every draw is nothing."""
    for gap, reading in ((6.2e-11, "same"), (0.49, "same"), (0.51, "higher")):
        moved = full_time.inputs.runs.assign(difference=full_time.inputs.runs["difference"] + gap)
        (pair,) = separations([Findings(replace(full_time.inputs, runs=moved)), Findings(full_time.inputs)])
        assert pair.found is not None
        assert pair.found.reading == reading
        assert ("the same in every draw" in same_answer(pair)) == (reading == "same")
        assert (pair.found.mean == 0.0) == (reading == "same")


@pytest.mark.parametrize(
    ("points", "draws", "reading"),
    [
        ([1.0, 1.1, 0.9], [1.0, 2.0, 3.0], "higher"),
        ([-1.0, -1.1, -0.9], [-1.0, -2.0, -3.0], "lower"),
        ([1.0, 1.1, 0.9], [-5.0, 2.0, 9.0], "unclear"),
        ([10.0, -9.0, 0.5], [1.0, 1.1, 1.2], "not separated"),
        ([0.0, 0.0], [0.0, 0.0], "same"),
    ],
)
def test_options_are_ranked_only_if_they_can_be_told_apart(
    points: list[float], draws: list[float], reading: str
) -> None:
    nothing = runs_frame([0.0] * len(points), [0.0] * len(draws))
    found = separation(runs_frame(points, draws), nothing, "central", NET_PUBLIC_COST, PRESENT_VALUE)
    assert found.reading == reading
    assert found.mean == pytest.approx(float(np.mean(draws)))


@pytest.mark.parametrize(
    ("points", "draws", "words"),
    [
        ([2e6, 2.1e6], [1e6, 2e6, 3e6] * 12, "“A” costs the public purse £1.0 million to £3.0 million more than “B”"),
        (
            [-2e6, -2.1e6],
            [-1e6, -2e6, -3e6] * 12,
            "“A” costs the public purse £1.0 million to £3.0 million less than “B”",
        ),
        ([2e6, 2.1e6], [-5e6, 2e6, 9e6], "Unclear: the interval spans zero, so they are not ranked"),
    ],
)
def test_a_ranking_is_one_sentence_with_its_range(points: list[float], draws: list[float], words: str) -> None:
    assert words in same_answer(paired(points, draws))


def paired(points: list[float], draws: list[float], barred: str = "") -> Pair:
    nothing = runs_frame([0.0] * len(points), [0.0] * len(draws))
    found = separation(runs_frame(points, draws), nothing, "central", NET_PUBLIC_COST, PRESENT_VALUE)
    return Pair("A", "B", found, barred)


@pytest.mark.parametrize(
    ("draws", "n"), [([1e6, 2e6, 3e6], 3), ([1e6], 1), ([2e6] * (FEWEST_DRAWS - 1), FEWEST_DRAWS - 1)]
)
def test_few_draws_rank_nothing(full_time: StoredRun, draws: list[float], n: int) -> None:
    """The difference and its interval are shown; which is cheaper is not."""
    barred = why_barred([Findings(full_time.inputs)], n)
    pair = paired([2e6, 2.1e6], draws, barred)
    said = same_answer(pair)
    assert f"Not ranked: It takes {FEWEST_DRAWS} draws or more" in said
    assert "costs the public purse" not in said
    assert pair.reading == ""


def test_a_run_that_may_not_be_quoted_is_not_ranked(full_time: StoredRun) -> None:
    cautious = Findings(with_manifest(full_time, cautions=["No study has seen it."]).inputs)
    barred = why_barred([cautious], 10 * FEWEST_DRAWS)
    assert cautious.inputs.scenario.title in barred
    assert "may not be quoted" in barred


def test_the_table_of_ranks_is_the_sentences_in_columns(full_time: StoredRun, protected_time: StoredRun) -> None:
    options = [Findings(run.inputs) for run in (protected_time, full_time)]
    first, second = (option.inputs.scenario.title for option in options)
    for points, draws, columns in (
        ([-2e6, -2.1e6], [-1e6, -2e6] * FEWEST_DRAWS, (f"“{second}”", "none", "none")),
        ([2e6, 2.1e6], [1e6, 2e6] * FEWEST_DRAWS, ("none", f"“{second}”", "none")),
        ([2e6, 2.1e6], [-5e6, 9e6] * FEWEST_DRAWS, ("none", "none", f"“{second}”")),
    ):
        pair = paired(points, draws)._replace(first=first, second=second)
        assert ranks_table(options, [pair]).shown[0] == (first, *columns)


def test_runs_with_other_draws_are_not_paired() -> None:
    with pytest.raises(ValueError, match="same draws"):
        separation(runs_frame([1.0], [1.0]), runs_frame([1.0], [1.0, 2.0]), "central", NET_PUBLIC_COST, PRESENT_VALUE)


def test_a_comparison_of_one_run_leaves_its_name_to_the_run(full_time: StoredRun, outputs: Path) -> None:
    written = write_comparison(compare([full_time], ()), outputs)
    assert written == outputs / "comparisons" / "full_time"
    said = CliRunner().invoke(main, ["pack", "full_time", "-o", str(outputs)])
    assert said.exit_code == 0, said.stderr
    assert full_time.run_id in said.stdout
    said = CliRunner().invoke(main, ["brief", "full_time", "--area", "Rutland", "-o", str(outputs)])
    assert "one draw" in said.stderr, "found, and stopped by the gate"
    for name, place in (("full_time", full_time.folder), ("comparisons/full_time", written)):
        said = CliRunner().invoke(main, ["verify", name, "-o", str(outputs)])
        assert place.as_posix() in said.output
    assert CliRunner().invoke(main, ["pack", "comparisons/full_time", "-o", str(outputs)]).exit_code == 2


# -- like for like ----------------------------------------------------------------------------------------------------


def with_scenario(run: StoredRun, folder: Path, setting: str) -> StoredRun:
    """The run, as if its scenario had said something else in one setting."""
    folder.mkdir()
    as_run = "" if "warm_up_years" in setting else f"run: {{warm_up_years: {WHOLE['run.warm_up_years']}}}\n"
    text = f"schema: 1\nname: protected_time\nextends: protected_time\n{setting}\n{as_run}"
    (folder / "scenario.resolved.yaml").write_text(text, encoding="utf-8")
    return StoredRun(folder, run.inputs)


@pytest.mark.parametrize(
    ("levers", "words"),
    [
        ("levers: {protected_time: {start: 2028/29}}", "when they start (2027/28 and 2028/29)"),
        ("levers: {protected_time: {phase_in_years: 1}}", "how they are phased in (33, 67, 100 % and 100 %)"),
        ("levers: {protected_time: {compliance: 0.7}}", "how many schools comply (as by default and 70 %)"),
        ("levers: {protected_time: {covers: {share: 0.5}}}", "which share of schools draws the policy by lot"),
        ("levers: {protected_time: {end: 2031/32}}", "when they end (as by default and in 2031/32)"),
    ],
)
def test_options_on_other_terms_are_shown_and_not_ranked(
    full_time: StoredRun, protected_time: StoredRun, tmp_path: Path, levers: str, words: str
) -> None:
    other = with_scenario(protected_time, tmp_path / "other", levers)
    assert check_alike([full_time, other], anyway=False) == ()
    found = compare([full_time, other, protected_time], ())
    assert words in found.same[0]
    assert "not ranked" in found.same[0]
    assert "not ranked" not in found.same[1]
    assert "not ranked" in found.same[2]
    between = found.summary["option"].str.contains(" less ").sum()
    assert between == 1
    assert " ".join(found.same[0].split()) in " ".join(comparison_text(found).split())


def test_who_pays_is_no_term(full_time: StoredRun, protected_time: StoredRun, tmp_path: Path) -> None:
    other = with_scenario(protected_time, tmp_path / "other", "levers: {protected_time: {funded_by: national_grant}}")
    assert unlike_terms(full_time, other) == []


def test_the_shipped_set_is_on_the_same_terms() -> None:
    asked = {name: load_scenario(name).scenario for name in like_for_like()}
    assert len(asked) == 8
    first, *others = (terms_of(scenario) for scenario in asked.values())
    assert first
    assert all(other == first for other in others)
    settings = [(one.horizon, one.run, one.overrides, one.background, one.shocks) for one in asked.values()]
    assert all(one == settings[0] for one in settings)


def test_hours_and_their_cost_stand_beside_each_option(
    full_time: StoredRun, protected_time: StoredRun, tmp_path: Path
) -> None:
    found = compare([protected_time, full_time], ())
    rows = {str(row[0]): row for row in found.table.shown}
    titles = [DERIVED[cost_per_hour(payer, hours)].title for _, payer, hours in PER_HOUR]
    for title in titles:
        (row,) = (row for name, row in rows.items() if name.startswith(title))
        assert row[1] == "hours"
        assert all(row[3:5])
    assert [row[0] for row in found.uses.shown][-1] == "Hours paid"
    assert len(found.uses.rows) == len(USES_OF_PAID_HOURS) + 1 == 9
    folder = write_comparison(found, tmp_path)
    figures = pd.read_csv(folder / "comparison.csv")
    uses = pd.read_csv(folder / "uses.csv")
    assert figures["outcome"].str.startswith("cost_per.senco_work_hours").any()
    assert set(uses["option"]) == {"protected_time", "full_time"}
    for option, run in (("protected_time", protected_time), ("full_time", full_time)):
        own = uses[(uses["option"] == option) & (uses["kind"] == "use")]
        assert own["added"].sum() == pytest.approx(run.inputs.uses.set_index("name").loc["paid", "added"])


def test_an_option_without_hours_says_so(full_time: StoredRun, protected_time: StoredRun) -> None:
    kept = full_time.inputs.summary
    without = kept[~kept["outcome"].str.startswith("cost_per.sen")]
    other = StoredRun(full_time.folder, replace(full_time.inputs, summary=without))
    table = compare([protected_time, other], ()).table
    cells = [row[4] for row in table.shown if "extra hour of SENCO work" in row[0]]
    assert cells
    assert set(cells) == {"no extra hours"}


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_has_every_view_and_baseline_of_every_option(
    full_time: StoredRun, protected_time: StoredRun, tmp_path: Path
) -> None:
    both = [with_laws(run) for run in (protected_time, full_time)]
    found = compare(both, ())
    assert len(found.views.rows) == 2 * len(full_time.inputs.views)
    assert {row[0].partition(", against ")[2] for row in found.views.shown} == {"today's law", "the announced law"}
    assert all(cell not in ("", DASH) for row in found.views.shown for cell in row)
    folder = write_comparison(found, tmp_path)
    costs = pd.read_csv(folder / "net_costs.csv")
    assert len(costs) == 2 * len(found.views.rows)
    headline = Findings(full_time.inputs).headline("central")
    own = costs[(costs["option"] == "full_time") & (costs["view"] == "central") & (costs["law"] == "current_law")]
    assert own["difference"].tolist() == pytest.approx([headline.difference])
    names = {chart.name for chart in found.charts}
    assert names == {"compared_net_cost", "compared_hours", "compared_uses"}
    for name in names:
        assert all((folder / "charts" / f"{name}.{kind}").stat().st_size for kind in ("svg", "csv", "txt"))


def with_laws(run: StoredRun) -> StoredRun:
    """The run, as if it had been run against the announced law too, at twice the cost."""
    findings = Findings(run.inputs)
    rows = [
        {"law": law, "view": view, "outcome": NET_PUBLIC_COST, "difference": times * findings.headline(view).difference}
        for law, times in (("current_law", 1.0), ("announced", 2.0))
        for view in run.inputs.views
    ]
    laws = pd.DataFrame(rows).assign(p10=np.nan, p90=np.nan)
    return StoredRun(run.folder, replace(run.inputs, baselines=laws))


def test_a_headline_under_the_announced_law_is_not_called_against_todays(
    full_time: StoredRun, protected_time: StoredRun, tmp_path: Path
) -> None:
    """A run of one law has no table of laws: its manifest says which."""
    runs = [with_manifest(run, laws=["announced"]) for run in (full_time, protected_time)]
    found = compare(runs, ())
    rows = [str(row[0]) for row in found.views.rows]
    assert "Central view, against the announced law" in rows
    assert not [row for row in rows if "today" in row]
    assert found.title.endswith("against today's policy under the announced law")
    costs = pd.read_csv(write_comparison(found, tmp_path) / "net_costs.csv")
    assert set(costs["law"]) == {"announced"}
    assert compare([full_time], ()).title.endswith("against today's policy")


def test_figures_of_the_charts_are_those_of_their_tables(full_time: StoredRun, protected_time: StoredRun) -> None:
    for chart in compare([with_laws(protected_time), with_laws(full_time)], ()).charts:
        titles = [run.inputs.scenario.title for run in (protected_time, full_time)]
        said = chart.text
        for title in titles:
            said = said.replace(title, "")
        assert unsupported_figures(said, [*numbers_in(chart.data), 2.0, 1.0]) == [], chart.name


def test_every_cell_names_its_option_where_rows_become_blocks(
    full_time: StoredRun, protected_time: StoredRun, tmp_path: Path
) -> None:
    found = compare([protected_time, full_time], ())
    page = (write_comparison(found, tmp_path) / "comparison.html").read_text(encoding="utf-8")
    for option in found.options:
        title = option.inputs.scenario.title.replace("'", "&#39;")
        assert page.count(f'data-column="{title}"') == len(found.table.rows) + len(found.uses.rows) + len(
            found.views.rows
        )


def test_a_comparison_may_be_quoted_only_if_each_of_its_runs_may(
    full_time: StoredRun, protected_time: StoredRun, tmp_path: Path
) -> None:
    other = with_manifest(protected_time, quick=True, draws=3, git={"commit": "a", "dirty": True})
    stamps = check_alike([full_time, other], anyway=True)
    folder = write_comparison(compare([full_time, other], stamps), tmp_path)
    told = " ".join(obstacles(folder))
    for words in ("quick run", "differs from the commit", "Not like for like"):
        assert words in told, words
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["draws"] == min(
        run.inputs.manifest["draws"] for run in (full_time, other)
    )


def test_titles_of_tables_say_no_years_or_view_of_one_option_for_others(
    full_time: StoredRun, protected_time: StoredRun
) -> None:
    alike = compare([full_time, protected_time], ())
    assert "each option's own" not in " ".join(table.caption for table in (alike.table, alike.uses, alike.views))
    summary = protected_time.inputs.summary
    shorter = replace(protected_time.inputs, summary=summary[summary["year"] != "2028/29"])
    other = replace(protected_time, inputs=shorter)
    found = compare([full_time, other], ("Not like for like.",))
    for table in (found.table, found.uses, found.views):
        assert "each option's own years" in table.caption


def test_the_worst_of_some_runs_is_what_the_gate_judges() -> None:
    good = {"draws": 128, "replications": 3, "sample_share": 1.0, "git": {"commit": "a", "dirty": False}}
    known = [{"half_width_95_gbp": error, "mean_gbp": -2e9} for error in (1e7, 9e8)]
    told = [good | {"precision": known[0]}, good | {"draws": 4, "precision": known[1], "quick": True}]
    found = worst_facts([*told, good | {"precision": {"half_width_95_gbp": None, "mean_gbp": 1.0}}])
    assert (found["draws"], found["quick"], found["precision"]) == (4, True, known[1])
    assert "precision" not in worst_facts([good])


def test_a_title_names_few_options_and_counts_many(full_time: StoredRun, protected_time: StoredRun) -> None:
    two = [full_time, protected_time]
    assert full_time.inputs.scenario.title in compare(two, ()).title
    found = compare([*two, *two], ())
    assert found.title == "4 options against today's policy"
    assert len(set(found.table.columns)) == len(found.table.columns)


@pytest.mark.parametrize(("mean", "reading"), [(-2.0, "lower"), (2.0, "higher"), (0.0, "same")])
def test_what_lies_on_one_side_of_zero_is_read_so(mean: float, reading: str) -> None:
    assert Separation(mean, 0.5 * mean, 1.5 * mean, 0.0, 0.5, 40).reading == reading
