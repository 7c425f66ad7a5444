from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from roadmap.portfolio.exports.palette import colour
from roadmap.portfolio.exports.picture import picture
from tests.portfolio.people_published import EVERYBODY, MISCHIEF, amina, reserved


def opened(portfolio) -> Image.Image:
    image = Image.open(BytesIO(picture(portfolio)))
    image.load()
    return image


def near(one: tuple[int, ...], token: str) -> bool:
    other = bytes.fromhex(colour(token)[1:])
    return all(abs(mine - its) <= 6 for mine, its in zip(one, other, strict=True))


@pytest.mark.parametrize("person", EVERYBODY)
def test_picture_is_a_png_of_the_size_that_open_graph_asks_for(person):
    data = picture(EVERYBODY[person]())
    image = Image.open(BytesIO(data))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(data) < 100_000


def test_picture_of_the_same_portfolio_has_the_same_bytes():
    assert picture(amina()) == picture(amina())
    assert picture(amina()) != picture(reserved())


def test_picture_shows_the_staircase_of_the_person_on_the_wall():
    image = opened(amina()).convert("RGB")
    assert near(image.getpixel((5, 5)), "wall")
    assert near(image.getpixel((1190, 610)), "done")


def test_picture_of_somebody_who_shares_no_steps_has_no_state_in_it():
    found = {image for _count, image in opened(reserved()).convert("RGB").getcolors(100_000)}
    assert not any(near(each, "done") or near(each, "sun") for each in found)


@pytest.mark.parametrize("name", [*MISCHIEF, "Maximiliane von Hohenzollern-Sigmaringen Wolfeschlegelsteinhausen", "W" * 100, "i" * 100])
def test_words_of_the_picture_stay_inside_it_whatever_the_name(name):
    image = opened(replace(amina(), name=name, headline=name, steps=())).convert("RGB")
    margins = [image.crop(box) for box in ((0, 0, 70, 630), (1130, 0, 1200, 280), (0, 600, 500, 630))]
    assert [len(margin.getcolors()) for margin in margins] == [1, 1, 1]
