//! Tokens become a tree: a Pratt parser with jmespath.py's binding powers and error texts.

use serde_json::Value;

use super::SyntaxError;
use super::lexer::{Kind, Token, tokens};

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ast {
    /// The value itself.
    Current,
    /// A member by its name.
    Field(String),
    /// A value written out.
    Literal(Value),
    /// An item by its place, from the end if negative.
    Index(i64),
    /// Start, end and step.
    Slice([Option<i64>; 3]),
    /// Each works on what the one before gave.
    Chain(Vec<Ast>),
    /// The second for each item of the first.
    Project(Box<Ast>, Box<Ast>),
    /// The second for each value of the object that the first gives.
    ProjectValues(Box<Ast>, Box<Ast>),
    /// The second for each item of the first that the third holds for.
    Filter(Box<Ast>, Box<Ast>, Box<Ast>),
    /// Lists inside the list become part of it.
    Flatten(Box<Ast>),
    List(Vec<Ast>),
    Object(Vec<(String, Ast)>),
    Or(Box<Ast>, Box<Ast>),
    And(Box<Ast>, Box<Ast>),
    Not(Box<Ast>),
    /// A comparison by its token.
    Compare(Kind, Box<Ast>, Box<Ast>),
    Call(String, Vec<Ast>),
    /// An expression as an argument of a function.
    Reference(Box<Ast>),
}

/// Tokens in an expression, at most. Chosen.
const TOKENS: usize = 600;
/// Expressions inside each other, at most, and steps that put what is before them inside of themselves
/// (`||`, `[]`, `==`, …). Chosen: together they bound the height of the tree, and with it the stack.
const DEPTH: usize = 50;

/// Reads an expression.
pub(super) fn parse(expression: &str) -> Result<Ast, SyntaxError> {
    let tokens = tokens(expression)?;
    if tokens.len() > TOKENS {
        return Err(SyntaxError::too_long());
    }
    let mut parser = Parser { expression, tokens: &tokens, at: 0, depth: 0, steps: 0 };
    let parsed = parser.expression(0)?;
    match parser.current() {
        Kind::End => Ok(parsed),
        other => {
            let message = format!("Unexpected token: {}", other.name().1);
            Err(parser.unexpected(parser.at, &message))
        }
    }
}

struct Parser<'a> {
    expression: &'a str,
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    steps: usize,
}

/// From here on a token goes on with a projection; below it ends one.
const PROJECTION_STOP: u8 = 10;

fn power(kind: &Kind) -> u8 {
    match kind {
        Kind::Pipe => 1,
        Kind::Or => 2,
        Kind::And => 3,
        Kind::Equal
        | Kind::NotEqual
        | Kind::Less
        | Kind::LessEqual
        | Kind::Greater
        | Kind::GreaterEqual => 5,
        Kind::Flatten => 9,
        Kind::Star => 20,
        Kind::Filter => 21,
        Kind::Dot => 40,
        Kind::Not => 45,
        Kind::LeftBrace => 50,
        Kind::LeftBracket => 55,
        Kind::LeftParen => 60,
        _ => 0,
    }
}

