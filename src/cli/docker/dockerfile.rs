//! Dockerfiles: the instructions of one, with its arguments filled in.

use std::collections::BTreeMap;

/// What a Dockerfile asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dockerfile {
    /// The image that it begins with.
    pub(super) from: String,
    /// Its other instructions, in order, as `docker build` shows them.
    pub(super) steps: Vec<Step>,
    /// Entry point and command, where it gives them.
    pub(super) command: Vec<String>,
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// As it stands there, with its arguments filled in.
    pub(super) text: String,
    /// It makes a layer: COPY, ADD and RUN do (facts/docker §3).
    pub(super) layer: bool,
}

/// Reads a Dockerfile; the error is what Docker would say.
pub(super) fn read(text: &str, given: &BTreeMap<String, String>) -> Result<Dockerfile, String> {
    let mut file = Dockerfile::default();
    let mut arguments: BTreeMap<String, String> = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = filled_in(rest.trim(), &arguments);
        match word.to_ascii_uppercase().as_str() {
            "FROM" => rest.split_whitespace().next().unwrap_or("").clone_into(&mut file.from),
            "ARG" => {
                let (name, default) = rest.split_once('=').unwrap_or((&rest, ""));
                let value = given.get(name).map_or(default, String::as_str);
                arguments.insert(name.to_owned(), value.to_owned());
            }
            "COPY" | "ADD" | "RUN" => {
                file.steps.push(Step { text: format!("{word} {rest}"), layer: true });
            }
            "CMD" | "ENTRYPOINT" => {
                let words = words(&rest);
                if word.eq_ignore_ascii_case("ENTRYPOINT") {
                    file.command.splice(0..0, words);
                } else {
                    file.command.extend(words);
                }
            }
            "ENV" | "EXPOSE" | "LABEL" | "WORKDIR" | "USER" | "STOPSIGNAL" | "VOLUME" => {
                file.steps.push(Step { text: format!("{word} {rest}"), layer: false });
            }
            other => return Err(format!("dockerfile parse error: unknown instruction: {other}")),
        }
    }
    if file.from.is_empty() {
        return Err("failed to build: no build stage in current context".to_owned());
    }
    Ok(file)
}

/// `["sleep", "60"]`, or a line for a shell.
fn words(rest: &str) -> Vec<String> {
    serde_json::from_str(rest)
        .unwrap_or_else(|_| vec!["/bin/sh".to_owned(), "-c".to_owned(), rest.to_owned()])
}

/// Puts the values of `$NAME` and `${NAME}` into a line.
fn filled_in(line: &str, arguments: &BTreeMap<String, String>) -> String {
    let mut text = line.to_owned();
    for (name, value) in arguments {
        text = text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value);
    }
    text
}
