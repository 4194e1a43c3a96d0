//! `curl http://…`: one request from a client on the internet to a load balancer.

use serde_json::Value;

use super::aws::Endpoint;
use super::fail::Fail;
use super::shell::Shell;
use crate::cloud::elbv2::request::{Ask, Sent, request};
use crate::cloud::elbv2::sticky::Cookies;
use crate::cloud::rows::Kind;

/// Runs the words after `curl`.
#[inline(never)]
pub(super) fn run(shell: &mut Shell<'_>, words: &[String]) -> Result<(), Fail> {
    let asked = Asked::read(words)?;
    let (host, port, path) = asked.address()?;
    let rows = Kind::LoadBalancer.rows(shell.cloud.account());
    let is_it = |row: &&Value| {
        let name = row.get("DNSName").and_then(Value::as_str);
        name.is_some_and(|name| name.eq_ignore_ascii_case(host))
    };
    let name = rows.iter().find(is_it).and_then(|row| row.get("LoadBalancerName")?.as_str());
    let Some(name) = name else {
        return Err(Fail::honest(format_args!("curl: (6) Could not resolve host: {host}"), 6));
    };
    let cookies = asked.cookies(shell);
    let method = match (asked.method.as_str(), asked.head) {
        ("", true) => "HEAD",
        ("", false) => "GET",
        (method, _) => method,
    };
    let host_asked = asked.host.as_deref().unwrap_or(host);
    let ask =
        Ask { host: host_asked, port: Some(port), path, method, cookies: Cookies::Sent(&cookies) };
    let sent = request(shell.cloud, name, ask).map_err(|error| Fail::honest(error.message, 1))?;
    shell.note(true);
    if !asked.jar.is_empty() {
        let given = sent.head.lines().find_map(|line| line.strip_prefix("Set-Cookie: "));
        let given = given.and_then(|cookie| cookie.split(';').next()).unwrap_or(&cookies);
        shell.docker(words).keep_cookies(&asked.jar, given);
    }
    shell.pass(sent.took_ms);
    let task = sent.task.and_then(|id| shell.cloud.account().tasks.get(id));
    let task = task.map(|task| task.id.to_string());
    if asked.explain {
        let hops: Vec<String> = sent.hops.iter().map(|hop| format!("* {}\n", hop.says)).collect();
        shell.print(&hops.concat());
    }
    let failed = asked.fail && sent.status >= 400;
    shell.print(&asked.show(&sent, task.as_deref(), failed));
    if failed {
        let said = format_args!("curl: (22) The requested URL returned error: {}", sent.status);
        return Err(asked.failure(said, 22));
    }
    if sent.status == 0 {
        return Err(asked.not_connected(host, port, &sent));
    }
    Ok(())
}

/// What the words ask for.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of curl's own")]
#[derive(Default)]
struct Asked {
    url: String,
    /// `-H 'Host: …'`.
    host: Option<String>,
    /// `-H 'Cookie: …'`, `-b`: the cookies, or a file of them.
    cookies: String,
    /// `-c`: the file that keeps cookies.
    jar: String,
    /// `-X`.
    method: String,
    /// `-i`.
    headers: bool,
    /// `-I`: the head of the answer alone.
    head: bool,
    /// `-v`: each hop.
    explain: bool,
    /// `-o`: the body goes to a file, and is gone here.
    drop_body: bool,
    /// `-f`: an answer of 400 or more is a failure without a body.
    fail: bool,
    /// `-s`: no error text.
    silent: bool,
    /// `-w`.
    write_out: String,
}

impl Asked {
    fn read(words: &[String]) -> Result<Self, Fail> {
        let mut asked = Self::default();
        let mut words = words.iter().flat_map(|word| apart(word));
        while let Some(word) = words.next() {
            let mut next = || words.next().unwrap_or_default();
            match word.as_str() {
                "-s" | "--silent" => asked.silent = true,
                "-S" | "-L" | "-k" | "--show-error" | "--location" | "--insecure" => {}
                "-f" | "--fail" => asked.fail = true,
                "-i" | "--include" => asked.headers = true,
                "-I" | "--head" => (asked.headers, asked.head) = (true, true),
                "-v" | "--verbose" => asked.explain = true,
                "-b" | "--cookie" => asked.cookies = next(),
                "-c" | "--cookie-jar" => asked.jar = next(),
                "-X" | "--request" => asked.method = next(),
                "-o" | "--output" => {
                    next();
                    asked.drop_body = true;
                }
                "-w" | "--write-out" => asked.write_out = next(),
                "-m" | "--max-time" | "--connect-timeout" => {
                    next();
                }
                "-H" | "--header" => {
                    let header = next();
                    let (name, value) = header.split_once(':').unwrap_or((&header, ""));
                    if name.eq_ignore_ascii_case("host") {
                        asked.host = Some(value.trim().to_owned());
                    } else if name.eq_ignore_ascii_case("cookie") {
                        value.trim().clone_into(&mut asked.cookies);
                    }
                }
                flag if flag.starts_with('-') => {
                    let message = format_args!("curl: option {flag}: is unknown");
                    return Err(Fail::honest(message, 2));
                }
                _ => asked.url = word,
            }
        }
        Ok(asked)
    }

