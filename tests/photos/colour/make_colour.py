"""Makes the files of this folder and what littleCMS makes of them: python make_colour.py FOLDER (Pillow
13.0.0, NumPy).

One chart of 6x4 flat patches of 8x8 pixels, saved with colour profiles and PNG colour chunks of many kinds.
The profiles are built here, byte for byte, so that nothing of anybody's is in them. What must come out, in
sRGB, is computed by littleCMS (through Pillow's ImageCms, perceptual intent) from the profile, or, for PNG's
gAMA and cHRM, from a profile with those numbers; it is written into manifest.json, one colour per patch."""
import io, json, os, struct, sys, zlib
import numpy as np
from PIL import Image, ImageCms

OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
ACROSS, DOWN, PATCH = 6, 4, 8
PATCHES = [(0, 0, 0), (16, 16, 16), (64, 64, 64), (128, 128, 128), (200, 200, 200), (255, 255, 255),
           (90, 60, 50), (194, 150, 130), (98, 122, 157), (87, 108, 67), (133, 128, 177), (103, 189, 170),
           (160, 60, 40), (60, 140, 60), (50, 60, 150), (170, 160, 60), (150, 70, 140), (60, 150, 160),
           (140, 120, 100), (120, 140, 100), (100, 120, 140), (180, 130, 120), (110, 150, 130), (130, 110, 160)]

def chart(mode='RGB', patches=PATCHES):
    a = np.array(patches, np.uint8).reshape(DOWN, ACROSS, -1).repeat(PATCH, 0).repeat(PATCH, 1)
    return Image.fromarray(a[..., 0] if mode == 'L' else a, mode)

def s15(v): return struct.pack('>i', int(round(v * 65536)))
def xyz(v): return b'XYZ \0\0\0\0' + b''.join(s15(c) for c in v)
def gamma(g): return b'curv\0\0\0\0' + struct.pack('>IH', 1, int(round(g * 256))) + b'\0\0'
def parametric(g, a, b, c, d): return b'para\0\0\0\0' + struct.pack('>HH', 3, 0) + b''.join(s15(v) for v in (g, a, b, c, d))
SRGB_CURVE = parametric(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)

def icc(space, tags, kind=b'mntr', pcs=b'XYZ ', version=b'\x02\x10\0\0'):
    """An ICC profile of these tags."""
    desc = b'desc\0\0\0\0' + struct.pack('>I', 5) + b'test\0' + b'\0' * (4 + 4 + 2 + 1 + 67)
    tags = [(b'desc', desc), (b'cprt', b'text\0\0\0\0CC0\0'), (b'wtpt', xyz((0.9642, 1.0, 0.8249)))] + tags
    at = 128 + 4 + 12 * len(tags); table = body = b''
    for key, value in tags:
        value += b'\0' * (-len(value) % 4)
        table += key + struct.pack('>II', at + len(body), len(value)); body += value
    head = struct.pack('>I', at + len(body)) + b'\0\0\0\0' + version + kind + space + pcs + struct.pack('>6H', 2024, 1, 1, 0, 0, 0) + b'acsp' + b'\0' * 24
    head += struct.pack('>I', 0) + s15(0.9642) + s15(1) + s15(0.8249)
    return head.ljust(128, b'\0') + struct.pack('>I', len(tags)) + table + body

BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
D50 = np.array([0.9642, 1.0, 0.8249])
def primaries(white, *xy):
    """The columns of a matrix profile from chromaticities: XYZ of the primaries, adapted to D50
    (Bradford)."""
    to = lambda x, y: np.array([x / y, 1, (1 - x - y) / y])
    m = np.stack([to(*p) for p in xy], 1); w = to(*white)
    m = m * np.linalg.solve(m, w)
    adapt = np.linalg.inv(BRADFORD) @ np.diag((BRADFORD @ D50) / (BRADFORD @ w)) @ BRADFORD
    return (adapt @ m).T
D65 = (0.3127, 0.3290)
SRGB_XY = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
P3_XY = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE_XY = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
PROPHOTO_XY = ((0.734699, 0.265301), (0.159597, 0.840403), (0.036598, 0.000105))
def rgb(columns, curve): return icc(b'RGB ', list(zip((b'rXYZ', b'gXYZ', b'bXYZ'), map(xyz, columns))) + [(k, curve) for k in (b'rTRC', b'gTRC', b'bTRC')])
P3 = rgb(primaries(D65, *P3_XY), SRGB_CURVE)
ADOBE = rgb(primaries(D65, *ADOBE_XY), gamma(563 / 256))
PROPHOTO = rgb(primaries((0.3457, 0.3585), *PROPHOTO_XY), gamma(1.8))
GREY = icc(b'GRAY', [(b'kTRC', gamma(1.0))])

