//! A terminal session as text.

use drydock::cli;
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use expect_test::Expect;

/// Runs commands on a fresh account and compares what the screen shows: `$ command`, standard
/// output, standard error (the AWS CLI's usage text is cut to `<usage>`), and the exit status where
/// it is not 0.
pub(crate) fn check(script: &str, expected: Expect) {
    expected.assert_eq(&screen(&mut Cloud::new(1, Start::DefaultVpc), script));
}

/// What the screen shows after a script.
pub(crate) fn screen(cloud: &mut Cloud, script: &str) -> String {
    let mut screen = String::new();
    for command in cli::commands(script) {
        let printed = cli::run(cloud, command);
        screen.push_str(&format!("$ {command}\n{}{}", printed.stdout, printed.stderr));
        if printed.status != 0 {
            screen.push_str(&format!("[{}]\n", printed.status));
        }
    }
    screen.replace(USAGE, "<usage>\n")
}

const USAGE: &str = "\
usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  aws help
  aws <command> help
  aws <command> <subcommand> help
";
