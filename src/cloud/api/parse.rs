//! Reads a model. The format is explained in `tests/oracle/extract.py`.

use super::model::{Definitions, Text};
use super::types::Types;
use super::{
    Acceptor, Expected, Matcher, Member, Operation, Paginator, Protocol, Service, Shape, Structure,
    Verdict, Waiter, cli_name,
};
use crate::cloud::sort;
use std::iter::Peekable;
use std::str::Lines;
use std::sync::OnceLock;

/// The service that `text` describes; `more` may define what it leaves open. An error names the line that makes no sense.
pub(super) fn parse(
    name: &'static str,
    text: &'static str,
    more: Option<Text>,
) -> Result<Service, String> {
    let mut reader = Reader::new(text, Types::default());
    reader.lines().map_err(|line| format!("{name}.api, at: {line}"))?;
    let protocol = reader.protocol.ok_or_else(|| format!("{name}.api: no protocol"))?;
    sort::by_key(&mut reader.operations, |op| op.name);
    if let Some(missing) = reader.types.missing().filter(|_| more.is_none()) {
        return Err(format!("{name}.api: {missing}?"));
    }
    Ok(Service {
        name,
        protocol,
        operations: reader.operations,
        paginators: reader.paginators,
        waiters: reader.waiters,
        first: reader.types.finish(),
        more: more.map(|text| (text, OnceLock::new())),
    })
}

/// The definitions that were left open in the first part of a model.
pub(super) fn more(first: &Definitions, text: &'static str) -> Result<Definitions, String> {
    let mut reader = Reader::new(text, Types::after(first));
    reader.lines().map_err(str::to_owned)?;
    match reader.types.missing() {
        Some(missing) => Err(format!("{missing}?")),
        None => Ok(reader.types.finish()),
    }
}

struct Reader {
    lines: Peekable<Lines<'static>>,
    protocol: Option<Protocol>,
    operations: Vec<Operation>,
    paginators: Vec<Paginator>,
    waiters: Vec<Waiter>,
    types: Types,
}

/// Words of a line.
type Words = std::str::Split<'static, char>;

impl Reader {
    fn new(text: &'static str, types: Types) -> Self {
        Self {
            lines: text.lines().peekable(),
            protocol: None,
            operations: Vec::new(),
            paginators: Vec::new(),
            waiters: Vec::new(),
            types,
        }
    }

    /// Reads all lines, or up to the one that makes no sense.
    fn lines(&mut self) -> Result<(), &'static str> {
        while let Some(line) = self.lines.next() {
            self.line(line).ok_or(line)?;
        }
        Ok(())
    }

    /// Reads one line, and the indented ones that belong to it. `None`: it makes no sense.
    fn line(&mut self, line: &'static str) -> Option<()> {
        if line.starts_with('#') {
            return Some(());
        }
        let mut words = line.split(' ');
        match words.next()? {
            "protocol" => self.protocol = Some(protocol(words.next()?)?),
            "op" => {
                let op = self.operation(words)?;
                self.operations.push(op);
            }
            "page" => self.paginators.push(paginator(words)?),
            "wait" => {
                let waiter = self.waiter(words)?;
                self.waiters.push(waiter);
            }
            "enum" => {
                let name = words.next()?;
                self.types.define(name, enumeration(words))?;
            }
            "some" => {
                let name = words.next()?;
                self.types.sketch(name, enumeration(words))?;
            }
            "struct" => self.structure(words.next()?, false)?,
            "union" => self.structure(words.next()?, true)?,
            _ => return None,
        }
        Some(())
    }

    fn operation(&mut self, mut words: Words) -> Option<Operation> {
        let name = words.next()?;
        let mut end = || match words.next()? {
            "-" => Some(None),
            shape => Some(Some(self.types.id(shape)?)),
        };
        Some(Operation { name, cli_name: cli_name(name), input: end()?, output: end()? })
    }

    fn structure(&mut self, name: &'static str, union: bool) -> Option<()> {
        let mut members = Vec::new();
        while let Some(line) = self.indented() {
            let (name, kind) = line.split_once(' ')?;
            let required = name.ends_with('!');
            let shape = self.types.id(kind)?;
            members.push(Member { name: name.trim_end_matches('!'), shape, required });
        }
        self.types.define(name, Shape::Structure(Structure { name, members, union }))
    }

    fn waiter(&mut self, mut words: Words) -> Option<Waiter> {
        let name = words.next()?;
        let mut waiter = Waiter {
            name,
            cli_name: cli_name(name),
            operation: words.next()?,
            delay_s: words.next()?.parse().ok()?,
            max_attempts: words.next()?.parse().ok()?,
            acceptors: Vec::new(),
        };
        while let Some(line) = self.indented() {
            waiter.acceptors.push(acceptor(line)?);
        }
        Some(waiter)
    }

    fn indented(&mut self) -> Option<&'static str> {
        self.lines.next_if(|line| line.starts_with(' '))?.strip_prefix(' ')
    }
}

fn protocol(word: &str) -> Option<Protocol> {
    Some(match word {
        "json" => Protocol::Json,
        "rest-json" => Protocol::RestJson,
        "rest-xml" => Protocol::RestXml,
        "query" => Protocol::Query,
        "ec2" => Protocol::Ec2,
        "smithy-rpc-v2-cbor" => Protocol::Cbor,
        _ => return None,
    })
}

