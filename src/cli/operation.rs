//! One operation on the command line: its flags, made from the API model, and what they say.

use serde_json::{Map, Value};

use super::argparse::{self, Check, Flag, Positional, Takes};
use super::custom::{self, Extra};
use super::fail::Fail;
use super::globals::Globals;
use super::values::{self, Given};
use super::{files, python};
use crate::cloud::api::{Member, Operation, Paginator, Service, Shape, cli_name};
use crate::cloud::base64;
use crate::cloud::sort;

/// A flag and what its words become.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub(super) flag: Flag,
    pub(super) target: Target,
}

/// Where the words of a flag go.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Member(&'static Member),
    /// The `--no-…` of a truth value.
    Not(&'static Member),
    /// A flag that the AWS CLI adds to what the API has.
    Extra(Extra),
    StartingToken,
    MaxItems,
    PageSize,
    InputJson,
    Skeleton,
}

/// What a command asks for.
#[derive(Debug, Default)]
pub(super) struct Request {
    /// The input members.
    pub(super) input: Map<String, Value>,
    /// All pages are wanted, where there are pages.
    pub(super) paginate: bool,
    /// `StartingToken`, `MaxItems` and `PageSize`, where they were given.
    pub(super) paging: Map<String, Value>,
    /// The file for what is streamed.
    pub(super) outfile: Option<String>,
    /// `--generate-cli-skeleton`: nothing is to be called.
    pub(super) skeleton: Option<String>,
}

/// Reads the words after the operation. None: they ask for help.
pub(super) fn read(
    service: &'static Service,
    operation: &'static Operation,
    words: &[String],
    globals: &Globals,
) -> Result<Option<Request>, Fail> {
    if matches!(words, [word] if word == "help") {
        return Ok(None);
    }
    let mut arguments = arguments(service, operation);
    if needs_nothing_else(words) {
        for argument in &mut arguments {
            argument.flag.required = false;
        }
    }
    let flags: Vec<Flag> = arguments.iter().map(|argument| argument.flag.clone()).collect();
    let streams = custom::streams(service.name, operation.name);
    let expected = if streams { Positional::Word("outfile") } else { Positional::Maybe };
    let mut parsed = argparse::parse(&flags, expected, words)?;
    let outfile = parsed.positional.take_if(|_| streams);
    match parsed.positional {
        Some(word) if word == "help" => return Ok(None),
        other => parsed.rest.extend(other),
    }
    if !parsed.rest.is_empty() {
        let known = flags.iter().map(|flag| flag.name.as_str());
        return Err(Fail::unknown_options(&parsed.rest, known));
    }
    let paginator = service.paginator(operation.name);
    let request = Request { paginate: globals.paginate, outfile, ..Request::default() };
    let mut reading = Reading { service, globals, request, json: None };
    let given = |argument: &Argument| {
        let at = arguments.iter().position(|other| other.flag.name == argument.flag.name);
        at.and_then(|at| parsed.values.get(at)).cloned().flatten()
    };
    if let Some(paginator) = paginator {
        reading.choose_pages(paginator, &arguments, &given)?;
    }
    custom::check(service.name, &operation.cli_name, |flag| {
        arguments.iter().any(|argument| argument.flag.name == flag && given(argument).is_some())
    })?;
    for argument in &arguments {
        if let Some(words) = given(argument) {
            reading.take(argument, words)?;
        }
    }
    reading.finish(paginator).map(Some)
}

/// A whole input is given, or only its shape is asked for.
fn needs_nothing_else(words: &[String]) -> bool {
    let skeleton = words.iter().position(|word| word == "--generate-cli-skeleton");
    let asks_shape =
        skeleton.is_some_and(|at| words.get(at + 1).is_none_or(|word| word != "output"));
    asks_shape || words.iter().any(|word| word == "--cli-input-json")
}

/// All flags of an operation, in the order of the model.
pub(super) fn arguments(service: &'static Service, operation: &'static Operation) -> Vec<Argument> {
    let mut found = Vec::new();
    for member in service.inputs(operation) {
        add_member(service, member, &mut found);
    }
    custom::adjust(service.name, &operation.cli_name, &mut found);
    let mut add = |name: &str, takes: Takes, check: Check, target: Target| {
        // A flag of the same name is shadowed; see `choose_pages`.
        found.retain(|argument: &Argument| argument.flag.name != name);
        found.push(Argument { flag: Flag { takes, check, ..Flag::one(name) }, target });
    };
    if let Some(paginator) = service.paginator(operation.name) {
        let limit = limit_of(service, operation, paginator);
        let check = match limit.and_then(|member| service.sketch(member.shape)) {
            Some(Shape::String { .. }) => Check::Text,
            _ => Check::Int,
        };
        add("--starting-token", Takes::One, Check::Text, Target::StartingToken);
        if limit.is_some() {
            add("--page-size", Takes::One, check, Target::PageSize);
        }
        add("--max-items", Takes::One, check, Target::MaxItems);
    }
    add("--cli-input-json", Takes::One, Check::Text, Target::InputJson);
    add("--generate-cli-skeleton", Takes::Maybe, Check::Text, Target::Skeleton);
    if let Some(argument) = found.last_mut() {
        argument.flag.choices = &["input", "output", "yaml-input"];
    }
    found
}

