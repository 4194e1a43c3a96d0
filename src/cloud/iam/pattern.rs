//! Text with wildcards and variables, as policies write it.

use std::borrow::Cow;
use std::str::Chars;
use std::sync::Arc;

use super::context::Context;

/// Text from a policy: `*` stands for any run of characters, `?` for one, `${aws:username}` for a
/// value of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: Arc<str>,
    glyphs: Box<[Glyph]>,
}

/// How letters are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// As they are: resources and condition values.
    Sensitive,
    /// Small and capital letters are the same: actions.
    Folded,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Glyph {
    Char(char),
    Any,
    One,
    Variable { key: Arc<str>, default: Option<Arc<str>> },
}

impl Pattern {
    /// Text in which wildcards and, since policy version 2012-10-17, variables mean something.
    pub fn new(text: &str, variables: bool) -> Self {
        let mut glyphs = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let (glyph, after) = match variables.then(|| variable(rest)).flatten() {
                Some(found) => found,
                None => (wildcard(first), rest.get(first.len_utf8()..).unwrap_or("")),
            };
            glyphs.push(glyph);
            rest = after;
        }
        Self { text: Arc::from(text), glyphs: glyphs.into() }
    }

    /// The text as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole of `subject` is what the pattern says.
    pub fn matches(&self, subject: &str, case: Case, context: &Context) -> bool {
        match self.expanded(context) {
            Some(glyphs) => glob(&glyphs, subject, case),
            None => false,
        }
    }

    /// As `matches`, for ARNs: a wildcard does not reach over the first five colons (IAM guide,
    /// "Resource").
    pub fn matches_arn(&self, subject: &str, context: &Context) -> bool {
        let Some(glyphs) = self.expanded(context) else { return false };
        let parts: Vec<&[Glyph]> = glyphs.splitn(6, |glyph| *glyph == Glyph::Char(':')).collect();
        let subjects: Vec<&str> = subject.splitn(6, ':').collect();
        if parts.len() < 6 || subjects.len() < 6 {
            return glob(&glyphs, subject, Case::Sensitive);
        }
        parts.iter().zip(subjects).all(|(part, subject)| glob(part, subject, Case::Sensitive))
    }

    /// The text with its variables filled in, for comparing without wildcards; nothing if a
    /// variable has no value.
    pub fn literal(&self, context: &Context) -> Option<String> {
        Some(self.expanded(context)?.iter().map(Glyph::written).collect())
    }

    /// The glyphs with variables filled in; nothing if one has no value.
    fn expanded(&self, context: &Context) -> Option<Cow<'_, [Glyph]>> {
        if !self.glyphs.iter().any(|glyph| matches!(glyph, Glyph::Variable { .. })) {
            return Some(Cow::Borrowed(&self.glyphs));
        }
        let mut all = Vec::with_capacity(self.glyphs.len());
        for glyph in &self.glyphs {
            match glyph {
                Glyph::Variable { key, default } => {
                    let value = context.one(key).or(default.as_deref())?;
                    all.extend(value.chars().map(Glyph::Char));
                }
                plain => all.push(plain.clone()),
            }
        }
        Some(Cow::Owned(all))
    }
}

impl Glyph {
    fn is(&self, other: char, case: Case) -> bool {
        match (self, case) {
            (Self::One, _) => true,
            (Self::Char(own), Case::Sensitive) => *own == other,
            (Self::Char(own), Case::Folded) => own.eq_ignore_ascii_case(&other),
            (Self::Any | Self::Variable { .. }, _) => false,
        }
    }

    fn written(&self) -> char {
        match self {
            Self::Char(own) => *own,
            Self::Any | Self::Variable { .. } => '*',
            Self::One => '?',
        }
    }
}

fn wildcard(first: char) -> Glyph {
    match first {
        '*' => Glyph::Any,
        '?' => Glyph::One,
        other => Glyph::Char(other),
    }
}

/// A variable at the start of the text, and what follows it. `${*}`, `${?}` and `${$}` are those
/// characters themselves.
#[inline(never)]
fn variable(text: &str) -> Option<(Glyph, &str)> {
    let (inside, after) = text.strip_prefix("${")?.split_once('}')?;
    let glyph = match inside {
        "*" | "?" | "$" => Glyph::Char(inside.chars().next()?),
        _ => {
            let (key, default) = match inside.split_once(',') {
                Some((key, default)) => (key, Some(Arc::from(default.trim().trim_matches('\'')))),
                None => (inside, None),
            };
            Glyph::Variable { key: Arc::from(key.trim()), default }
        }
    };
    Some((glyph, after))
}

