from __future__ import annotations

from PIL import Image

from tests.support import picture
from tests.tui import shots
from tui.commands import registry
from tui.screens.stage import ORDER


def test_the_gallery_is_that_of_the_shots() -> None:
    assert shots.GALLERY.read_text(encoding="utf-8") == shots.gallery(), "make shots"


def test_every_picture_is_there_in_its_size_and_no_other() -> None:
    taken = {shot.name: shot for section in shots.SECTIONS.values() for shot in section}
    assert {path.stem for path in shots.PICTURES.glob("*")} == set(taken)
    for name, shot in taken.items():
        with Image.open(shots.PICTURES / f"{name}.png") as image:
            assert image.size == (shot.size[0] * picture.WIDTH, shot.size[1] * picture.HEIGHT), name


def test_all_pictures_together_are_small() -> None:
    assert sum(path.stat().st_size for path in shots.PICTURES.iterdir()) < 2_200_000


def test_every_pane_has_its_picture() -> None:
    pressed = {step for section in shots.SECTIONS.values() for shot in section for step in shot.press}
    assert set(ORDER) - {"pane_leadership"} <= pressed, "Leadership needs no key"
    assert {step for step in pressed if step.startswith("pane_")} <= {command.id for command in registry()}