fn add_member(service: &'static Service, member: &'static Member, found: &mut Vec<Argument>) {
    let (takes, check) = match service.sketch(member.shape) {
        Some(Shape::List { .. }) => (Takes::Any, Check::Text),
        Some(Shape::Boolean) => (Takes::None, Check::Text),
        Some(Shape::Long(_)) => (Takes::One, Check::Int),
        Some(Shape::Float(_) | Shape::Double(_)) => (Takes::One, Check::Float),
        _ => (Takes::One, Check::Text),
    };
    let truth = takes == Takes::None;
    let required = member.required && !truth;
    let name = cli_name(member.name);
    let flag = Flag { takes, required, check, ..Flag::one(format!("--{name}")) };
    let negative = Flag { name: format!("--no-{name}"), ..flag.clone() };
    found.push(Argument { flag, target: Target::Member(member) });
    if truth {
        found.push(Argument { flag: negative, target: Target::Not(member) });
    }
}

fn limit_of(
    service: &'static Service,
    operation: &'static Operation,
    paginator: &Paginator,
) -> Option<&'static Member> {
    let limit = paginator.limit?;
    service.inputs(operation).iter().find(|member| member.name == limit)
}

struct Reading<'a> {
    service: &'static Service,
    globals: &'a Globals,
    request: Request,
    json: Option<String>,
}

