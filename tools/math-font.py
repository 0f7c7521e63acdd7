"""The formulas' font: `python tools/math-font.py STIXMath-Regular.otf www/fonts/candling-math.woff2`; needs
fonttools and brotli.

A browser lays formulas out by the MATH table of their font, and many systems have no font with one:
subscripts would stand on the line. STIX Math 1.1.1 has one. Of its characters those stay that the formulas of
the site use, 10 kB of 477. The licence of the STIX fonts asks a changed one to carry another name.
"""

import sys

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

NAME = "Candling Math"
UPRIGHT = "0123456789()+=/,−⋅∑∂⊙ CAMReLU"
# The italic letters of mathematics, U+1D434 to U+1D467, whose h is at an older code point, and alpha.
ITALIC = "".join(chr(0x1D434 + letter) for letter in range(52) if letter != 33) + "ℎα𝛼"
FULL_NAME, FAMILY, UNIQUE, POSTSCRIPT = 4, 1, 3, 6

source, target = sys.argv[1:]
font = TTFont(source, recalcTimestamp=False)
options = Options(hinting=False, desubroutinize=True, layout_features=["ssty", "kern"], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14])
subsetter = Subsetter(options)
subsetter.populate(text=UPRIGHT + ITALIC)
subsetter.subset(font)
for record in font["name"].names:
    if record.nameID in (FAMILY, FULL_NAME, UNIQUE, POSTSCRIPT):
        record.string = NAME.replace(" ", "") if record.nameID == POSTSCRIPT else NAME
compact = font["CFF "].cff
compact.fontNames = [NAME.replace(" ", "")]
for name in ("FullName", "FamilyName"):
    if hasattr(compact.topDictIndex[0], name):
        setattr(compact.topDictIndex[0], name, NAME)
font.flavor = "woff2"
font.save(target)