fn enumeration(words: Words) -> Shape {
    Shape::String { values: words.collect(), min: None }
}

fn paginator(mut words: Words) -> Option<Paginator> {
    let mut page = Paginator {
        operation: words.next()?,
        input_token: words.next()?,
        output_token: words.next()?,
        limit: Some(words.next()?).filter(|word| *word != "-"),
        results: words.next()?.split(',').collect(),
        more: None,
        keep: Vec::new(),
    };
    for word in words {
        match word.split_once('=')? {
            ("more", member) => page.more = Some(member),
            ("keep", members) => page.keep = members.split(',').collect(),
            _ => return None,
        }
    }
    Some(page)
}

fn acceptor(line: &'static str) -> Option<Acceptor> {
    let mut words = line.splitn(4, ' ');
    let verdict = match words.next()? {
        "success" => Verdict::Success,
        "failure" => Verdict::Failure,
        "retry" => Verdict::Retry,
        _ => return None,
    };
    let kind = words.next()?;
    let expected = words.next()?;
    let value = match expected {
        "true" => Expected::Flag(true),
        "false" => Expected::Flag(false),
        text => Expected::Text(text),
    };
    let matcher = match kind {
        "path" => Matcher::Path(words.next()?, value),
        "pathAll" => Matcher::PathAll(words.next()?, value),
        "pathAny" => Matcher::PathAny(words.next()?, value),
        "status" => Matcher::Status(expected.parse().ok()?),
        "error" => Matcher::Error(expected),
        _ => return None,
    };
    Some(Acceptor { verdict, matcher })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::api::{MODELS, service};

    #[test]
    fn every_model_parses() {
        for model in &MODELS {
            let service = parse(model.name, (model.text)(), model.more).unwrap();
            assert_eq!(service.name, model.name);
            if let Some(text) = model.more {
                more(&service.first, text()).unwrap();
            }
        }
        assert!(MODELS.is_sorted_by_key(|model| model.name));
    }

    #[test]
    fn operations_are_found_by_both_names() {
        let ecs = service("ecs").unwrap();
        let op = ecs.operation("RunTask").unwrap();
        assert_eq!(ecs.operation_by_cli("run-task").unwrap().name, op.name);
        assert!(ecs.operation("runTask").is_none() && service("ECS").is_none());
        let input = ecs.structure(op.input.unwrap()).unwrap();
        assert_eq!(input.name, "RunTaskRequest");
        let required = ecs.inputs(op).iter().filter(|m| m.required).map(|m| m.name);
        assert_eq!(required.collect::<Vec<_>>(), ["taskDefinition"]);
        let kind = ecs.shape(input.member("launchType").unwrap().shape);
        assert!(matches!(kind, Shape::String { values, .. } if values.contains(&"FARGATE")));
    }

    #[test]
    fn pages_and_waiters_are_whole() {
        let s3 = service("s3").unwrap();
        let page = s3.paginator("ListObjectsV2").unwrap();
        assert_eq!((page.limit, page.more), (Some("MaxKeys"), Some("IsTruncated")));
        assert_eq!(page.results, ["Contents", "CommonPrefixes"]);
        let waiter = service("ecs").unwrap().waiter_by_cli("services-stable").unwrap();
        assert_eq!((waiter.delay_s, waiter.max_attempts, waiter.acceptors.len()), (15, 40, 4));
        let Matcher::Path(query, Expected::Flag(true)) = waiter.acceptors[3].matcher else {
            panic!("{waiter:?}");
        };
        assert!(query.ends_with("runningCount == desiredCount)]) == `0`"), "{query}");
    }

    #[test]
    fn further_definitions_are_read_where_the_first_do_not_do() {
        let text = "protocol json\nsome Kind a\nstruct A\n kind Kind\n other Other\n list Other[]";
        let service = parse("x", text, Some(|| "enum Kind a b\nstruct Other")).unwrap();
        let of = |name: &str| service.first.ids.get(name).unwrap();
        let words = |shape: &Shape| match shape {
            Shape::String { values, .. } => values.join(" "),
            other => panic!("{other:?}"),
        };
        assert_eq!(words(service.outline(of("Kind"))), "a");
        assert!(service.sketch(of("Other")).is_none());
        assert!(matches!(service.sketch(of("Other[]")), Some(Shape::List { .. })));
        assert!(!service.is_read_further());
        assert_eq!(words(service.shape(of("Kind"))), "a b");
        assert!(service.is_read_further() && service.structure(of("Other")).is_some());
        assert_eq!(words(service.outline(of("Kind"))), "a b");
    }

    #[test]
    fn nonsense_is_named() {
        for (text, complaint) in [
            ("op A B", "x.api, at: op A B"),
            ("protocol json\nstruct A\n a Missing", "x.api: Missing?"),
            ("protocol json\nenum A x\nenum A y", "x.api, at: enum A y"),
            ("protocol json\nstruct A\n a boolean>=1", "x.api, at: struct A"),
            ("struct A", "x.api: no protocol"),
        ] {
            assert_eq!(parse("x", text, None).map(|_| ()), Err(complaint.to_owned()));
        }
    }
}
