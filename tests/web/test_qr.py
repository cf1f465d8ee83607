import re

import pytest
from segno import make_qr

from pathway.web.qr import Drawing, drawn


def modules(drawing: Drawing) -> list[str]:
    """The drawing, read back from its path: one text of 0 and 1 a row, margins included."""
    rows = [[0] * drawing.side for _ in range(drawing.side)]
    for x, y, wide in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawing.path):
        for column in range(int(x), int(x) + int(wide)):
            rows[int(y)][column] = 1
    return ["".join(map(str, row)) for row in rows]


@pytest.mark.parametrize("text", ["12345678901234", "https://carte.exemple.fr/presenter-la-carte#K7M2QX"])
def test_the_path_draws_every_module_of_the_code_inside_a_light_margin(text: str) -> None:
    wanted = ["".join(map(str, row)) for row in make_qr(text, error="q").matrix]
    read = modules(drawn(text))
    assert [row[4:-4] for row in read[4:-4]] == wanted
    margin = "0" * len(read)
    assert read[:4] == read[-4:] == [margin] * 4
    assert {row[:4] + row[-4:] for row in read} == {"0" * 8}
