//! The pointing game (Zhang et al. 2016, "Top-down Neural Attention by Excitation Backprop"): whether the
//! maximum of a map is on the object whose class was asked for, on composites of two objects, see
//! `tests/photos/pointing`.
//!
//! ```text
//! cargo run --release -p candling --example pointing -- [METHOD]      METHOD defaults to grad-cam
//! ```

mod game;

use std::process::ExitCode;

use candling_core::Method;
use game::{Hit, Result, Round, Totals};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let method: Method = match std::env::args().nth(1) {
        None => Method::GRAD_CAM,
        Some(name) => name.parse()?,
    };
    let rounds = game::play(method)?;

    println!("{:<28} {:<12} {:>5}  {:>9}  box  mask  other", "photo", "object", "class", "point");
    for round in &rounds {
        let point = round.point.map_or("none".into(), |(x, y)| format!("{x},{y}"));
        let mark = |hit: bool| if hit { "x" } else { "." };
        let Hit { in_box, in_mask, in_other } = round.hit;
        println!(
            "{:<28} {:<12} {:>5}  {point:>9}  {:^3}  {:^4}  {:^5}",
            round.photo.trim_end_matches(".jpg"),
            round.object,
            round.class,
            mark(in_box),
            mark(in_mask),
            mark(in_other),
        );
    }
    println!();
    print_totals(method.name(), &Totals::of(&rounds, |round: &Round| round.hit));
    print_totals("the photo's centre", &Totals::of(&rounds, |round: &Round| round.centre));
    Ok(())
}

fn print_totals(who: &str, totals: &Totals) {
    let Totals { rounds, in_box, in_mask, in_other } = totals;
    println!(
        "{who}: {in_box}/{rounds} in the box, {in_mask}/{rounds} on the object, {in_other}/{rounds} in the other box"
    );
}
