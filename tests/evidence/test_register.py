"""Every number has its unit, source and quality; the load says all faults at once; overrides obey the limits."""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.errors import EvidenceError
from sencosim.evidence import distributions
from sencosim.evidence.distributions import Distribution
from sencosim.evidence.explain import KIND, QUALITY
from sencosim.evidence.register import SOURCES_FILE, Register, evidence_folder, load_register, read_register
from sencosim.evidence.yaml_files import is_table
from sencosim.names import did_you_mean

pytestmark = pytest.mark.unit

ENTRY = """\
{name}:
  title: A rate
  value: 0.2
  unit: per year
  range: [0, 1]
  interval: [0.1, 0.3]
  uncertainty: {{family: beta, a: 2, b: 8}}
  kind: assumption
  quality: E
  used_by: [M1]
  review_by: "2027-11-22"
"""


def write(folder: Path, text: str, name: str = "some.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def faults(*paths: Path) -> EvidenceError:
    with pytest.raises(EvidenceError) as caught:
        read_register(paths)
    return caught.value


def test_every_parameter_has_unit_source_quality_and_user() -> None:
    for name, parameter in load_register().items():
        assert parameter.name == name
        assert parameter.unit.strip(), name
        assert parameter.title.strip(), name
        assert parameter.quality in QUALITY, name
        assert parameter.kind in KIND, name
        assert parameter.used_by, name
        assert all(user.strip() for user in parameter.used_by), name
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", parameter.review_by), name
        if parameter.kind == "evidence":
            assert parameter.source is not None, name


def test_what_is_ours_is_graded_as_ours() -> None:
    for name, parameter in load_register().items():
        if parameter.source is None:
            assert parameter.kind != "evidence", name
        if parameter.kind == "assumption":
            assert parameter.quality in ("CDE" if parameter.source is not None else "E"), name
        if parameter.kind == "evidence":
            assert parameter.quality != "E", name


def test_names_are_plain_and_used_once() -> None:
    seen: dict[str, str] = {}
    for path in sorted(evidence_folder().glob("*.yaml")):
        if path.name == SOURCES_FILE or is_table(path):
            continue
        for name in re.findall(r"^([a-z][a-z0-9_]*):", path.read_text(encoding="utf-8"), re.MULTILINE):
            assert name not in seen, f"{name} is in {seen[name]} and {path.name}"
            seen[name] = path.name
    assert set(seen) == set(load_register())


def test_every_source_key_is_used() -> None:
    folder = evidence_folder()
    keys = re.findall(r"^([a-z0-9_]+):", (folder / "sources.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.yaml"))
    used = set(re.findall(r"^  source: ([a-z0-9_]+)$", text, re.MULTILINE)) - {"null"}
    assert used <= set(keys)
    assert set(keys) - used <= {"north_lincs", "nasen_2021"}


def test_links_are_addresses() -> None:
    for name, parameter in load_register().items():
        link = parameter.source.link if parameter.source else None
        assert link is None or link.startswith(("https://", "http://")), name


def test_central_values_of_effects_are_the_means_of_their_priors() -> None:
    effects = [one for one in load_register().values() if one.name.startswith(("effect_", "leaving_ratio_"))]
    assert len(effects) == 14
    effects = [one for one in effects if one.name != "effect_slt_seat_direct"]
    for effect in effects:
        assert effect.uncertainty is not None
        assert isinstance(effect.value, float)
        assert distributions.mean(effect.uncertainty) == pytest.approx(effect.value, abs=0.01), effect.name


def test_favourable_limits_are_limits_of_the_priors() -> None:
    for effect in load_register().values():
        if effect.no_effect is None or effect.payer is not None or effect.favourable == effect.no_effect:
            continue
        if effect.name in {"released_hours_value", "filing_route", "review_cycles_route"}:
            continue  # a convention and two switches, which have no limits of evidence
        assert effect.uncertainty is not None, effect.name
        ends = distributions.limits(effect.uncertainty)
        width = ends[1] - ends[0]
        assert min(abs(effect.favourable - end) for end in ends) <= 0.05 * width, (effect.name, ends)


def test_intervals_of_our_priors_match_their_distributions() -> None:
    for name, parameter in load_register().items():
        if parameter.uncertainty is None or parameter.interval is None or parameter.payer is not None:
            continue
        ends = distributions.limits(parameter.uncertainty)
        width = ends[1] - ends[0]
        if name.startswith(("effect_", "leaving_", "used_", "legal_", "drift_", "new_senco", "senco_", "admin_")):
            assert parameter.interval == pytest.approx(ends, abs=0.05 * width), name


def test_loads_quickly() -> None:
    paths = sorted(evidence_folder().glob("*.yaml"))
    best = 10.0
    for _ in range(3):
        start = time.perf_counter()
        read_register(paths)
        best = min(best, time.perf_counter() - start)
    assert best < 0.5


def test_fingerprint_depends_on_content_only(tmp_path: Path) -> None:
    one = write(tmp_path, ENTRY.format(name="rate_a") + ENTRY.format(name="rate_b"), "one.yaml")
    two = write(tmp_path, "# turned round\n" + ENTRY.format(name="rate_b") + ENTRY.format(name="rate_a"), "two.yaml")
    other = write(
        tmp_path, (ENTRY.format(name="rate_a") + ENTRY.format(name="rate_b")).replace("0.2", "0.21"), "o.yaml"
    )
    assert read_register([one]).fingerprint() == read_register([two]).fingerprint()
    assert read_register([one]).fingerprint() != read_register([other]).fingerprint()


def test_a_missing_field_and_an_unknown_field_are_both_said_with_lines(tmp_path: Path) -> None:
    text = ENTRY.format(name="rate_a").replace("  unit: per year\n", "")
    text += ENTRY.format(name="rate_b") + "  colour: blue\n"
    error = faults(write(tmp_path, text))
    assert [(problem.file, problem.line, problem.message) for problem in error.problems] == [
        ("some.yaml", 1, "rate_a lacks the field unit."),
        ("some.yaml", 22, "rate_b has a field that is not known: colour."),
    ]


@pytest.mark.parametrize("field", ["title", "value", "unit", "range", "kind", "quality", "used_by", "review_by"])
def test_no_mandatory_field_may_be_missing(tmp_path: Path, field: str) -> None:
    rows = [row for row in ENTRY.format(name="rate_a").splitlines() if not row.startswith(f"  {field}:")]
    assert f"lacks the field {field}" in faults(write(tmp_path, "\n".join(rows))).problems[0].message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("value: 0.2", "value: 1.2", "value 1.2 is outside the range 0 to 1"),
        ("kind: assumption\n  quality: E", "kind: evidence\n  quality: C", "kind evidence needs a source"),
        ("kind: assumption\n  quality: E", "kind: evidence\n  quality: E", "quality E is our judgement"),
        ("interval: [0.1, 0.3]", "interval: [0.3, 0.1]", "interval runs downwards"),
        ("used_by: [M1]", "used_by: []", "used_by must name"),
        ("family: beta, a: 2, b: 8", "family: normal, mean: 0.2, sd: 1", "uncertainty reaches"),
        ("family: beta, a: 2, b: 8", "family: beta, a: 2", "needs exactly a, b"),
        ("value: 0.2", "value: [0.2, 0.3]", "a list cannot have one uncertainty"),
        ("quality: E", "quality: E\n  favourable: 0.1", "favourable and no_effect go together"),
        ("quality: E", "quality: F", "quality"),
        ("quality: E", "quality: E\n  source: nobody", "has no source named nobody"),
        ("quality: E", "quality: E\n  source: {title: A page, link: null}", "lacks the field source.date"),
    ],
)
def test_contradictions_are_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = ENTRY.format(name="rate_a")
    assert old in text
    problems = faults(write(tmp_path, text.replace(old, new))).problems
    assert any(words in problem.message for problem in problems)
    assert all(problem.line is not None and problem.file == "some.yaml" for problem in problems)


