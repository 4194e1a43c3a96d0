//! What a scan knows: packages of the prepared images with published weaknesses. Names, packages, versions and severities
//! are those of the Debian security tracker for Debian 12; which image has which is the model's (docs/fidelity.md).

use serde_json::{Value, json};

use crate::cloud::compute::images::Reference;

/// A weakness of a package.
#[derive(Clone, Copy, Debug)]
pub struct Finding {
    /// Its public name.
    pub name: &'static str,
    /// How bad it is (API-ecr FindingSeverity).
    pub severity: &'static str,
    /// The package, and the version that has it.
    pub package: (&'static str, &'static str),
    /// What it is.
    pub what: &'static str,
}

impl Finding {
    /// Worse than most people let pass.
    pub(super) fn is_bad(&self) -> bool {
        matches!(self.severity, "CRITICAL" | "HIGH")
    }

    /// The finding as DescribeImageScanFindings shows it.
    pub(super) fn describe(&self) -> Value {
        let attribute = |key: &str, value: &str| json!({ "key": key, "value": value });
        json!({
            "name": self.name,
            "description": self.what,
            "uri": format!("https://security-tracker.debian.org/tracker/{}", self.name),
            "severity": self.severity,
            "attributes": [
                attribute("package_version", self.package.1),
                attribute("package_name", self.package.0),
            ],
        })
    }
}

/// What is known of an image by the image that it is made from; none where its packages cannot be read.
pub(super) fn of(base: &str) -> Option<&'static [Finding]> {
    let Reference { repository, tag, .. } = Reference::parse(base);
    let name = repository.rsplit('/').next().unwrap_or("");
    match (name, &*tag) {
        ("nginx", "1.25") => Some(ALL),
        ("nginx", "1.26") | ("amazon-ecs-sample", _) => ALL.get(1..),
        ("nginx" | "httpd" | "slow", _) => ALL.get(3..),
        _ => None,
    }
}

/// The worst first, as AWS lists them.
const ALL: &[Finding] = &[
    Finding {
        name: "CVE-2023-45853",
        severity: "CRITICAL",
        package: ("zlib", "1:1.2.13.dfsg-1"),
        what: "An integer overflow in MiniZip of zlib through a long file name, comment or extra \
               field.",
    },
    Finding {
        name: "CVE-2024-2961",
        severity: "HIGH",
        package: ("glibc", "2.36-9+deb12u4"),
        what: "iconv may write beyond its buffer when it converts to ISO-2022-CN-EXT.",
    },
    Finding {
        name: "CVE-2023-44487",
        severity: "HIGH",
        package: ("nghttp2", "1.52.0-1"),
        what: "HTTP/2 requests that are reset at once use up a server (Rapid Reset).",
    },
    Finding {
        name: "CVE-2011-3374",
        severity: "INFORMATIONAL",
        package: ("apt", "2.6.1"),
        what: "apt-key does not check signatures of keys against the master keyring.",
    },
];
