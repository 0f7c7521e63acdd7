//! What is made of the methods' files, so that no list of methods stands twice: `CANDLING_WRITE=1 cargo test -p candling-core --test
//! catalogue` writes it again.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use candling_core::Method;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The methods as people choose from them, the best known first.
fn by_rank() -> Vec<Method> {
    let mut methods = Method::ALL.to_vec();
    methods.sort_by_key(|method| method.about().rank);
    methods
}

/// Compares a file with what it should be, or writes it.
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

/// What stands in a file between two marks, replaced.
fn check_between(path: &str, begin: &str, end: &str, expected: &str) {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let (before, rest) = text.split_once(begin).unwrap_or_else(|| panic!("{path} has no `{begin}`"));
    let (_, after) = rest.split_once(end).unwrap_or_else(|| panic!("{path} has no `{end}`"));
    check(path, &format!("{before}{begin}{expected}{end}{after}"));
}

/// A constant of names with a text each.
fn texts(out: &mut String, name: &str, about: &str, text: impl Fn(Method) -> &'static str) {
    let _ = write!(out, "\n/** {about} */\nexport const {name}: Readonly<Record<Method, string>> = {{\n");
    for method in by_rank() {
        let (key, value) = (method.name(), text(method));
        let key = if key.contains('-') { format!("{key:?}") } else { key.to_owned() };
        let _ = writeln!(out, "  {key}: {value:?},");
    }
    out.push_str("};\n");
}

/// A constant with the names of some methods.
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
        "/**\n * The attribution methods, the best known first. Made from their files, `crates/core/src/attribution/methods`, by\n \
         * `npx -y rust-just catalogue`; the tests of `candling-core` hold this file against them.\n */\n\
         export const METHODS = [\n",
    );
    for method in by_rank() {
        let _ = writeln!(out, "  {:?},", method.name());
    }
    out.push_str(
        "] as const;\n\n/** The name of a method. */\nexport type Method = (typeof METHODS)[number];\n",
    );
    texts(&mut out, "TITLES", "What they are called.", |method| method.about().title);
    texts(&mut out, "ABOUTS", "What each shows and what it cannot, in a sentence or two.", |method| {
        method.about().about
    });
    texts(&mut out, "READINGS", "What it takes to read a map right, in a sentence.", |method| {
        method.about().reading
    });
    names(&mut out, "LAYERED", "Those that can be asked at any layer.", Method::chooses_layer);
    names(
        &mut out,
        "PIXELS",
        "Those whose map has a value for each value of the input; the others have one channel.",
        |method| method.definition().pixels,
    );
    names(&mut out, "MANY_PASSES", "Those that are made of many forward passes.", Method::is_many_passes);
    names(
        &mut out,
        "AGAINST",
        "Those that can also be asked what speaks against the class.",
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
    check_between("crates/cli/README.md", "\nMethods: ", ".\n", &titles.join(", "));
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
