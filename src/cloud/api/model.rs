//! What a parsed model holds.

use std::sync::OnceLock;

use super::parse;

/// One AWS service.
#[derive(Debug)]
pub struct Service {
    /// Its name on the command line and in botocore.
    pub name: &'static str,
    /// How it speaks on the wire.
    pub protocol: Protocol,
    /// Its operations, sorted by name.
    pub operations: Vec<Operation>,
    /// Which operations answer in pages, sorted by operation.
    pub paginators: Vec<Paginator>,
    /// Its waiters, sorted by name.
    pub waiters: Vec<Waiter>,
    pub(super) first: Definitions,
    /// The text of further definitions, and what it says, once somebody has asked.
    pub(super) more: Option<(Text, OnceLock<Definitions>)>,
}

/// A text that comes with the program. A function, because what needs one text should not refer to all.
pub(super) type Text = fn() -> &'static str;

/// What a part of a model defines.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    /// Shapes by id; none where another part defines it.
    pub(super) shapes: Vec<Option<Shape>>,
    /// Enums that another part defines, with some of their words.
    pub(super) sketches: Vec<(ShapeId, Shape)>,
    /// Ids by the text that spells the type.
    pub(super) ids: Ids,
}

/// Ids by text, in the order of the texts.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids(pub(super) Vec<(&'static str, ShapeId)>);

impl Ids {
    pub(super) fn get(&self, text: &str) -> Option<ShapeId> {
        self.0.get(self.place(text).ok()?).map(|(_, id)| *id)
    }

    pub(super) fn insert(&mut self, text: &'static str, id: ShapeId) {
        if let Err(place) = self.place(text) {
            self.0.insert(place, (text, id));
        }
    }

    fn place(&self, text: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| (*known).cmp(text))
    }
}

impl Definitions {
    fn shape(&self, id: ShapeId) -> Option<&Shape> {
        self.shapes.get(usize::from(id.0))?.as_ref()
    }

    fn sketch(&self, id: ShapeId) -> Option<&Shape> {
        self.sketches.iter().find(|(known, _)| *known == id).map(|(_, shape)| shape)
    }
}

impl Service {
    /// The operation with this wire name (`RunTask`).
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        let at = self.operations.binary_search_by(|op| op.name.cmp(name)).ok()?;
        self.operations.get(at)
    }

    /// The operation with this command line name (`run-task`).
    pub fn operation_by_cli(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|op| op.cli_name == name)
    }

    /// The shape behind an id of this service.
    pub fn shape(&self, id: ShapeId) -> &Shape {
        let found = self.first.shape(id).or_else(|| self.more()?.shape(id));
        found.unwrap_or(&Shape::Document)
    }

    /// The shape, for whoever can do with some words of a long enum: reads less than [`Self::shape`].
    pub fn outline(&self, id: ShapeId) -> &Shape {
        self.sketch(id).unwrap_or_else(|| self.shape(id))
    }

    /// What is known of a shape without reading any further definition: of a long enum perhaps only some words. None: it is a
    /// structure or an enum.
    pub fn sketch(&self, id: ShapeId) -> Option<&Shape> {
        let read = || self.more.as_ref()?.1.get()?.shape(id);
        self.first.shape(id).or_else(read).or_else(|| self.first.sketch(id))
    }

    /// Whether the further definitions have been asked for, which the page fetches only then.
    pub fn is_read_further(&self) -> bool {
        self.more.as_ref().is_some_and(|(_, read)| read.get().is_some())
    }

    /// A model whose further definitions make no sense has none; a test reads them all.
    #[cold]
    #[inline(never)]
    fn more(&self) -> Option<&Definitions> {
        let (text, read) = self.more.as_ref()?;
        Some(read.get_or_init(|| parse::more(&self.first, text()).unwrap_or_default()))
    }

    /// The structure behind an id, if it is one.
    pub fn structure(&self, id: ShapeId) -> Option<&Structure> {
        if let Shape::Structure(structure) = self.shape(id) { Some(structure) } else { None }
    }

    /// The id of a shape by its name in the model (`Task`), or of a list or map of it as the
    /// model writes it (`Task[]`), if an operation uses it.
    pub fn shape_id(&self, name: &str) -> Option<ShapeId> {
        let known = self.first.ids.get(name);
        known.or_else(|| self.more()?.ids.get(name))
    }

    /// The members of an operation's input, none if it takes none.
    pub fn inputs(&self, op: &Operation) -> &[Member] {
        self.members(op.input)
    }

    /// The members of an operation's output, none if it gives none.
    pub fn outputs(&self, op: &Operation) -> &[Member] {
        self.members(op.output)
    }

    /// How this operation answers in pages, if it does.
    pub fn paginator(&self, operation: &str) -> Option<&Paginator> {
        self.paginators.iter().find(|page| page.operation == operation)
    }

    /// The waiter with this command line name (`tasks-running`).
    pub fn waiter_by_cli(&self, name: &str) -> Option<&Waiter> {
        self.waiters.iter().find(|waiter| waiter.cli_name == name)
    }

    fn members(&self, id: Option<ShapeId>) -> &[Member] {
        id.and_then(|id| self.structure(id)).map_or(&[], |structure| &structure.members)
    }
}

