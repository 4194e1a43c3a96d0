//! What runs in a container: how long, what it exits with, and what it makes of a stop signal.

use std::sync::Arc;

use crate::cloud::time::{Millis, SECOND};

/// How a process behaves when nothing disturbs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nature {
    /// The port it listens on, and how long after its start.
    pub serves: Option<(u16, Millis)>,
    /// When it ends by itself, and with which exit code.
    pub ends: Option<(Millis, i32)>,
    /// What it does when it is told to stop.
    pub stop: Stop,
}

/// What a process does on its stop signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Exits with this code after this time.
    Exits(i32, Millis),
    /// Nothing: as process 1 it has no default reaction, and it installed none. SIGKILL follows.
    Ignores,
}

/// What came of starting a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// A process.
    Runs(Nature),
    /// There is no such program in the image (its name).
    NotFound(String),
}

impl Nature {
    /// A server on a port that answers after a while.
    pub const fn server(port: u16, ready: Millis, stop: Stop) -> Self {
        Self { serves: Some((port, ready)), ends: None, stop }
    }

    /// A process that runs until it is stopped.
    pub const fn runs(stop: Stop) -> Self {
        Self { serves: None, ends: None, stop }
    }

    /// A process that ends by itself.
    pub const fn ends(after: Millis, code: i32) -> Self {
        Self { serves: None, ends: Some((after, code)), stop: Stop::Ignores }
    }
}

/// What an image makes of an entry point and a command; `own` is what it does without any.
pub fn start(own: Nature, words: &[Arc<str>]) -> Started {
    let words: Vec<&str> = words.iter().map(|word| &**word).collect();
    if words.is_empty() { Started::Runs(own) } else { command(own, &words, 0) }
}

/// How deep shells may be nested.
const DEPTH: u32 = 4;

fn command(own: Nature, words: &[&str], depth: u32) -> Started {
    let Some((program, arguments)) = words.split_first() else {
        return Started::Runs(Nature::ends(0, 0));
    };
    let ends = |code| Started::Runs(Nature::ends(0, code));
    match program.rsplit('/').next().unwrap_or(program) {
        "sleep" => Started::Runs(sleep(arguments.first().copied().unwrap_or(""))),
        "sh" | "bash" | "ash" => match arguments {
            ["-c" | "-ec" | "-lc" | "-xc", script, ..] if depth < DEPTH => {
                Started::Runs(shell(own, script, depth + 1))
            }
            _ => ends(0),
        },
        "exec" => command(own, arguments, depth),
        "exit" => ends(arguments.first().and_then(|code| code.parse().ok()).unwrap_or(0)),
        _ => tool(own, program, arguments),
    }
}

/// Programs that are there in every image, and those that an image is for.
#[inline(never)]
fn tool(own: Nature, program: &str, arguments: &[&str]) -> Started {
    let ends = |code| Started::Runs(Nature::ends(0, code));
    match program.rsplit('/').next().unwrap_or(program) {
        "false" => ends(1),
        "tail" if arguments.contains(&"-f") => Started::Runs(Nature::runs(Stop::Ignores)),
        "nginx" | "httpd-foreground" | "docker-entrypoint.sh" | "apachectl" | "httpd"
            if own.serves.is_some() =>
        {
            Started::Runs(own)
        }
        "crash" | "slow" | "worker" => Started::Runs(own),
        "cat" | "date" | "df" | "echo" | "env" | "hostname" | "id" | "ls" | "mkdir" | "mv"
        | "cp" | "printenv" | "printf" | "ps" | "pwd" | "rm" | "set" | "test" | "touch"
        | "trap" | "true" | "uname" | "wget" | "whoami" | "chmod" | "chown" | "export" | ":"
        | "tail" | "head" | "grep" | "sed" | "awk" | "sort" | "wc" | "nslookup" | "ping" | "cd" => {
            ends(0)
        }
        _ => Started::NotFound(program.to_owned()),
    }
}

/// `sleep 30`, `sleep 5m`, `sleep infinity`.
#[inline(never)]
fn sleep(length: &str) -> Nature {
    let digits = length.trim_end_matches(['s', 'm', 'h', 'd']);
    let factor = match length.get(digits.len()..) {
        Some("m") => 60,
        Some("h") => 3_600,
        Some("d") => 86_400,
        _ => 1,
    };
    match digits.parse::<u64>() {
        Ok(number) => Nature::ends(number.saturating_mul(factor).saturating_mul(SECOND), 0),
        Err(_) if length.starts_with("inf") => Nature::runs(Stop::Ignores),
        Err(_) => Nature::ends(0, 1),
    }
}