impl Parser<'_> {
    fn current(&self) -> &Kind {
        self.ahead(0)
    }

    fn ahead(&self, tokens: usize) -> &Kind {
        self.tokens.get(self.at + tokens).map_or(&Kind::End, |token| &token.kind)
    }

    fn expression(&mut self, binding: u8) -> Result<Ast, SyntaxError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(SyntaxError::too_long());
        }
        let mut left = self.start()?;
        while binding < power(self.current()) {
            let kind = self.current().clone();
            self.at += 1;
            let higher = !matches!(kind, Kind::Dot | Kind::LeftBracket | Kind::LeftParen);
            self.steps += usize::from(higher);
            if self.steps > DEPTH {
                return Err(SyntaxError::too_long());
            }
            left = self.go_on(left, kind)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// A token that starts an expression, and what belongs to it.
    fn start(&mut self) -> Result<Ast, SyntaxError> {
        let kind = self.current().clone();
        self.at += 1;
        match kind {
            Kind::Literal(value) => Ok(Ast::Literal(value)),
            Kind::QuotedName(_) if *self.current() == Kind::LeftParen => {
                let message = "Quoted identifier not allowed for function names.";
                Err(SyntaxError::token(message, 0, self.current(), self.expression))
            }
            Kind::Name(name) | Kind::QuotedName(name) => Ok(Ast::Field(name)),
            Kind::Current => Ok(Ast::Current),
            Kind::Star => {
                let rest = match self.current() {
                    Kind::RightBracket => Ast::Current,
                    _ => self.projected(power(&Kind::Star))?,
                };
                Ok(Ast::ProjectValues(Box::new(Ast::Current), Box::new(rest)))
            }
            Kind::Filter => self.filter(Ast::Current),
            Kind::Flatten => self.flatten(Ast::Current),
            Kind::LeftBrace => self.object(),
            Kind::LeftParen => {
                let inner = self.expression(0)?;
                self.expect(&Kind::RightParen)?;
                Ok(inner)
            }
            Kind::Not => Ok(Ast::Not(Box::new(self.expression(power(&Kind::Not))?))),
            Kind::Reference => Ok(Ast::Reference(Box::new(self.expression(0)?))),
            Kind::LeftBracket => match (self.current(), self.ahead(1)) {
                (Kind::Number(_) | Kind::Colon, _) => self.index(Ast::Current),
                (Kind::Star, Kind::RightBracket) => self.items(Ast::Current),
                _ => self.list(),
            },
            Kind::End => Err(SyntaxError::incomplete(self.expression)),
            _ => Err(self.unexpected(self.at - 1, "invalid token")),
        }
    }

    /// A token that goes on with the expression before it.
    fn go_on(&mut self, left: Ast, kind: Kind) -> Result<Ast, SyntaxError> {
        match kind {
            Kind::Dot if *self.current() == Kind::Star => {
                self.at += 1;
                let rest = self.projected(power(&Kind::Dot))?;
                Ok(Ast::ProjectValues(Box::new(left), Box::new(rest)))
            }
            Kind::Dot => {
                let right = self.after_dot(power(&Kind::Dot))?;
                Ok(chain(left, right))
            }
            Kind::Pipe => {
                let right = self.expression(power(&Kind::Pipe))?;
                Ok(Ast::Chain(vec![left, right]))
            }
            Kind::Or => {
                let right = self.expression(power(&Kind::Or))?;
                Ok(Ast::Or(Box::new(left), Box::new(right)))
            }
            Kind::And => {
                let right = self.expression(power(&Kind::And))?;
                Ok(Ast::And(Box::new(left), Box::new(right)))
            }
            Kind::LeftParen => self.call(left),
            Kind::Filter => self.filter(left),
            Kind::Flatten => self.flatten(left),
            Kind::LeftBracket => match self.current() {
                Kind::Number(_) | Kind::Colon => self.index(left),
                _ => self.items(left),
            },
            comparator if power(&comparator) == power(&Kind::Equal) => {
                let right = self.expression(power(&Kind::Equal))?;
                Ok(Ast::Compare(comparator, Box::new(left), Box::new(right)))
            }
            _ => Err(self.unexpected(self.at - 1, "invalid token")),
        }
    }

    fn call(&mut self, left: Ast) -> Result<Ast, SyntaxError> {
        let Ast::Field(name) = left else {
            let before = self.at.saturating_sub(2);
            let text = self.tokens.get(before).map(|token| token.kind.name().1);
            let message = format!("Invalid function name '{}'", text.unwrap_or_default());
            return Err(self.unexpected(before, &message));
        };
        let mut arguments = Vec::new();
        while *self.current() != Kind::RightParen {
            arguments.push(self.expression(0)?);
            if *self.current() == Kind::Comma {
                self.at += 1;
            }
        }
        self.expect(&Kind::RightParen)?;
        Ok(Ast::Call(name, arguments))
    }

    fn filter(&mut self, left: Ast) -> Result<Ast, SyntaxError> {
        let condition = self.expression(0)?;
        self.expect(&Kind::RightBracket)?;
        let rest = match self.current() {
            Kind::Flatten => Ast::Current,
            _ => self.projected(power(&Kind::Filter))?,
        };
        Ok(Ast::Filter(Box::new(left), Box::new(rest), Box::new(condition)))
    }

    fn flatten(&mut self, left: Ast) -> Result<Ast, SyntaxError> {
        let rest = self.projected(power(&Kind::Flatten))?;
        Ok(Ast::Project(Box::new(Ast::Flatten(Box::new(left))), Box::new(rest)))
    }

    /// `[*]` after its bracket.
    fn items(&mut self, left: Ast) -> Result<Ast, SyntaxError> {
        self.expect(&Kind::Star)?;
        self.expect(&Kind::RightBracket)?;
        let rest = self.projected(power(&Kind::Star))?;
        Ok(Ast::Project(Box::new(left), Box::new(rest)))
    }

    /// `[3]` or `[1:2]` after its bracket.
    fn index(&mut self, left: Ast) -> Result<Ast, SyntaxError> {
        if let (Kind::Number(place), false) = (self.current(), *self.ahead(1) == Kind::Colon) {
            let place = *place;
            self.at += 1;
            self.expect(&Kind::RightBracket)?;
            return Ok(chain(left, Ast::Index(place)));
        }
        let mut parts = [None; 3];
        let mut part = 0;
        while *self.current() != Kind::RightBracket && part < 3 {
            match (self.current(), parts.get_mut(part)) {
                (Kind::Colon, _) if part < 2 => part += 1,
                (Kind::Number(number), Some(place)) => *place = Some(*number),
                _ => return Err(self.unexpected(self.at, "syntax error")),
            }
            self.at += 1;
        }
        self.expect(&Kind::RightBracket)?;
        let rest = self.projected(power(&Kind::Star))?;
        Ok(Ast::Project(Box::new(chain(left, Ast::Slice(parts))), Box::new(rest)))
    }

    fn list(&mut self) -> Result<Ast, SyntaxError> {
        let mut items = vec![self.expression(0)?];
        while *self.current() != Kind::RightBracket {
            self.expect(&Kind::Comma)?;
            items.push(self.expression(0)?);
        }
        self.at += 1;
        Ok(Ast::List(items))
    }

    fn object(&mut self) -> Result<Ast, SyntaxError> {
        let mut members = Vec::new();
        loop {
            let name = match self.current() {
                Kind::Name(name) | Kind::QuotedName(name) => name.clone(),
                _ => {
                    return Err(self.expected("['quoted_identifier', 'unquoted_identifier']"));
                }
            };
            self.at += 1;
            self.expect(&Kind::Colon)?;
            members.push((name, self.expression(0)?));
            match self.current() {
                Kind::Comma => self.at += 1,
                Kind::RightBrace => {
                    self.at += 1;
                    return Ok(Ast::Object(members));
                }
                // jmespath.py looks for the next name.
                _ => {}
            }
        }
    }

    /// What is done with each item of a projection.
    fn projected(&mut self, binding: u8) -> Result<Ast, SyntaxError> {
        match self.current() {
            kind if power(kind) < PROJECTION_STOP => Ok(Ast::Current),
            Kind::LeftBracket | Kind::Filter => self.expression(binding),
            Kind::Dot => {
                self.at += 1;
                self.after_dot(binding)
            }
            _ => Err(self.unexpected(self.at, "syntax error")),
        }
    }

    fn after_dot(&mut self, binding: u8) -> Result<Ast, SyntaxError> {
        match self.current() {
            Kind::Name(_) | Kind::QuotedName(_) | Kind::Star => self.expression(binding),
            Kind::LeftBracket => {
                self.at += 1;
                self.list()
            }
            Kind::LeftBrace => {
                self.at += 1;
                self.object()
            }
            other => {
                let message = format!(
                    "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', \
                     'lbrace'], got: {}",
                    other.name().0
                );
                Err(self.unexpected(self.at, &message))
            }
        }
    }

    fn expect(&mut self, kind: &Kind) -> Result<(), SyntaxError> {
        if self.current() == kind {
            self.at += 1;
            return Ok(());
        }
        Err(self.expected(kind.name().0))
    }

    fn expected(&self, what: &str) -> SyntaxError {
        match self.current() {
            Kind::End => SyntaxError::incomplete(self.expression),
            other => {
                let message = format!("Expecting: {what}, got: {}", other.name().0);
                self.unexpected(self.at, &message)
            }
        }
    }

    fn unexpected(&self, at: usize, message: &str) -> SyntaxError {
        match self.tokens.get(at) {
            Some(token) => SyntaxError::token(message, token.start, &token.kind, self.expression),
            None => SyntaxError::incomplete(self.expression),
        }
    }
}

/// `left`, then `right` on what it gives. Long chains stay flat.
fn chain(left: Ast, right: Ast) -> Ast {
    match left {
        Ast::Chain(mut steps) => {
            steps.push(right);
            Ast::Chain(steps)
        }
        Ast::Current => right,
        left => Ast::Chain(vec![left, right]),
    }
}
