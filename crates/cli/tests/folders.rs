//! Real-life folders: named by numbers, full of links, with names that are not text, and with files of every
//! kind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Output;

use common::{BAD_INPUT, BAD_USE, candling, done, file, json, refused, scratch};
use serde_json::{Value, json};

fn fresh(name: &str) -> PathBuf {
    let folder = scratch(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A picture of one colour, other for every number.
fn picture(path: &Path, number: u8) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let colour =
        image::Rgb([number.wrapping_mul(23), 255 - number.wrapping_mul(23), number.wrapping_mul(71)]);
    image::RgbImage::from_pixel(32, 32, colour).save_with_format(path, image::ImageFormat::Png).unwrap();
}

fn trained(photos: &Path, model: &Path) -> Value {
    json(args!["train", photos, "-o", model, "--held-out", "0", "--json"])
}

fn audited(photos: &Path, model: &Path) -> Value {
    json(args!["audit", photos, "--model", model, "--json"])
}

#[test]
fn folders_named_by_numbers_are_right_in_training_and_audit() {
    let photos = fresh("numbers");
    for number in 0..=10 {
        picture(&photos.join(format!("{number}/{number}.png")), number);
    }
    let model = scratch("numbers.safetensors");
    assert_eq!(trained(&photos, &model)["accuracy"], 1.0);
    let all = audited(&photos, &model)["summary"][0].clone();
    assert_eq!((&all["accuracy"]["mean"], &all["photos"]), (&1.0.into(), &11.into()));
    // 10 is the class after 1 and the index of 9
    let asked = |target: &str| {
        args![
            "explain",
            photos.join("9/9.png"),
            "--model",
            &model,
            "--method",
            "grad-cam",
            "--target",
            target
        ]
    };
    assert!(refused(BAD_USE, asked("10")).contains("write #2 for class 2 (10), #10 for class 10 (9)"));
    assert!(done(asked("#2")).contains("for 10 (2)") && done(asked("#10")).contains("for 9 (10)"));
}

#[test]
fn photos_beside_the_groups_of_a_class_have_a_line_of_their_own() {
    let photos = fresh("beside-groups");
    let paths = ["a/1.png", "a/g/2.png", "a/h/3.png", "a/z.png", "b/5.png", "c/g/6.png"];
    for (number, path) in (1..).zip(paths) {
        picture(&photos.join(path), number);
    }
    let (model, html) = (scratch("beside-groups.safetensors"), scratch("beside-groups.html"));
    trained(&photos, &model);
    let summary = audited(&photos, &model)["summary"].as_array().unwrap().clone();
    let lines: Vec<Value> =
        summary.iter().map(|line| json!([line["class"], line["group"], line["photos"]])).collect();
    let expected = json!([
        [null, null, 6],
        ["a", null, 4],
        ["a", "g", 1],
        ["a", "h", 1],
        ["a", "", 2],
        ["b", null, 1],
        ["c", null, 1],
        ["c", "g", 1]
    ]);
    assert_eq!(Value::from(lines), expected);
    let said = done(args!["audit", &photos, "--model", &model, "--html", &html, "--overwrite"]);
    assert_eq!(said.matches("\n    (no group): 2 photos, ").count(), 1, "{said}");
    let page = std::fs::read_to_string(&html).unwrap();
    assert_eq!(page.matches("<th scope=\"row\">(no group)</th><td>2</td>").count(), 1, "{page}");
}

#[test]
fn a_folder_is_called_by_a_class_s_whole_name_or_refused() {
    let photos = fresh("whole_names");
    for (number, name) in ["cat", "wild cat", "cr\u{ea}pe"].into_iter().enumerate() {
        picture(&photos.join(name).join("a.png"), number as u8);
    }
    let model = scratch("whole_names.safetensors");
    trained(&photos, &model);
    // decomposed, as macOS writes it
    std::fs::rename(photos.join("cr\u{ea}pe"), photos.join("cre\u{302}pe")).unwrap();
    assert_eq!(audited(&photos, &model)["summary"][0]["accuracy"]["mean"], 1.0);
    for (part, nearest) in [("wild", "2 (wild cat)"), ("0", "")] {
        std::fs::rename(photos.join("wild cat"), photos.join(part)).unwrap();
        let said = refused(BAD_INPUT, args!["audit", &photos, "--model", &model]);
        assert!(
            said.contains("the whole of it") && said.contains(nearest) && said.contains("--classes"),
            "{said}"
        );
        std::fs::rename(photos.join(part), photos.join("wild cat")).unwrap();
    }
    let listed = done(args!["inspect", &model, "--classes"]);
    assert_eq!(
        listed.lines().map(|line| line.trim()).collect::<Vec<_>>(),
        ["0  cat", "1  crêpe", "2  wild cat"]
    );
}

#[test]
fn names_that_no_later_command_could_tell_apart_are_refused_before_any_photo_is_looked_at() {
    let out = scratch("alike.safetensors");
    let _ = std::fs::remove_file(&out);
    for (pair, why) in [
        (["\u{e9}", "e\u{301}"], "composed or decomposed"),
        (["cat", "Cat"], "upper and lower case"),
        (["cat\ndog", "bird"], "line break"),
        (["cat\t", "bird"], "tab"),
    ] {
        let photos = fresh("alike");
        for (number, name) in pair.into_iter().enumerate() {
            picture(&photos.join(name).join("a.png"), number as u8);
        }
        if std::fs::read_dir(&photos).unwrap().count() < 2 {
            continue; // this file system takes them for one
        }
        let said = refused(BAD_INPUT, args!["train", &photos, "-o", &out]);
        assert!(said.contains(why), "{said}");
    }
    assert!(!out.exists());
}

#[test]
fn content_decides_what_a_photo_is_and_all_else_is_named() {
    let photos = fresh("contents");
    let odd = |name: &str, to: &str| {
        std::fs::create_dir_all(photos.join(to).parent().unwrap()).unwrap();
        std::fs::copy(file(&format!("tests/photos/odd/{name}")), photos.join(to)).unwrap();
    };
    odd("jpeg_420.jpg", "a/photo.jfif");
    odd("jpeg_grey.jpg", "a/photo.jpe");
    odd("png_plain.png", "a/without_ending");
    odd("photo.avif", "a/new.avif");
    odd("photo.heic", "b/phone.heic");
    odd("anim.gif", "b/moving.gif");
    odd("empty.jpg", "b/empty.jpg");
    std::fs::write(photos.join("b/notes.txt"), "words").unwrap();
    std::fs::write(photos.join("list.csv"), "a,b").unwrap();
    let model = scratch("contents.safetensors");
    let trained = trained(&photos, &model);
    let audited = audited(&photos, &model);
    let left_out = |report: &Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        report.as_array().unwrap().iter().map(|out| (text(&out["file"]), text(&out["code"]))).collect()
    };
    let expected = [
        ("a/new.avif", "format-not-read"),
        ("b/empty.jpg", "empty"),
        ("b/notes.txt", "not-a-picture"),
        ("b/phone.heic", "format-not-read"),
        ("list.csv", "not-a-picture"),
    ]
    .map(|(file, code)| (file.to_owned(), code.to_owned()));
    assert_eq!(left_out(&trained["skipped"]), expected);
    assert_eq!(left_out(&audited["left_out"]), expected, "both read the same");
    assert_eq!((&trained["photos"], &audited["photos"]["found"]), (&4.into(), &4.into()));
    // a class that has only unreadable files is not dropped silently
    std::fs::remove_file(photos.join("b/moving.gif")).unwrap();
    picture(&photos.join("c/one.png"), 1);
    let said = refused(BAD_INPUT, args!["train", &photos, "-o", &model]);
    assert!(said.contains("b: no photo in it") && said.contains("1 in heic"), "{said}");
}

