//! Calls on an account as a program makes them; every answer is held against the API model.

use drydock::cloud::account::Start;
use drydock::cloud::input::{Call, Fault, Input, Principal};
use drydock::cloud::rows::Kind;
use drydock::cloud::time::{SECOND, SimTime};
use drydock::cloud::{Cloud, Settled};
use drydock::cloud::{api, check};
use serde_json::Value;

/// An account with somebody at its API.
pub(crate) struct Lab {
    pub(crate) cloud: Cloud,
}

impl Lab {
    /// A fresh account with the default VPC.
    pub(crate) fn new() -> Self {
        Self { cloud: Cloud::new(7, Start::DefaultVpc) }
    }

    /// A call that works. Its answer must be one that AWS could give.
    #[track_caller]
    pub(crate) fn ok(&mut self, service: &str, operation: &str, input: Value) -> Value {
        let shown = format!("{service}:{operation} {input}");
        let output = self.call(service, operation, input).unwrap_or_else(|error| {
            panic!("{shown}\n{}: {}", error.0, error.1);
        });
        let model = api::service(service).expect("a known service");
        let shape = model.operation(operation).and_then(|op| op.output);
        let complaints = shape.map_or_else(Vec::new, |id| api::conforms(model, id, &output));
        assert_eq!(complaints, Vec::<String>::new(), "{shown}\n{output:#}");
        output
    }

    /// A call that is refused: its code and sentence. It must change nothing.
    #[track_caller]
    pub(crate) fn refused(
        &mut self,
        service: &str,
        operation: &str,
        input: Value,
    ) -> (String, String) {
        let before = self.rows();
        let shown = format!("{service}:{operation} {input}");
        match self.call(service, operation, input) {
            Err(error) => {
                assert_eq!(self.rows(), before, "{shown} was refused and changed something");
                error
            }
            Ok(output) => panic!("{shown} was not refused: {output:#}"),
        }
    }

    /// A call that may be refused, with its code and sentence.
    pub(crate) fn call(
        &mut self,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Result<Value, (String, String)> {
        let call = Call::new(service, operation, input);
        let by = Principal::administrator();
        let reply = self.cloud.apply(&Input::Call { by, call }).into_reply();
        self.check();
        reply.map(|value| (*value).clone()).map_err(|e| (e.code.into_owned(), e.message))
    }

    /// Breaks or mends something.
    #[track_caller]
    pub(crate) fn inject(&mut self, fault: Fault) {
        let reply = self.cloud.apply(&Input::Inject { fault }).into_reply();
        reply.expect("the fault can be injected");
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, seconds: u64) {
        let to = self.cloud.now() + seconds * SECOND;
        self.cloud.apply(&Input::Advance { to });
    }

    /// Lets time pass until nothing is due; within an hour or the test fails.
    #[track_caller]
    pub(crate) fn settle(&mut self) -> SimTime {
        let Settled { settled, .. } = self.cloud.settle(3_600 * SECOND, &mut |_| {});
        assert!(settled, "the account did not settle within an hour");
        self.cloud.now()
    }

    /// What must hold of every account holds of this one.
    #[track_caller]
    pub(crate) fn check(&self) {
        let complaints = check::account(self.cloud.account());
        assert_eq!(complaints, Vec::<String>::new());
    }

    /// The rows of a kind, as describe shows them.
    pub(crate) fn all(&self, kind: Kind) -> Vec<Value> {
        kind.rows(self.cloud.account())
    }

    /// Texts of the events about something, oldest first.
    pub(crate) fn story(&self, id: &str) -> Vec<String> {
        let events = self.cloud.account().story.iter().filter(|event| &*event.id == id);
        events.map(|event| event.text.to_string()).collect()
    }

    fn rows(&self) -> Vec<Vec<Value>> {
        Kind::ALL.iter().map(|kind| self.all(*kind)).collect()
    }
}

/// A text at a JSON pointer.
#[track_caller]
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no text at {pointer} in {value:#}")).to_owned()
}

/// Every kind's rows have the shape that the kind names.
#[track_caller]
pub(crate) fn rows_conform(lab: &Lab) {
    for kind in Kind::ALL {
        let (service, shape) = kind.shape();
        let model = api::service(service).expect("a known service");
        let id = model.shape_id(shape).unwrap_or_else(|| panic!("{service} has no shape {shape}"));
        for mut row in lab.all(*kind) {
            assert!(row.get(kind.id_member()).is_some(), "{kind:?} {row:#}");
            for own in kind.own_members() {
                row.as_object_mut().expect("members").remove(*own);
            }
            assert_eq!(api::conforms(model, id, &row), Vec::<String>::new(), "{kind:?} {row:#}");
        }
    }
}
