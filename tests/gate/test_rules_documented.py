"""Every example of edge/docs/rules.md does what it says, and every kind has one."""

from __future__ import annotations

import re

import pytest

from edge.config.kinds import KINDS
from edge.gate.rules.table import TABLE
from tests.gate.scenes import RULES_TEXT, SITE, play

_, *RULES = re.findall(r"```toml\n(.*?)```", RULES_TEXT, re.DOTALL)
SCENES = re.findall(r"```scene\n(.*?)```", RULES_TEXT, re.DOTALL)
EXAMPLES = list(zip(RULES, SCENES, strict=True))


def split(scene: str) -> tuple[str, list[str]]:
    lines = scene.strip().splitlines()
    told = [line[3:] for line in lines if line.startswith("=> ")]
    return "\n".join(line for line in lines if not line.startswith("=> ")), told


@pytest.mark.parametrize(("rule", "scene"), EXAMPLES, ids=[re.findall(r'"(.*?)"', rule)[0] for rule in RULES])
def test_an_example_is_told_as_it_is_written(rule: str, scene: str) -> None:
    happens, told = split(scene)
    assert told
    assert play(SITE + rule, happens) == told


def test_every_kind_has_an_example() -> None:
    assert {kind for kind in KINDS if not any(f'kind = "{kind}"' in rule for rule in RULES)} == set()


def test_the_table_names_every_kind_with_its_own_terms() -> None:
    rows = {
        cells[1].strip(" `"): [cell.strip() for cell in cells]
        for cells in map(_cells, RULES_TEXT.splitlines())
        if cells
    }
    assert KINDS.keys() == TABLE.keys()
    for kind, terms in KINDS.items():
        _, _, severity, listens, numbers, again, _, evidence, _ = rows[kind]
        written = ", ".join(f"`{name}` {number:g}" for name, number in terms.numbers.items())
        assert (severity, numbers, evidence) == (terms.severity, written, TABLE[kind].evidence)
        assert ("*clock*" in listens) is terms.clock
        assert again == ("never" if terms.cooldown_s is None else f"after {terms.cooldown_s:g} s")


def _cells(line: str) -> list[str]:
    cells = line.split("|")
    return cells if len(cells) == 9 and cells[1].strip().startswith("`") else []
