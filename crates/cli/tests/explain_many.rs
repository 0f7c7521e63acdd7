//! Many photos at once, streams, and exit codes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{BAD_INPUT, BAD_USE, candling, done, file, json, refused, scratch};
use serde_json::Value;

/// A folder with two photos of the same name in two folders, to which tests add more.
fn folder(name: &str) -> PathBuf {
    let root = scratch(name);
    let _ = fs::remove_dir_all(&root);
    for (below, photo) in [("a", "dog_cat.jpg"), ("b", "cat.jpg")] {
        fs::create_dir_all(root.join("photos").join(below)).unwrap();
        fs::copy(file("www/samples").join(photo), root.join("photos").join(below).join("x.jpg")).unwrap();
    }
    root
}

fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).into_iter().map(|below| format!("{name}/{below}")));
        } else {
            found.push(name);
        }
    }
    found.sort();
    found
}

#[test]
fn photos_of_one_name_do_not_meet_and_are_what_one_photo_gives() {
    let root = folder("many-mirrored");
    let maps = root.join("maps");
    let output = candling(args!["explain", root.join("photos"), "-o", &maps, "--quiet"]);
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    assert_eq!(files(&maps), ["a/x.jpg.png", "b/x.jpg.png"]);
    let one = root.join("one.png");
    candling(args!["explain", root.join("photos/b/x.jpg"), "-o", &one]);
    assert_eq!(fs::read(maps.join("b/x.jpg.png")).unwrap(), fs::read(one).unwrap());
}

#[test]
fn files_that_are_there_stay_unless_they_may_be_replaced() {
    let root = folder("many-there");
    let maps = root.join("maps");
    fs::create_dir_all(maps.join("a")).unwrap();
    fs::write(maps.join("a/x.jpg.png"), "mine").unwrap();
    let arguments = args!["explain", root.join("photos"), "-o", &maps, "--quiet"];
    let text = String::from_utf8(candling(&arguments).stderr).unwrap();
    assert!(text.contains("x.jpg.png") && text.contains("--overwrite"), "{text}");
    assert_eq!(fs::read(maps.join("a/x.jpg.png")).unwrap(), b"mine");
    let overwrite = arguments.into_iter().chain(["--overwrite".into()]);
    assert!(candling(overwrite).status.success());
    assert_ne!(fs::read(maps.join("a/x.jpg.png")).unwrap(), b"mine");
}

