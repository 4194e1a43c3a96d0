//! The files of the repository, and how a rule complains about a line in one.

use std::fs;
use std::path::Path;

/// A text file: its path from the repository's root, with `/`, and its text.
pub(crate) struct File {
    pub path: String,
    pub text: String,
}

impl File {
    /// The lines that are code, with their numbers from 1: no comment lines, and in Rust nothing from a file's own tests on.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_rust = has_end(&self.path, ".rs");
        self.text
            .lines()
            .enumerate()
            .take_while(move |(_, line)| !(is_rust && *line == "#[cfg(test)]"))
            .filter(move |(_, line)| !(is_rust && line.trim_start().starts_with("//")))
            .map(|(at, line)| (at + 1, line))
    }

    /// `path:line: what`.
    pub(crate) fn complaint(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// Every text file below `folder` (a path from the root; the root itself if empty) whose name ends in one of `ends`.
pub(crate) fn files(folder: &str, ends: &[&str]) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    collect(&root.join(folder), root, ends, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no {ends:?} in {folder:?}: this rule looks at nothing");
    found
}

/// One file that has to be there.
pub(crate) fn file(path: &str) -> File {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    File { path: path.to_owned(), text: text.unwrap_or_else(|error| panic!("{path}: {error}")) }
}

/// Fails with every complaint on a line of its own.
pub(crate) fn report(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// Whether `word` stands in `line` as a whole: not as a part of a longer name.
pub(crate) fn names(line: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(part_of_name) && !after.is_some_and(part_of_name)
    })
}

fn collect(folder: &Path, root: &Path, ends: &[&str], found: &mut Vec<File>) {
    let made_elsewhere = ["target", "dist", ".git", "node_modules", "vendor"];
    for entry in
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
    {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !made_elsewhere.contains(&name.as_str()) {
                collect(&path, root, ends, found);
            }
        } else if ends.iter().any(|end| has_end(&name, end))
            && let Ok(text) = fs::read_to_string(&path)
        {
            let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.push(File { path, text });
        }
    }
}

fn has_end(name: &str, end: &str) -> bool {
    name.ends_with(end)
}
