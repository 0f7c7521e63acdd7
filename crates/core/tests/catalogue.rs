//! Files generated from the methods' definitions, so that no list of methods is written twice:
//! `CANDLING_WRITE=1 cargo test -p candling-core --test catalogue` writes them again.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use candling_core::Method;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The methods in the order for users, the best known first.
fn by_rank() -> Vec<Method> {
    let mut methods = Method::ALL.to_vec();
    methods.sort_by_key(|method| method.about().rank);
    methods
}

/// Compares a file with its expected contents, or writes it.
fn check(path: &str, expected: &str) {
    let file = root().join(path);
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    if found == expected {
        return;
    }
    assert!(
        std::env::var_os("CANDLING_WRITE").is_some(),
        "{path} is not what the methods' files say; run `npx -y rust-just catalogue`"
    );
    std::fs::write(file, expected).unwrap();
}

/// The same for the part of a file between two marks.
fn check_between(path: &str, begin: &str, end: &str, expected: &str) {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let (before, rest) = text.split_once(begin).unwrap_or_else(|| panic!("{path} has no `{begin}`"));
    let (_, after) = rest.split_once(end).unwrap_or_else(|| panic!("{path} has no `{end}`"));
    check(path, &format!("{before}{begin}{expected}{end}{after}"));
}

/// Breaks lines at 110 columns; the first one begins at column `column`.
fn wrapped(text: &str, mut column: usize) -> String {
    let mut out = String::new();
    for word in text.split(' ') {
        // a space before the word, and a full stop or comma after it
        if column + word.len() + 2 > 110 {
            out.push('\n');
            column = 0;
        } else if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        column += word.len() + 1;
    }
    out
}

/// Writes a constant with a text for each method.
fn texts(out: &mut String, name: &str, about: &str, text: impl Fn(Method) -> &'static str) {
    let _ = write!(out, "\n/** {about} */\nexport const {name}: Readonly<Record<Method, string>> = {{\n");
    for method in by_rank() {
        let (key, value) = (method.name(), text(method));
        let key = if key.contains('-') { format!("{key:?}") } else { key.to_owned() };
        let _ = writeln!(out, "  {key}: {value:?},");
    }
    out.push_str("};\n");
}

/// Writes a constant with the names of some methods.
fn names(out: &mut String, name: &str, about: &str, which: impl Fn(Method) -> bool) {
    let listed: Vec<String> = by_rank()
        .into_iter()
        .filter(|&method| which(method))
        .map(|method| format!("{:?}", method.name()))
        .collect();
    let _ =
        write!(out, "\n/** {about} */\nexport const {name}: readonly Method[] = [{}];\n", listed.join(", "));
}

#[test]
fn typescript_has_the_methods() {
    let mut out = String::from(
        "/**\n * The attribution methods, the best known first. Generated from `crates/core/src/attribution/methods` by\n \
         * `npx -y rust-just catalogue`; a test of `candling-core` checks that this file is up to date.\n */\n\
         export const METHODS = [\n",
    );
    for method in by_rank() {
        let _ = writeln!(out, "  {:?},", method.name());
    }
    out.push_str(
        "] as const;\n\n/** The name of a method. */\nexport type Method = (typeof METHODS)[number];\n",
    );
    texts(&mut out, "TITLES", "Display names.", |method| method.about().title);
    texts(
        &mut out,
        "ABOUTS",
        "What each map shows and what it cannot show, in a sentence or two.",
        |method| method.about().about,
    );
    texts(&mut out, "READINGS", "How to read each map, in one sentence.", |method| method.about().reading);
    names(&mut out, "LAYERED", "Methods that work at any layer with positions.", Method::chooses_layer);
    names(
        &mut out,
        "PIXELS",
        "Methods whose map has a value for each value of the input; maps of the others have one channel.",
        |method| method.definition().pixels,
    );
    names(&mut out, "MANY_PASSES", "Methods of many forward passes.", Method::is_many_passes);
    names(
        &mut out,
        "AGAINST",
        "Methods that can also show evidence against the class.",
        Method::has_counterfactual,
    );
    check("web/src/catalogue.ts", &out);
}

#[test]
fn the_page_of_methods_has_them() {
    let mut table = String::from("\n| method | raw result | shows | paper |\n|---|---|---|---|\n");
    for method in by_rank() {
        let about = method.about();
        let _ = writeln!(table, "| `{method}` | {} | {} | {} |", about.formula, about.shows, about.paper);
    }
    let begin = "<!-- methods: made by `npx -y rust-just catalogue` -->";
    check_between("docs/methods.md", begin, "<!-- end of methods -->", &table);
}

#[test]
fn the_readme_of_the_command_has_the_methods() {
    let titles: Vec<&str> = by_rank().into_iter().map(|method| method.about().title).collect();
    let begin = "\nMethods: ";
    check_between(
        "crates/cli/README.md",
        begin,
        ".\n",
        &wrapped(&titles.join(", "), begin.trim_start().len()),
    );
}

#[test]
fn each_method_has_a_name_a_place_and_a_file_of_its_own() {
    let all = Method::ALL;
    let count = |values: HashSet<String>| values.len();
    assert_eq!(count(all.iter().map(|m| m.name().to_owned()).collect()), all.len(), "names");
    assert_eq!(count(all.iter().map(|m| m.about().title.to_owned()).collect()), all.len(), "titles");
    assert_eq!(count(all.iter().map(|m| m.about().rank.to_string()).collect()), all.len(), "ranks");
    assert!(all.windows(2).all(|m| m[0].definition().order < m[1].definition().order), "orders");
    for method in all {
        let file = format!("crates/core/src/attribution/methods/{}.rs", method.name().replace('-', "_"));
        assert!(root().join(&file).exists(), "{method} is not in {file}");
        let about = method.about();
        let said = [about.title, about.formula, about.shows, about.about, about.reading, about.paper.authors];
        assert!(said.iter().all(|text| !text.is_empty()), "{method} leaves something unsaid");
        assert_eq!(
            about.options.len(),
            method.definition().options.len(),
            "{method} says what each option is"
        );
        assert!(about.paper.link.starts_with("https://") && about.paper.year > 1980, "{method}");
    }
}