#[cfg(unix)]
mod links {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn each_folder_is_looked_into_once_and_nothing_is_waited_for() {
        let photos = fresh("linked");
        for (number, name) in ["a/1.png", "a/deep/2.png", "b/3.png", "b/4.png"].into_iter().enumerate() {
            picture(&photos.join(name), number as u8);
        }
        let elsewhere = fresh("linked_elsewhere");
        picture(&elsewhere.join("5.png"), 9);
        for (to, at) in [
            ("..", "a/up"),
            (".", "a/deep/here"),
            ("../b", "a/sibling"),
            ("/", "b/root"),
            ("a", "0first"),
            ("none", "b/broken.png"),
        ] {
            symlink(to, photos.join(at)).unwrap();
        }
        symlink("/dev/zero", photos.join("b/device.png")).unwrap();
        // a class behind a link counts, once
        symlink(&elsewhere, photos.join("c")).unwrap();
        symlink(&elsewhere, photos.join("c2")).unwrap();
        let fifo = std::process::Command::new("mkfifo").arg(photos.join("a/pipe.png")).status().unwrap();
        assert!(fifo.success());
        let model = scratch("linked.safetensors");
        let said = trained(&photos, &model);
        let classes: Vec<&str> =
            said["classes"].as_array().unwrap().iter().map(|of| of["label"].as_str().unwrap()).collect();
        assert_eq!((&said["photos"], classes), (&5.into(), vec!["a", "b", "c"]));
        let left: Vec<(&str, &str)> = said["skipped"]
            .as_array()
            .unwrap()
            .iter()
            .map(|out| (out["file"].as_str().unwrap(), out["code"].as_str().unwrap()))
            .collect();
        let already = "read-already";
        let unreadable = "unreadable";
        assert_eq!(
            left,
            [
                ("0first", already),
                ("a/deep/here", already),
                ("a/pipe.png", unreadable),
                ("a/sibling", already),
                ("a/up", already),
                ("b/broken.png", unreadable),
                ("b/device.png", unreadable),
                ("b/root", already),
                ("c2", already)
            ]
        );
        assert_eq!(audited(&photos, &model)["photos"]["found"], 5);
    }