def lab8(values):
    """Lab as the 8-bit table of an ICC v2 profile has it."""
    return bytes(int(round(max(0, min(255, v)))) for v in values)
def cmyk_profile():
    """A CMYK profile with a table of 5x5x5x5 colours, of an ink model of its own: light multiplies, and black
    is warm."""
    from itertools import product
    def lab(c, m, y, k):
        lin = np.array([1 - 0.95 * c, 1 - 0.9 * m, 1 - 0.92 * y]) * (1 - 0.97 * k) * np.array([1, 1 - 0.02 * k, 1 - 0.05 * k])
        X = np.array(primaries(D65, *SRGB_XY)).T @ lin ** 1.6 / D50
        f = np.where(X > (6 / 29) ** 3, np.cbrt(X), X / (3 * (6 / 29) ** 2) + 4 / 29)
        return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])
    n = 5
    table = b''.join(lab8((L * 2.55, a + 128, b + 128)) for L, a, b in (lab(*(v / (n - 1) for v in p)) for p in product(range(n), repeat=4)))
    ramp = bytes(range(256))
    mft1 = b'mft1\0\0\0\0' + bytes([4, 3, n, 0]) + b''.join(s15(v) for v in (1, 0, 0, 0, 1, 0, 0, 0, 1)) + ramp * 4 + table + ramp * 3
    return icc(b'CMYK', [(b'A2B0', mft1)], kind=b'prtr', pcs=b'Lab ')
CMYK = cmyk_profile()

def png(image, *chunks):
    """A PNG with these chunks before its pixels."""
    b = io.BytesIO(); image.save(b, 'PNG'); b = b.getvalue()
    extra = b''.join(struct.pack('>I', len(d)) + k + d + struct.pack('>I', zlib.crc32(k + d)) for k, d in chunks)
    return b[:33] + extra + b[33:]
def iccp(profile): return (b'iCCP', b'x\0\0' + zlib.compress(profile))
def gama(g): return (b'gAMA', struct.pack('>I', int(round(g * 100000))))
def chrm(white, *xy): return (b'cHRM', struct.pack('>8I', *(int(round(v * 100000)) for p in (white, *xy) for v in p)))
SRGB_CHUNK = (b'sRGB', b'\0')
def cicp(*v): return (b'cICP', bytes(v))
def png16(rgb16, *chunks):
    h, w, _ = rgb16.shape
    raw = b''.join(b'\0' + rgb16[y].astype('>u2').tobytes() for y in range(h))
    chunk = lambda k, d: struct.pack('>I', len(d)) + k + d + struct.pack('>I', zlib.crc32(k + d))
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, 16, 2, 0, 0, 0)) + b''.join(chunk(*c) for c in chunks) + chunk(b'IDAT', zlib.compress(raw)) + chunk(b'IEND', b'')
def encode(image, kind, **how):
    b = io.BytesIO(); image.save(b, kind, **how); return b.getvalue()

SRGB = ImageCms.createProfile('sRGB')
def lcms(image, profile):
    """What littleCMS makes of a picture: sRGB, one colour a patch, in the middle of each."""
    out = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), SRGB, renderingIntent=0, outputMode='RGB')
    return middles(out)