def test_a_name_in_two_files_is_refused(tmp_path: Path) -> None:
    one = write(tmp_path, ENTRY.format(name="rate_a"), "one.yaml")
    two = write(tmp_path, "\n" + ENTRY.format(name="rate_a"), "two.yaml")
    problem = faults(one, two).problems[0]
    assert (problem.file, problem.line) == ("two.yaml", 2)
    assert problem.message == "rate_a is already in one.yaml:1; a name is used once."


def test_a_name_twice_in_a_file_is_refused_with_its_line(tmp_path: Path) -> None:
    problem = faults(write(tmp_path, ENTRY.format(name="rate_a") * 2)).problems[0]
    assert "found duplicate key" in problem.message
    assert problem.line == 12


def test_broken_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    problem = faults(write(tmp_path, "rate_a:\n\tvalue: 1\n")).problems[0]
    assert (problem.file, problem.line) == ("some.yaml", 2)


def test_sources_may_be_named_by_key(tmp_path: Path) -> None:
    sources = write(tmp_path, 'page:\n  title: A page\n  link: null\n  date: "2025"\n', "sources.yaml")
    text = ENTRY.format(name="rate_a").replace("quality: E", "quality: E\n  source: page")
    source = read_register([sources, write(tmp_path, text)]).get("rate_a").source
    assert source is not None
    assert source.title == "A page"


def test_unknown_name_gives_the_nearest() -> None:
    with pytest.raises(EvidenceError, match="Did you mean  senco_leaving_rate"):
        load_register().get("senco_leaving_rat")


def test_parameters_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_register().get("senco_leaving_rate").title = "other"  # type: ignore[misc]