impl Reading<'_> {
    /// Who gives the service's own token or limit does the paging alone. Where the service's limit
    /// has the name of a flag of the AWS CLI, that flag is the service's then.
    #[inline(never)]
    fn choose_pages(
        &mut self,
        paginator: &Paginator,
        arguments: &[Argument],
        given: &impl Fn(&Argument) -> Option<Vec<String>>,
    ) -> Result<(), Fail> {
        let limit = paginator.limit.map(|limit| format!("--{}", cli_name(limit)));
        let own = [Some(format!("--{}", cli_name(paginator.input_token))), limit.clone()];
        let mut used = Vec::new();
        for argument in arguments {
            let name = &argument.flag.name;
            if given(argument).is_none() {
                continue;
            }
            if name != "--max-items" && own.iter().flatten().any(|own| own == name) {
                self.request.paginate = false;
            }
            let paging = matches!(
                argument.target,
                Target::StartingToken | Target::MaxItems | Target::PageSize
            );
            if paging && limit.as_ref() != Some(name) {
                used.push(name.as_str());
            }
        }
        if self.request.paginate || used.is_empty() {
            return Ok(());
        }
        sort::by_key(&mut used, |name| {
            ["--starting-token", "--page-size", "--max-items"]
                .iter()
                .position(|known| known == name)
        });
        let used = used.join(", ");
        Err(Fail::param(format_args!(
            "Cannot specify --no-paginate along with pagination arguments: {used}"
        )))
    }

    fn take(&mut self, argument: &Argument, words: Vec<String>) -> Result<(), Fail> {
        let flag = argument.flag.name.as_str();
        let (given, bytes) = load(flag, argument.flag.takes, words)?;
        let word = match &given {
            Given::Word(word) => word.clone(),
            Given::Words(words) => words.first().cloned().unwrap_or_default(),
        };
        match argument.target {
            Target::Member(member) => {
                let value = match (argument.flag.takes, self.service.sketch(member.shape)) {
                    (Takes::None, _) => Value::Bool(true),
                    (_, Some(Shape::Blob)) => self.blob(flag, &word, bytes)?,
                    _ => values::read(self.service, member.shape, flag, &given)?,
                };
                self.insert(member.name, value);
            }
            Target::Not(member) => self.insert(member.name, Value::Bool(false)),
            Target::Extra(extra) => extra.apply(&mut self.request.input, &word)?,
            Target::StartingToken => self.page("StartingToken", word.into()),
            Target::MaxItems | Target::PageSize => {
                let number = matches!(argument.flag.check, Check::Int).then(|| python::int(&word));
                let value = number.flatten().map_or_else(|| Value::from(word), Value::from);
                match argument.target {
                    Target::MaxItems => self.page("MaxItems", value),
                    _ => self.page("PageSize", value),
                }
            }
            Target::InputJson => self.json = Some(word),
            Target::Skeleton if word.is_empty() => self.request.skeleton = Some("input".to_owned()),
            Target::Skeleton => self.request.skeleton = Some(word),
        }
        Ok(())
    }

    fn page(&mut self, name: &str, value: Value) {
        self.request.paging.insert(name.to_owned(), value);
    }

    fn insert(&mut self, name: &str, value: Value) {
        self.request.input.insert(name.to_owned(), value);
    }

    /// Bytes travel as base64. They are typed so, unless `--cli-binary-format` says otherwise.
    #[inline(never)]
    fn blob(&self, flag: &str, word: &str, bytes: bool) -> Result<Value, Fail> {
        if self.service.name == "s3" {
            // What is streamed is a file, and not in base64.
            let text = files::read(word).map(Value::from);
            return text
                .ok_or_else(|| Fail::parsing(flag, "Blob values must be a path to a file."));
        }
        if bytes || self.globals.raw_bytes {
            return Ok(Value::from(base64::encode(word)));
        }
        match base64::decode(word) {
            Some(_) => Ok(Value::from(word)),
            None => Err(Fail::other(format_args!("Invalid base64: \"{word}\""))),
        }
    }

    /// What `--cli-input-json` says holds where no flag says otherwise.
    fn finish(mut self, paginator: Option<&Paginator>) -> Result<Request, Fail> {
        if let Some(text) = self.json.take() {
            self.add_json(&text)?;
        }
        if let Some(paginator) = paginator {
            self.settle_pages(paginator);
        }
        Ok(self.request)
    }

    #[inline(never)]
    fn add_json(&mut self, text: &str) -> Result<(), Fail> {
        for (name, value) in input_json(text)? {
            self.request.input.entry(name).or_insert(value);
        }
        Ok(())
    }

    /// Without pages, a flag that shadows the service's limit is that limit. What else is left of
    /// the paging is sent as the AWS CLI sends it, and refused.
    #[inline(never)]
    fn settle_pages(&mut self, paginator: &Paginator) {
        if self.request.paginate {
            let has = |name: &str| self.request.input.contains_key(name);
            self.request.paginate =
                !has(paginator.input_token) && !paginator.limit.is_some_and(has);
        } else if let Some(limit) = paginator.limit {
            let shadow = match cli_name(limit).as_str() {
                "max-items" => self.request.paging.remove("MaxItems"),
                "page-size" => self.request.paging.remove("PageSize"),
                _ => None,
            };
            if let Some(value) = shadow {
                self.insert(limit, value);
            }
        }
        if !self.request.paginate && !self.request.paging.is_empty() {
            let paging = std::mem::take(&mut self.request.paging);
            self.insert("PaginationConfig", Value::Object(paging));
        }
    }
}

#[inline(never)]
fn input_json(text: &str) -> Result<Map<String, Value>, Fail> {
    let text = load("--cli-input-json", Takes::One, vec![text.to_owned()])?;
    let Given::Word(text) = text.0 else { return Ok(Map::new()) };
    match serde_json::from_str(&text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => {
            let kind = python::type_name(&other);
            Err(Fail::parsing(
                "--cli-input-json",
                format_args!("Invalid type: expecting map, received <class '{kind}'>"),
            ))
        }
        Err(_) => Err(Fail::parsing("cli-input-json", "Invalid JSON received.")),
    }
}

#[inline(never)]
fn from_file(flag: &str, word: &str, path: &str) -> Result<(Given, bool), Fail> {
    match files::read(path) {
        Some(text) => Ok((Given::Word(text.to_owned()), word.starts_with("fileb://"))),
        None => Err(Fail::parsing(
            flag,
            format_args!(
                "Unable to load paramfile {word}: [Errno 2] No such file or directory: {}",
                python::repr(path)
            ),
        )),
    }
}

/// The words of a flag; `file://` is replaced by what the file holds. Also whether they are bytes.
fn load(flag: &str, takes: Takes, mut words: Vec<String>) -> Result<(Given, bool), Fail> {
    if let [word] = words.as_slice() {
        let path = word.strip_prefix("file://").or_else(|| word.strip_prefix("fileb://"));
        if let Some(path) = path {
            return from_file(flag, word, path);
        }
    }
    Ok(match takes {
        Takes::Any => (Given::Words(words), false),
        _ => (Given::Word(words.pop().unwrap_or_default()), false),
    })
}