/// A script: its parts one after the other. It ends where a part runs for ever.
#[inline(never)]
fn shell(own: Nature, script: &str, depth: u32) -> Nature {
    let (mut total, mut code, mut stop) = (0, 0, Stop::Ignores);
    for (joined_by, part) in parts(script) {
        let words = shlex::split(&part).unwrap_or_default();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if (joined_by == Join::And && code != 0) || (joined_by == Join::Or && code == 0) {
            continue;
        }
        match words.as_slice() {
            [] => {}
            ["while" | "until" | "for", ..] => return Nature { serves: None, ends: None, stop },
            ["trap", action, ..] => stop = trapped(action),
            ["exit", rest @ ..] => {
                let given = rest.first().and_then(|code| code.parse().ok());
                return Nature { serves: None, ends: Some((total, given.unwrap_or(code))), stop };
            }
            words => match command(own, words, depth) {
                Started::NotFound(_) => code = 127,
                Started::Runs(Nature { ends: Some((after, with)), .. }) => {
                    total = after.saturating_add(total);
                    code = with;
                }
                Started::Runs(for_ever) => {
                    let stop = if words.first() == Some(&"exec") { for_ever.stop } else { stop };
                    return Nature { stop, ..later(for_ever, total) };
                }
            },
        }
    }
    Nature { serves: None, ends: Some((total, code)), stop }
}

/// A process that begins after some time.
fn later(nature: Nature, after: Millis) -> Nature {
    let serves = nature.serves.map(|(port, ready)| (port, ready.saturating_add(after)));
    Nature { serves, ..nature }
}

/// What `trap '…' TERM` does: the code of its `exit`.
fn trapped(action: &str) -> Stop {
    match action.split_once("exit") {
        Some((_, code)) => Stop::Exits(code.trim().trim_matches(';').parse().unwrap_or(0), 100),
        None => Stop::Ignores,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    Then,
    And,
    Or,
}

/// The parts of a script between `;`, `&&`, `||` and line ends that stand outside quotes.
fn parts(script: &str) -> Vec<(Join, String)> {
    let (mut found, mut part, mut join) = (Vec::new(), String::new(), Join::Then);
    let (mut quote, mut letters) = (None, script.chars().peekable());
    while let Some(letter) = letters.next() {
        let next = match (letter, letters.peek()) {
            _ if quote == Some(letter) => {
                quote = None;
                None
            }
            _ if quote.is_some() => None,
            ('\'' | '"', _) => {
                quote = Some(letter);
                None
            }
            ('&', Some('&')) => Some(Join::And),
            ('|', Some('|')) => Some(Join::Or),
            (';' | '\n', _) => Some(Join::Then),
            _ => None,
        };
        match next {
            None => part.push(letter),
            Some(next) => {
                if next != Join::Then {
                    letters.next();
                }
                found.push((join, std::mem::take(&mut part)));
                join = next;
            }
        }
    }
    found.push((join, part));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEB: Nature = Nature::server(80, 300, Stop::Exits(0, 200));

    fn runs(words: &[&str]) -> Nature {
        let words: Vec<Arc<str>> = words.iter().map(|word| Arc::from(*word)).collect();
        match start(WEB, &words) {
            Started::Runs(nature) => nature,
            Started::NotFound(what) => panic!("{what} was not found"),
        }
    }

    #[test]
    fn sleep_ends_by_itself_and_ignores_the_stop_signal() {
        assert_eq!(runs(&["sleep", "300"]), Nature::ends(300 * SECOND, 0));
        assert_eq!(runs(&["sleep", "5m"]), Nature::ends(300 * SECOND, 0));
        assert_eq!(runs(&["sleep", "infinity"]), Nature::runs(Stop::Ignores));
    }

    #[test]
    fn a_script_adds_up_its_parts() {
        assert_eq!(runs(&["sh", "-c", "echo hi; sleep 20 && exit 3"]).ends, Some((20 * SECOND, 3)));
        assert_eq!(runs(&["sh", "-c", "false && sleep 9"]).ends, Some((0, 1)));
        assert_eq!(runs(&["sh", "-c", "false || sleep 9"]).ends, Some((9 * SECOND, 0)));
        assert_eq!(runs(&["sh", "-c", "while true; do date; sleep 1; done"]).ends, None);
        assert_eq!(
            runs(&["sh", "-c", "trap 'exit 0' TERM; sleep infinity"]).stop,
            Stop::Exits(0, 100)
        );
    }

    #[test]
    fn a_server_started_by_a_script_serves() {
        // The shape of the sample task definition in AWS's own guide.
        let script = "/bin/sh -c \"echo '<p>a; b && c</p>' > index.html && httpd-foreground\"";
        assert_eq!(runs(&["sh", "-c", script]).serves, Some((80, 300)));
    }

    #[test]
    fn a_program_that_is_not_there_is_said_to_be_missing() {
        let words = [Arc::from("python"), Arc::from("app.py")];
        assert_eq!(start(WEB, &words), Started::NotFound("python".into()));
    }
}
