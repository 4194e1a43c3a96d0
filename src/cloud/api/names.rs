//! Names on the command line.

/// The command line spelling of an operation or member: `RunTask` becomes `run-task`,
/// `NatGatewayIds` `nat-gateway-ids`, `ListWebACLs` `list-web-acls`.
///
/// The same as botocore's `xform_name(name, "-")`, except for its list of names of services
/// that the laboratory does not have.
pub fn cli_name(name: &str) -> String {
    if name.contains('-') {
        return name.to_owned();
    }
    let (head, acronyms) = split_acronyms(name);
    let mut text = String::with_capacity(name.len() + 8);
    let mut before: Option<char> = None;
    let mut letters = head.chars().peekable();
    while let Some(letter) = letters.next() {
        let ends = before.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let starts = before.is_some() && letters.peek().is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && (ends || starts) {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
        before = Some(letter);
    }
    if !acronyms.is_empty() {
        text.push('-');
        text.push_str(&acronyms.to_ascii_lowercase());
    }
    text
}

/// Cuts off an acronym in the plural, such as `ARNs`: its `s` starts no word.
fn split_acronyms(name: &str) -> (&str, &str) {
    let head = name.strip_suffix('s').unwrap_or_default();
    let head = head.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let (start, end) = name.split_at_checked(head.len()).unwrap_or((name, ""));
    if name.ends_with('s') && end.len() > 2 { (start, end) } else { (name, "") }
}

#[cfg(test)]
mod tests {
    use super::cli_name;
    use crate::cloud::api::services;
    use std::collections::BTreeMap;

    fn botocore() -> BTreeMap<&'static str, &'static str> {
        let pairs = include_str!("../../../tests/oracle/names.txt");
        pairs.lines().map(|line| line.split_once(' ').unwrap()).collect()
    }

    #[test]
    fn names_are_botocores() {
        for (wire, cli) in botocore() {
            assert_eq!(cli_name(wire), cli);
        }
    }

    #[test]
    fn no_name_is_left_out() {
        let known = botocore();
        for service in services() {
            for op in &service.operations {
                assert_eq!(known.get(op.name), Some(&op.cli_name.as_str()));
                for member in service.inputs(op) {
                    assert!(known.contains_key(member.name), "{}", member.name);
                }
            }
        }
    }

    #[test]
    fn acronyms_and_digits() {
        for (wire, cli) in [
            ("EC2", "ec2"),
            ("GatewayARNs", "gateway-arns"),
            ("ListWebACLs", "list-web-acls"),
            ("ARNs", "-arns"),
            ("Xs", "xs"),
            ("s", "s"),
            ("", ""),
            ("DescribeDBInstances", "describe-db-instances"),
            ("Ipv6CidrBlock", "ipv6-cidr-block"),
            ("run-Task", "run-Task"),
        ] {
            assert_eq!(cli_name(wire), cli);
        }
    }
}