/// The wire protocol of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `json`: one POST address, the operation in a header.
    Json,
    /// `rest-json`: a path an operation.
    RestJson,
    /// `rest-xml`, as S3 speaks.
    RestXml,
    /// `query`: form fields in, XML out.
    Query,
    /// `ec2`: EC2's own kind of `query`.
    Ec2,
    /// `smithy-rpc-v2-cbor`, which botocore prefers for `CloudWatch`.
    Cbor,
}

/// One operation of a service.
#[derive(Debug)]
pub struct Operation {
    /// The wire name: `RunTask`.
    pub name: &'static str,
    /// The command line name: `run-task`.
    pub cli_name: String,
    /// The structure it takes.
    pub input: Option<ShapeId>,
    /// The structure it returns.
    pub output: Option<ShapeId>,
}

/// A shape of one service; means nothing in another service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShapeId(pub(super) u16);

/// The least value of a number, or the least length of a string or list. botocore checks no
/// other limit before it sends a request.
pub type Min = Option<i64>;

/// The type of a value.
#[derive(Debug)]
pub enum Shape {
    /// An object with known members.
    Structure(Structure),
    /// An array.
    List {
        /// The shape of each item.
        member: ShapeId,
        /// The least number of items.
        min: Min,
    },
    /// An object with free keys.
    Map {
        /// The shape of the keys: always a string, perhaps an enum.
        key: ShapeId,
        /// The shape of the values.
        value: ShapeId,
    },
    /// Text; an enum if `values` is not empty.
    String {
        /// The words of an enum, in AWS's order.
        values: Vec<&'static str>,
        /// The least number of characters.
        min: Min,
    },
    /// A 32-bit integer.
    Integer(Min),
    /// A 64-bit integer.
    Long(Min),
    /// A number, in single precision on the wire.
    Float(Min),
    /// A number.
    Double(Min),
    /// `true` or `false`.
    Boolean,
    /// A moment: seconds since 1970 in answers, also ISO 8601 text in requests.
    Timestamp,
    /// Bytes, as text.
    Blob,
    /// Any JSON.
    Document,
}

/// An object with known members, in the order in which the AWS CLI prints them.
#[derive(Debug)]
pub struct Structure {
    /// Its name in the model.
    pub name: &'static str,
    /// Its members.
    pub members: Vec<Member>,
    /// Exactly one member is set.
    pub union: bool,
}

impl Structure {
    /// The member with this wire name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// The wire name: `taskDefinition`. Its flag is `--` and [`super::cli_name`] of it.
    pub name: &'static str,
    /// The type of its value.
    pub shape: ShapeId,
    /// A request without it is refused before it is sent.
    pub required: bool,
}

/// How an operation answers in pages.
#[derive(Debug)]
pub struct Paginator {
    /// The operation's wire name.
    pub operation: &'static str,
    /// The input member that takes the token of the page wanted.
    pub input_token: &'static str,
    /// The output member with the token of the next page.
    pub output_token: &'static str,
    /// The input member for the size of a page.
    pub limit: Option<&'static str>,
    /// The output lists that are cut into pages; a dot leads into a member.
    pub results: Vec<&'static str>,
    /// The output member that says whether there is more.
    pub more: Option<&'static str>,
    /// The output members that are the same on each page and kept.
    pub keep: Vec<&'static str>,
}

/// A poll for a state: `aws ecs wait tasks-running`.
#[derive(Debug)]
pub struct Waiter {
    /// The model's name: `TasksRunning`.
    pub name: &'static str,
    /// The command line name: `tasks-running`.
    pub cli_name: String,
    /// The wire name of the operation to poll.
    pub operation: &'static str,
    /// Seconds between two polls.
    pub delay_s: u32,
    /// Polls before giving up.
    pub max_attempts: u32,
    /// Rules tried in order on each answer; the first that matches decides, none means go on.
    pub acceptors: Vec<Acceptor>,
}

/// One rule of a waiter.
#[derive(Debug)]
pub struct Acceptor {
    /// What follows when it matches.
    pub verdict: Verdict,
    /// What it looks at.
    pub matcher: Matcher,
}

/// What a matching rule means for the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The state is reached.
    Success,
    /// It never will be.
    Failure,
    /// Poll again.
    Retry,
}

/// What a rule looks at. Queries are `JMESPath` on the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matcher {
    /// The query gives exactly this.
    Path(&'static str, Expected),
    /// The query gives a list that is not empty, and each item is this.
    PathAll(&'static str, Expected),
    /// The query gives a list with this in it.
    PathAny(&'static str, Expected),
    /// The HTTP status; an error has one as well.
    Status(u16),
    /// The call failed with this error code.
    Error(&'static str),
}

/// What a query is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A word.
    Text(&'static str),
    /// A truth value.
    Flag(bool),
}
