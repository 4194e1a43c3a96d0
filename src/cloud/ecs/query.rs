//! The cluster query language: which container instances an expression means (facts: DG23/cluster-query-language.md).
//!
//! `attribute:ecs.instance-type =~ t3.* and (attribute:stack == prod or not agentConnected == true)`

use super::instance::ContainerInstance;
use super::pattern;

/// A parsed expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// Both sides.
    And(Box<Query>, Box<Query>),
    /// One side at least.
    Or(Box<Query>, Box<Query>),
    /// Not this.
    Not(Box<Query>),
    /// One comparison: a subject, an operator and its values.
    Compare(String, Operator, Vec<String>),
}

/// How a subject is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Equal.
    Equals,
    /// Not equal, or not there.
    NotEquals,
    /// A greater number.
    Greater,
    /// A greater or equal number.
    GreaterOrEqual,
    /// A smaller number.
    Less,
    /// A smaller or equal number.
    LessOrEqual,
    /// It is there.
    Exists,
    /// It is not there.
    NotExists,
    /// One of a list.
    In,
    /// None of a list.
    NotIn,
    /// It matches a pattern.
    Matches,
    /// It does not match a pattern.
    NotMatches,
}

impl Query {
    /// Reads an expression; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words = words(text)?;
        let mut reader = Reader { words: &words };
        let query = reader.either()?;
        match reader.words.first() {
            None => Ok(query),
            Some(word) => Err(format!("unexpected `{word}`")),
        }
    }

    /// Whether an instance is meant. `groups` are those of the tasks on it.
    pub fn accepts(&self, host: &ContainerInstance) -> bool {
        match self {
            Self::And(left, right) => left.accepts(host) && right.accepts(host),
            Self::Or(left, right) => left.accepts(host) || right.accepts(host),
            Self::Not(inner) => !inner.accepts(host),
            Self::Compare(subject, operator, values) => compare(host, subject, *operator, values),
        }
    }
}

fn compare(host: &ContainerInstance, subject: &str, operator: Operator, values: &[String]) -> bool {
    let found = values_of(host, subject);
    let first = values.first().map_or("", String::as_str);
    let any = |test: &dyn Fn(&str) -> bool| found.iter().any(|value| test(value));
    let number = |test: fn(i64, i64) -> bool| {
        any(&|value| value.parse().ok().zip(first.parse().ok()).is_some_and(|(a, b)| test(a, b)))
    };
    match operator {
        Operator::Equals => any(&|value| value == first),
        Operator::NotEquals => !any(&|value| value == first),
        Operator::Greater => number(|a, b| a > b),
        Operator::GreaterOrEqual => number(|a, b| a >= b),
        Operator::Less => number(|a, b| a < b),
        Operator::LessOrEqual => number(|a, b| a <= b),
        Operator::Exists => !found.is_empty(),
        Operator::NotExists => found.is_empty(),
        Operator::In => any(&|value| values.iter().any(|one| one == value)),
        Operator::NotIn => !any(&|value| values.iter().any(|one| one == value)),
        Operator::Matches => any(&|value| pattern::matches(first, value)),
        Operator::NotMatches => !any(&|value| pattern::matches(first, value)),
    }
}

