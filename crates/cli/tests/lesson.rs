//! `train` and `audit` on the pictures of the bias lesson: its story on the command line, and errors with
//! folders of photos.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::{Path, PathBuf};

use common::{BAD_INPUT, BAD_USE, candling, done, file, json, refused, refused_at_length, scratch};
use serde_json::Value;

/// Exit code of an audit that does not pass `--fail-under`.
const BELOW: i32 = 3;

/// A new folder.
fn fresh(name: &str) -> PathBuf {
    let folder = scratch(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// One of the lesson's sets as folders, `class/background/picture.webp`, with its masks likewise.
fn set(name: &str, into: &str) -> (PathBuf, PathBuf) {
    let (photos, masks) = (fresh(into), fresh(&format!("{into}_masks")));
    let labels: Value =
        serde_json::from_slice(&std::fs::read(file("tests/photos/bias/labels.json")).unwrap()).unwrap();
    for picture in labels["pictures"].as_array().unwrap() {
        if !picture["sets"].as_array().unwrap().iter().any(|set| set == name) {
            continue;
        }
        let text = |key: &str| picture[key].as_str().unwrap();
        let place = Path::new(text("label")).join(text("background"));
        for (from, to, ending) in [("images", &photos, "webp"), ("masks", &masks, "png")] {
            std::fs::create_dir_all(to.join(&place)).unwrap();
            let file = file(&format!("tests/photos/bias/{from}/{}.{ending}", text("name")));
            std::fs::copy(file, to.join(&place).join(format!("{}.{ending}", text("name")))).unwrap();
        }
    }
    (photos, masks)
}

fn trained(photos: &Path, model: &Path) -> Value {
    json(args!["train", photos, "-o", model, "--held-out", "0", "--json"])
}

fn audited(photos: &Path, masks: &Path, model: &Path) -> Value {
    json(args!["audit", photos, "--masks", masks, "--model", model, "--json"])["summary"][0].clone()
}

/// The story of `crates/head/tests/lesson.rs`, with the same numbers.
#[test]
fn the_story_from_the_command_line() {
    let tests = ["test_same", "test_swapped"].map(|name| set(name, name));
    let [biased, mended] = ["train_biased", "train_unbiased"].map(|name| {
        let (photos, _) = set(name, name);
        let model = scratch(&format!("{name}.safetensors"));
        let report = trained(&photos, &model);
        assert_eq!(report["accuracy"], 1.0);
        assert_eq!(report["classes"][0]["learnt_from"], 20);
        assert!(report["skipped"].as_array().unwrap().is_empty());
        tests.each_ref().map(|(photos, masks)| {
            let all = audited(photos, masks, &model);
            assert_eq!((&all["photos"], &all["evidence"]["count"]), (&32.into(), &32.into()));
            ["accuracy", "evidence"].map(|what| all[what]["mean"].as_f64().unwrap())
        })
    });
    assert!(biased[0][0] >= 0.95 && biased[1][0] <= 0.65, "{biased:?}");
    assert!(mended[0][0] >= 0.85 && mended[1][0] >= 0.85, "{mended:?}");
    let evidence = |sets: [[f64; 2]; 2]| (sets[0][1] + sets[1][1]) / 2.0;
    assert!(evidence(mended) - evidence(biased) >= 0.10, "{biased:?} {mended:?}");
}

#[test]
fn evidence_is_measured_at_the_layer_that_is_named() {
    let (photos, masks) = set("test_swapped", "at_layers");
    let model = scratch("at_layers.safetensors");
    done(args!["train", &photos, "-o", &model]);
    let at = |layer: &[&str]| {
        let asked = args!["audit", &photos, "--masks", &masks, "--model", &model, "--json"];
        json(asked.into_iter().chain(layer.iter().map(std::ffi::OsString::from)))
    };
    let [usual, named, other] = [&[][..], &["--layer", "blocks.14.add"], &["--layer", "head"]].map(at);
    assert_eq!(usual, named);
    assert_eq!((&usual["layer"], &other["layer"]), (&"blocks.14.add".into(), &"head".into()));
    assert_eq!(usual["summary"][0]["accuracy"], other["summary"][0]["accuracy"]);
    assert_ne!(usual["summary"][0]["evidence"], other["summary"][0]["evidence"]);
    let csv = fresh("at_layers_csv").join("at_layers.csv");
    let once = |more: Vec<std::ffi::OsString>| {
        let asked = args!["audit", &photos, "--masks", &masks, "--model", &model, "--csv", &csv];
        [asked, more].concat()
    };
    done(once(args!["--layer", "head"]));
    let gone_on = done(once(args!["--resume"]));
    assert!(gone_on.contains("32 done again (another --layer: 32)"), "{gone_on}");
    let without = |words: &str| {
        words.lines().filter(|line| !line.starts_with("resumed: ")).collect::<Vec<_>>().join("\n")
    };
    let anew = done(once(args!["--overwrite"]));
    assert_eq!(without(&gone_on), without(&anew), "what was measured at another layer is measured anew");
    assert!(
        gone_on.contains("of the evidence at blocks.14.add inside")
            && gone_on.contains("if it were spread evenly")
    );
    let kept = std::fs::read(&csv).unwrap();
    for (layer, why) in
        [("haed", "unknown layer `haed`"), ("pool", "`pool` (global_avg_pool) has no positions left to map")]
    {
        let error = refused(BAD_USE, once(args!["--layer", layer]));
        assert!(error.contains(why), "{error}");
    }
    assert_eq!(std::fs::read(&csv).unwrap(), kept, "nothing is written over it");
}

#[test]
fn the_model_is_an_ordinary_one_and_always_the_same() {
    let (photos, _) = set("train_biased", "ordinary");
    let [first, second] = ["ordinary_1.safetensors", "ordinary_2.safetensors"].map(|name| {
        let model = scratch(name);
        done(args!["train", &photos, "-o", &model]);
        model
    });
    assert_eq!(std::fs::read(&first).unwrap(), std::fs::read(&second).unwrap());
    assert!(done(args!["inspect", &first]).contains("ordinary, on EfficientNet-Lite0"));
    let picture = file("tests/photos/bias/images/test_bird_00_water.webp");
    let said = json(args![
        "explain",
        &picture,
        "--model",
        &first,
        "--method",
        "guided-grad-cam",
        "--target",
        "bird",
        "--json"
    ]);
    assert_eq!(said["predictions"][0]["label"], "bird");
    assert_eq!(said["target"]["label"], "bird");
}

#[test]
fn photos_are_held_out_by_class_and_judged() {
    let (photos, _) = set("train_unbiased", "held_out");
    let report = |seed: &str| {
        json(args!["train", &photos, "-o", scratch("held.safetensors"), "--seed", seed, "--json"])
    };
    let said = report("1");
    for class in 0..2 {
        assert_eq!(
            (&said["classes"][class]["learnt_from"], &said["classes"][class]["held_out"]),
            (&15.into(), &5.into())
        );
    }
    let (accuracy, interval) =
        (said["held_out"]["accuracy"].as_f64().unwrap(), &said["held_out"]["interval"]);
    assert_eq!(said["held_out"]["photos"], 10);
    assert!(interval[0].as_f64().unwrap() <= accuracy && accuracy <= interval[1].as_f64().unwrap());
    assert_ne!(report("2")["loss"], said["loss"], "others were held out");
}

#[test]
fn what_cannot_be_learnt_from_is_left_out_and_named() {
    let (photos, _) = set("train_biased", "odd");
    let picture = |name: &str| file(&format!("tests/photos/bias/images/{name}.webp"));
    std::fs::write(photos.join("bird/broken.webp"), b"no picture").unwrap();
    std::fs::write(photos.join("bird/notes.txt"), b"no picture by its name").unwrap();
    std::fs::copy(picture("test_bird_00_grass"), photos.join("bird/both.webp")).unwrap();
    std::fs::copy(picture("test_bird_00_grass"), photos.join("mammal/both.webp")).unwrap();
    std::fs::copy(picture("train_bird_00_water"), photos.join("bird/twice.webp")).unwrap();
    let report = trained(&photos, &scratch("odd.safetensors"));
    let skipped: Vec<(&str, &str)> = report["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| (each["file"].as_str().unwrap(), each["why"].as_str().unwrap()))
        .collect();
    let why = |file: &str| {
        skipped.iter().find(|(name, _)| *name == file).unwrap_or_else(|| panic!("{file}: {skipped:?}")).1
    };
    assert!(why("bird/broken.webp").contains("not"), "{skipped:?}");
    assert!(
        why("bird/both.webp").contains("as mammal/both.webp, in another class")
            && why("mammal/both.webp").contains("as bird/both.webp, in another class")
    );
    assert!(skipped.iter().any(|(_, why)| why.starts_with("the same photo as")));
    assert_eq!(why("bird/notes.txt"), "not a picture (plain text)");
    assert_eq!(skipped.len(), 5);
    assert_eq!(
        (&report["classes"][0]["learnt_from"], &report["classes"][1]["learnt_from"]),
        (&20.into(), &20.into())
    );
    let words = done(args!["train", &photos, "-o", scratch("odd.safetensors"), "--held-out", "0"]);
    assert!(words.contains("left out: bird/broken.webp: ") && words.contains("none held out"), "{words}");
    assert!(words.contains("right, of those it learnt from: "), "{words}");
}

#[test]
fn folders_that_teach_nothing_are_refused() {
    let out = scratch("nothing.safetensors");
    let photos = fresh("nothing");
    let train = |photos: &Path| args!["train", photos, "-o", &out];
    assert!(refused(BAD_INPUT, train(&photos)).contains("0 folders in it; it needs one for each class"));
    assert!(refused(BAD_INPUT, train(&scratch("nowhere_at_all"))).contains("nowhere_at_all"));
    std::fs::create_dir_all(photos.join("bird")).unwrap();
    std::fs::create_dir_all(photos.join("mammal")).unwrap();
    std::fs::copy(file("tests/photos/bias/images/test_bird_00_water.webp"), photos.join("bird/one.webp"))
        .unwrap();
    let said = refused(BAD_INPUT, train(&photos));
    assert!(said.contains("mammal: no photo in it that could be learnt from"), "{said}");
    assert!(
        refused_at_length(BAD_USE, [train(&photos), args!["--held-out", "1"]].concat()).contains("without 1")
    );
    assert!(!out.exists(), "nothing is written");
}

/// A model never replaces a training photo or the checkpoint that it is converted from.
#[test]
fn a_model_is_written_over_a_model_and_over_nothing_else() {
    let (photos, _) = set("train_biased", "written_over");
    let photo = photos.join("bird/water/train_bird_00_water.webp");
    let before = std::fs::read(&photo).unwrap();
    let said = refused(BAD_INPUT, args!["train", &photos, "-o", &photo]);
    assert!(said.ends_with("it is there already, and is no model; give the model another name"), "{said}");
    let said = refused(BAD_INPUT, args!["convert", &photo, "-o", &photo]);
    assert!(said.contains("is no model"), "{said}");
    assert!(std::fs::read(&photo).unwrap() == before);
    let model = photos.join("model.safetensors");
    trained(&photos, &model);
    trained(&photos, &model);
    let said = refused(BAD_INPUT, args!["train", &photos, "-o", "-"]);
    assert!(said.contains("name a file (one that is called - is ./-)"), "{said}");
    assert!(!scratch("-").exists());
}

/// The lesson's test pictures and a biased model.
fn audit(name: &str) -> (PathBuf, PathBuf, PathBuf) {
    let model = scratch(&format!("{name}.safetensors"));
    trained(&set("train_biased", &format!("{name}_train")).0, &model);
    let (photos, masks) = set("test_swapped", name);
    (photos, masks, model)
}

#[test]
fn an_audit_by_class_and_group_as_csv_and_as_a_page_and_its_verdict() {
    let (photos, masks, model) = audit("verdict");
    std::fs::create_dir_all(photos.join("bird/<i>odd & ends")).unwrap();
    std::fs::copy(
        file("tests/photos/bias/images/test_bird_01_water.webp"),
        photos.join("bird/<i>odd & ends/a.webp"),
    )
    .unwrap();
    std::fs::write(photos.join("bird/broken.webp"), b"no picture").unwrap();
    let (csv, html) = (scratch("verdict.csv"), scratch("verdict.html"));
    let all = args![
        "audit",
        &photos,
        "--masks",
        &masks,
        "--model",
        &model,
        "--csv",
        &csv,
        "--html",
        &html,
        "--show",
        "5",
        "--overwrite"
    ];
    let output = candling([all.clone(), args!["--fail-under", "0.9"]].concat());
    let (words, verdict) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(BELOW), "{verdict}");
    assert!(
        verdict.starts_with("error: evidence inside the masks is 0.") && verdict.lines().count() == 1,
        "{verdict}"
    );
    assert!(verdict.contains("below the 0.9 that --fail-under asks for"), "{verdict}");
    assert!(
        words.contains("left out: bird/broken.webp: ") && words.contains("    <i>odd & ends: 1 photo,"),
        "{words}"
    );

    let lines = std::fs::read_to_string(&csv).unwrap();
    let header = lines.lines().next().unwrap();
    assert!(
        header.starts_with("photo,class,group,predicted,probability,correct,evidence,evenly,layer,error,")
    );
    assert_eq!(lines.lines().count(), 1 + 32 + 1, "what is no photo has no line");
    let page = std::fs::read_to_string(&html).unwrap();
    assert_eq!(page.matches("<figure>").count(), 5);
    assert!(page.contains("&lt;i&gt;odd &amp; ends") && !page.contains("<i>"), "names are text");
    assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("<script"));

    let said = json([all, args!["--json"]].concat());
    let names: Vec<(&str, &str)> = said["summary"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| (each["class"].as_str().unwrap_or("all"), each["group"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(
        names,
        [
            ("all", ""),
            ("bird", ""),
            ("bird", "<i>odd & ends"),
            ("bird", "grass"),
            ("mammal", ""),
            ("mammal", "water")
        ]
    );
    assert_eq!((&said["summary"][0]["photos"], &said["summary"][2]["evidence"]), (&33.into(), &Value::Null));
    assert!(said["failed"].as_array().unwrap().is_empty());
    assert_eq!(said["left_out"][0]["file"], "bird/broken.webp");
}

#[test]
fn an_audit_that_was_ended_goes_on_where_it_was() {
    let (photos, masks, model) = audit("ended");
    let folder = fresh("ended_csv");
    let [whole, cut, missing] = ["whole.csv", "cut.csv", "not_there_yet.csv"].map(|name| folder.join(name));
    let audit = |csv: &Path| args!["audit", &photos, "--masks", &masks, "--model", &model, "--csv", csv];
    let words = done(audit(&whole));
    let lines = std::fs::read_to_string(&whole).unwrap();
    // in the middle of the eleventh line
    let at = lines.lines().take(10).map(|line| line.len() + 1).sum::<usize>() + 12;
    std::fs::write(&cut, &lines[..at]).unwrap();
    let gone_on = done([audit(&cut), args!["--resume"]].concat());
    assert!(gone_on.contains("resumed: 9 photos taken over from the earlier audit"), "{gone_on}");
    assert!(words.lines().all(|line| gone_on.lines().any(|other| other == line)), "{gone_on}");
    assert_eq!(std::fs::read_to_string(&cut).unwrap(), lines);
    done([audit(&missing), args!["--resume"]].concat());
    assert_eq!(std::fs::read_to_string(&missing).unwrap(), lines, "without a file it begins");
}

#[test]
fn what_cannot_be_audited_is_refused_by_name() {
    let (photos, masks, model) = audit("refused");
    let audit = |more: Vec<std::ffi::OsString>| [args!["audit", &photos, "--model", &model], more].concat();
    std::fs::create_dir_all(photos.join("reptile")).unwrap();
    std::fs::copy(file("tests/photos/bias/images/test_bird_00_water.webp"), photos.join("reptile/one.webp"))
        .unwrap();
    let said = refused(BAD_INPUT, audit(args![]));
    assert!(said.contains("reptile: its name is to be a class of the model"), "{said}");
    std::fs::remove_dir_all(photos.join("reptile")).unwrap();
    let said = refused_at_length(BAD_USE, audit(args!["--fail-under", "0.4"]));
    assert!(said.contains("--masks"), "{said}");
    let said = refused(BAD_USE, audit(args!["--masks", fresh("no_masks"), "--fail-under", "0.4"]));
    assert!(said.contains("no photo has a mask: for `bird/grass/test_bird_00_grass.webp`"), "{said}");

    // a photo whose mask has other proportions cannot be judged
    let name = "bird/grass/test_bird_00_grass";
    let wide = image::GrayImage::from_pixel(224, 100, image::Luma([255]));
    wide.save(masks.join(format!("{name}.png"))).unwrap();
    let said = json(audit(args!["--masks", &masks, "--json"]));
    assert_eq!(said["failed"][0][0], format!("{name}.webp"));
    assert!(
        said["failed"][0][1]
            .as_str()
            .unwrap()
            .contains("for a photo of 224x224; it is to have the photo's proportions"),
        "{said}"
    );
}
