#!/usr/bin/env python3
"""Makes style/fonts/*.woff2 from the upstream files, and prints the metrics that style/layers.css needs for them.

Run it only to change the fonts; the results are committed. It needs fonttools with brotli (pip) and the two npm packages
unpacked, whose folders are its arguments:

    npm pack @fontsource-variable/atkinson-hyperlegible-next @fontsource-variable/atkinson-hyperlegible-mono
    tools/fonts.py path/to/next/package path/to/mono/package [path/to/LiberationSans-Regular.ttf]

The subset is what the lessons are written in: Latin-1 with typographic punctuation, weights 400 to 700, tabular figures.
The fonts have no box drawing, arrows or check marks: those come from the reader's own fonts, or are drawn.
"""

import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

OUT = pathlib.Path(__file__).parent.parent / "style" / "fonts"
# Printable ASCII, Latin-1, dashes and quotes, ellipsis, single guillemets, euro, trade mark, minus.
CHARACTERS = [(0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x2026), (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2122, 0x2122),
              (0x2212, 0x2212)]
FEATURES = ["kern", "mark", "ccmp", "locl", "tnum", "frac"]
# How often letters come in English prose, per thousand: the weights for comparing the width of two fonts.
ENGLISH = dict(zip(" etaoinshrdlucmfwypvbgkjqxz", [183, 103, 74, 66, 62, 59, 57, 54, 51, 49, 36, 33, 23, 22, 20, 20, 18,
                                                   17, 15, 13, 9, 12, 15, 6, 1, 1, 1, 1]))


def make(package: pathlib.Path, name: str) -> TTFont:
    """Writes the subset `name` of the package's Latin face and returns it."""
    (source,) = package.glob("files/*-latin-wght-normal.woff2")
    font = TTFont(source)
    options = subset.Options(layout_features=FEATURES, hinting=False, name_IDs=[0, 1, 2, 13, 14])
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for first, last in CHARACTERS for code in range(first, last + 1)])
    cutter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": (400, 400, 700)})
    font.flavor = "woff2"
    font.save(OUT / f"{name}.woff2")
    return font


def width(font: TTFont) -> float:
    """The mean advance of English text, in em."""
    advances, glyphs = font["hmtx"].metrics, font.getBestCmap()
    total = sum(advances[glyphs[ord(letter)]][0] * weight for letter, weight in ENGLISH.items())
    return total / sum(ENGLISH.values()) / font["head"].unitsPerEm


def report(name: str, font: TTFont, fallback: str, fallback_width: float) -> None:
    """Prints what makes `fallback` take the room that `font` will take."""
    adjust = width(font) / fallback_width
    em, metrics = font["head"].unitsPerEm, font["hhea"]
    print(f"{name} by {fallback}: size-adjust: {adjust:.1%}; ascent-override: {metrics.ascent / em / adjust:.1%}; "
          f"descent-override: {-metrics.descent / em / adjust:.1%}; line-gap-override: 0%")


def main() -> None:
    packages = [pathlib.Path(argument) for argument in sys.argv[1:3]]
    OUT.mkdir(parents=True, exist_ok=True)
    prose, mono = make(packages[0], "atkinson-next"), make(packages[1], "atkinson-mono")
    copyright_of_next, licence = (packages[0] / "LICENSE").read_text().split("\n", 1)
    copyright_of_mono = (packages[1] / "LICENSE").read_text().split("\n", 1)[0]
    (OUT / "OFL.txt").write_text(f"{copyright_of_next}\n{copyright_of_mono}\n{licence}")
    if len(sys.argv) > 3:
        report("prose", prose, "Arial", width(TTFont(sys.argv[3])))  # Liberation Sans has Arial's widths
    report("mono", mono, "Menlo, DejaVu Sans Mono", 0.602)
    report("mono", mono, "Consolas", 0.55)
    for file in sorted(OUT.glob("*.woff2")):
        print(f"{file.name}: {file.stat().st_size} bytes")


main()
