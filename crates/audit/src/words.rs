//! Counts and lists in words, the same in reports of the command and of the page.

/// Number of names that are shown of a long list.
const NAMED: usize = 3;

/// A count with its noun: `1 photo`, `12 photos`.
#[must_use]
pub fn count(amount: usize, one: &str) -> String {
    let plural = if amount == 1 { "" } else { "s" };
    format!("{amount} {one}{plural}")
}

/// A list in short: `a.jpg, b.jpg, c.jpg and 9 more`.
#[must_use]
pub fn some<S: AsRef<str>>(names: &[S]) -> String {
    let first = names.iter().take(NAMED).map(|name| shown(name.as_ref())).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// A name in backticks, for error messages.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("`{}`", shown(name))
}

/// A name on one line, with control characters escaped.
#[must_use]
pub fn shown(name: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    name.chars()
        .flat_map(|c| if breaks(c) { c.escape_default().collect::<Vec<_>>() } else { vec![c] })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_short_and_on_one_line() {
        assert_eq!(count(1, "photo"), "1 photo");
        assert_eq!(count(0, "photo"), "0 photos");
        assert_eq!(some(&["a", "b\n", "c"]), "a, b\\n, c");
        assert_eq!(some(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }
}
