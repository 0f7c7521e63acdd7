//! Text in a CSV that a spreadsheet is to take for text. A cell that begins with one of a few characters would be a formula there, and may be
//! anybody's: names of files and classes. An apostrophe before it says that it is text (OWASP, CSV injection), and is taken away again where the
//! CSV is read here.

/// Those that spreadsheets look at, in their wide forms too.
const FORMULAS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

const MARK: char = '\'';

/// Whether it would be a formula, or would be read as one that was marked.
fn is_risky(text: &str) -> bool {
    text.trim_start_matches(MARK).starts_with(FORMULAS)
}

/// As it is written.
pub fn guarded(text: &str) -> String {
    if is_risky(text) { format!("{MARK}{text}") } else { text.to_owned() }
}

/// As it was before it was written.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix(MARK).filter(|text| is_risky(text)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_as_a_formula_is_marked_and_all_comes_back() {
        let marked = ["=1+1", "+1", "-a", "@SUM(A1)", "\tx", "\rx", "'=1", "''=1", "＝1"];
        let plain = ["", "bird", "'", "'quoted'", "a=b", " =1", "é"];
        for text in marked.into_iter().chain(plain) {
            assert_eq!(guarded(text) != text, marked.contains(&text), "{text}");
            assert!(!guarded(text).starts_with(FORMULAS), "{text}");
            assert_eq!(unguarded(&guarded(text)), text);
        }
    }
}
