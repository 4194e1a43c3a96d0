//! `docker`: the learner's own machine. Images are built there, pushed to a registry and pulled from one.

mod build;
mod dockerfile;
mod listing;
mod pull;
mod push;
mod registry;

use crate::cloud::compute::images::Reference;
use crate::cloud::docker::{Docker, LocalImage};
use crate::cloud::ecr::names;

use super::fail::Fail;
use super::shell::Shell;

/// The words that may follow `docker`, with what each is for.
pub(super) const WORDS: &[(&str, &str)] = &[
    ("build", "Makes an image from a Dockerfile: `docker build -t web:v1 .`."),
    ("images", "Lists the images of this machine."),
    ("history", "Shows the layers of an image: `docker history web:v1`."),
    ("tag", "Gives an image another name: `docker tag web:v1 <registry>/web:v1`."),
    ("login", "Logs in to a registry; `aws ecr get-login-password` gives the password."),
    ("push", "Sends an image to its registry: `docker push <registry>/web:v1`."),
    ("pull", "Fetches an image: `docker pull nginx:1.27`."),
];

/// Runs the words after `docker`. `input` is what another command wrote into it.
#[inline(never)]
pub(super) fn run(
    shell: &mut Shell<'_>,
    words: &[String],
    input: Option<&str>,
) -> Result<(), Fail> {
    let Some((command, rest)) = words.split_first() else {
        for (word, what) in WORDS {
            shell.print(&format!("docker {word:<8} {what}\n"));
        }
        return Ok(());
    };
    // Commands have longer names too: `docker image ls`, `docker buildx build`.
    let (command, rest) = match (command.as_str(), rest) {
        ("image", [word, rest @ ..]) if word == "ls" || word == "list" => ("images", rest),
        ("image" | "buildx", [word, rest @ ..]) => (word.as_str(), rest),
        (command, rest) => (command, rest),
    };
    let flag = rest.iter().find(|word| word.starts_with('-'));
    if let (Some(flag), "history" | "tag" | "push" | "pull") = (flag, command) {
        let text =
            format_args!("docker {command}: the option {flag} is not part of this terminal.");
        return Err(Fail::honest(text, 125));
    }
    match command {
        "build" => build::run(shell, rest),
        "images" => listing::images(shell, rest),
        "history" => listing::history(shell, rest),
        "tag" => tag(shell, rest),
        "login" => registry::login(shell, rest, input),
        "push" => push::run(shell, rest),
        "pull" => pull::run(shell, rest),
        "compose" => Err(Fail::honest(
            "Docker retired Compose for Amazon ECS in November 2023. The AWS CLI, the console, AWS \
             CDK or ECS Express Mode take its place.",
            1,
        )),
        other => Err(Fail::honest(
            format_args!(
                "docker: '{other}' is not a docker command of this terminal. `docker` alone lists \
                 them."
            ),
            1,
        )),
    }
}

fn tag(shell: &mut Shell<'_>, words: &[String]) -> Result<(), Fail> {
    let [from, to] = words else {
        return Err(usage("docker tag", "2 arguments"));
    };
    let image = find(&shell.cloud.account().docker, from)?.clone();
    let name = reference(to)?.full();
    shell.docker(words).name(image, &name);
    Ok(())
}

/// The image of this machine that a word means.
fn find<'a>(docker: &'a Docker, word: &str) -> Result<&'a LocalImage, Fail> {
    let name = reference(word)?.full();
    let found = docker.find(&name, word);
    found.map(|image| &**image).ok_or_else(|| {
        let text = format_args!("Error response from daemon: No such image: {}", with_tag(word));
        Fail::honest(text, 1)
    })
}

/// A name with its tag, as Docker repeats it.
fn with_tag(word: &str) -> String {
    let last = word.rsplit('/').next().unwrap_or(word);
    if last.contains([':', '@']) { word.to_owned() } else { format!("{word}:latest") }
}

/// Takes a name apart; Docker wants it in lower case.
fn reference(word: &str) -> Result<Reference, Fail> {
    let reference = Reference::parse(word);
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-/".contains(c);
    if reference.repository.is_empty() || !reference.repository.chars().all(fine) {
        let text = if word.chars().any(char::is_uppercase) {
            format!("invalid reference format: repository name ({word}) must be lowercase")
        } else {
            "invalid reference format".to_owned()
        };
        return Err(Fail::honest(text, 1));
    }
    Ok(reference)
}

/// A name as Docker shows it: without the parts that stand for Docker Hub.
pub(super) fn familiar(name: &str) -> &str {
    let short = name.strip_prefix("docker.io/").unwrap_or(name);
    short.strip_prefix("library/").unwrap_or(short)
}

/// What Docker says while the fault `blockRegistry` keeps it from every registry.
fn check_network(shell: &Shell<'_>, reference: &Reference) -> Result<(), Fail> {
    if !shell.cloud.account().registry_blocked {
        return Ok(());
    }
    let hub = reference.registry == "docker.io";
    let host = if hub { "registry-1.docker.io" } else { &reference.registry };
    Err(Fail::honest(
        format_args!(
            "Error response from daemon: Get \"https://{host}/v2/\": net/http: request canceled while \
             waiting for connection (Client.Timeout exceeded while awaiting headers)"
        ),
        1,
    ))
}

/// The registry is this account's.
fn is_private(reference: &Reference) -> bool {
    reference.registry == names::registry()
}

/// The first digits of a digest.
fn short(digest: &str) -> &str {
    let hex = digest.split_once(':').map_or(digest, |(_, hex)| hex);
    hex.get(..12).unwrap_or(hex)
}

fn usage(command: &str, wants: &str) -> Fail {
    Fail::honest(format_args!("\"{command}\" requires {wants}.\nSee '{command} --help'."), 1)
}
