//! Odd folders: which files are photos, which are masks and of which photo, and which are left out.
#![allow(clippy::unwrap_used, clippy::panic)]

use candling_audit::{Masks, Pair, READ, Sorted, in_words, sort};

const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0";
const PNG: &[u8] = b"\x89PNG\r\n\x1A\n";
const WEBP: &[u8] = b"RIFF\x10\0\0\0WEBPVP8 ";
const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
const AVIF: &[u8] = b"\0\0\0\x18ftypavif\0\0\0\0mif1avif";

fn path(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

/// Sorts files, given with their first bytes; an entry that ends in `/` is a folder and has no bytes.
fn sorted(entries: &[(&str, &[u8])]) -> Sorted {
    let (folders, files): (Vec<_>, Vec<_>) = entries.iter().partition(|(name, _)| name.ends_with('/'));
    let folders: Vec<_> = folders.iter().map(|(name, _)| path(name.trim_end_matches('/'))).collect();
    let names: Vec<_> = files.iter().map(|(name, _)| path(name)).collect();
    sort(&names, &folders, &READ, |file| Ok(files[file].1.to_vec()))
}

fn photos(sorted: &Sorted) -> Vec<String> {
    sorted.photos.iter().map(|photo| photo.name()).collect()
}

fn masks(sorted: &Sorted) -> Vec<String> {
    sorted.masks.iter().map(|mask| mask.path.join("/")).collect()
}

fn left(sorted: &Sorted) -> Vec<(&str, &str)> {
    sorted.left_out.iter().map(|out| (out.path.as_str(), out.why.code())).collect()
}

/// The mask of each photo: its path, `-` for none, `?` if it is unclear.
fn paired(masks: &Masks, sorted: &Sorted) -> Vec<String> {
    let pairs = masks.pairs(&sorted.photos);
    let name = |pair: &Pair| match pair {
        Pair::None => "-".to_owned(),
        &Pair::One(mask) => masks.files[mask].path.join("/"),
        Pair::Doubtful(_) => "?".to_owned(),
    };
    pairs.of.iter().map(name).collect()
}

fn folder_of_masks(names: &[&str]) -> Masks {
    let paths: Vec<_> = names.iter().map(|name| path(name)).collect();
    Masks::of(&paths, &READ, |file| {
        Ok(if names[file].ends_with("json") { b"{}".to_vec() } else { PNG.to_vec() })
    })
}

#[test]
fn photos_are_known_by_their_content() {
    let found = sorted(&[
        ("b/x.jfif", JPEG),
        ("b/x.jpe", JPEG),
        ("b/none", JPEG),
        ("b/lies.txt", WEBP),
        ("a/1.avif", AVIF),
        ("a/2.HEIC", HEIC),
        ("a/3.jpg", HEIC),
        ("a/notes.jpg", b"no photo"),
        ("a/nothing.png", b""),
        ("a/noise.jpg", b"\0\x01\x02"),
        ("a/deep/er/4.png", PNG),
    ]);
    assert_eq!(photos(&found), ["a/deep/er/4.png", "b/lies.txt", "b/none", "b/x.jfif", "b/x.jpe"]);
    assert_eq!(found.classes, ["a", "b"]);
    assert_eq!(found.photos[0].group(), "deep/er");
    assert_eq!(found.photos[1].group(), "");
    assert_eq!(
        left(&found),
        [
            ("a/1.avif", "format-not-read"),
            ("a/2.HEIC", "format-not-read"),
            ("a/3.jpg", "format-not-read"),
            ("a/noise.jpg", "not-a-picture"),
            ("a/notes.jpg", "not-a-picture"),
            ("a/nothing.png", "empty"),
        ]
    );
    assert_eq!(
        in_words(&found.left_out),
        "left out: 1 in avif, which is not read here (a/1.avif); 2 in heic, which is not read here (a/2.HEIC, a/3.jpg); \
         1 is no picture (a/noise.jpg); 1 of plain text, which is no picture (a/notes.jpg); 1 empty file (a/nothing.png)"
    );
}

#[test]
fn what_systems_leave_behind_is_passed_over_once_a_folder() {
    let found = sorted(&[
        ("__MACOSX/cats/._1.jpg", JPEG),
        ("__MACOSX/cats/._2.jpg", JPEG),
        (".git/objects/1", JPEG),
        (".git/objects/2", JPEG),
        (".empty/", b""),
        ("cats/.DS_Store", b"\0"),
        ("cats/Thumbs.db", b"\xD0\xCF"),
        ("cats/1.jpg", JPEG),
        ("cats/@eaDir/1.jpg", JPEG),
        ("desktop.ini", b"[x]"),
        ("docs/readme.txt", b"words"),
        ("dogs/", b""),
        ("dogs/1.jpg", JPEG),
        ("empty/", b""),
        ("empty/within/", b""),
        ("loose.jpg", JPEG),
    ]);
    assert_eq!(photos(&found), ["cats/1.jpg", "dogs/1.jpg"]);
    assert_eq!(
        left(&found),
        [
            (".empty", "hidden"),
            (".git", "hidden"),
            ("__MACOSX", "system"),
            ("cats/.DS_Store", "hidden"),
            ("cats/@eaDir", "system"),
            ("cats/Thumbs.db", "system"),
            ("desktop.ini", "system"),
            ("docs", "no-photos"),
            ("docs/readme.txt", "not-a-picture"),
            ("empty", "no-photos"),
            ("loose.jpg", "beside-classes"),
        ]
    );
}

#[test]
fn what_cannot_be_read_is_named_with_the_reason() {
    let files = [path("a/1.jpg"), path("b/1.jpg")];
    let found =
        sort(
            &files,
            &[],
            &READ,
            |file| if file == 0 { Err("permission denied".into()) } else { Ok(JPEG.to_vec()) },
        );
    assert_eq!(left(&found), [("a", "no-photos"), ("a/1.jpg", "unreadable")]);
    assert_eq!(found.left_out[1].why.words(), "could not be read: permission denied");
}

#[test]
fn masks_beside_their_photos_are_no_photos() {
    for mask in [
        "1_mask.png",
        "1-mask.png",
        "1.mask.png",
        "1 Mask.PNG",
        "mask_1.png",
        "1_segmentation.png",
        "1_mask.gif",
        "1.png",
        "1.jpg.png",
        "1.JPG_mask.png",
    ] {
        let found = sorted(&[("cats/1.jpg", JPEG), (&format!("cats/{mask}"), PNG), ("dogs/1.jpg", JPEG)]);
        assert_eq!(photos(&found), ["cats/1.jpg", "dogs/1.jpg"], "{mask}");
        assert_eq!(paired(&Masks::beside(&found), &found), [format!("cats/{mask}"), "-".into()]);
    }
    // a photo in an unsupported format may have a mask too
    let found = sorted(&[
        ("cats/1.heic", HEIC),
        ("cats/1.png", PNG),
        ("cats/2.heic", HEIC),
        ("cats/2_mask.png", PNG),
        ("dogs/1.jpg", JPEG),
    ]);
    assert_eq!(masks(&found), ["cats/1.png", "cats/2_mask.png"]);
}

#[test]
fn a_photo_that_is_called_like_a_mask_is_a_photo() {
    let all =
        ["cats/x_mask.jpg", "cats/mask.jpg", "cats/y.png", "dogs/x.jpg", "dogs/unmask.jpg", "dogs/un.jpg"];
    let found = sorted(&all.map(|name| (name, if name.ends_with("png") { PNG } else { JPEG })));
    assert_eq!(photos(&found).len(), all.len());
    // but it may have a mask of its own
    let found = sorted(&[("cats/x_mask.jpg", JPEG), ("cats/x_mask_mask.png", PNG)]);
    assert_eq!(photos(&found), ["cats/x_mask.jpg"]);
    assert_eq!(paired(&Masks::beside(&found), &found), ["cats/x_mask_mask.png"]);
}

#[test]
fn folders_of_masks_beside_and_within_classes() {
    let photo = |name: &str| (name.to_owned(), JPEG);
    let mask = |name: &str| (name.to_owned(), PNG);
    let layouts: [(&[&str], &str); 8] = [
        (&["cats/1.jpg", "dogs/1.jpg", "masks/cats/1.png", "masks/dogs/1.png"], "masks/cats/1.png"),
        (&["cats/1.jpg", "dogs/2.jpg", "Mask/1.png", "Mask/2.png"], "Mask/1.png"),
        (&["cats/1.jpg", "dogs/1.jpg", "cats/masks/1.png"], "cats/masks/1.png"),
        (&["cats/images/1.jpg", "cats/masks/1.png", "dogs/1.jpg"], "cats/masks/1.png"),
        (&["cats/1.jpg", "cats_masks/1.png", "dogs/1.jpg"], "cats_masks/1.png"),
        (&["cats/red/1.jpg", "cats/red/mask/1.png", "dogs/1.jpg"], "cats/red/mask/1.png"),
        (&["cats/red/1.jpg", "cats/masks/red/1_mask.png", "dogs/1.jpg"], "cats/masks/red/1_mask.png"),
        (&["cats/red/1.jpg", "cats/masks/1.png", "dogs/1.jpg"], "cats/masks/1.png"),
    ];
    for (names, first) in layouts {
        let files: Vec<_> =
            names.iter().map(|name| if name.ends_with("png") { mask(name) } else { photo(name) }).collect();
        let files: Vec<_> = files.iter().map(|(name, head)| (name.as_str(), *head)).collect();
        let found = sorted(&files);
        assert_eq!(found.classes, ["cats", "dogs"], "{names:?}");
        assert!(photos(&found).iter().all(|name| name.ends_with("jpg")), "{names:?}");
        assert_eq!(paired(&Masks::beside(&found), &found)[0], first, "{names:?}");
    }
    // the same if photos are PNG too
    let all = ["cats/images/1.png", "cats/masks/1.png", "dogs/images/1.png", "dogs/masks/1.png"];
    let found = sorted(&all.map(|name| (name, PNG)));
    assert_eq!(photos(&found), ["cats/images/1.png", "dogs/images/1.png"]);
    assert_eq!(paired(&Masks::beside(&found), &found), ["cats/masks/1.png", "dogs/masks/1.png"]);
}

#[test]
fn a_class_or_group_that_is_called_like_a_folder_of_masks_is_one() {
    for (names, head) in [
        (vec!["mask/1.jpg", "mask/2.jpg", "no_mask/1.jpg", "no_mask/2.jpg"], JPEG),
        (vec!["mask/1.png", "mask/2.png", "no_mask/1.png", "no_mask/2.png"], PNG),
        (vec!["mask/1.png", "no_mask/2.png", "wrong_mask/1.png", "wrong_mask/3.png"], PNG),
        (vec!["face/1.png", "face_mask/1.png"], PNG),
        (vec!["men/mask/1.jpg", "men/none/1.jpg", "women/mask/1.jpg"], JPEG),
        (vec!["men/mask/1.png", "men/none/1.png", "women/mask/1.png"], PNG),
    ] {
        let all: Vec<_> = names.iter().map(|&name| (name, head)).collect();
        assert_eq!(photos(&sorted(&all)), names);
    }
}

#[test]
fn a_mask_is_found_in_a_folder_of_its_own() {
    let found = sorted(&[("cats/red/Tom.jpg", JPEG), ("dogs/rex.jpg", JPEG)]);
    for name in [
        "cats/red/Tom.png",
        "cats/red/Tom.bmp",
        "cats/red/tom.PNG",
        "CATS/Red/TOM_MASK.png",
        "cats/Tom.png",
        "Tom.png",
        "cats/red/Tom.jpg.png",
        "Tom-mask.jpg",
        "masks/cats/red/Tom.png",
        "cats/red/masks/Tom.tif",
        "mask_Tom.png",
    ] {
        assert_eq!(paired(&folder_of_masks(&[name]), &found), [name, "-"], "{name}");
    }
    // the nearest place comes first, and the mask of one photo is not available to another
    let masks = folder_of_masks(&["cats/red/Tom.png", "Tom.png"]);
    assert_eq!(paired(&masks, &found), ["cats/red/Tom.png", "-"]);
    assert_eq!(masks.pairs(&found.photos).unused.len(), 1);
    // composed and decomposed
    let found = sorted(&[("crêpes/crème.jpg", JPEG)]);
    assert_eq!(
        paired(&folder_of_masks(&["cre\u{302}pes/cre\u{300}me.png"]), &found),
        ["cre\u{302}pes/cre\u{300}me.png"]
    );
}

#[test]
fn doubt_is_no_mask_and_is_said() {
    let found = sorted(&[("cats/1.jpg", JPEG), ("dogs/1.jpg", JPEG)]);
    let said = |masks: &Masks| match &masks.pairs(&found.photos).of[0] {
        Pair::Doubtful(words) => words.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        said(&folder_of_masks(&["cats/1.png", "cats/1_mask.png"])),
        "it has 2 masks: cats/1.png, cats/1_mask.png"
    );
    assert_eq!(
        said(&folder_of_masks(&["1.png"])),
        "its mask 1.png could be that of 2 photos: cats/1.jpg, dogs/1.jpg"
    );
    // case tells two apart if both are there
    let found = sorted(&[("cats/A.jpg", JPEG), ("cats/a.jpg", JPEG)]);
    assert_eq!(paired(&folder_of_masks(&["cats/A.png", "cats/a.png"]), &found), ["cats/A.png", "cats/a.png"]);
    assert_eq!(paired(&folder_of_masks(&["cats/A.png"]), &found), ["cats/A.png", "-"]);
}

#[test]
fn no_mask_at_all_is_an_error_that_shows_where_one_was_looked_for() {
    let found = sorted(&[("cats/red/1.jpg", JPEG), ("dogs/1.jpg", JPEG)]);
    let missing = |names: &[&str]| folder_of_masks(names).missing("masks", &found.photos);
    let looked = "no photo has a mask: for `cats/red/1.jpg` it was looked for at masks/cats/red/1.png, masks/cats/1.png, masks/1.png \
                  (or 1_mask.png, 1.jpg.png, in any format that is read); ";
    assert_eq!(missing(&[]), format!("{looked}there is no picture in `masks`"));
    assert_eq!(missing(&["x.png"]), format!("{looked}1 picture there is called otherwise, such as `x.png`"));
    assert_eq!(
        missing(&["cats/1.json"]),
        format!(
            "{looked}`masks` holds annotations, not masks (cats/1.json): export them as PNG, one for each photo"
        )
    );
}

#[test]
fn a_photo_counts_once_and_in_one_class() {
    let mut found = sorted(&[
        ("cats/a.jpg", JPEG),
        ("cats/b.jpg", JPEG),
        ("cats/red/a.jpg", JPEG),
        ("cats/z.jpg", JPEG),
        ("dogs/z.jpg", JPEG),
        ("dogs/y.jpg", JPEG),
        ("pigs/z.jpg", JPEG),
        ("pigs/unread.jpg", JPEG),
        ("pigs/unread too.jpg", JPEG),
    ]);
    // the content of two is unknown
    let content = |path: &str| match path {
        "cats/a.jpg" | "cats/red/a.jpg" => Some('a'),
        "cats/b.jpg" => Some('b'),
        "dogs/y.jpg" => Some('y'),
        path => path.ends_with("z.jpg").then_some('z'),
    };
    found.take_once(|photo| content(&photo.name()));
    assert_eq!(
        photos(&found),
        ["cats/a.jpg", "cats/b.jpg", "dogs/y.jpg", "pigs/unread too.jpg", "pigs/unread.jpg"]
    );
    assert_eq!(found.photos.iter().map(|photo| photo.class).collect::<Vec<_>>(), [0, 0, 1, 2, 2]);
    let why: Vec<_> = found.left_out.iter().map(|out| (out.path.as_str(), out.why.words())).collect();
    let too = |others| {
        format!("the same photo as {others}, in another class: which of these it shows is not known")
    };
    assert_eq!(
        why,
        [
            ("cats/red/a.jpg", "the same photo as cats/a.jpg".to_owned()),
            ("cats/z.jpg", too("dogs/z.jpg, pigs/z.jpg")),
            ("dogs/z.jpg", too("cats/z.jpg, pigs/z.jpg")),
            ("pigs/z.jpg", too("cats/z.jpg, dogs/z.jpg")),
        ]
    );
    assert_eq!(
        left(&found).iter().map(|(_, code)| *code).collect::<Vec<_>>(),
        ["copy", "in-two-classes", "in-two-classes", "in-two-classes"]
    );
}

#[test]
fn a_mask_of_a_copy_is_the_photos() {
    let once = |entries: &[(&str, &[u8])]| {
        let mut found = sorted(entries);
        found.take_once(|_| Some(()));
        found
    };
    let found = once(&[("cats/a.jpg", JPEG), ("cats/red/b.jpg", JPEG)]);
    for name in ["cats/red/b.png", "cats/b.png", "b_mask.png", "cats/a.png"] {
        assert_eq!(paired(&folder_of_masks(&[name]), &found), [name], "{name}");
    }
    // its own mask comes first, and the other one, of a photo that is left out, belongs to no photo
    let both = folder_of_masks(&["cats/a.png", "cats/red/b.png"]);
    assert_eq!(paired(&both, &found), ["cats/a.png"]);
    assert_eq!(both.pairs(&found.photos).unused, [1]);
    // it does not matter which of the two is meant, as they are copies
    let found = once(&[("cats/a.jpeg", JPEG), ("cats/a.jpg", JPEG)]);
    assert_eq!(paired(&folder_of_masks(&["cats/a.png"]), &found), ["cats/a.png"]);
}