/// With `--top` the file names are known only after the forward pass. A photo whose outputs exist has not
/// failed.
#[test]
fn files_that_are_not_written_over_are_told_apart_from_photos_that_failed() {
    let root = folder("many-there-late");
    let maps = root.join("maps");
    let asked = args!["explain", root.join("photos"), "-o", &maps, "--top", "2", "--quiet"];
    done(&asked);
    let all = files(&maps);
    assert_eq!(all.len(), 4, "{all:?}");
    fs::remove_file(maps.join(&all[0])).unwrap();
    fs::write(maps.join(&all[1]), "mine").unwrap();
    fs::write(root.join("photos/a/broken.jpg"), b"\xFF\xD8\xFF\xE0 and no more").unwrap();
    let output = candling(&asked);
    assert_eq!(output.status.code(), Some(BAD_INPUT), "{output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    let last = text.lines().last().unwrap();
    let there: Vec<String> = all[1..].iter().map(|file| maps.join(file).display().to_string()).collect();
    let failed = root.join("photos/a/broken.jpg").display().to_string();
    assert_eq!(
        last,
        format!(
            "error: 1 of 3 could not be explained: {failed}; not written: 3 files are there already: {}; --overwrite replaces them",
            there.join(", ")
        )
    );
    assert_eq!(files(&maps), all, "what was not there is written");
    assert_eq!(fs::read(maps.join(&all[1])).unwrap(), b"mine");
    fs::remove_file(root.join("photos/a/broken.jpg")).unwrap();
    let text = String::from_utf8(candling(&asked).stderr).unwrap();
    assert!(
        text.lines().last().unwrap().starts_with("error: not written: 4 files are there already: "),
        "{text}"
    );
    assert!(candling(asked.into_iter().chain(["--overwrite".into()])).status.success());
    assert_ne!(fs::read(maps.join(&all[1])).unwrap(), b"mine");
}

#[test]
fn one_that_fails_is_told_and_the_others_are_done() {
    let root = folder("many-failing");
    fs::write(root.join("photos/a/broken.jpg"), b"\xFF\xD8\xFF\xE0 and no more").unwrap();
    let output = candling(args!["predict", root.join("photos"), "--jsonl"]);
    assert_eq!(output.status.code(), Some(BAD_INPUT), "{output:?}");
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    let (failed, told): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.get("error").is_some());
    assert!(failed[0]["source"].as_str().unwrap().ends_with("broken.jpg"), "{failed:?}");
    assert_eq!((failed.len(), told.len()), (1, 2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("broken.jpg"));
}

#[test]
fn the_likeliest_classes_are_explained_in_their_order() {
    let root = folder("many-top");
    let maps = root.join("maps");
    candling(args!["explain", root.join("photos/b"), "-o", &maps, "--top", "2", "--quiet"]);
    assert_eq!(files(&maps), ["x.jpg.1-285-egyptian-mau.png", "x.jpg.2-282-tiger-cat.png"]);
}

#[test]
fn a_photo_comes_and_a_picture_goes_through_a_pipe() {
    let photo = file("www/samples/cat.jpg");
    let mut child = Command::new(env!("CARGO_BIN_EXE_candling"))
        .args(["explain", "-", "-o", "-", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&fs::read(&photo).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let picture = scratch("not-piped.png");
    candling(args!["explain", &photo, "-o", &picture]);
    assert_eq!(output.stdout, fs::read(picture).unwrap());
}

#[test]
fn what_comes_through_a_pipe_does_not_meet_a_photo_that_is_called_as_its_outputs_are() {
    let root = folder("many-piped");
    let (photos, maps) = (root.join("photos"), root.join("maps"));
    fs::rename(photos.join("b/x.jpg"), photos.join("standard-input")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_candling"))
        .args(args!["explain", "-", photos.join("standard-input"), "-o", &maps, "--overwrite", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&fs::read(photos.join("a/x.jpg")).unwrap()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(files(&maps), ["standard-input-.png", "standard-input.png"]);
    let one = root.join("one.png");
    candling(args!["explain", photos.join("standard-input"), "-o", &one]);
    assert_eq!(fs::read(maps.join("standard-input.png")).unwrap(), fs::read(one).unwrap());
}

#[test]
fn the_layer_is_said_and_can_be_the_one_that_is_audited() {
    let photo = file("www/samples/cat.jpg");
    let usual = json(args!["explain", &photo, "--json", "--quiet"]);
    assert_eq!((&usual["layer"], &usual["evidence_layer"]), (&"head".into(), &"blocks.14.add".into()));
    let asked = json(args!["explain", &photo, "--json", "--quiet", "--layer", "evidence"]);
    assert_eq!(asked["layer"], asked["evidence_layer"]);
}

#[test]
fn one_object_holds_one_photo() {
    let text = refused(BAD_USE, args!["predict", folder("many-json").join("photos"), "--json"]);
    assert!(text.contains("--jsonl"), "{text}");
}

#[test]
fn shells_complete_every_command_and_its_options() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = done(args!["completions", shell]);
        for word in ["explain", "audit", "overwrite", "layer", "jsonl", "masks"] {
            assert!(script.contains(word), "{shell}: no {word}");
        }
    }
    let script = scratch("candling.bash");
    fs::write(&script, done(args!["completions", "bash"])).unwrap();
    let complete = "source \"$1\"; COMP_WORDS=(candling explain --over); COMP_CWORD=2; \
                    $(complete -p candling | grep -o '_candling\\b') candling --over explain; echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash").args(["-c", complete, "bash"]).arg(&script).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "--overwrite", "{:?}", output.stderr);
}

#[test]
fn every_command_has_a_manual_page() {
    let pages = scratch("man");
    let _ = fs::remove_dir_all(&pages);
    done(args!["man", "-o", &pages]);
    let found = files(&pages);
    for command in ["predict", "explain", "inspect", "convert", "train", "audit", "completions", "man"] {
        assert!(found.contains(&format!("candling-{command}.1")), "{found:?}");
    }
    let page = fs::read_to_string(pages.join("candling-explain.1")).unwrap();
    assert!(page.contains("overwrite") && page.contains("jsonl"), "{page}");
}
