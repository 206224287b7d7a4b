"""A set somebody hands over is read as it was meant, and what is left out of it is said."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.errors import ConfigError
from edge.types import CLASSES
from edge.workshop.labelled import examples, open_set

WIDE, HIGH = 200, 100


def make_set(folder: Path, labels: dict[str, str], classes: str | None = None) -> tuple[Path, Path]:
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True)
    for name, text in labels.items():
        cv2.imwrite(str(folder / "images" / f"{name}.png"), np.zeros((HIGH, WIDE, 3), np.uint8))
        (folder / "labels" / f"{name}.txt").write_text(text, encoding="utf-8")
    if classes is not None:
        (folder / "classes.txt").write_text(classes, encoding="utf-8")
    return folder / "images", folder / "labels"


def kinds(images: Path, labels: Path) -> list[str]:
    return [CLASSES[int(row[0])] for one in open_set(images, labels).pictures for row in one.boxes]


def test_names_beside_the_folders_decide_what_a_number_means(tmp_path: Path) -> None:
    text = "0 .5 .5 .2 .2\n1 .5 .5 .2 .2\n2 .5 .5 .2 .2\n"
    assert kinds(*make_set(tmp_path, {"a": text}, "people\ntruck-l-\nmotorbike\n")) == ["person", "truck", "motorcycle"]


def test_names_among_the_labels_will_do(tmp_path: Path) -> None:
    images, labels = make_set(tmp_path, {"a": "0 .5 .5 .2 .2\n"})
    (labels / "classes.txt").write_text("bus\n", encoding="utf-8")
    assert kinds(images, labels) == ["bus"]


def test_without_names_the_numbers_are_cocos_and_others_are_counted(tmp_path: Path) -> None:
    images, labels = make_set(
        tmp_path, {"a": "2 .5 .5 .2 .2\n16 .5 .5 .1 .1\n7 .5 .5 .2 .2\n", "b": "16 .5 .5 .1 .1\n"}
    )
    opened = open_set(images, labels)
    assert kinds(images, labels) == ["car", "truck"]
    assert opened.left_out == {"dog": 2}
    notes = " ".join(opened.notes())
    assert "2 boxes left out of classes that are none of ours: dog 2" in notes
    assert "COCO's 80 classes" in notes


def test_an_unknown_name_is_reported_and_not_guessed(tmp_path: Path) -> None:
    images, labels = make_set(tmp_path, {"a": "0 .5 .5 .2 .2\n1 .5 .5 .2 .2\n"}, "car\ncarriage\nsledge\n")
    assert kinds(images, labels) == ["car"]
    notes = open_set(images, labels).notes()
    assert "1 boxes left out: unknown class 'carriage'" in notes[0]
    assert "0 boxes left out: unknown class 'sledge'" in notes[1]


def test_a_picture_without_labels_is_left_out_and_one_with_an_empty_file_is_not(tmp_path: Path) -> None:
    images, labels = make_set(tmp_path, {"a": "", "b": "0 .5 .5 .2 .2\n", "c": ""}, "car\n")
    (labels / "c.txt").unlink()
    opened = open_set(images, labels)
    assert [one.path.name for one in opened.pictures] == ["a.png", "b.png"]
    assert opened.unlabelled == 1


def test_boxes_come_out_in_pixels_of_the_picture(tmp_path: Path) -> None:
    images, labels = make_set(tmp_path, {"a": "0 .5 .5 .2 .4\n"}, "car\n")
    (example,) = examples(open_set(images, labels).pictures)
    np.testing.assert_allclose(example.boxes, [[0, 80, 30, 120, 70]], atol=1e-4)


def coco(path: Path, boxes: list[dict[str, object]]) -> Path:
    said = {
        "images": [{"id": 7, "file_name": "val/a.png", "width": WIDE, "height": HIGH}],
        "categories": [{"id": 3, "name": "car"}, {"id": 18, "name": "dog"}, {"id": 8, "name": "truck"}],
        "annotations": [{"id": number, "image_id": 7} | box for number, box in enumerate(boxes)],
    }
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


def test_cocos_own_labels_go_by_the_names_of_their_categories(tmp_path: Path) -> None:
    images, labels = make_set(tmp_path, {"a": ""})
    (labels / "a.txt").unlink()
    boxes: list[dict[str, object]] = [
        {"category_id": 8, "bbox": [10, 20, 30, 40]},
        {"category_id": 3, "bbox": [0, 0, 200, 100], "iscrowd": 1},
        {"category_id": 18, "bbox": [1, 1, 5, 5]},
    ]
    file = coco(labels / "instances.json", boxes)
    for given in (file, labels):
        opened = open_set(images, given)
        (example,) = examples(opened.pictures)
        np.testing.assert_allclose(example.boxes, [[1, 10, 20, 40, 60], [0, 0, 0, 200, 100]], atol=1e-4)
        assert example.optional.tolist() == [False, True]
        assert opened.left_out == {"dog": 1}


@pytest.mark.parametrize(
    ("box", "cause"),
    [
        ({"category_id": 99, "bbox": [1, 1, 5, 5]}, "99 is missing or named nowhere"),
        ({"category_id": 3}, "'bbox' is missing"),
        ({"category_id": 3, "bbox": [1, 1, 5]}, "not enough values"),
        ({"category_id": 3, "bbox": [1, 1, 0, 5]}, "is empty"),
        ({"category_id": 3, "bbox": [1, float("nan"), 5, 5]}, "is empty"),
        ({"category_id": 3, "bbox": [-50, 1, 40, 5]}, "lies outside its picture"),
    ],
)
def test_a_wrong_box_of_coco_names_its_file(tmp_path: Path, box: dict[str, object], cause: str) -> None:
    images, labels = make_set(tmp_path, {"a": ""})
    with pytest.raises(ConfigError, match=rf"instances\.json: annotation 1: .*{cause}"):
        open_set(images, coco(labels / "instances.json", [box]))


def written(path: Path, images: list[dict[str, object]]) -> Path:
    boxes = [{"image_id": one["id"], "category_id": 3, "bbox": [0, 0, 20, 20]} for one in images]
    said = {"images": images, "annotations": boxes, "categories": [{"id": 3, "name": "car"}]}
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


def image(number: int, name: object) -> dict[str, object]:
    return {"id": number, "file_name": name, "width": WIDE, "height": HIGH}


def test_pictures_of_one_name_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    for folder in ("east", "west"):
        (tmp_path / "images" / folder).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "images" / folder / "a.png"), np.zeros((HIGH, WIDE, 3), np.uint8))
    file = written(tmp_path / "all.json", [image(1, "west/a.png"), image(2, "east\\a.png")])
    assert [one.path.parent.name for one in open_set(tmp_path / "images", file).pictures] == ["west", "east"]
    with pytest.raises(ConfigError, match=r"all\.json: a\.png may be .*east.* or .*west"):
        open_set(tmp_path / "images", written(file, [image(1, "a.png")]))


def test_a_picture_that_the_labels_name_and_nobody_has_is_counted(tmp_path: Path) -> None:
    images, labels = make_set(tmp_path, {"a": ""})
    file = written(labels / "all.json", [image(1, "train/a.png"), image(2, "gone.png")])
    opened = open_set(images, file)
    assert (len(opened.pictures), opened.unlabelled, opened.absent) == (1, 0, 1)
    assert "1 pictures left out: the labels name them" in " ".join(opened.notes())


def test_coco_that_names_a_picture_twice_is_refused(tmp_path: Path) -> None:
    images, labels = make_set(tmp_path, {"a": ""})
    with pytest.raises(ConfigError, match=r"names the image a\.png twice"):
        open_set(images, written(labels / "all.json", [image(1, "a.png"), image(2, "a.png")]))


@pytest.mark.parametrize("text", ['{"images": [', '{"images": [], "annotations": []}', "[" * 100_000])
def test_broken_coco_alone_among_the_labels_is_named(tmp_path: Path, text: str) -> None:
    images, labels = make_set(tmp_path, {"a": ""})
    (labels / "a.txt").unlink()
    (labels / "all.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"all\.json: .*not COCO's format"):
        open_set(images, labels)


def test_names_written_with_a_byte_order_mark_are_understood(tmp_path: Path) -> None:
    images, labels = make_set(tmp_path, {"a": "0 .5 .5 .2 .2\n"}, "\ufeffcar\nbus\n")
    assert kinds(images, labels) == ["car"]


def test_an_empty_line_among_the_names_is_refused_because_it_may_count(tmp_path: Path) -> None:
    images, labels = make_set(tmp_path, {"a": "1 .5 .5 .2 .2\n"}, "car\n\nbus\n\n")
    with pytest.raises(ConfigError, match=r"classes\.txt:2: is empty"):
        open_set(images, labels)


def test_outside_its_region_nothing_need_be_found(tmp_path: Path) -> None:
    images, labels = make_set(tmp_path, {"a": "0 .25 .5 .1 .1\n0 .75 .5 .1 .1\n"}, "car\n")
    (tmp_path / "region.json").write_text('{"score": [[100, 0], [200, 0], [200, 100], [100, 100]]}', encoding="utf-8")
    opened = open_set(images, labels)
    (example,) = examples(opened.pictures, opened.region)
    assert example.boxes[:, 1].tolist() == pytest.approx([40, 140])
    assert example.optional.tolist() == [True, False]


@pytest.mark.parametrize("text", ["[]", "{", '{"score": [[1, 2]]}', '{"ignore": "left"}'])
def test_a_region_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    images, labels = make_set(tmp_path, {"a": ""}, "car\n")
    (tmp_path / "region.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"region\.json"):
        open_set(images, labels)


def test_folders_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    images, _ = make_set(tmp_path / "one", {"a": ""})
    _, labels = make_set(tmp_path / "other", {"b": ""})
    with pytest.raises(ConfigError, match="labels none of the 1 pictures"):
        open_set(images, labels)
    with pytest.raises(ConfigError, match="no such folder"):
        open_set(tmp_path / "none", labels)
    with pytest.raises(ConfigError, match="no such folder or file"):
        open_set(images, tmp_path / "none")
    with pytest.raises(ConfigError, match="holds no picture"):
        open_set(labels, labels)
