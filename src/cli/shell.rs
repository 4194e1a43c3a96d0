//! The words that start a line, and what a line may do to the account.

use super::aws::Endpoint;
use super::fail::Fail;
use super::{Printed, aws, bill, curl, docker, faults, files, inside, words};
use crate::cloud::docker::Docker;
use crate::cloud::input::{Call, Fault, Input, Principal, Reply};
use crate::cloud::limits;
use crate::cloud::time::{Millis, SimTime, parse_duration};
use crate::cloud::{Cloud, Watch};

/// The words that start a line, with what each is for.
pub(super) const WORDS: &[(&str, &str)] = &[
    ("aws", "Calls AWS, as AWS CLI v2 does. `aws help` lists the services."),
    ("wait", "Lets virtual time pass: `wait 90s`."),
    (
        "settle",
        "Lets time pass until nothing is going on any more, 10 minutes at most: `settle 30m`.",
    ),
    ("fault", "Breaks or mends something. `fault` alone lists what."),
    ("traffic", "Sends requests to a load balancer: `traffic web 50` is 50 a second."),
    ("curl", "Sends one request: `curl http://<DNS name of a load balancer>/`."),
    ("inside", "Runs `aws` in a container: `inside web aws s3api list-buckets`."),
    ("docker", "Builds, pushes and pulls images. `docker` alone lists what it can."),
    ("bill", "Shows what the account costs an hour, and has cost so far."),
    ("ls", "Lists the files that `file://` finds."),
    ("cat", "Shows a file: `cat task.json`."),
    ("help", "Lists these words."),
];

/// What a line may print to standard output. Chosen: a page can still show it.
pub(super) const OUTPUT_BYTES: usize = 2_000_000;

const CUT: &str = "\nThe output is cut here. `--query` picks values out of an answer.\n";

/// One line at work: the account, and what was printed so far.
pub(super) struct Shell<'a> {
    pub(super) cloud: &'a mut Cloud,
    watch: Watch<'a>,
    /// Somebody reads the answers of `aws`.
    heard: bool,
    out: String,
    changed: bool,
}

impl<'a> Shell<'a> {
    pub(super) fn new(cloud: &'a mut Cloud, watch: Watch<'a>) -> Self {
        Self { cloud, watch, heard: true, out: String::new(), changed: false }
    }

    /// Nobody reads the answers of `aws`: they are not printed.
    pub(super) fn unheard(mut self) -> Self {
        self.heard = false;
        self
    }

    /// Runs one line.
    pub(super) fn line(mut self, line: &str) -> Printed {
        let result = match words::pipeline(line) {
            Ok((first, then)) => self.run_piped(&first, &then),
            Err(sentence) => Err(Fail::honest(sentence, 2)),
        };
        self.finish(result)
    }

