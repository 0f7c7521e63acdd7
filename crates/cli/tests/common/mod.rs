//! Helpers that run the command as a user does.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)] // each test uses some of it

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Exit code for bad input: a file, a model.
pub const BAD_INPUT: i32 = 1;
/// Exit code for bad use: an option, a class, a layer.
pub const BAD_USE: i32 = 2;

/// A file of the repository.
pub fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path).canonicalize().unwrap()
}

/// A folder to which a test may write; each name may be used once.
pub fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Writes a scratch file.
pub fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = scratch(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// The photo of the article.
pub fn dog_cat() -> PathBuf {
    file("www/samples/dog_cat.jpg")
}

/// Runs the command in an unrelated directory.
pub fn candling<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candling"));
    command.current_dir(env!("CARGO_TARGET_TMPDIR")).args(args).output().unwrap()
}

/// Standard output of a run that must succeed.
pub fn done<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> String {
    let Output { status, stdout, stderr } = candling(args);
    let stderr = String::from_utf8(stderr).unwrap();
    assert!(status.success(), "{status}: {stderr}");
    assert!(stderr.is_empty(), "{stderr}");
    String::from_utf8(stdout).unwrap()
}

/// The JSON line of a run that must succeed.
pub fn json<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Value {
    let stdout = done(args);
    assert_eq!(stdout.lines().count(), 1, "{stdout}");
    serde_json::from_str(&stdout).unwrap()
}

/// The one line on standard error of a run that must fail with this exit code and nothing on standard output.
pub fn refused<A: AsRef<OsStr>>(code: i32, args: impl IntoIterator<Item = A>) -> String {
    let text = refused_at_length(code, args);
    assert_eq!(text.lines().count(), 1, "{text}");
    text.trim_end().to_owned()
}

/// The same for a refusal of the argument parser, which adds lines on usage.
pub fn refused_at_length<A: AsRef<OsStr>>(code: i32, args: impl IntoIterator<Item = A>) -> String {
    let Output { status, stdout, stderr } = candling(args);
    let text = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(code), "{text}");
    assert!(stdout.is_empty(), "{}", String::from_utf8_lossy(&stdout));
    assert!(text.starts_with("error: "), "{text}");
    text
}

/// Arguments of different kinds as one list.
#[macro_export]
macro_rules! args {
    ($($arg:expr),* $(,)?) => { Vec::<std::ffi::OsString>::from([$(std::ffi::OsString::from($arg)),*]) };
}

/// A `.npy` of these extents (NumPy's format 1.0).
pub fn npy(descr: &str, extents: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {extents}, }}");
    let padded = (10 + header.len() + 1).next_multiple_of(64) - 10;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((padded as u16).to_le_bytes());
    bytes.extend(format!("{header:<width$}\n", width = padded - 1).bytes());
    bytes.extend(data);
    bytes
}

/// `f32` values as bytes.
pub fn f32s(values: impl IntoIterator<Item = f32>) -> Vec<u8> {
    values.into_iter().flat_map(f32::to_le_bytes).collect()
}

/// Extents, as NumPy writes them, and values of a `.npy` of little-endian `f32`.
pub fn read_npy(path: &Path) -> (String, Vec<f32>) {
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(&bytes[..7], b"\x93NUMPY\x01");
    let end = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let header = std::str::from_utf8(&bytes[10..end]).unwrap();
    assert!(header.contains("'descr': '<f4'") && header.contains("'fortran_order': False"), "{header}");
    let shape = header.split_once("'shape': (").unwrap().1.split_once(')').unwrap().0;
    let values = bytes[end..].chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()));
    (shape.replace(' ', "").trim_end_matches(',').to_owned(), values.collect())
}
