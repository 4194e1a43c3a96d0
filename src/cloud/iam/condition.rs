//! The conditions of a statement: operators, and whether they hold for a request.

use std::cmp::Ordering;
use std::net::Ipv4Addr;
use std::sync::Arc;

use super::context::Context;
use super::moment;
use super::pattern::{Case, Pattern};
use crate::cloud::net::cidr::Cidr;

/// One key of one operator, with the values that would do: the values are alternatives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The operator as it was written, such as `ForAnyValue:StringLike`.
    pub written: Arc<str>,
    /// What it does.
    pub operator: Operator,
    /// The key as it was written, such as `ecs:cluster`.
    pub key: Arc<str>,
    /// The values.
    pub values: Vec<Pattern>,
}

/// An operator of a condition (IAM guide, "Condition operators").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    every: Option<Every>,
    if_exists: bool,
    compare: Compare,
    negated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Every {
    /// `ForAnyValue:` one of the request's values is enough.
    Any,
    /// `ForAllValues:` each of the request's values has to match.
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    Text(Case),
    Like,
    Arn,
    Bool,
    Number(Relation),
    Moment(Relation),
    Address,
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Equal,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// Name, comparison, negated.
const OPERATORS: &[(&str, Compare, bool)] = &[
    ("StringEquals", Compare::Text(Case::Sensitive), false),
    ("StringNotEquals", Compare::Text(Case::Sensitive), true),
    ("StringEqualsIgnoreCase", Compare::Text(Case::Folded), false),
    ("StringNotEqualsIgnoreCase", Compare::Text(Case::Folded), true),
    ("StringLike", Compare::Like, false),
    ("StringNotLike", Compare::Like, true),
    ("ArnEquals", Compare::Arn, false),
    ("ArnLike", Compare::Arn, false),
    ("ArnNotEquals", Compare::Arn, true),
    ("ArnNotLike", Compare::Arn, true),
    ("Bool", Compare::Bool, false),
    ("BinaryEquals", Compare::Text(Case::Sensitive), false),
    ("NumericEquals", Compare::Number(Relation::Equal), false),
    ("NumericNotEquals", Compare::Number(Relation::Equal), true),
    ("NumericLessThan", Compare::Number(Relation::Less), false),
    ("NumericLessThanEquals", Compare::Number(Relation::AtMost), false),
    ("NumericGreaterThan", Compare::Number(Relation::More), false),
    ("NumericGreaterThanEquals", Compare::Number(Relation::AtLeast), false),
    ("DateEquals", Compare::Moment(Relation::Equal), false),
    ("DateNotEquals", Compare::Moment(Relation::Equal), true),
    ("DateLessThan", Compare::Moment(Relation::Less), false),
    ("DateLessThanEquals", Compare::Moment(Relation::AtMost), false),
    ("DateGreaterThan", Compare::Moment(Relation::More), false),
    ("DateGreaterThanEquals", Compare::Moment(Relation::AtLeast), false),
    ("IpAddress", Compare::Address, false),
    ("NotIpAddress", Compare::Address, true),
    ("Null", Compare::Null, false),
];

impl Operator {
    /// Reads `StringEquals`, `ForAnyValue:StringLike`, `NumericLessThanIfExists`.
    pub fn parse(text: &str) -> Option<Self> {
        let (every, name) = match text.split_once(':') {
            Some(("ForAnyValue", name)) => (Some(Every::Any), name),
            Some(("ForAllValues", name)) => (Some(Every::All), name),
            Some(_) => return None,
            None => (None, text),
        };
        let (name, if_exists) = match name.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (_, compare, negated) = OPERATORS.iter().find(|(own, ..)| *own == name)?;
        let null_if_exists = if_exists && *compare == Compare::Null;
        (!null_if_exists).then_some(Self { every, if_exists, compare: *compare, negated: *negated })
    }

    /// Its values have to be dates.
    pub fn wants_dates(self) -> bool {
        matches!(self.compare, Compare::Moment(_))
    }
}

impl Condition {
    /// The condition holds for the request.
    pub fn holds(&self, context: &Context) -> bool {
        let found = context.get(&self.key).filter(|values| !values.is_empty());
        let Some(values) = found else { return self.holds_without_key(context) };
        if self.operator.compare == Compare::Null {
            return self.says(context, "false");
        }
        match self.operator.every {
            Some(Every::All) => values.iter().all(|value| self.accepts(value, context)),
            Some(Every::Any) | None => values.iter().any(|value| self.accepts(value, context)),
        }
    }

    /// In words: what the request has and what is asked for.
    pub fn why(&self, context: &Context) -> String {
        let (operator, key) = (&self.written, &self.key);
        let wanted: Vec<&str> = self.values.iter().map(Pattern::text).collect();
        let wanted = wanted.join(" or ");
        match context.get(key) {
            Some(values) => {
                format!("{operator}: {key} is {}; asked for {wanted}", values.join(", "))
            }
            None => format!("{operator}: {key} is not part of this request; asked for {wanted}"),
        }
    }

    /// Without the key a positive comparison fails and a negated one holds (IAM guide, "Condition
    /// operators").
    fn holds_without_key(&self, context: &Context) -> bool {
        let Operator { every, if_exists, compare, negated } = self.operator;
        match (compare, every) {
            (Compare::Null, _) => self.says(context, "true"),
            (_, Some(Every::All)) => true,
            (_, Some(Every::Any)) => if_exists,
            (_, None) => if_exists || negated,
        }
    }

    fn says(&self, context: &Context, word: &str) -> bool {
        let texts = self.values.iter().filter_map(|value| value.literal(context));
        texts.into_iter().any(|text| text.eq_ignore_ascii_case(word))
    }

    fn accepts(&self, value: &str, context: &Context) -> bool {
        let compare = self.operator.compare;
        let hit = self.values.iter().any(|pattern| compare.holds(value, pattern, context));
        hit != self.operator.negated
    }
}

impl Compare {
    fn holds(self, value: &str, pattern: &Pattern, context: &Context) -> bool {
        match self {
            Self::Like => return pattern.matches(value, Case::Sensitive, context),
            Self::Arn => return pattern.matches_arn(value, context),
            _ => {}
        }
        let Some(wanted) = pattern.literal(context) else { return false };
        match self {
            Self::Text(Case::Sensitive) => value == wanted,
            Self::Text(Case::Folded) => value.to_lowercase() == wanted.to_lowercase(),
            Self::Bool => value.eq_ignore_ascii_case(&wanted),
            Self::Number(relation) => {
                let numbers = millionths(value).zip(millionths(&wanted));
                numbers.is_some_and(|(value, wanted)| relation.holds(value.cmp(&wanted)))
            }
            Self::Moment(relation) => {
                let moments = moment::millis(value).zip(moment::millis(&wanted));
                moments.is_some_and(|(value, wanted)| relation.holds(value.cmp(&wanted)))
            }
            Self::Address => address_in(value, &wanted),
            Self::Like | Self::Arn | Self::Null => false,
        }
    }
}

impl Relation {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

/// A decimal number in millionths: enough to compare what AWS's keys hold.
fn millionths(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let fraction: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let fraction: i128 = fraction.parse().ok().filter(|_| digits)?;
    let size = i128::from(whole.parse::<i64>().ok()?) * 1_000_000;
    Some(if whole.starts_with('-') { size - fraction } else { size + fraction })
}

/// An address is in a block; a block without a length is one address.
fn address_in(value: &str, block: &str) -> bool {
    let block = if block.contains('/') { block.to_owned() } else { format!("{block}/32") };
    let block = Cidr::parse(&block);
    let address = value.parse::<Ipv4Addr>().ok();
    block.zip(address).is_some_and(|(block, address)| block.contains(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(operator: &str, values: &[&str], request: Option<&[&str]>) -> bool {
        let mut context = Context::default();
        if let Some(request) = request {
            context.set_all("k:Key", request.iter().map(ToString::to_string).collect());
        }
        let condition = Condition {
            written: Arc::from(operator),
            operator: Operator::parse(operator).unwrap(),
            key: Arc::from("K:key"),
            values: values.iter().map(|value| Pattern::new(value, true)).collect(),
        };
        condition.holds(&context)
    }

    #[test]
    fn one_of_the_values_is_enough_and_not_means_none_of_them() {
        assert!(holds("StringEquals", &["a", "b"], Some(&["b"])));
        assert!(!holds("StringEquals", &["a", "b"], Some(&["B"])));
        assert!(holds("StringEqualsIgnoreCase", &["a"], Some(&["A"])));
        assert!(holds("StringNotEquals", &["a", "b"], Some(&["c"])));
        assert!(!holds("StringNotEquals", &["a", "b"], Some(&["b"])));
        assert!(!holds("StringEquals", &["a*"], Some(&["ab"])));
        assert!(holds("StringLike", &["a*"], Some(&["ab"])));
    }

    /// IAM guide, "Condition operators": a missing key.
    #[test]
    fn a_missing_key_fails_unless_the_operator_is_negated_or_says_if_exists() {
        assert!(!holds("StringEquals", &["a"], None));
        assert!(holds("StringNotEquals", &["a"], None));
        assert!(holds("StringEqualsIfExists", &["a"], None));
        assert!(!holds("StringEqualsIfExists", &["a"], Some(&["b"])));
        assert!(holds("Null", &["true"], None) && !holds("Null", &["true"], Some(&["x"])));
        assert!(holds("Null", &["false"], Some(&["x"])) && !holds("Null", &["false"], None));
    }

    /// IAM guide, "Multivalued context keys".
    #[test]
    fn for_any_value_and_for_all_values() {
        assert!(holds("ForAnyValue:StringEquals", &["a"], Some(&["a", "x"])));
        assert!(!holds("ForAnyValue:StringEquals", &["a"], None));
        assert!(!holds("ForAllValues:StringEquals", &["a"], Some(&["a", "x"])));
        assert!(holds("ForAllValues:StringEquals", &["a", "x"], Some(&["x", "a"])));
        assert!(holds("ForAllValues:StringEquals", &["a"], None));
    }

    #[test]
    fn numbers_dates_truth_values_and_addresses() {
        assert!(holds("NumericLessThanEquals", &["10"], Some(&["10.0"])));
        assert!(!holds("NumericGreaterThan", &["10"], Some(&["ten"])));
        assert!(holds("NumericLessThan", &["-0.25"], Some(&["-0.5"])));
        assert!(holds("DateLessThan", &["2026-02-01T00:00:00Z"], Some(&["2026-01-05T09:00:00Z"])));
        assert!(!holds("DateGreaterThan", &["2026-02-01"], Some(&["2026-01-05T09:00:00Z"])));
        assert!(holds("Bool", &["true"], Some(&["TRUE"])) && !holds("Bool", &["true"], None));
        assert!(holds("IpAddress", &["203.0.113.0/24"], Some(&["203.0.113.9"])));
        assert!(holds("NotIpAddress", &["203.0.113.9"], Some(&["203.0.113.8"])));
        assert!(!holds("IpAddress", &["everywhere"], Some(&["203.0.113.8"])));
    }

    #[test]
    fn arns_are_compared_part_by_part() {
        let cluster = "arn:aws:ecs:us-east-1:111122223333:cluster/dock";
        assert!(holds("ArnEquals", &["arn:aws:ecs:*:*:cluster/do*"], Some(&[cluster])));
        assert!(!holds("ArnLike", &["arn:aws:ecs:*:cluster/dock:x"], Some(&[cluster])));
        assert!(holds("ArnNotLike", &["arn:aws:ecs:*:*:cluster/x"], Some(&[cluster])));
    }

    #[test]
    fn only_the_known_operators_are_read() {
        for good in ["StringEquals", "ForAnyValue:ArnLikeIfExists", "Null", "ForAllValues:Bool"] {
            assert!(Operator::parse(good).is_some(), "{good}");
        }
        for bad in
            ["", "x", "stringequals", "ForAnyValue::StringEquals", "NullIfExists", "IfExists"]
        {
            assert!(Operator::parse(bad).is_none(), "{bad}");
        }
    }
}