/// What a subject is on an instance: nothing, a value, or (for `task:group`) several.
fn values_of(host: &ContainerInstance, subject: &str) -> Vec<String> {
    if let Some(name) = subject.strip_prefix("attribute:") {
        let value = host.attributes.get(name);
        return value.map(|value| value.as_deref().unwrap_or("").to_owned()).into_iter().collect();
    }
    match subject {
        "agentConnected" => vec![host.connected.to_string()],
        "agentVersion" => vec![crate::cloud::limits::AGENT_VERSION.to_owned()],
        "ec2InstanceId" => vec![host.ec2_id.to_string()],
        "registeredAt" => vec![host.registered_at.iso()],
        "runningTasksCount" => vec![host.counts.running.to_string()],
        "pendingTasksCount" => vec![host.counts.pending.to_string()],
        "task:group" => host.groups.keys().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

struct Reader<'a> {
    words: &'a [String],
}

impl Reader<'_> {
    fn take(&mut self, wanted: &[&str]) -> bool {
        match self.words.split_first() {
            Some((word, rest)) if wanted.contains(&word.as_str()) => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }

    fn next(&mut self) -> Result<String, String> {
        let (word, rest) = self.words.split_first().ok_or("unexpected end")?;
        self.words = rest;
        Ok(word.clone())
    }

    fn either(&mut self) -> Result<Query, String> {
        let mut left = self.both()?;
        while self.take(&["or", "||"]) {
            left = Query::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Query, String> {
        let mut left = self.one()?;
        while self.take(&["and", "&&"]) {
            left = Query::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Query, String> {
        if self.take(&["not", "!"]) {
            return Ok(Query::Not(Box::new(self.one()?)));
        }
        if self.take(&["("]) {
            let inner = self.either()?;
            return if self.take(&[")"]) { Ok(inner) } else { Err("a `)` is missing".to_owned()) };
        }
        let subject = self.next()?;
        if !is_subject(&subject) {
            return Err(format!("`{subject}` is not a subject"));
        }
        let word = self.next()?;
        let operator = operator(&word).ok_or_else(|| format!("`{word}` is not an operator"))?;
        let values = match operator {
            Operator::Exists | Operator::NotExists => Vec::new(),
            Operator::In | Operator::NotIn => self.list()?,
            _ => vec![self.next()?],
        };
        Ok(Query::Compare(subject, operator, values))
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        if !self.take(&["["]) {
            return Err("a `[` is missing".to_owned());
        }
        let mut items = Vec::new();
        while !self.take(&["]"]) {
            let item = self.next()?;
            if item != "," {
                items.push(item);
            }
        }
        Ok(items)
    }
}

fn is_subject(word: &str) -> bool {
    word.starts_with("attribute:")
        || matches!(
            word,
            "agentConnected"
                | "agentVersion"
                | "ec2InstanceId"
                | "registeredAt"
                | "runningTasksCount"
                | "pendingTasksCount"
                | "task:group"
        )
}

fn operator(word: &str) -> Option<Operator> {
    Some(match word {
        "==" | "equals" => Operator::Equals,
        "!=" | "not_equals" => Operator::NotEquals,
        ">" | "greater_than" => Operator::Greater,
        ">=" | "greater_than_equal" => Operator::GreaterOrEqual,
        "<" | "less_than" => Operator::Less,
        "<=" | "less_than_equal" => Operator::LessOrEqual,
        "exists" => Operator::Exists,
        "!exists" | "not_exists" => Operator::NotExists,
        "in" => Operator::In,
        "!in" | "not_in" => Operator::NotIn,
        "=~" | "matches" => Operator::Matches,
        "!~" | "not_matches" => Operator::NotMatches,
        _ => return None,
    })
}

/// Cuts an expression into words; brackets, parentheses and commas are words of their own.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for letter in text.chars() {
        if quote.is_none() && cuts(&word, letter) {
            push(&mut words, &mut word);
        }
        match letter {
            _ if quote == Some(letter) => {
                quote = None;
                words.push(std::mem::take(&mut word));
            }
            _ if quote.is_some() => word.push(letter),
            '\'' | '"' => quote = Some(letter),
            '(' | ')' | '[' | ']' | ',' if !in_pattern(&words, letter) => {
                push(&mut words, &mut word);
                words.push(letter.to_string());
            }
            _ if letter.is_whitespace() => push(&mut words, &mut word),
            _ => word.push(letter),
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed".to_owned());
    }
    push(&mut words, &mut word);
    Ok(words)
}

/// A subject ends at the sign of a comparison, and the sign at its value: spaces are free (seen: `attribute:stack==prod`).
fn cuts(word: &str, letter: char) -> bool {
    const SIGNS: [char; 5] = ['=', '!', '<', '>', '~'];
    if SIGNS.contains(&letter) {
        return is_subject(word);
    }
    operator(word).is_some() && word.chars().all(|sign| SIGNS.contains(&sign))
}

/// A pattern may hold brackets of its own.
fn in_pattern(words: &[String], letter: char) -> bool {
    let after = words.last().is_some_and(|word| matches!(word.as_str(), "=~" | "!~" | "matches"));
    after && matches!(letter, '[' | ']')
}

fn push(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}
