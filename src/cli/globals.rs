//! The flags that every `aws` command takes.

use super::argparse::{Check, Flag, Parsed, Takes};
use super::fail::Fail;
use crate::cloud::limits;

/// How an answer is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Output {
    #[default]
    Json,
}

/// What the flags ask for.
#[derive(Debug, Default)]
pub(super) struct Globals {
    pub(super) output: Output,
}

const NAMES: &[(&str, Takes, Check, &[&str])] = &[
    ("--debug", Takes::None, Check::Text, &[]),
    ("--endpoint-url", Takes::One, Check::Text, &[]),
    ("--no-verify-ssl", Takes::None, Check::Text, &[]),
    ("--no-paginate", Takes::None, Check::Text, &[]),
    ("--output", Takes::One, Check::Text, &["json", "text", "table", "yaml", "yaml-stream"]),
    ("--query", Takes::One, Check::Text, &[]),
    ("--profile", Takes::One, Check::Text, &[]),
    ("--region", Takes::One, Check::Text, &[]),
    ("--version", Takes::None, Check::Text, &[]),
    ("--color", Takes::One, Check::Text, &["on", "off", "auto"]),
    ("--no-sign-request", Takes::None, Check::Text, &[]),
    ("--ca-bundle", Takes::One, Check::Text, &[]),
    ("--cli-read-timeout", Takes::One, Check::Text, &[]),
    ("--cli-connect-timeout", Takes::One, Check::Text, &[]),
    ("--cli-binary-format", Takes::One, Check::Text, &["base64", "raw-in-base64-out"]),
    ("--no-cli-pager", Takes::None, Check::Text, &[]),
    ("--cli-auto-prompt", Takes::None, Check::Text, &[]),
    ("--no-cli-auto-prompt", Takes::None, Check::Text, &[]),
];

/// The flags, as the parser wants them.
pub(super) fn flags() -> Vec<Flag> {
    let flag = |&(name, takes, check, choices): &(&str, Takes, Check, &'static [&'static str])| {
        Flag { name: name.to_owned(), takes, required: false, check, choices }
    };
    NAMES.iter().map(flag).collect()
}

impl Globals {
    /// What was parsed with [`flags`]. Regions other than the simulated one are refused.
    pub(super) fn read(parsed: &Parsed) -> Result<Self, Fail> {
        let value = |name: &str| {
            let at = NAMES.iter().position(|(flag, ..)| *flag == name)?;
            parsed.values.get(at)?.as_ref()
        };
        if let Some([region]) = value("--region").map(Vec::as_slice)
            && region != limits::REGION
        {
            return Err(Fail::honest(
                format_args!(
                    "This account lives in {} alone; {region} is not simulated.",
                    limits::REGION
                ),
                super::fail::OTHER_STATUS,
            ));
        }
        Ok(Self { output: Output::Json })
    }
}
