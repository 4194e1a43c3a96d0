//! Addresses of the page: what stands behind the `#`, read and written.

use std::fmt;

/// A place in the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `#/`: the course map.
    Map,
    /// `#/l/<lesson>` or `#/l/<lesson>/<step>`.
    Lesson {
        /// The lesson's id.
        lesson: String,
        /// The step's id; without one, where the learner left off.
        step: Option<String>,
    },
    /// `#/sandbox`: the whole simulator without goals.
    Sandbox,
    /// `#/glossary` or `#/glossary/<term>`.
    Glossary(Option<String>),
    /// Anything else; the page says so and leads home.
    Unknown(String),
}

/// A place, and perhaps recorded actions to replay there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Where.
    pub place: Place,
    /// The `r=` of a share link, as it came.
    pub replay: Option<String>,
}

impl Route {
    /// Reads what stands behind the address's `#`, with or without it.
    pub fn parse(hash: &str) -> Self {
        let hash = hash.strip_prefix('#').unwrap_or(hash);
        let (path, query) = hash.split_once('?').unwrap_or((hash, ""));
        let replay = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("r="))
            .filter(|data| !data.is_empty())
            .map(str::to_owned);
        Self { place: Place::parse(path), replay }
    }
}

impl Place {
    fn parse(path: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let words = [parts.next(), parts.next(), parts.next(), parts.next()];
        match words {
            [None, ..] => Self::Map,
            [Some("l"), Some(lesson), step, None] if is_id(lesson) && step.is_none_or(is_id) => {
                Self::Lesson { lesson: lesson.to_owned(), step: step.map(str::to_owned) }
            }
            [Some("sandbox"), None, ..] => Self::Sandbox,
            [Some("glossary"), term, None, _] if term.is_none_or(is_id) => {
                Self::Glossary(term.map(str::to_owned))
            }
            _ => Self::Unknown(path.to_owned()),
        }
    }
}

/// Ids of lessons, steps and terms: lower-case letters, digits and hyphens.
pub(super) fn is_id(word: &str) -> bool {
    word.len() <= 64
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Map => f.write_str("#/"),
            Self::Lesson { lesson, step: None } => write!(f, "#/l/{lesson}"),
            Self::Lesson { lesson, step: Some(step) } => write!(f, "#/l/{lesson}/{step}"),
            Self::Sandbox => f.write_str("#/sandbox"),
            Self::Glossary(None) => f.write_str("#/glossary"),
            Self::Glossary(Some(term)) => write!(f, "#/glossary/{term}"),
            Self::Unknown(path) => write!(f, "#{path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson(lesson: &str, step: Option<&str>) -> Place {
        Place::Lesson { lesson: lesson.to_owned(), step: step.map(str::to_owned) }
    }

    #[test]
    fn every_address_of_the_contract_is_read_and_written() {
        for (text, place) in [
            ("#/", Place::Map),
            ("#/l/ecs", lesson("ecs", None)),
            ("#/l/ecs/first-task", lesson("ecs", Some("first-task"))),
            ("#/sandbox", Place::Sandbox),
            ("#/glossary", Place::Glossary(None)),
            ("#/glossary/task", Place::Glossary(Some("task".to_owned()))),
        ] {
            assert_eq!(Route::parse(text).place, place);
            assert_eq!(place.to_string(), text);
        }
        assert_eq!(Route::parse("").place, Place::Map);
    }

    #[test]
    fn a_share_link_carries_its_data() {
        let route = Route::parse("#/l/ecs/first-task?r=abc");
        assert_eq!(route.place, lesson("ecs", Some("first-task")));
        assert_eq!(route.replay.as_deref(), Some("abc"));
    }

    #[test]
    fn whatever_else_is_unknown_and_keeps_its_words() {
        for text in ["#/l", "#/l/ecs/a/b", "#/L/ecs", "#/l/<script>", "#/nowhere", "#/sandbox/x"] {
            assert!(matches!(Route::parse(text).place, Place::Unknown(_)), "{text}");
        }
    }
}
