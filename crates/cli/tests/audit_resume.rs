//! A resumed audit takes over exactly what is still valid, and no CSV is lost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use common::{BAD_INPUT, BAD_USE, done, file, json, refused, scratch};
use serde_json::{Value, json};

struct Audit {
    folder: PathBuf,
    model: PathBuf,
}

/// Four of the lesson's photos and their masks, and a model.
fn audit(name: &str) -> Audit {
    let folder = scratch(name);
    let _ = std::fs::remove_dir_all(&folder);
    for (class, animal) in [("birds", "bird"), ("mammals", "mammal")] {
        for number in 0..2 {
            let stem = format!("test_{animal}_0{number}_grass");
            for (from, to, ending) in [("images", "photos", "webp"), ("masks", "masks", "png")] {
                let to = folder.join(to).join(class);
                std::fs::create_dir_all(&to).unwrap();
                let from = file(&format!("tests/photos/bias/{from}/{stem}.{ending}"));
                std::fs::copy(from, to.join(format!("{number}.{ending}"))).unwrap();
            }
        }
    }
    let model = folder.join("model.safetensors");
    done(args!["train", folder.join("photos"), "-o", &model, "--held-out", "0"]);
    Audit { folder, model }
}

impl Audit {
    fn csv(&self) -> PathBuf {
        self.folder.join("out.csv")
    }

    fn asked(&self, more: &[&str]) -> Vec<OsString> {
        let masks = self.folder.join("masks");
        let asked =
            args!["audit", self.folder.join("photos"), "--masks", masks, "--csv", self.csv(), "--json"];
        let model = if more.contains(&"--model") { args![] } else { args!["--model", &self.model] };
        [asked, model, more.iter().map(OsString::from).collect()].concat()
    }

    fn report(&self, more: &[&str]) -> Value {
        json(self.asked(more))
    }

    fn resumed(&self, more: &[&str]) -> Value {
        self.report(&[more, &["--resume"]].concat())["resumed"].clone()
    }
}

fn copied(from: &Path, to: &Path) {
    std::fs::copy(from, to).unwrap();
}

#[test]
fn what_changed_is_done_again_and_counted() {
    let audit = audit("changes");
    audit.report(&[]);
    let photos = audit.folder.join("photos");
    let all = json!({ "taken_over": 4, "redone": {}, "new": 0, "gone": 0 });
    assert_eq!(audit.resumed(&[]), all);
    assert_eq!(
        audit.resumed(&["--fit", "crop"]),
        json!({ "taken_over": 0, "redone": { "fit": 4 }, "new": 0, "gone": 0 })
    );
    assert_eq!(audit.resumed(&["--layer", "head"])["redone"], json!({ "fit": 4 }));
    audit.resumed(&[]);
    assert_eq!(audit.resumed(&["--layer", "head"])["redone"], json!({ "layer": 4 }));
    audit.resumed(&[]);
    copied(&file("tests/photos/bias/images/test_bird_02_grass.webp"), &photos.join("birds/1.webp"));
    copied(&audit.folder.join("masks/birds/0.png"), &audit.folder.join("masks/mammals/0.png"));
    std::fs::rename(photos.join("mammals/1.webp"), photos.join("mammals/new.webp")).unwrap();
    let resumed = audit.resumed(&[]);
    assert_eq!(resumed, json!({ "taken_over": 1, "redone": { "photo": 1, "mask": 1 }, "new": 1, "gone": 1 }));
    let gone_on = std::fs::read(audit.csv()).unwrap();
    audit.report(&["--overwrite"]);
    assert_eq!(std::fs::read(audit.csv()).unwrap(), gone_on, "as if it had been begun anew");
}

#[test]
fn another_model_s_rows_are_refused() {
    let audit = audit("models");
    audit.report(&[]);
    let lines = std::fs::read(audit.csv()).unwrap();
    let other = audit.folder.join("other.safetensors");
    done(args!["train", audit.folder.join("photos"), "-o", &other, "--fit", "crop"]);
    let said = refused(BAD_INPUT, audit.asked(&["--resume", "--model", other.to_str().unwrap()]));
    assert!(said.contains("it is of another model (SHA-256 "), "{said}");
    assert_eq!(std::fs::read(audit.csv()).unwrap(), lines);
}

#[test]
fn a_csv_that_a_spreadsheet_saved_is_read_and_what_it_changed_is_done_again() {
    let audit = audit("spreadsheet");
    audit.report(&[]);
    let lines = std::fs::read_to_string(audit.csv()).unwrap();
    // a byte order mark, other line ends, an additional first column, and a rounded cell
    let mut changed: Vec<String> = lines.lines().map(|line| format!("x,{line}")).collect();
    let cell = lines.lines().nth(1).unwrap().split(',').nth(6).unwrap();
    changed[1] = changed[1].replace(cell, "0.1");
    std::fs::write(audit.csv(), format!("\u{feff}{}\r\n", changed.join("\r\n"))).unwrap();
    assert_eq!(audit.resumed(&[]), json!({ "taken_over": 3, "redone": { "line": 1 }, "new": 0, "gone": 0 }));
    assert_eq!(std::fs::read_to_string(audit.csv()).unwrap(), lines);
    std::fs::write(audit.csv(), lines.replace(',', ";")).unwrap();
    assert!(refused(BAD_INPUT, audit.asked(&["--resume"])).contains("separated by semicolons"));
}

