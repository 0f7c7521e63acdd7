//! Comparison of names of classes, folders and files.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical};

use crate::words::quoted;

/// The key by which names are compared, without what a person, a file system or a spreadsheet may change:
/// decomposed, in lower case, with single spaces and none at the ends. Names with the same key are easily
/// confused.
#[must_use]
pub fn key(name: &str) -> String {
    let lower = decomposed(name).to_lowercase();
    decomposed(&lower.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The name in Unicode's NFC, as it is usually written; macOS decomposes names.
#[must_use]
pub fn composed(name: &str) -> String {
    name.nfc().collect()
}

/// The name in Unicode's NFD, by which names are compared. Written here because it needs a third of the
/// tables in the wasm module that the library's own iterator, which serves all four forms, would bring in.
pub(crate) fn decomposed(name: &str) -> String {
    let mut letters: Vec<char> = Vec::with_capacity(name.len());
    name.chars().for_each(|letter| decompose_canonical(letter, |part| letters.push(part)));
    // combining marks are sorted by their classes, behind the letter that they mark
    for marks in letters.chunk_by_mut(|&a, &b| is_mark(a) == is_mark(b)) {
        marks.sort_by_key(|&mark| canonical_combining_class(mark));
    }
    letters.into_iter().collect()
}

fn is_mark(letter: char) -> bool {
    canonical_combining_class(letter) != 0
}

/// The reason why names cannot be class names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// An empty name.
    #[error("a class without a name; give it one")]
    Empty,
    /// A line break or another character that ends lines or fields in files.
    #[error(
        "{} has a {what} in its name, which reports and model files cannot carry; rename it",
        quoted(name)
    )]
    Control {
        /// The name.
        name: String,
        /// The kind of character.
        what: &'static str,
    },
    /// Two names that are too much alike.
    #[error(
        "{} and {} differ only in {difference}: no later command could tell the two classes apart; rename one",
        quoted(a),
        quoted(b)
    )]
    Alike {
        /// One name.
        a: String,
        /// The other.
        b: String,
        /// The difference between them.
        difference: &'static str,
    },
}

/// Checks that names can be the classes of a model.
///
/// # Errors
/// The first name that cannot, and why.
pub fn check<S: AsRef<str>>(names: &[S]) -> Result<(), BadName> {
    let mut known: std::collections::HashMap<String, &str> = std::collections::HashMap::new();
    for name in names.iter().map(AsRef::as_ref) {
        let key = key(name);
        if let Some(what) = name.chars().find_map(forbidden) {
            return Err(BadName::Control { name: name.to_owned(), what });
        }
        if key.is_empty() {
            return Err(BadName::Empty);
        }
        if let Some(other) = known.insert(key, name) {
            let difference = difference(other, name);
            return Err(BadName::Alike { a: other.to_owned(), b: name.to_owned(), difference });
        }
    }
    Ok(())
}

fn forbidden(c: char) -> Option<&'static str> {
    match c {
        '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some("line break"),
        '\t' => Some("tab"),
        c if c.is_control() => Some("control character"),
        _ => None,
    }
}

fn difference(a: &str, b: &str) -> &'static str {
    if a == b {
        "nothing"
    } else if decomposed(a) == decomposed(b) {
        "how their accents are written (composed or decomposed)"
    } else if decomposed(a).to_lowercase() == decomposed(b).to_lowercase() {
        "upper and lower case"
    } else {
        "spaces, upper and lower case"
    }
}

/// The result of looking up a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The index of the one match.
    One(usize),
    /// The indices of several matches.
    Several(Vec<usize>),
    /// No match.
    None,
}

/// Looks up `wanted` in `names`: by equality, else up to composition of accents, else by [`key`]. A part of a
/// name does not match, and a number is a name like any other.
#[must_use]
pub fn find<S: AsRef<str>>(names: &[S], wanted: &str) -> Found {
    let with = |same: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..names.len()).filter(|&at| same(names[at].as_ref())).collect()
    };
    let (normal, folded) = (decomposed(wanted), key(wanted));
    let ways: [&dyn Fn(&str) -> bool; 3] =
        [&|name| name == wanted, &|name| decomposed(name) == normal, &|name| key(name) == folded];
    let found = ways.into_iter().map(with).find(|found| !found.is_empty()).unwrap_or_default();
    match found.as_slice() {
        [] => Found::None,
        &[one] => Found::One(one),
        _ => Found::Several(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_in_case_accents_or_spaces_is_one_name() {
        for (a, b) in
            [("Crêpe", "cre\u{302}pe"), ("two  words", " Two words "), ("Å", "\u{212B}"), ("I\u{307}", "İ")]
        {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
        assert_ne!(key("crêpe"), key("crepe"));
        assert_ne!(key("1"), key("10"));
    }

    /// The library's own iterator is the oracle.
    #[test]
    fn decomposed_as_unicode_has_it() {
        let odd = [
            "a\u{327}\u{301}\u{323}",
            "\u{1E69}",
            "한글",
            "\u{1D160}",
            "crêpe",
            "",
            "\u{344}x\u{315}\u{300}",
        ];
        for name in odd {
            assert_eq!(decomposed(name), name.nfd().collect::<String>(), "{name}");
        }
        assert!(('\0'..='\u{FFFF}').all(|letter| {
            let name = format!("{letter}\u{301}\u{327}");
            decomposed(&name) == name.nfd().collect::<String>()
        }));
    }

    #[test]
    fn classes_that_cannot_be_told_apart_are_refused_with_words() {
        let refused = |names: &[&str]| check(names).err().map(|e| e.to_string()).unwrap_or_default();
        assert_eq!(refused(&["cat", "dog", "10", "1", "wild cat"]), "");
        assert!(refused(&["cat", "Cat"]).contains("`cat` and `Cat` differ only in upper and lower case"));
        assert!(refused(&["é", "e\u{301}"]).contains("composed or decomposed"));
        assert!(refused(&["cat", "cat "]).contains("spaces"));
        assert!(refused(&["cat\ndog", "b"]).contains("`cat\\ndog` has a line break"));
        assert!(refused(&["a\u{2028}", "b"]).contains("line break"));
        assert!(refused(&["a\tb", "b"]).contains("tab"));
        assert!(refused(&["a\0b", "b"]).contains("control character"));
        assert_eq!(check(&["a", "  "]), Err(BadName::Empty));
    }

    #[test]
    fn a_name_is_found_whole_and_never_by_a_part_or_a_number() {
        let names = ["0", "1", "10", "Cat", "wild cat", "crane", "crane", "cre\u{302}pe"];
        let found: Vec<Found> =
            ["10", "2", "cat", "ild", "crane", "crêpe", "Crêpe"].map(|name| find(&names, name)).into();
        let several = Found::Several(vec![5, 6]);
        use Found::{None, One};
        assert_eq!(found, [One(2), None, One(3), None, several, One(7), One(7)]);
    }
}
