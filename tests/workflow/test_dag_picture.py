"""The README's picture of the stages shows the workflow as it is."""

import importlib.util
import subprocess

import pytest
from harness.paths import ROOT
from harness.study import Study

described = importlib.util.spec_from_file_location("draw_dag", ROOT / "docs" / "draw_dag.py")
draw_dag = importlib.util.module_from_spec(described)
described.loader.exec_module(draw_dag)


@pytest.fixture(scope="module")
def dot(tmp_path_factory):
    study = Study(tmp_path_factory.mktemp("dag") / "copy", ROOT / "config.yaml", preset="quick")
    command = study.command("--rulegraph", "dot", "--", "all")
    return subprocess.run(command, cwd=study.folder, env=study.env, capture_output=True, text=True, check=True).stdout


def test_every_rule_has_a_box_and_every_box_a_connection(dot):
    edges = draw_dag.edges_between_boxes(dot)
    assert {box for edge in edges for box in edge} == set(draw_dag.BOXES)
    assert ("training,\nin blocks", "norms of\nthe layers") in edges


def test_a_rule_without_a_box_is_an_error():
    with pytest.raises(KeyError, match="new_rule"):
        draw_dag.edges_between_boxes('0[label = "new_rule"]; 1[label = "table"]; 0 -> 1')