    #[test]
    fn names_that_are_no_text_stay_apart() {
        let photos = fresh("bytes");
        for (number, name) in
            [b"\xff.png".as_slice(), b"\xfe.png", br"\xff.png", b"a\nb.png"].into_iter().enumerate()
        {
            picture(&photos.join("a").join(std::ffi::OsStr::from_bytes(name)), number as u8);
        }
        picture(&photos.join("b/=1+1.png"), 9);
        let (model, csv) = (scratch("bytes.safetensors"), scratch("bytes.csv"));
        let _ = std::fs::remove_file(&csv);
        trained(&photos, &model);
        let audit = args!["audit", &photos, "--model", &model, "--csv", &csv, "--json"];
        json(audit.clone());
        let lines = std::fs::read_to_string(&csv).unwrap();
        let mut names: Vec<&str> =
            lines.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, [r"a/\\xff.png", r"a/\xfe.png", r"a/\xff.png", r"a/a\x0ab.png", "b/=1+1.png"]);
        let resumed = json([audit, args!["--resume"]].concat())["resumed"].clone();
        assert_eq!((&resumed["taken_over"], &resumed["gone"]), (&5.into(), &0.into()));
        assert_eq!(std::fs::read_to_string(&csv).unwrap(), lines);
    }

    #[test]
    fn a_class_s_name_is_text() {
        let photos = fresh("class_bytes");
        picture(&photos.join(std::ffi::OsStr::from_bytes(b"\xff")).join("1.png"), 1);
        picture(&photos.join("b/2.png"), 2);
        let said = refused(BAD_INPUT, args!["train", &photos, "-o", scratch("class_bytes.safetensors")]);
        assert!(said.contains(r"`\xff` has a name that is no text"), "{said}");
    }
}

#[test]
fn a_class_of_which_no_photo_can_be_read_is_not_left_out_of_a_model() {
    let photos = fresh("meant");
    picture(&photos.join("a/1.png"), 1);
    picture(&photos.join("b/2.png"), 2);
    let train = args!["train", &photos, "-o", scratch("meant.safetensors")];
    let class = photos.join("c");
    std::fs::create_dir(&class).unwrap();
    std::fs::write(class.join("3.png"), b"").unwrap();
    let said = refused(BAD_INPUT, &train);
    assert!(
        said.contains("no photo in it that could be learnt from") && said.contains("1 empty file"),
        "{said}"
    );
    std::fs::remove_file(class.join("3.png")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("none.png", class.join("3.png")).unwrap();
        let said = refused(BAD_INPUT, &train);
        assert!(said.contains("1 could not be read (c/3.png)"), "{said}");
        std::fs::remove_file(class.join("3.png")).unwrap();
    }
    // a folder of text files was not meant as a class
    std::fs::write(class.join("3.txt"), b"words").unwrap();
    done(&train);
}

#[test]
fn photos_that_were_read_with_a_warning_are_counted_at_the_end() {
    let photos = fresh("warned");
    let cut = std::fs::read(file("tests/photos/odd/size_4000x3000.jpg")).unwrap();
    for class in ["a", "b"] {
        std::fs::create_dir(photos.join(class)).unwrap();
        for number in 0..2 {
            picture(
                &photos.join(class).join(format!("{number}.png")),
                number + if class == "a" { 0 } else { 9 },
            );
        }
    }
    std::fs::write(photos.join("a/cut.jpg"), &cut[..cut.len() * 88 / 100]).unwrap();
    let model = scratch("warned.safetensors");
    let last_line = |args: Vec<OsString>| {
        let Output { status, stderr, .. } = candling(args);
        let stderr = String::from_utf8(stderr).unwrap();
        assert!(status.success(), "{stderr}");
        assert_eq!(stderr.lines().count(), 2, "{stderr}");
        assert!(stderr.lines().next().unwrap().contains("of the picture is missing"), "{stderr}");
        stderr.lines().last().unwrap().to_owned()
    };
    let expected = format!("1 photo was read with a warning: {}", photos.join("a/cut.jpg").display());
    assert_eq!(last_line(args!["train", &photos, "-o", &model]), expected);
    // its page reads the photo again
    let html = fresh("warned-report").join("sheet.html");
    assert_eq!(last_line(args!["audit", &photos, "--model", &model, "--html", html]), expected);
}
