//! Perceived colours: CIELAB, the difference of two colours, and how they appear in print and to the
//! colour-blind.

/// A displayed colour: sRGB, 0 to 255.
pub type Rgb = [f64; 3];

/// A colour in CIELAB: L*, a*, b*.
pub type Lab = [f64; 3];

/// sRGB (IEC 61966-2-1) to linear light, 0 to 1.
fn light(level: f64) -> f64 {
    let share = level / 255.0;
    if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
}

fn level(light: f64) -> f64 {
    let light = light.clamp(0.0, 1.0);
    255.0 * if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

fn times(matrix: [[f64; 3]; 3], [a, b, c]: [f64; 3]) -> [f64; 3] {
    matrix.map(|[x, y, z]| x * a + y * b + z * c)
}

/// sRGB to CIELAB (CIE 1976) for the white point D65.
pub fn lab(colour: Rgb) -> Lab {
    const XYZ: [[f64; 3]; 3] = [
        [0.412_453, 0.357_580, 0.180_423],
        [0.212_671, 0.715_160, 0.072_169],
        [0.019_334, 0.119_193, 0.950_227],
    ];
    const WHITE: [f64; 3] = [0.950_47, 1.0, 1.088_83];
    let xyz = times(XYZ, colour.map(light));
    let root = |i: usize| {
        let t: f64 = xyz[i] / WHITE[i];
        if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 }
    };
    let [x, y, z] = [root(0), root(1), root(2)];
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// ΔE00 of two colours by CIEDE2000 (Sharma, Wu & Dalal 2005); 1 is about the smallest difference that is
/// visible side by side.
pub fn difference([l1, a1, b1]: Lab, [l2, a2, b2]: Lab) -> f64 {
    let seventh = |c: f64| (c.powi(7) / (c.powi(7) + 25f64.powi(7))).sqrt();
    let g = 0.5 * (1.0 - seventh((a1.hypot(b1) + a2.hypot(b2)) / 2.0));
    let (a1, a2) = (a1 * (1.0 + g), a2 * (1.0 + g));
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let hue = |a: f64, b: f64| b.atan2(a).to_degrees().rem_euclid(360.0);
    let (h1, h2) = (hue(a1, b1), hue(a2, b2));
    let grey = c1 * c2 == 0.0;
    let turn = match h2 - h1 {
        _ if grey => 0.0,
        turn if turn > 180.0 => turn - 360.0,
        turn if turn < -180.0 => turn + 360.0,
        turn => turn,
    };
    let h = match h1 + h2 {
        sum if grey => sum,
        sum if (h1 - h2).abs() <= 180.0 => sum / 2.0,
        sum if sum < 360.0 => (sum + 360.0) / 2.0,
        sum => (sum - 360.0) / 2.0,
    };
    let (l, c) = ((l1 + l2) / 2.0, (c1 + c2) / 2.0);
    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(h - 30.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + 6.0)
        - 0.2 * cos(4.0 * h - 63.0);
    let off = (l - 50.0).powi(2);
    let dl = (l2 - l1) / (1.0 + 0.015 * off / (20.0 + off).sqrt());
    let dc = (c2 - c1) / (1.0 + 0.045 * c);
    let dh = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin() / (1.0 + 0.015 * c * t);
    let rotation = -2.0 * seventh(c) * (60.0 * (-((h - 275.0) / 25.0).powi(2)).exp()).to_radians().sin();
    (dl * dl + dc * dc + dh * dh + rotation * dc * dh).sqrt()
}

/// The conditions under which a picture is viewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    Screen,
    Grey,
    Paper,
    Deuteranopia,
    Protanopia,
}

impl Seen {
    pub const ALL: [Self; 5] = [Self::Screen, Self::Grey, Self::Paper, Self::Deuteranopia, Self::Protanopia];

    /// The colour as it appears under these conditions.
    pub fn of(self, colour: Rgb) -> Rgb {
        let rgb = colour.map(light);
        let seen = match self {
            Self::Screen => return colour,
            Self::Grey => [0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]; 3],
            Self::Paper => rgb.map(paper),
            Self::Deuteranopia => times(DEUTERANOPIA, rgb),
            Self::Protanopia => times(PROTANOPIA, rgb),
        };
        seen.map(level)
    }
}

/// The reflectance of office paper from an office printer: dots grow by a tenth at half coverage, more than
/// twice the tolerance of ISO 12647-2 for a press, and in between the ink's 4 % and the paper's 82 % of the
/// light are reflected (Murray & Davies 1936).
fn paper(light: f64) -> f64 {
    let cover = 1.0 - light;
    let grown = cover + 4.0 * 0.1 * cover * (1.0 - cover);
    0.82 * (1.0 - grown) + 0.04 * grown
}

/// Matrices of Machado, Oliveira & Fernandes 2009 for severity 1, applied to linear light.
const DEUTERANOPIA: [[f64; 3]; 3] = [
    [0.367_322, 0.860_646, -0.227_968],
    [0.280_085, 0.672_501, 0.047_413],
    [-0.011_820, 0.042_940, 0.968_881],
];
const PROTANOPIA: [[f64; 3]; 3] = [
    [0.152_286, 1.052_583, -0.204_868],
    [0.114_503, 0.786_281, 0.099_216],
    [-0.003_882, -0.048_116, 1.051_998],
];