/// Compares from the left; where it goes wrong, the last `*` takes one character more.
fn glob(pattern: &[Glyph], subject: &str, case: Case) -> bool {
    let (mut pattern, mut rest) = (pattern, subject.chars());
    let mut last_star: Option<(&[Glyph], Chars<'_>)> = None;
    loop {
        match pattern.split_first() {
            Some((Glyph::Any, after)) => {
                pattern = after;
                last_star = Some((after, rest.clone()));
                continue;
            }
            Some((glyph, after)) => {
                let mut ahead = rest.clone();
                if ahead.next().is_some_and(|next| glyph.is(next, case)) {
                    (pattern, rest) = (after, ahead);
                    continue;
                }
            }
            None if rest.as_str().is_empty() => return true,
            None => {}
        }
        let Some((after, mut from)) = last_star.take() else { return false };
        if from.next().is_none() {
            return false;
        }
        (pattern, rest) = (after, from.clone());
        last_star = Some((after, from));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, subject: &str) -> bool {
        Pattern::new(pattern, true).matches(subject, Case::Sensitive, &Context::default())
    }

    fn matches_arn(pattern: &str, subject: &str) -> bool {
        Pattern::new(pattern, true).matches_arn(subject, &Context::default())
    }

    #[test]
    fn stars_and_question_marks() {
        assert!(matches("*", "") && matches("*", "anything"));
        assert!(matches("s3:Get*", "s3:GetObject") && !matches("s3:Get*", "s3:PutObject"));
        assert!(matches("a*b*c", "a1b2b3c") && !matches("a*b*c", "a1b2b3"));
        assert!(matches("a?c", "abc") && !matches("a?c", "ac") && !matches("a?c", "abbc"));
        assert!(matches("**a", "ba") && !matches("", "x") && matches("", ""));
    }

    #[test]
    fn actions_ignore_case_and_resources_do_not() {
        let pattern = Pattern::new("S3:get*", true);
        assert!(pattern.matches("s3:GetObject", Case::Folded, &Context::default()));
        assert!(!pattern.matches("s3:GetObject", Case::Sensitive, &Context::default()));
    }

    /// IAM guide, "Resource": a wildcard stays within its part of the ARN, except in the last part.
    #[test]
    fn a_star_in_an_arn_stays_within_its_part() {
        assert!(matches_arn("arn:aws:s3:::harbour/*", "arn:aws:s3:::harbour/a/b:c"));
        assert!(!matches_arn("arn:aws:s3:::harbour", "arn:aws:s3:::harbour/a"));
        assert!(matches_arn("*", "arn:aws:s3:::harbour"));
        let task = "arn:aws:ecs:us-east-1:111122223333:task/dock/1";
        assert!(matches_arn("arn:aws:ecs:*:*:task/dock/*", task));
        assert!(!matches_arn("arn:aws:*:us-east-1:task/dock/1:x", task));
    }

    /// IAM guide, "Variables and tags": a variable without a value makes the statement not match.
    #[test]
    fn variables_take_values_of_the_request() {
        let mut context = Context::default();
        let home = Pattern::new("arn:aws:s3:::home/${aws:username}/*", true);
        assert!(!home.matches_arn("arn:aws:s3:::home/ada/x", &context));
        context.set("aws:UserName", "ada");
        assert!(home.matches_arn("arn:aws:s3:::home/ada/x", &context));
        assert!(!home.matches_arn("arn:aws:s3:::home/bob/x", &context));
        context.set("aws:username", "*");
        assert!(!home.matches_arn("arn:aws:s3:::home/bob/x", &context));
        let team = Pattern::new("${aws:PrincipalTag/team, 'dock'}", true);
        assert_eq!(team.literal(&context).as_deref(), Some("dock"));
        assert!(matches("a${*}b", "a*b") && !matches("a${*}b", "axb"));
        assert!(Pattern::new("${x}", false).matches("${x}", Case::Sensitive, &context));
    }
}
