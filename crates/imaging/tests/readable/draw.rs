//! Pictures that are not photos: a screen, a page, a drawing, and views of a microscope and a satellite.

use candling_imaging::Photo;

use crate::hard::Hard;

const INK: [u8; 3] = [34, 34, 38];
const WHITE: [u8; 3] = [255; 3];

/// All pictures.
pub fn pictures() -> Vec<Hard> {
    let screen = |ground, ink, bar, image| {
        let mut canvas = Canvas::new(320, 220, ground);
        canvas.text(&mut fastrand::Rng::with_seed(1), ink, 34);
        canvas.fill(0, 0, 320, 20, bar);
        canvas.fill(200, 60, 100, 70, image);
        canvas.photo()
    };
    let mut page = Canvas::new(226, 320, [252, 251, 247]);
    page.text(&mut fastrand::Rng::with_seed(2), INK, 24);
    vec![
        Hard { name: "screenshot", photo: screen(WHITE, INK, [48, 52, 58], [43, 108, 176]) },
        Hard {
            name: "dark screen",
            photo: screen([22, 24, 30], [205, 208, 214], [40, 44, 52], [190, 120, 60]),
        },
        Hard { name: "printed page", photo: page.photo() },
        Hard { name: "drawing", photo: drawing() },
        Hard { name: "microscope", photo: microscope() },
        Hard { name: "satellite", photo: satellite() },
        Hard { name: "black", photo: Canvas::new(300, 200, [4; 3]).photo() },
        Hard { name: "white", photo: Canvas::new(300, 200, [253; 3]).photo() },
        Hard { name: "blue sky", photo: Canvas::new(300, 200, [70, 130, 220]).photo() },
    ]
}

struct Canvas {
    width: u32,
    height: u32,
    rgb: Vec<[u8; 3]>,
}

impl Canvas {
    fn new(width: u32, height: u32, ground: [u8; 3]) -> Self {
        Self { width, height, rgb: vec![ground; (width * height) as usize] }
    }

    fn each(&mut self, paint: impl Fn(f32, f32) -> Option<[u8; 3]>) {
        for (index, pixel) in self.rgb.iter_mut().enumerate() {
            let (x, y) = (index as u32 % self.width, index as u32 / self.width);
            if let Some(colour) = paint(x as f32 + 0.5, y as f32 + 0.5) {
                *pixel = colour;
            }
        }
    }

    fn fill(&mut self, left: u32, top: u32, width: u32, height: u32, colour: [u8; 3]) {
        let inside = |at: f32, start: u32, length: u32| at > start as f32 && at < (start + length) as f32;
        self.each(|x, y| (inside(x, left, width) && inside(y, top, height)).then_some(colour));
    }

    /// Draws lines of text, each word as a bar.
    fn text(&mut self, random: &mut fastrand::Rng, ink: [u8; 3], top: u32) {
        for y in (top..self.height - 12).step_by(12) {
            let mut x = 14;
            while x < self.width - 40 {
                let word = random.u32(8..26);
                self.fill(x, y, word, 4, ink);
                x += word + 5;
            }
        }
    }

    fn photo(self) -> Photo {
        let rgba = self.rgb.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect();
        Photo { width: self.width, height: self.height, rgba }
    }
}

/// A cat's head in thin lines.
fn drawing() -> Photo {
    let mut canvas = Canvas::new(240, 240, WHITE);
    for (x, y, across, down) in
        [(120.0, 130.0, 62.0, 70.0), (100.0, 112.0, 9.0, 9.0), (140.0, 112.0, 9.0, 9.0)]
    {
        let off = move |px: f32, py: f32| ((px - x) / across).hypot((py - y) / down) - 1.0;
        canvas.each(|px, py| ((off(px, py) * across).abs() < 1.0).then_some(INK));
    }
    for (x, slope) in [(60.0, 0.9), (92.0, -1.3), (148.0, 1.3), (180.0, -0.9)] {
        canvas.each(|px, py| {
            (((px - x) - slope * (70.0 - py)).abs() < 1.4 && (30.0..72.0).contains(&py)).then_some(INK)
        });
    }
    canvas.photo()
}

/// Pale pink tissue with violet cells.
fn microscope() -> Photo {
    let mut random = fastrand::Rng::with_seed(3);
    let mut canvas = Canvas::new(300, 300, [236, 214, 226]);
    for _ in 0..90 {
        let (x, y, radius) = (300.0 * random.f32(), 300.0 * random.f32(), 5.0 + 8.0 * random.f32());
        canvas.each(|px, py| ((px - x).hypot(py - y) < 1.7 * radius).then_some([226, 186, 210]));
        canvas.each(|px, py| ((px - x).hypot(py - y) < radius).then_some([128, 84, 160]));
    }
    canvas.photo()
}

/// Fields in dull greens and browns, a river, and the sea.
fn satellite() -> Photo {
    let mut random = fastrand::Rng::with_seed(4);
    let mut canvas = Canvas::new(320, 240, [70, 84, 52]);
    let soil = [[88, 98, 58], [122, 108, 76], [58, 76, 46], [104, 112, 70], [146, 130, 98]];
    for (row, y) in (0..240).step_by(40).enumerate() {
        for x in (0..320).step_by(40) {
            let colour = soil[random.usize(0..soil.len())];
            canvas.fill(x + 1, y + 1, 36 + 4 * (row as u32 % 2), 38, colour);
        }
    }
    canvas.each(|x, y| ((x - 90.0 - 40.0 * (y / 40.0).sin()).abs() < 5.0).then_some([44, 66, 84]));
    canvas.each(|x, y| (x > 250.0 + 20.0 * (y / 30.0).cos()).then_some([24, 44, 72]));
    canvas.photo()
}
