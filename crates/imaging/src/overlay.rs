//! Overlay of a painted map on the photo that it explains.

use crate::error::Result;
use crate::photo::Photo;
use crate::resize::{check_rgba, over_white_channel};
use crate::view::Rect;

/// Lays a picture of exactly the size of `rect` over that part of the photo; the rest of the photo is not
/// touched.
///
/// `picture` is `rect.height * rect.width * 4` bytes of RGBA8 with straight alpha, as
/// [`render`](crate::render()) returns it for those sides. Inside `rect` the photo is first laid over white,
/// as the network saw it, so the result is opaque there.
///
/// # Errors
/// `bad-argument` if a length does not fit its size or `rect` does not lie within the photo.
pub fn overlay(photo: &mut Photo, picture: &[u8], rect: Rect) -> Result<()> {
    check_rgba("the photo", &photo.rgba, photo.width, photo.height)?;
    rect.check_within(photo.width, photo.height)?;
    check_rgba("the picture to lay over it", picture, rect.width, rect.height)?;

    let stride = photo.width as usize * 4;
    let (left, bytes) = (rect.x as usize * 4, rect.width as usize * 4);
    let rows = photo.rgba.chunks_exact_mut(stride).skip(rect.y as usize);
    for (row, over) in rows.zip(picture.chunks_exact(bytes)) {
        let under = row.get_mut(left..left + bytes).unwrap_or_default();
        for (under, over) in under.as_chunks_mut::<4>().0.iter_mut().zip(over.as_chunks::<4>().0) {
            *under = blend(*under, *over);
        }
    }
    Ok(())
}

/// The operator "over" of Porter and Duff (1984), applied to the photo over white.
fn blend([r, g, b, a]: [u8; 4], [over_r, over_g, over_b, alpha]: [u8; 4]) -> [u8; 4] {
    let mix = |under: u8, over: u8| {
        let (under, over, alpha) =
            (u32::from(over_white_channel(under, a)), u32::from(over), u32::from(alpha));
        // at most 255, so nothing is lost
        ((over * alpha + under * (255 - alpha) + 127) / 255) as u8
    };
    [mix(r, over_r), mix(g, over_g), mix(b, over_b), 255]
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECT: Rect = Rect { x: 1, y: 2, width: 3, height: 2 };

    /// A photo of 5x6 pixels, all different and half transparent.
    fn photo() -> Photo {
        Photo { width: 5, height: 6, rgba: (0..5 * 6).flat_map(|i| [i, 100 + i, 200 - i, 128]).collect() }
    }

    fn inside(index: usize) -> bool {
        let (x, y) = (index % 5, index / 5);
        (1..4).contains(&x) && (2..4).contains(&y)
    }

    #[test]
    fn an_opaque_picture_lands_on_its_rectangle_and_nowhere_else() {
        let mut laid = photo();
        let picture: Vec<u8> = (0..6).flat_map(|i| [10 * i, 11 * i, 12 * i, 255]).collect();
        overlay(&mut laid, &picture, RECT).expect("fits");
        let mut expected = picture.as_chunks::<4>().0.iter();
        for (index, (after, before)) in laid.rgba.chunks(4).zip(photo().rgba.chunks(4)).enumerate() {
            if inside(index) {
                assert_eq!(Some(after), expected.next().map(|pixel| &pixel[..]), "pixel {index}");
            } else {
                assert_eq!(after, before, "pixel {index}");
            }
        }
    }

    #[test]
    fn opacity_mixes_with_the_photo_over_white() {
        assert_eq!(blend([100, 0, 255, 255], [200, 100, 55, 128]), [150, 50, 155, 255]);
        assert_eq!(blend([0, 0, 0, 0], [255, 0, 0, 0]), [255, 255, 255, 255]);
        assert_eq!(blend([7, 8, 9, 255], [255, 0, 0, 0]), [7, 8, 9, 255]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let cases = [
            (&[0; 6 * 4][..], Rect { x: 3, ..RECT }),
            (&[0; 6 * 4][..], Rect { y: u32::MAX, ..RECT }),
            (&[0; 5 * 4][..], RECT),
            (&[][..], Rect { width: 0, ..RECT }),
        ];
        for (picture, rect) in cases {
            let mut unchanged = photo();
            assert_eq!(overlay(&mut unchanged, picture, rect).map_err(|e| e.code()), Err("bad-argument"));
            assert_eq!(unchanged, photo());
        }
        let mut short = Photo { width: 5, height: 7, ..photo() };
        assert_eq!(overlay(&mut short, &[0; 6 * 4], RECT).map_err(|e| e.code()), Err("bad-argument"));
    }
}