class TestOverride:
    def make(self, tmp_path: Path) -> Register:
        return read_register([write(tmp_path, ENTRY.format(name="rate_a") + ENTRY.format(name="rate_b"))])

    def test_a_value_fixes_the_parameter_in_a_new_register(self, tmp_path: Path) -> None:
        old = self.make(tmp_path)
        new = old.override({"rate_a": 0.25})
        assert new.number("rate_a") == 0.25
        assert new.get("rate_a").uncertainty is None
        assert new.overridden == {"rate_a"}
        assert old.number("rate_a") == 0.2
        assert new.fingerprint() != old.fingerprint()

    def test_a_distribution_replaces_the_doubt(self, tmp_path: Path) -> None:
        dist = Distribution(family="uniform", min=0.1, max=0.2)
        new = self.make(tmp_path).override({"rate_a": dist}).get("rate_a")
        assert new.uncertainty == dist
        assert new.value == pytest.approx(0.15)

    def test_outside_the_evidence_is_taken(self, tmp_path: Path) -> None:
        register = self.make(tmp_path)
        assert register.get("rate_a").interval == (0.1, 0.3)
        assert register.override({"rate_a": 0.4}).number("rate_a") == 0.4

    def test_outside_the_hard_range_and_unknown_names_are_refused_together(self, tmp_path: Path) -> None:
        with pytest.raises(EvidenceError) as caught:
            self.make(tmp_path).override({"rate_a": 12.0, "rate_c": 0.1, "rate_b": [0.1, 0.2]})
        messages = [problem.message for problem in caught.value.problems]
        assert messages == [
            "12 is above the highest allowed value, 1. Rates are shares: for 12 per cent write 0.12.",
            f"There is no parameter of this name. {did_you_mean('rate_c', self.make(tmp_path))}",
            "This parameter is one number.",
        ]

    def test_a_list_needs_as_many_numbers(self) -> None:
        register = load_register()
        name = "notice_rate_by_year_group"
        assert register.override({name: [0.05] * 12}).get(name).value == [0.05] * 12
        for wrong in ([0.05] * 11, 0.05, Distribution(family="fixed", value=0.05)):
            with pytest.raises(EvidenceError):
                register.override({name: wrong})

    @given(value=st.floats(allow_nan=True, allow_infinity=True))
    def test_a_value_is_used_as_given_or_refused(self, value: float) -> None:
        register = load_register()
        low, high = register.get("senco_leaving_rate").range
        if low <= value <= high:
            assert register.override({"senco_leaving_rate": value}).number("senco_leaving_rate") == value
        else:
            with pytest.raises(EvidenceError):
                register.override({"senco_leaving_rate": value})


def test_task_times_equal_the_evidence_tables(shared_evidence: Path) -> None:
    names = {
        "ehc_request_school_led": "request_preparation",
        "ehc_request_parent_led_support": "request_information",
        "assessment_and_draft_plan_input": "assessment_advice",
        "placement_consultation_reply": "consultation",
        "annual_review": "annual_review",
        "phase_transfer_review_extra": "phase_transfer_review",
        "sen_support_cycle_primary": "support_review_primary",
        "sen_support_cycle_secondary": "support_review_secondary",
        "new_sen_identification": "identification",
        "extra_parent_meeting": "parent_meeting",
        "external_agency_referral_or_visit": "agency",
        "staff_training_session": "staff_training",
        "teacher_coaching_visit": "coaching",
        "ta_management": "ta_management",
        "register_provision_map_upkeep": "register_upkeep",
        "fixed_annual_duties": "fixed_duties",
        "exam_access_arrangement": "access_arrangement",
        "suspension_of_sen_pupil": "suspension",
        "permanent_exclusion_case": "exclusion",
        "mediation_case": "mediation",
        "tribunal_appeal_case": "appeal_preparation",
    }
    register = load_register()
    with (shared_evidence / "senco_workforce.csv").open(encoding="utf-8", newline="") as rows:
        table = {row["parameter"]: row for row in csv.DictReader(rows)}
    for theirs, ours in names.items():
        row = table[f"task_hours_{theirs}"]
        spread = register.get(f"task_hours_{ours}").event_distribution
        assert spread is not None
        expected = [float(row["low"]), float(row["value"]), float(row["high"])]
        assert [spread.min, spread.mode, spread.max] == expected, ours
        share = re.search(r"admin-delegable share ([0-9.]+[0-9])", row["note"])
        assert share is not None
        assert register.number(f"delegable_share_{ours}") == float(share.group(1)), ours


def test_survey_facts_equal_the_evidence_tables(shared_evidence: Path) -> None:
    with (shared_evidence / "senco_workforce.csv").open(encoding="utf-8", newline="") as rows:
        published = {row["value"].strip() for row in csv.DictReader(rows)}
    numbers = {float(value) for value in published if re.fullmatch(r"-?[\d.]+", value)}
    facts = [one for one in load_register().values() if one.name.startswith("fact_") and not one.event_distribution]
    assert len(facts) > 100
    for fact in facts:
        assert fact.value in numbers, fact.name
