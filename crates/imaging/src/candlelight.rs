//! The scale `candle`: an egg held to the light.
//!
//! Other scales paint the evidence over the photo and so hide what they point at. This one takes the light away where there is
//! no evidence: its dark end is nearly opaque, its bright end nearly clear, and what lies between glows like an ember. Brightness
//! rises all the way over all but the blackest photo, so the picture reads without colour vision too.

/// Intensity, then red, green, blue and alpha there; straight lines between.
const STOPS: [(f32, [f32; 4]); 4] = [
    (0.0, [10.0, 7.0, 5.0, 230.0]),
    (0.35, [60.0, 24.0, 8.0, 189.0]),
    (0.65, [200.0, 96.0, 24.0, 107.0]),
    (1.0, [255.0, 214.0, 140.0, 31.0]),
];

/// The colour of step `index` of 256, RGBA with straight alpha.
pub(crate) fn rgba(index: u8) -> [u8; 4] {
    let t = f32::from(index) / 255.0;
    let mut colour = [0; 4];
    for pair in STOPS.windows(2) {
        if let [(from, low), (to, high)] = pair
            && t >= *from
        {
            let along = ((t - from) / (to - from)).min(1.0);
            colour = std::array::from_fn(|i| (low[i] + along * (high[i] - low[i])).round() as u8);
        }
    }
    colour
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_the_stops() {
        assert_eq!(rgba(0), [10, 7, 5, 230]);
        assert_eq!(rgba(255), [255, 214, 140, 31]);
    }

    /// More evidence is never darker, whatever lies under it but near-black, where there is nothing to light.
    #[test]
    fn more_evidence_is_never_darker() {
        // one level each for the colour and the alpha
        const ROUNDING: f32 = 2.0;
        for under in [96.0, 160.0, 255.0] {
            let brightness = |index: u8| {
                let [r, g, b, a] = rgba(index).map(f32::from);
                // luma of Rec. 601
                let over = 0.299 * r + 0.587 * g + 0.114 * b;
                (over * a + under * (255.0 - a)) / 255.0
            };
            for index in 1..=255 {
                let (before, after) = (brightness(index - 1), brightness(index));
                assert!(after >= before - ROUNDING, "{index} over {under}: {before} to {after}");
            }
            assert!(brightness(255) > brightness(0) + 50.0);
        }
    }
}
