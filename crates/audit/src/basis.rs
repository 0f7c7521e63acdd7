//! The basis of an audit's numbers, in the same words in reports of the command and of the page.

/// The line that counts the photos: `photos: 12 found, 11 looked at, 1 could not be looked at; 3 left out
/// besides`.
#[must_use]
pub fn photos(found: usize, failed: usize, left_out: usize) -> String {
    let looked_at = found.saturating_sub(failed);
    let failed = if failed == 0 { String::new() } else { format!(", {failed} could not be looked at") };
    let left_out = if left_out == 0 { String::new() } else { format!("; {left_out} left out besides") };
    format!("photos: {found} found, {looked_at} looked at{failed}{left_out}")
}

/// The line that identifies the model by its name and the SHA-256 of its file.
#[must_use]
pub fn model(name: &str, sha256: &str) -> String {
    format!("model: {name}, SHA-256 {sha256}")
}

/// The line that names the layer at which evidence was measured, and the part of each photo that was seen.
#[must_use]
pub fn evidence(layer: &str, seen: &str) -> String {
    format!("evidence: Grad-CAM for the likeliest class at the layer {layer}; {seen}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_each() {
        assert_eq!(
            photos(12, 1, 3),
            "photos: 12 found, 11 looked at, 1 could not be looked at; 3 left out besides"
        );
        assert_eq!(photos(2, 0, 0), "photos: 2 found, 2 looked at");
        assert_eq!(model("m", "ab"), "model: m, SHA-256 ab");
        assert_eq!(
            evidence("head", "the whole of each photo"),
            "evidence: Grad-CAM for the likeliest class at the layer head; the whole of each photo"
        );
    }
}
