import datetime
import os
import pickle
import sys

import pytest

from sencosim.evidence import distributions, yaml_files
from sencosim.evidence.reach import lies_within
from sencosim.evidence.register import load_register
from sencosim.evidence.yaml_files import read_yaml
from sencosim.remembered import KEPT, remembered
from sencosim.user_cache import keep


@pytest.fixture
def place(monkeypatch, tmp_path):
    monkeypatch.setattr("sencosim.remembered.user_cache", lambda: tmp_path)
    return tmp_path / "read"


@pytest.mark.unit
def test_what_is_read_once_is_read_again_only_when_its_source_changes(place):
    made = []

    def make():
        made.append(1)
        return {"value": len(made)}

    assert [remembered("thing", source, make)["value"] for source in (b"a", b"a", b"b", b"a")] == [1, 1, 2, 1]
    assert sorted(path.name.partition(".")[0] for path in place.iterdir()) == ["thing", "thing"]


@pytest.mark.unit
def test_nothing_is_remembered_that_was_read_while_code_changed(place, monkeypatch):
    monkeypatch.setattr("sencosim.since.sencosim.BEGAN", 0.0)
    assert remembered("thing", b"a", lambda: 1) == 1
    assert not place.exists()


@pytest.mark.unit
def test_what_another_version_of_the_reader_made_is_not_taken_over(place, monkeypatch, tmp_path):
    path = tmp_path / "prices.yaml"
    path.write_text("pay:\n  value: 7\n", encoding="utf-8")
    monkeypatch.setattr(yaml_files, "_read", lambda *_: ({"pay": {"value": 8}}, {"pay": 1}))
    monkeypatch.setattr(yaml_files, "_own_code", lambda: b"another version")
    assert read_yaml(path).content["pay"]["value"] == 8
    monkeypatch.undo()
    monkeypatch.setattr("sencosim.remembered.user_cache", lambda: place.parent)
    assert read_yaml(path).content["pay"]["value"] == 7


@pytest.mark.unit
def test_what_is_damaged_is_made_again_and_old_ones_go(place):
    for number in range(KEPT + 2):
        assert remembered("thing", bytes([number]), lambda number=number: number) == number
    assert len(list(place.iterdir())) == KEPT
    for path in place.iterdir():
        path.write_bytes(b"damaged")
    assert remembered("thing", bytes([KEPT + 1]), lambda: "again") == "again"


@pytest.mark.unit
def test_no_bit_that_changes_changes_what_is_read(place):
    told = {"discount_rate": 0.035, "from": datetime.date(2026, 4, 1), "steps": [[0, 0.035], [31, 0.03]]}
    assert remembered("thing", b"a", lambda: told) == told
    (path,) = place.iterdir()
    whole = path.read_bytes()
    assert remembered("thing", b"a", lambda: "again") == told
    for place_of in range(len(whole)):
        path.write_bytes(whole[:place_of] + bytes([whole[place_of] ^ 1]) + whole[place_of + 1 :])
        assert remembered("thing", b"a", lambda: "again") == "again"


class Runs:
    def __reduce__(self):
        return os.mkdir, ("ran",)


@pytest.mark.unit
def test_nothing_that_is_put_there_runs(place, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    remembered("thing", b"a", lambda: 1)
    (path,) = place.iterdir()
    assert keep(path, pickle.dumps(Runs()))
    assert remembered("thing", b"a", lambda: "again") == "again"
    assert not (tmp_path / "ran").exists()


@pytest.mark.unit
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_a_folder_that_others_can_write_to_is_not_read(place):
    remembered("thing", b"a", lambda: 1)
    place.chmod(0o777)
    assert remembered("thing", b"a", lambda: 2) == 2
    place.chmod(0o755)
    assert remembered("thing", b"a", lambda: 3) in (1, 2)


@pytest.mark.unit
def test_a_folder_that_cannot_be_written_is_no_fault(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("sencosim.remembered.user_cache", lambda: tmp_path / "file")
    assert remembered("thing", b"a", lambda: 1) == 1


@pytest.mark.property
def test_no_distribution_of_the_register_reaches_beyond_its_ends():
    for name, parameter in load_register().items():
        if parameter.uncertainty is not None:
            first, last = distributions.limits(parameter.uncertainty, 1e-4, 1.0 - 1e-4)
            slack = 1e-9 * max(1.0, abs(first), abs(last))
            assert lies_within(parameter.uncertainty, -1e300, 1e300)
            for low, high in ((first + slack, 1e300), (-1e300, last - slack)):
                if first < last:
                    assert not lies_within(parameter.uncertainty, low, high), name