def middles(image):
    return [list(image.getpixel((x * PATCH + PATCH // 2, y * PATCH + PATCH // 2))) for y in range(DOWN) for x in range(ACROSS)]

M = []
def put(name, data, expected, note, tol=2, **more):
    with open(os.path.join(OUT, name), 'wb') as f: f.write(data)
    M.append({'file': name, 'patches': expected, 'tol': tol, 'note': note, **more})

base = chart(); plain = middles(base)
J = dict(quality=98, subsampling=0)
JPEG_TOL = 4
put('p3.png', png(base, iccp(P3)), lcms(base, P3), 'Display P3, as phones save it')
put('prophoto.png', png(base, iccp(PROPHOTO)), lcms(base, PROPHOTO), 'ProPhoto RGB, as raw converters save it')
put('adobe.jpg', encode(base, 'JPEG', icc_profile=ADOBE, **J), lcms(base, ADOBE), 'Adobe RGB in a JPEG', tol=JPEG_TOL)
put('p3.webp', encode(base, 'WEBP', lossless=True, icc_profile=P3), lcms(base, P3), 'Display P3 in a WebP')
put('p3.tiff', encode(base, 'TIFF', icc_profile=P3), lcms(base, P3), 'Display P3 in a TIFF', browsers=False)
put('p3_16.png', png16(np.array(base).astype(np.uint16) * 257, iccp(P3)), lcms(base, P3), 'Display P3, 16 bits a channel')
put('p3_palette.png', png(base.quantize(64), iccp(P3)), lcms(base, P3), 'Display P3 with a palette: the profile is of the colours', tol=3)
put('p3_alpha.png', png(Image.merge('RGBA', (*base.split(), Image.new('L', base.size, 128))), iccp(P3)), lcms(base, P3), 'Display P3 at half alpha, which no profile touches', tol=3, alpha=128)
grey = chart('L')
put('grey_linear.png', png(grey, iccp(GREY)), lcms(grey, GREY), 'a grey profile with linear light')
put('grey_linear.jpg', encode(grey, 'JPEG', quality=98, icc_profile=GREY), lcms(grey, GREY), 'the same in a JPEG', tol=JPEG_TOL)
# within what sRGB can show: how a colour beyond it is clipped is everybody's own affair
inks = chart(patches=[(c, m, y, k) for c, m, y, k in [(0, 0, 0, 0), (200, 0, 0, 0), (0, 200, 0, 0), (0, 0, 200, 0), (0, 0, 0, 200), (128, 128, 128, 0), (0, 0, 0, 128), (200, 200, 0, 0), (200, 0, 200, 0), (0, 200, 200, 0), (40, 60, 80, 20), (200, 100, 50, 30), (20, 200, 180, 10), (128, 0, 0, 0), (0, 128, 0, 0), (0, 0, 128, 0), (0, 0, 0, 64), (64, 64, 64, 64), (90, 10, 120, 40), (10, 90, 40, 120), (30, 30, 30, 0), (180, 180, 20, 0), (60, 0, 60, 60), (0, 40, 90, 5)]], mode='CMYK')
put('cmyk.jpg', encode(inks, 'JPEG', icc_profile=CMYK, **J), lcms(inks, CMYK), 'CMYK with a profile of its own (a table)', tol=6)
put('broken_profile.png', png(base, iccp(P3[:200])), plain, 'a profile that is cut short: ignored', ignored=True)
put('foreign_profile.png', png(base, iccp(CMYK)), plain, 'a CMYK profile on an RGB picture: ignored', ignored=True)
put('broken_profile.jpg', encode(base, 'JPEG', icc_profile=b'no profile at all', **J), plain, 'bytes that are no profile: ignored', ignored=True, tol=JPEG_TOL)
put('gama_linear.png', png(base, gama(1.0)), lcms(base, rgb(primaries(D65, *SRGB_XY), gamma(1.0))), 'gAMA 1.0: linear light, with the primaries of sRGB')
put('gama_22.png', png(base, gama(0.45455)), plain, 'gAMA 0.45455, by which programs mean sRGB')
put('gama_chrm.png', png(base, gama(0.55556), chrm(D65, *P3_XY)), lcms(base, rgb(primaries(D65, *P3_XY), gamma(1.8))), 'gAMA and cHRM: another gamma and the primaries of P3')
put('chrm.png', png(base, chrm(D65, *P3_XY)), plain, 'cHRM alone')
put('srgb_gama.png', png(base, SRGB_CHUNK, gama(1.0)), plain, 'sRGB stands before gAMA')
put('iccp_gama.png', png(base, iccp(P3), gama(1.0)), lcms(base, P3), 'iCCP stands before gAMA')
put('cicp_p3.png', png(base, cicp(12, 13, 0, 1)), lcms(base, P3), 'cICP: Display P3')
put('cicp_iccp.png', png(base, cicp(1, 13, 0, 1), iccp(P3)), plain, 'cICP (sRGB) stands before iCCP')
put('srgb_profile.jpg', encode(base, 'JPEG', icc_profile=ImageCms.ImageCmsProfile(SRGB).tobytes(), **J), plain, "littleCMS's own sRGB profile: nothing changes", tol=JPEG_TOL)
json.dump({'origin': 'make_colour.py; the expected colours are littleCMS 2\'s, through Pillow', 'across': ACROSS, 'down': DOWN, 'patch': PATCH, 'files': M}, open(os.path.join(OUT, 'manifest.json'), 'w'), indent=1)