    /// The cookies to send: words with a `=`, or what a file keeps.
    fn cookies(&self, shell: &Shell<'_>) -> String {
        if self.cookies.contains('=') {
            return self.cookies.clone();
        }
        shell.cloud.account().docker.cookies(&self.cookies).unwrap_or("").to_owned()
    }

    /// The host, the port and the path of the address.
    fn address(&self) -> Result<(&str, u16, &str), Fail> {
        if self.url.is_empty() {
            return Err(Fail::honest("usage: curl http://<DNS name of a load balancer>/<path>", 2));
        }
        if self.url.starts_with("https://") {
            return Err(Fail::honest("Only http is simulated here, without encryption.", 1));
        }
        let rest = self.url.strip_prefix("http://").unwrap_or(&self.url);
        let (host, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let (host, port) = host.split_once(':').unwrap_or((host, "80"));
        let bad = "curl: (3) URL using bad/illegal format or missing URL";
        Ok((host, port.parse().map_err(|_| Fail::honest(bad, 3))?, path))
    }

    /// What goes to standard output.
    fn show(&self, sent: &Sent, task: Option<&str>, failed: bool) -> String {
        let mut out = String::new();
        if self.headers && sent.status != 0 {
            let status = status_line(sent.status);
            out.push_str(&["HTTP/1.1 ", &status, "\n", &sent.head, "\n"].concat());
        }
        if !self.drop_body && !self.head && !failed {
            out.push_str(&sent.body.as_deref().map_or_else(|| body(sent.status, task), own_line));
        }
        let code = format!("{:03}", sent.status);
        out.push_str(&self.write_out.replace("%{http_code}", &code).replace("\\n", "\n"));
        out
    }

    fn not_connected(&self, host: &str, port: u16, sent: &Sent) -> Fail {
        let refused = sent.hops.last().is_some_and(|hop| hop.says.contains("refused"));
        let (status, why) =
            if refused { (7, "Connection refused") } else { (28, "Connection timed out") };
        let said = format_args!("curl: ({status}) Failed to connect to {host} port {port}: {why}");
        self.failure(said, status)
    }

    /// What curl says where it fails, unless it is to be silent.
    fn failure(&self, said: std::fmt::Arguments<'_>, status: i32) -> Fail {
        if self.silent { Fail { text: String::new(), status } } else { Fail::honest(said, status) }
    }
}

/// A word of short flags as a word each, `-sfo x` and `-XPOST` too: a flag with a value takes the rest.
fn apart(word: &str) -> Vec<String> {
    let short = word.strip_prefix('-').filter(|rest| rest.len() > 1 && !rest.starts_with('-'));
    let Some(rest) = short else { return vec![word.to_owned()] };
    let mut words = Vec::new();
    let mut letters = rest.chars();
    while let Some(flag) = letters.next() {
        words.push(format!("-{flag}"));
        let rest = letters.as_str();
        if "XoHwbcm".contains(flag) && !rest.is_empty() {
            words.push(rest.to_owned());
            break;
        }
    }
    words
}

/// A body ends with a line here, so that the next prompt begins one.
fn own_line(text: &str) -> String {
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    [text, end].concat()
}

/// The container says which task it belongs to; a load balancer sends a small page.
fn body(status: u16, task: Option<&str>) -> String {
    match (status, task) {
        (_, Some(task)) => format!("Task {task} answers.\n"),
        (301 | 302 | 502..=504, None) => {
            let line = status_line(status);
            format!(
                "<html>\n<head><title>{line}</title></head>\n<body>\n<center><h1>{line}</h1></center>\n\
                 </body>\n</html>\n"
            )
        }
        _ => String::new(),
    }
}

fn status_line(status: u16) -> String {
    let reason = match status {
        200 => " OK",
        301 => " Moved Permanently",
        302 => " Found",
        403 => " Forbidden",
        404 => " Not Found",
        502 => " Bad Gateway",
        503 => " Service Temporarily Unavailable",
        504 => " Gateway Time-out",
        _ => "",
    };
    format!("{status}{reason}")
}