#[test]
fn nothing_is_written_over_that_was_not_asked_for() {
    let audit = audit("there");
    audit.report(&[]);
    let said = refused(BAD_INPUT, audit.asked(&[]));
    assert!(said.contains("it is there already; --resume") && said.contains("--overwrite"), "{said}");
    for foreign in ["name,price\na,1\n", "words"] {
        std::fs::write(audit.csv(), foreign).unwrap();
        for more in [&[][..], &["--resume"], &["--overwrite"]] {
            assert!(refused(BAD_INPUT, audit.asked(more)).contains("out.csv: it is"), "{more:?}");
            assert_eq!(std::fs::read_to_string(audit.csv()).unwrap(), foreign);
        }
    }
    std::fs::write(
        audit.csv(),
        "photo,class,group,predicted,probability,correct,evidence,evenly,layer,error\n",
    )
    .unwrap();
    assert!(refused(BAD_INPUT, audit.asked(&["--resume"])).contains("cannot be compared"));
    std::fs::write(audit.csv(), "").unwrap();
    let html = audit.folder.join("page.html");
    std::fs::write(&html, "<p>mine").unwrap();
    let said = refused(BAD_INPUT, audit.asked(&["--overwrite", "--html", html.to_str().unwrap()]));
    assert!(said.contains("is no audit's page"), "{said}");
    audit.report(&[]);
    assert_eq!(std::fs::read_to_string(&html).unwrap(), "<p>mine");
}

#[test]
fn an_audit_that_goes_on_makes_the_page_of_its_model_anew_and_no_other() {
    let audit = audit("page-there");
    let html = audit.folder.join("page.html");
    let with_page =
        |more: &[&'static str]| audit.asked(&[more, &["--html", html.to_str().unwrap()]].concat());
    json(with_page(&[]));
    let first = std::fs::read_to_string(&html).unwrap();
    let stays = || assert_eq!(std::fs::read_to_string(&html).unwrap(), first);

    let said = refused(BAD_INPUT, with_page(&[]));
    assert!(said.contains("page.html: it is there already; --resume goes on with OUT.csv"), "{said}");
    assert!(said.contains(", --overwrite writes another over it"), "{said}");
    // without a CSV there is nothing to resume
    let photos = audit.folder.join("photos");
    let said = refused(BAD_INPUT, args!["audit", &photos, "--model", &audit.model, "--html", &html]);
    assert!(said.ends_with("page.html: it is there already; --overwrite writes another over it"), "{said}");
    stays();

    let resumed = json(with_page(&["--resume"]))["resumed"].clone();
    assert_eq!((&resumed["taken_over"], &resumed["renewed"]), (&4.into(), &html.to_str().unwrap().into()));
    let second = std::fs::read_to_string(&html).unwrap();
    let line = format!("resumed: 4 photos taken over from the earlier audit; {} made anew", html.display());
    assert!(second.contains(&line) && !first.contains("resumed"), "{second}");
    std::fs::remove_file(&html).unwrap();
    assert_eq!(json(with_page(&["--resume"]))["resumed"].get("renewed"), None, "there was none");

    let other = audit.folder.join("other.safetensors");
    done(args!["train", &photos, "-o", &other, "--fit", "crop"]);
    done(args!["audit", &photos, "--model", &other, "--html", &html, "--overwrite"]);
    let others = std::fs::read_to_string(&html).unwrap();
    let said = refused(BAD_INPUT, with_page(&["--resume"]));
    assert!(said.contains("page.html: it is not of the model that is audited now (SHA-256 "), "{said}");
    assert_eq!(std::fs::read_to_string(&html).unwrap(), others);

    // of two outputs with one path, one would be lost
    let same = audit.folder.join("same");
    let asked = args!["audit", &photos, "--model", &other, "--csv", &same, "--html", &same];
    assert!(refused(BAD_USE, asked).ends_with("same` is where the CSV goes; name another file"));
    assert!(!same.exists() && !same.with_extension("part").exists(), "nothing is left");
}

#[test]
fn two_audits_of_one_csv_are_one_too_many_and_a_dead_one_is_none() {
    let audit = audit("locked");
    let part = audit.folder.join("out.csv.part");
    let held = std::fs::File::create(&part).unwrap();
    held.lock().unwrap();
    assert!(refused(BAD_INPUT, audit.asked(&[])).contains("another audit is writing this CSV"));
    drop(held);
    audit.report(&[]);
    assert!(!part.exists(), "nothing is left beside it");
    // the rest of an audit that was killed in the middle of a line
    let lines = std::fs::read_to_string(audit.csv()).unwrap();
    std::fs::remove_file(audit.csv()).unwrap();
    let cut = lines.lines().take(3).map(|line| line.len() + 1).sum::<usize>() + 40;
    std::fs::write(&part, &lines[..cut]).unwrap();
    assert!(refused(BAD_INPUT, audit.asked(&[])).contains("an audit that was ended left this; --resume"));
    assert_eq!(audit.resumed(&[])["taken_over"], 2);
    assert_eq!(std::fs::read_to_string(audit.csv()).unwrap(), lines);
    assert!(!part.exists());
}
