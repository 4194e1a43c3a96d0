//! The documents say what is there, and what is said twice is said the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::tree::{file, files, report};

/// `ARCHITECTURE.md` has a row for every direct dependency, and for no other.
#[test]
fn every_dependency_has_a_reason() {
    let manifest = file("Cargo.toml");
    let architecture = file("ARCHITECTURE.md");
    let table = section(&architecture.text, "## Dependencies");
    let explained: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .collect();
    let mut used = BTreeSet::new();
    let mut is_dependencies = false;
    for line in manifest.text.lines() {
        if let Some(title) = line.strip_prefix('[') {
            is_dependencies = title.trim_end_matches(']').ends_with("dependencies");
        } else if is_dependencies && line.starts_with(|c: char| c.is_ascii_lowercase()) {
            used.extend(line.split_once(" = ").map(|(name, _)| name));
        }
    }
    let missing = used.difference(&explained).map(|name| {
        format!("ARCHITECTURE.md: `{name}` is in Cargo.toml; give it a row with its reason under \"Dependencies\"")
    });
    let left = explained.difference(&used).map(|name| {
        format!("ARCHITECTURE.md: `{name}` is explained but no dependency any more; remove its row")
    });
    report(&missing.chain(left).collect::<Vec<_>>());
}

/// The code map names every file and folder on the first level of `src/` and of its layers.
#[test]
fn the_code_map_is_complete() {
    let architecture = file("ARCHITECTURE.md");
    let map = section(&architecture.text, "## Code map");
    let mut complaints = Vec::new();
    for folder in [
        "src",
        "src/cloud",
        "src/cli",
        "src/lesson",
        "src/session",
        "src/app",
        "src/widgets",
        "src/lab",
    ] {
        for name in listing(folder) {
            let is_named =
                map.contains(&format!("`{name}`")) || map.contains(&format!("`{name}/`"));
            if !is_named && name != "mod.rs" {
                complaints.push(format!(
                    "ARCHITECTURE.md: the code map does not name `{name}` of {folder}/"
                ));
            }
        }
    }
    report(&complaints);
}

/// A widget and its stylesheet come and go together.
#[test]
fn widgets_have_their_stylesheets() {
    let mut complaints = Vec::new();
    let widgets = files("src/widgets", &[".rs"]);
    let stem = |path: &str| Path::new(path).file_stem().unwrap().to_string_lossy().into_owned();
    let sheets: Vec<_> = files("style", &[".css"])
        .into_iter()
        .filter(|sheet| sheet.text.contains("@layer widgets"))
        .collect();
    for widget in &widgets {
        let name = stem(&widget.path);
        if !widget.text.contains(&format!("pub fn {name}(")) {
            continue; // what widgets share
        }
        if !sheets.iter().any(|sheet| stem(&sheet.path) == name) {
            complaints.push(widget.complaint(
                1,
                &format!("give this widget its style/{name}.css, in @layer widgets"),
            ));
        }
    }
    for sheet in &sheets {
        if !widgets.iter().any(|widget| stem(&widget.path) == stem(&sheet.path)) {
            complaints
                .push(sheet.complaint(1, "no widget has this name; is this sheet still used?"));
        }
    }
    report(&complaints);
}

#[test]
fn the_changelog_has_a_place_for_news() {
    let changelog = file("CHANGELOG.md");
    let head = changelog.text.lines().find(|line| line.starts_with("## "));
    let version = format!("## [{}]", env!("CARGO_PKG_VERSION"));
    let is_good = head.is_some_and(|head| head == "## [Unreleased]" || head.starts_with(&version));
    assert!(
        is_good,
        "CHANGELOG.md: the first entry must be [Unreleased] or {version}, not {head:?}"
    );
}

#[test]
fn pinned_versions_agree() {
    let manifest = file("Cargo.toml").text;
    let pinned = between(&manifest, "wasm-bindgen = { version = \"=", "\"");
    let tool = file("tools/lib.sh").text;
    assert_eq!(
        between(&tool, "WASM_BINDGEN_VERSION=", "\n"),
        pinned,
        "tools/lib.sh and Cargo.toml"
    );
    let trunk = file("Trunk.toml").text;
    assert_eq!(
        between(&tool, "TRUNK_VERSION=", "\n"),
        between(&trunk, "trunk-version = \"=", "\""),
        "tools/lib.sh and Trunk.toml"
    );
}

#[test]
fn the_content_security_policy_is_one() {
    let page = file("index.html").text;
    let headers = file("static/_headers").text;
    let policy = between(&headers, "Content-Security-Policy: ", "\n");
    let policy = policy
        .strip_suffix("; frame-ancestors *")
        .expect("frame-ancestors, which a page cannot say itself");
    assert_eq!(
        between(&page, "Content-Security-Policy\" content=\"", "\""),
        policy,
        "index.html and static/_headers"
    );
}

#[test]
fn the_dark_theme_is_one() {
    let tokens = file("style/tokens.css").text;
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let of_system = words(between(&tokens, ":root:not([data-theme=\"light\"]) {", "}"));
    assert_eq!(
        of_system,
        words(between(&tokens, ":root[data-theme=\"dark\"] {", "}")),
        "style/tokens.css"
    );
}

/// The part of a document from a heading to the next of the same level.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let start = text.find(heading).unwrap_or_else(|| panic!("ARCHITECTURE.md has no {heading:?}"));
    let rest = &text[start + heading.len()..];
    rest.find("\n## ").map_or(rest, |end| &rest[..end])
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("{start:?} is not there"));
    rest.split_once(end).map_or(rest, |(found, _)| found)
}

fn listing(folder: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}