    /// Adds to standard output.
    pub(super) fn print(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// A call of the line was not read-only.
    pub(super) fn note(&mut self, changed: bool) {
        self.changed |= changed;
    }

    fn finish(mut self, result: Result<(), Fail>) -> Printed {
        let mut fail = result.err().unwrap_or_default();
        if self.out.len() > OUTPUT_BYTES {
            self.out.truncate(self.out.floor_char_boundary(OUTPUT_BYTES));
            fail.text.push_str(CUT);
        }
        Printed { stdout: self.out, stderr: fail.text, status: fail.status, changed: self.changed }
    }

    /// Runs a command whose output another one reads, if there is another one: only `docker login` reads.
    fn run_piped(&mut self, words: &[String], then: &[String]) -> Result<(), Fail> {
        let Some((reader, rest)) = then.split_first() else { return self.run(words) };
        if reader != "docker" || rest.first().is_none_or(|word| word != "login") {
            return Err(Fail::honest(words::PIPE, 2));
        }
        self.run(words)?;
        let written = std::mem::take(&mut self.out);
        docker::run(self, rest, Some(&written))
    }

    /// The learner's Docker, which `words` are about to change.
    pub(super) fn docker(&mut self, words: &[String]) -> &mut Docker {
        self.changed = true;
        self.cloud.docker(words)
    }

    /// A call of somebody else than the administrator.
    pub(super) fn call_as(&mut self, by: &Principal, call: Call) -> Reply {
        let outcome = self.cloud.apply(&Input::Call { by: by.clone(), call });
        let record = outcome.record.and_then(|no| self.cloud.account().trail.get(no));
        self.changed |= record.is_some_and(|record| !record.read_only);
        outcome.into_reply()
    }

    fn run(&mut self, words: &[String]) -> Result<(), Fail> {
        let Some((first, rest)) = words.split_first() else { return Ok(()) };
        match first.as_str() {
            "aws" => {
                let mut out = String::new();
                let result = aws::run(self, &mut out, rest);
                self.print(&out);
                result
            }
            "docker" => docker::run(self, rest, None),
            "cat" => self.cat(rest),
            "bill" => {
                let text = bill::print(self.cloud);
                self.print(&text);
                Ok(())
            }
            "ls" => {
                self.ls();
                Ok(())
            }
            "wait" => self.wait(rest),
            "settle" => self.settle(rest),
            "inside" => inside::run(self, rest),
            "curl" => curl::run(self, rest),
            "fault" if rest.is_empty() => {
                self.print(&faults::list());
                Ok(())
            }
            "fault" => self.inject(faults::fault(rest)?),
            "traffic" => self.inject(faults::traffic(rest)?),
            "help" => {
                self.help();
                Ok(())
            }
            other => Err(unknown(other)),
        }
    }

    #[inline(never)]
    fn wait(&mut self, words: &[String]) -> Result<(), Fail> {
        let [length] = words else {
            return Err(Fail::honest("usage: wait 90s", 2));
        };
        let length = duration(length)?;
        self.pass(length);
        Ok(())
    }

    #[inline(never)]
    fn settle(&mut self, words: &[String]) -> Result<(), Fail> {
        let limit = match words {
            [] => duration("10m")?,
            [limit] => duration(limit)?,
            _ => return Err(Fail::honest("usage: settle [10m]", 2)),
        };
        let before = self.cloud.now();
        let settled = self.cloud.settle(limit, self.watch).settled;
        self.changed |= self.cloud.now() > before;
        if settled {
            return Ok(());
        }
        Err(Fail::honest("Something is still going on. `settle` with a longer time waits on.", 1))
    }

    #[inline(never)]
    fn inject(&mut self, fault: Fault) -> Result<(), Fail> {
        let outcome = self.cloud.apply(&Input::Inject { fault });
        outcome.into_reply().map_err(|error| Fail::honest(error.message, 1))?;
        self.changed = true;
        Ok(())
    }

    #[inline(never)]
    fn cat(&mut self, names: &[String]) -> Result<(), Fail> {
        for name in names {
            let Some(text) = files::read(name) else {
                let message = format_args!("cat: {name}: No such file or directory");
                return Err(Fail::honest(message, 1));
            };
            self.print(text);
        }
        Ok(())
    }

    #[inline(never)]
    fn ls(&mut self) {
        let names: Vec<&str> = files::names().collect();
        self.print(&format!("{}\n", names.join("\n")));
    }

    #[inline(never)]
    fn help(&mut self) {
        for (word, what) in WORDS {
            self.print(&format!("{word:<8} {what}\n"));
        }
    }
}

impl Endpoint for Shell<'_> {
    fn call(&mut self, call: Call) -> Reply {
        self.call_as(&Principal::administrator(), call)
    }

    fn pass(&mut self, time: Millis) {
        self.changed |= time > 0;
        let to = self.cloud.now() + time;
        self.cloud.pass(to, self.watch);
    }

    fn now(&self) -> SimTime {
        self.cloud.now()
    }

    fn heard(&self) -> bool {
        self.heard
    }
}

#[inline(never)]
fn unknown(word: &str) -> Fail {
    let nearest = match word {
        "kubectl" | "eksctl" => {
            " Amazon EKS is not part of this model; the nearest that is: `aws ecs`."
        }
        "podman" | "nerdctl" => " The nearest that is: `docker`.",
        _ => "",
    };
    let text = format_args!("{word}: command not found. `help` lists what is.{nearest}");
    Fail::honest(text, 127)
}

fn duration(text: &str) -> Result<Millis, Fail> {
    let length = parse_duration(text).map_err(|sentence| Fail::honest(sentence, 2))?;
    if length > limits::SETTLE_MAX_MS {
        return Err(Fail::honest("Time passes by a day at most at once: 24h.", 2));
    }
    Ok(length)
}
