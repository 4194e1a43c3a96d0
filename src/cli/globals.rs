//! The flags that every `aws` command takes.

use super::argparse::{Flag, Parsed, Takes};
use super::fail::{Fail, OTHER_STATUS};
use super::jmespath::Expression;
use crate::cloud::limits;

/// How an answer is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Output {
    #[default]
    Json,
    Text,
    Table,
    Yaml,
    YamlStream,
}

/// What the flags ask for.
#[derive(Debug, Default)]
pub(super) struct Globals {
    /// `--output`.
    pub(super) output: Output,
    /// `--query`.
    pub(super) query: Option<Expression>,
    /// Not `--no-paginate`.
    pub(super) paginate: bool,
    /// `--cli-binary-format raw-in-base64-out`: bytes are given as they are.
    pub(super) raw_bytes: bool,
}

/// The flags with what each is for; the choices of those that have some are in [`choices`].
pub(super) const FLAGS: &[(&str, Takes, &str)] = &[
    ("--debug", Takes::None, "Accepted; there is nothing to debug here."),
    ("--endpoint-url", Takes::One, "Refused: the simulated account has no other address."),
    ("--no-verify-ssl", Takes::None, "Accepted without effect."),
    ("--no-paginate", Takes::None, "Asks for one page only."),
    ("--output", Takes::One, "How to print: json, text, table, yaml or yaml-stream."),
    ("--query", Takes::One, "A JMESPath expression that picks out of the answer."),
    ("--profile", Takes::One, "Only `default` exists."),
    ("--region", Takes::One, "Only us-east-1 is simulated."),
    ("--version", Takes::None, "Prints the version."),
    ("--color", Takes::One, "Accepted; tables have no colours here."),
    ("--no-sign-request", Takes::None, "Accepted without effect."),
    ("--ca-bundle", Takes::One, "Accepted without effect."),
    ("--cli-read-timeout", Takes::One, "Accepted without effect."),
    ("--cli-connect-timeout", Takes::One, "Accepted without effect."),
    ("--cli-binary-format", Takes::One, "How bytes are given: base64 or raw-in-base64-out."),
    ("--no-cli-pager", Takes::None, "Accepted; there is no pager here."),
    ("--cli-auto-prompt", Takes::None, "Accepted without effect."),
    ("--no-cli-auto-prompt", Takes::None, "Accepted without effect."),
];

/// The words that a flag is limited to; none if it is not.
pub(super) fn choices(flag: &str) -> &'static [&'static str] {
    match flag {
        "--output" => &["json", "text", "table", "yaml", "yaml-stream"],
        "--color" => &["on", "off", "auto"],
        "--cli-binary-format" => &["base64", "raw-in-base64-out"],
        _ => &[],
    }
}

/// The flags, as the parser wants them.
pub(super) fn flags() -> Vec<Flag> {
    let flag = |(name, takes, _): &(&'static str, Takes, &str)| Flag {
        takes: *takes,
        choices: choices(name),
        ..Flag::one(*name)
    };
    FLAGS.iter().map(flag).collect()
}

impl Globals {
    /// What was parsed with [`flags`]. A region or profile that does not exist is refused.
    pub(super) fn read(parsed: &Parsed) -> Result<Self, Fail> {
        let words = |name: &str| {
            let at = FLAGS.iter().position(|(flag, ..)| *flag == name)?;
            parsed.values.get(at)?.as_deref()
        };
        let word = |name: &str| words(name)?.first().map(String::as_str);
        let query = word("--query").map(|text| {
            Expression::parse(text).map_err(|error| {
                Fail::param(format_args!("Bad value for --query {text}: {}", error.0))
            })
        });
        if let Some(profile) = word("--profile").filter(|profile| *profile != "default") {
            return Err(Fail::other(format_args!(
                "The config profile ({profile}) could not be found"
            )));
        }
        if let Some(region) = word("--region").filter(|region| *region != limits::REGION) {
            let only = limits::REGION;
            return Err(honest(format_args!("Only {only} is simulated here, not {region}.")));
        }
        if word("--endpoint-url").is_some() {
            return Err(honest("The simulated account has no other address."));
        }
        Ok(Self {
            output: match word("--output") {
                Some("text") => Output::Text,
                Some("table") => Output::Table,
                Some("yaml") => Output::Yaml,
                Some("yaml-stream") => Output::YamlStream,
                _ => Output::Json,
            },
            query: query.transpose()?,
            paginate: words("--no-paginate").is_none(),
            raw_bytes: word("--cli-binary-format") == Some("raw-in-base64-out"),
        })
    }
}

fn honest(message: impl std::fmt::Display) -> Fail {
    Fail::honest(message, OTHER_STATUS)
}
