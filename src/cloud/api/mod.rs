//! The AWS API as data: operations, shapes, paginators and waiters, as botocore knows them.
//!
//! The files in `models/` are written by `tests/oracle/extract.py`, which also explains their
//! format. Input validation, command line flags, shorthand, help, completion and the order in
//! which members are printed all read this one description, so that no name is typed twice.

mod model;
mod parse;
mod types;

mod names;
mod order;
mod validate;

mod check;
pub(crate) mod python;

use std::sync::OnceLock;

use model::Text;

pub use check::conforms;
pub use model::{
    Acceptor, Expected, Matcher, Member, Min, Operation, Paginator, Protocol, Service, Shape,
    ShapeId, Structure, Verdict, Waiter,
};
pub use names::cli_name;
pub use order::ordered;
pub use validate::{ForeignWord, validate};

/// The service with this name on the command line (`ecs`, `application-autoscaling`), if the
/// laboratory has it. Its model is parsed on first use.
pub fn service(name: &str) -> Option<&'static Service> {
    MODELS.iter().find(|model| model.name == name)?.get()
}

/// All services, by name. Parses every model: for a list of names use [`service_names`].
pub fn services() -> impl Iterator<Item = &'static Service> {
    MODELS.iter().filter_map(Embedded::get)
}

/// The names of all services, in order, without parsing anything.
pub fn service_names() -> impl Iterator<Item = &'static str> {
    MODELS.iter().map(|model| model.name)
}

struct Embedded {
    name: &'static str,
    text: Text,
    /// What only some of its operations need.
    more: Option<Text>,
    parsed: OnceLock<Option<Service>>,
}

impl Embedded {
    /// A model that does not parse is no service; a test parses them all.
    fn get(&self) -> Option<&Service> {
        self.parsed.get_or_init(|| parse::parse(self.name, (self.text)(), self.more).ok()).as_ref()
    }
}

macro_rules! models {
    ($($name:literal)*) => {
        [$(Embedded {
            name: $name,
            text: || include_str!(concat!("models/", $name, ".api")),
            more: more($name),
            parsed: OnceLock::new(),
        }),*]
    };
}

/// What the first of a service's operations do without: `tests/oracle/operations.txt` says which they are.
const fn more(service: &str) -> Option<Text> {
    match service.as_bytes() {
        b"ec2" => Some(|| include_str!("models/ec2.more.api")),
        b"elbv2" => Some(|| include_str!("models/elbv2.more.api")),
        b"iam" => Some(|| include_str!("models/iam.more.api")),
        b"ecs" => Some(|| include_str!("models/ecs.more.api")),
        _ => None,
    }
}

static MODELS: [Embedded; 16] = models! {
    "application-autoscaling" "apprunner" "autoscaling" "cloudtrail" "cloudwatch" "dynamodb"
    "ec2" "ecr" "ecs" "eks" "elbv2" "iam" "logs" "s3" "secretsmanager" "sts"
};
