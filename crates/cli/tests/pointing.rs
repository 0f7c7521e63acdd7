//! The totals of the pointing game, which `just pointing` prints.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../examples/pointing/game.rs"]
#[allow(dead_code)] // what only the printed table shows
mod game;

use candling_core::Method;
use game::Totals;

#[test]
fn cams_point_at_the_object_that_was_asked_for() {
    for method in [Method::CAM, Method::GRAD_CAM, Method::HIRES_CAM] {
        let rounds = game::play(method).unwrap();
        let totals = Totals::of(&rounds, |round| round.hit);
        assert_eq!(totals.rounds, 32);
        // measured: 27 in the box, 18 on the object, none in the other
        assert!(
            totals.in_box >= 26 && totals.in_mask >= 16 && totals.in_other <= 1,
            "{method}: {}",
            totals.in_box
        );
        // the game can be lost: the centre is mostly between the two objects
        let centre = Totals::of(&rounds, |round| round.centre);
        assert!(centre.in_box < 8, "{}", centre.in_box);
        assert!(rounds.iter().all(|round| round.point.is_some()), "{method}: a map of zeros");
    }
}
