//! What has to be so: typed data, evaluated on the account.

use serde_json::Value;

use super::packed::{Packed, packed};

/// Something that is so or not so in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Rows of a kind that match, counted.
    Rows {
        /// The kind's word, as in `data-kind`.
        kind: String,
        /// All of these must match.
        fields: Vec<Field>,
        /// Count the different values of this field instead of the rows.
        distinct: Option<String>,
        /// How many there should be.
        count: Count,
    },
    /// Calls since the step began that match, counted. Those from containers that never got to AWS are among them:
    /// their result is `NoCredentials` or `ConnectTimeoutError`.
    Calls {
        /// The service's name: `ecs`.
        service: String,
        /// The action's wire name: `RunTask`.
        operation: String,
        /// `ok` or an error code.
        result: Option<String>,
        /// Fields of `{"by": …, "input": …, "output": …}`; all must match. `by` is the caller's ARN.
        fields: Vec<Field>,
        /// How many there should be.
        count: Count,
    },
    /// Requests of clients since the step began that match, counted.
    Requests {
        /// Fields of the request; all must match.
        fields: Vec<Field>,
        /// Count the different values of this field instead of the requests.
        distinct: Option<String>,
        /// How many there should be.
        count: Count,
    },
    /// What a role is allowed among everything that could be done with the account's data. A thing to do is a text such as
    /// `s3:GetObject arn:aws:s3:::harbor-cargo/*`; `*` stands for any run of characters.
    May {
        /// The role's name.
        role: String,
        /// Each of these is allowed.
        all: Vec<String>,
        /// Nothing but these is allowed.
        only: Option<Vec<String>>,
    },
    /// What the account costs an hour now, in millionths of a dollar.
    Cost {
        /// One sort of cost, by its title on the bill. None: all of them.
        of: Option<String>,
        /// What the sum should be.
        hour: Test,
    },
    /// Every one of these.
    All(Vec<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
}

/// How many there should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// As many or more.
    pub at_least: Option<u32>,
    /// As many or fewer.
    pub at_most: Option<u32>,
}

/// A field and what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Member names joined by dots. A list on the way stands for any of its items.
    pub path: String,
    /// What the value should be.
    pub test: Test,
}

/// What a value should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Equal to this text, number or truth value.
    Is(Value),
    /// A text with this in it.
    Contains(String),
    /// A text that starts with this.
    Starts(String),
    /// A text that ends with this.
    Ends(String),
    /// A number above this.
    Above(i64),
    /// A number below this.
    Below(i64),
    /// There at all (true) or not (false). An empty list or text counts as not there.
    Exists(bool),
}

packed!(enum Condition {
    0 Rows { kind, fields, distinct, count },
    1 Calls { service, operation, result, fields, count },
    2 Requests { fields, distinct, count },
    3 May { role, all, only },
    4 Cost { of, hour },
    5 All(conditions),
    6 Any(conditions),
    else 7 Not(condition)
});
packed!(struct Count { at_least, at_most });
packed!(struct Field { path, test });
packed!(enum Test {
    0 Is(value),
    1 Contains(text),
    2 Starts(text),
    3 Ends(text),
    4 Above(number),
    5 Below(number),
    else 6 Exists(there)
});
