//! Escaping of CSV cells that a spreadsheet would read as formulas. Names of files and classes may come from
//! anybody. An apostrophe before the cell marks it as text (OWASP, CSV injection), and is removed again when
//! the CSV is read here.

/// Characters with which formulas begin, including their full-width forms.
const FORMULAS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

const MARK: char = '\'';

/// Whether the text would be read as a formula, or as one that was escaped.
fn is_risky(text: &str) -> bool {
    text.trim_start_matches(MARK).starts_with(FORMULAS)
}

/// Escapes a cell for writing.
pub fn guarded(text: &str) -> String {
    if is_risky(text) { format!("{MARK}{text}") } else { text.to_owned() }
}

/// Undoes [`guarded`].
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
