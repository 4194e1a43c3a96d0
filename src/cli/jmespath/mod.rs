//! JMESPath: the language of `--query`, of waiters and of pages.
//!
//! Written out here, because the `jmespath` crate sorts the members of every object (the AWS CLI
//! prints them in the order of the answer or of the query), words its errors differently, and has
//! no bound on the depth of what it reads. The model is jmespath.py 1.0, which the AWS CLI uses.

mod eval;
mod functions;
mod lexer;
mod parser;
mod signature;

use serde_json::Value;

pub(crate) use eval::{equals, is_true};
use lexer::Kind;
use parser::Ast;

/// An expression that was read.
#[derive(Clone, Debug)]
pub(crate) struct Expression(Ast);

impl Expression {
    /// Reads an expression. The error is jmespath.py's text.
    #[inline(never)]
    pub(crate) fn parse(text: &str) -> Result<Self, SyntaxError> {
        if text.is_empty() {
            return Err(SyntaxError("Invalid JMESPath expression: cannot be empty.".to_owned()));
        }
        parser::parse(text).map(Self)
    }

    /// What the expression finds in a value. The error is jmespath.py's text.
    #[inline(never)]
    pub(crate) fn search(&self, value: &Value) -> Result<Value, String> {
        eval::search(&self.0, value)
    }
}

/// Why an expression cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError(pub(crate) String);

impl SyntaxError {
    fn lexer(message: &str, expression: &str, at: usize) -> Self {
        let mark = " ".repeat(at);
        Self(format!("Bad jmespath expression: {message}:\n{expression}\n{mark}^"))
    }

    fn token(message: &str, start: usize, kind: &Kind, expression: &str) -> Self {
        let (name, text) = kind.name();
        let (name, mark) = (name.to_uppercase(), " ".repeat(start + 1));
        Self(format!(
            "{message}: Parse error at column {start}, token \"{text}\" ({name}), for \
             expression:\n\"{expression}\"\n{mark}^"
        ))
    }

    fn incomplete(expression: &str) -> Self {
        let mark = " ".repeat(expression.chars().count() + 1);
        Self(format!(
            "Invalid jmespath expression: Incomplete expression:\n\"{expression}\"\n{mark}^"
        ))
    }

    /// Not jmespath.py's: this terminal bounds expressions.
    fn too_long() -> Self {
        Self("The expression is too long for this terminal.".to_owned())
    }
}
