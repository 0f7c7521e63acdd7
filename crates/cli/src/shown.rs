//! Paths as text for reports, such that different paths have different texts.

use std::ffi::OsStr;
use std::fmt::Write;
use std::path::Path;

/// A path with its parts joined by `/`. A byte that is not text, or is part of a control character, is
/// written `\xNN`, and a backslash `\\`: different names stay different, and none contains a line break.
pub fn shown(path: &Path) -> String {
    let parts: Vec<String> =
        path.components().map(|part| escaped(part.as_os_str().as_encoded_bytes())).collect();
    // the root is a part of its own
    parts.join("/").replacen("//", "/", 1)
}

/// Number of names that are shown of a long list.
const NAMED: usize = 10;

/// A list of names in a sentence: of more than ten, the first ten and the number of others.
pub fn listed(names: &[String]) -> String {
    let first = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// The parts of a file's path below a folder of classes, each as in [`shown`] except for the name of the
/// class, which is text and unchanged.
pub fn file_parts(path: &Path) -> Vec<String> {
    let is_in_class = path.iter().nth(1).is_some();
    parts(path, is_in_class)
}

/// The same for the path of a folder.
pub fn folder_parts(path: &Path) -> Vec<String> {
    parts(path, true)
}

fn parts(path: &Path, begins_with_class: bool) -> Vec<String> {
    let part = |(at, name): (usize, &OsStr)| match name.to_str() {
        Some(name) if at == 0 && begins_with_class => name.to_owned(),
        _ => escaped(name.as_encoded_bytes()),
    };
    path.iter().enumerate().map(part).collect()
}

fn escaped(mut bytes: &[u8]) -> String {
    let mut text = String::new();
    while !bytes.is_empty() {
        let (valid, rest) = match std::str::from_utf8(bytes) {
            Ok(all) => (all, &[][..]),
            Err(e) => {
                let (valid, rest) = bytes.split_at(e.valid_up_to());
                (std::str::from_utf8(valid).unwrap_or_default(), rest)
            }
        };
        for character in valid.chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                control if control.is_control() => {
                    let mut buffer = [0; 4];
                    control.encode_utf8(&mut buffer).bytes().for_each(|byte| hex(&mut text, byte));
                }
                other => text.push(other),
            }
        }
        bytes = match rest.split_first() {
            Some((&byte, rest)) => {
                hex(&mut text, byte);
                rest
            }
            None => rest,
        };
    }
    text
}

fn hex(text: &mut String, byte: u8) {
    let _ = write!(text, "\\x{byte:02x}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_as_it_is() {
        for path in ["bird/grass/a.jpg", "/tmp/é 名前.PNG", "a", "./a", "/", ""] {
            assert_eq!(shown(Path::new(path)), path);
        }
    }

    #[test]
    fn what_is_no_text_is_told_apart_and_stays_on_its_line() {
        let cases: [(&[u8], &str); 6] = [
            (b"a\xff.jpg", r"a\xff.jpg"),
            (b"a\xfe.jpg", r"a\xfe.jpg"),
            (br"a\xff.jpg", r"a\\xff.jpg"),
            (b"a\n.jpg", r"a\x0a.jpg"),
            (b"a\xc2\x85b", r"a\xc2\x85b"),
            (b"\xe4\xc3\xa4\xe4", "\\xe4ä\\xe4"),
        ];
        for (bytes, text) in cases {
            assert_eq!(escaped(bytes), text);
        }
    }
}
