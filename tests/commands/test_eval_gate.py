"""`edge eval gate`: the two tiers apart, and together what scripts read."""

from __future__ import annotations

import json

import pytest

from edge.cli import main
from edge.gate.rules.table import TABLE
from edge.workshop.gate.anomalies import KindScore
from edge.workshop.gate.scores import GateScore
from edge.workshop.gate.script import tier
from edge.workshop.gate.script.composed import composed

WANTED = {
    "passes", "visit_precision", "visit_recall", "visits_per_pass", "direction_accuracy", "direction_unknown",
    "plate_exact_single", "plate_exact_voted", "plate_wrong_vehicle", "provisional_p95_s", "final_p95_s", "anomalies",
}  # fmt: skip


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tier, "written", lambda: iter([composed(4)]))


@pytest.mark.usefixtures("short")
def test_the_last_line_for_scripts_has_every_figure_in_all_and_by_tier(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "gate", "--tier", "script", "--json"]) == 0
    days, last = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert days["kind"] == "days"
    assert set(last) >= {*WANTED, "tiers"}
    assert set(last["tiers"]) == {"script"}
    script = last["tiers"]["script"]
    assert set(script) >= WANTED
    assert (last["passes"], last["visit_recall"]) == (0, None), "those of the pixels, which were not asked for"
    assert script["passes"] > 50
    assert script["plate_exact_voted"] is None
    assert last["anomalies"] == script["anomalies"]
    assert set(last["anomalies"]) == set(TABLE) - {"clock-untrusted"}
    assert all(set(one) == {"precision", "recall", "n", "negatives"} for one in last["anomalies"].values())


@pytest.mark.usefixtures("short")
def test_a_tier_is_printed_with_its_passes_and_its_anomalies(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "gate", "--tier", "script", "--failures"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    rows = {line[:20].strip(): line[20:].split() for line in out.splitlines()}
    assert rows["all of the script"][1:3] == ["1", "1"]
    n, alike, precision, recall = rows["tailgating"]
    assert (int(n) >= 1, alike, precision, recall) == (True, "2", "1", "1")


def test_anomalies_of_both_tiers_are_added_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from edge.commands import eval_gate  # noqa: PLC0415 - what it offers is replaced here

    def played(name: str, kind: str) -> eval_gate.Tier:
        return eval_gate.Tier(
            {name: GateScore(passes=7)}, {kind: KindScore(3, 4, 2, 1), "shared": KindScore(1, 1, 1, 0)}
        )

    tiers = {
        "pixels": lambda _: played("day", "camera-moved"),
        "script": lambda _: played("script", "overstay"),
    }
    monkeypatch.setattr(eval_gate, "_TIERS", tiers)
    assert main(["eval", "gate", "--json"]) == 0
    last = json.loads(capsys.readouterr().out)
    assert last["passes"] == 7
    assert set(last["scenarios"]) == {"day"}
    assert last["anomalies"]["shared"]["n"] == 2
    assert last["anomalies"]["overstay"] == {"precision": 0.6667, "recall": 0.6667, "n": 3, "negatives": 4}
    assert set(last["tiers"]["pixels"]["anomalies"]) == {"camera-moved", "shared"}
