//! Public images: which exist, how big they are, and how a reference resolves to one as Docker resolves it.

use std::sync::Arc;

use super::program::{Nature, Stop};
use crate::cloud::digest::Digest;
use crate::cloud::limits;
use crate::cloud::time::{Millis, SECOND};

/// A prepared public image.
#[derive(Debug)]
pub struct Image {
    /// Its repository on Docker Hub, with `library/` for the official ones.
    pub repository: &'static str,
    /// Its tags.
    pub tags: &'static [&'static str],
    /// What is pulled, in KiB (compressed; facts/docker §2, rounded).
    pub kib: u64,
    /// What it does when no command is given.
    pub nature: Nature,
    /// It needs a Windows kernel.
    pub windows: bool,
}

/// A reference taken apart: `docker.io/library/nginx:latest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// `docker.io`, `public.ecr.aws`, `111122223333.dkr.ecr.us-east-1.amazonaws.com`.
    pub registry: String,
    /// `library/nginx`.
    pub repository: String,
    /// The tag; `latest` if none is given. Empty when there is a digest.
    pub tag: String,
    /// `sha256:…`.
    pub digest: Option<String>,
}

/// The images of the model (CONTRACT.md §2). `nginx` stops on SIGQUIT and `httpd` on SIGWINCH, which their images ask
/// Docker for by STOPSIGNAL, and both then exit with 0.
const IMAGES: &[Image] = &[
    Image {
        repository: "library/nginx",
        tags: &[
            "latest",
            "stable",
            "alpine",
            "1.29",
            "1.28",
            "1.27",
            "1.27-alpine",
            "1.26",
            "1.25",
        ],
        kib: 70_000,
        nature: Nature::server(80, 300, Stop::Exits(0, 200)),
        windows: false,
    },
    Image {
        repository: "library/httpd",
        tags: &["latest", "2.4", "2", "alpine", "2.4-alpine"],
        kib: 58_000,
        nature: Nature::server(80, 400, Stop::Exits(0, 300)),
        windows: false,
    },
    // A shell without a terminal ends at once.
    Image {
        repository: "library/busybox",
        tags: &["latest", "stable", "1.37", "1.36", "musl", "glibc"],
        kib: 2_200,
        nature: Nature::ends(0, 0),
        windows: false,
    },
    Image {
        repository: "library/crash",
        tags: &["latest", "v1"],
        kib: 12_000,
        nature: Nature::ends(2 * SECOND, 1),
        windows: false,
    },
    Image {
        repository: "library/slow",
        tags: &["latest", "v1"],
        kib: 90_000,
        nature: Nature::server(80, 90 * SECOND, Stop::Exits(0, SECOND)),
        windows: false,
    },
    Image {
        repository: "library/worker",
        tags: &["latest", "v1"],
        kib: 30_000,
        nature: Nature::runs(Stop::Exits(143, 2 * SECOND)),
        windows: false,
    },
    Image {
        repository: "amazon/amazon-ecs-sample",
        tags: &["latest"],
        kib: 70_000,
        nature: Nature::server(80, 400, Stop::Exits(0, 300)),
        windows: false,
    },
    // The web server of Microsoft's own sample task (ECS guide, "Windows sample task definitions").
    Image {
        repository: "windows/servercore/iis",
        tags: &["latest", "windowsservercore-ltsc2022"],
        kib: 2_000_000,
        nature: Nature::server(80, 10 * SECOND, Stop::Exits(0, SECOND)),
        windows: true,
    },
];

/// Other names under which public images are found: registry and repository, and the repository on Docker Hub.
const ALIASES: &[(&str, &str, &str)] = &[
    ("public.ecr.aws", "docker/library/", "library/"),
    ("public.ecr.aws", "nginx/nginx", "library/nginx"),
    ("public.ecr.aws", "ecs-sample-image/amazon-ecs-sample", "amazon/amazon-ecs-sample"),
    ("public.ecr.aws", "amazonlinux/amazonlinux", "library/busybox"),
    ("mcr.microsoft.com", "windows/servercore/iis", "windows/servercore/iis"),
];

impl Reference {
    /// Takes a reference apart as Docker does: the first part is a registry if it looks like a host.
    pub fn parse(text: &str) -> Self {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest.to_owned())),
            None => (text, None),
        };
        let (host, path) = match name.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => {
                (first, rest)
            }
            _ => ("docker.io", name),
        };
        let (path, tag) = path.rsplit_once(':').unwrap_or((path, ""));
        let tag = if tag.is_empty() && digest.is_none() { "latest" } else { tag };
        let official = host == "docker.io" && !path.contains('/');
        let repository = if official { format!("library/{path}") } else { path.to_owned() };
        Self { registry: host.to_owned(), repository, tag: tag.to_owned(), digest }
    }

    /// The reference in full, as error messages show it.
    pub fn full(&self) -> String {
        let name = format!("{}/{}", self.registry, self.repository);
        match &self.digest {
            Some(digest) => format!("{name}@{digest}"),
            None => format!("{name}:{}", self.tag),
        }
    }
}

/// The public image of a reference, or how the registry answers (facts/ecs §3: texts of failed pulls).
pub fn find(reference: &Reference) -> Result<&'static Image, String> {
    let Some(image) = repository(reference) else {
        let full = reference.full();
        return Err(format!(
            "failed to resolve ref {full}: pull access denied, repository does not exist or may \
             require authorization: server message: insufficient_scope: authorization failed"
        ));
    };
    let known = match &reference.digest {
        Some(wanted) => image.tags.iter().any(|tag| *digest(image, tag) == **wanted),
        None => image.tags.contains(&&*reference.tag),
    };
    if known {
        return Ok(image);
    }
    let full = reference.full();
    Err(format!("failed to resolve ref {full}: {full}: not found"))
}

fn repository(reference: &Reference) -> Option<&'static Image> {
    let hub = |name: &str| IMAGES.iter().find(|image| image.repository == name);
    if matches!(&*reference.registry, "docker.io" | "registry-1.docker.io" | "index.docker.io") {
        return hub(&reference.repository);
    }
    ALIASES.iter().filter(|(registry, _, _)| *registry == reference.registry).find_map(
        |(_, theirs, ours)| {
            let rest = reference.repository.strip_prefix(theirs)?;
            let whole = theirs.ends_with('/') || rest.is_empty();
            whole.then(|| hub(&format!("{ours}{rest}"))).flatten()
        },
    )
}

/// The digest of an image's tag: made from its name, so that it is the same in every account.
pub fn digest(image: &Image, tag: &str) -> Arc<str> {
    let mut state = Digest::new();
    let mut text = String::from("sha256:");
    for part in 0..4_u8 {
        state.mix(&(image.repository, tag, part));
        text.push_str(&state.hex());
    }
    Arc::from(text)
}

/// How long an image takes to come over the network.
pub fn pull_time(kib: u64) -> Millis {
    limits::PULL_BASE_MS + kib * SECOND / limits::PULL_KIB_PER_SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_as_docker_resolves_them() {
        let full = |text| Reference::parse(text).full();
        assert_eq!(full("nginx"), "docker.io/library/nginx:latest");
        assert_eq!(full("nginx:1.27"), "docker.io/library/nginx:1.27");
        assert_eq!(full("amazon/amazon-ecs-sample"), "docker.io/amazon/amazon-ecs-sample:latest");
        assert_eq!(full("localhost:5000/web"), "localhost:5000/web:latest");
        let ecr = "111122223333.dkr.ecr.us-east-1.amazonaws.com/web:v1";
        assert_eq!(full(ecr), ecr);
    }

    #[test]
    fn the_same_image_is_found_under_its_other_names() {
        let find = |text| find(&Reference::parse(text)).map(|image| image.repository);
        assert_eq!(find("nginx:1.27"), Ok("library/nginx"));
        assert_eq!(find("public.ecr.aws/docker/library/nginx:1.27"), Ok("library/nginx"));
        assert_eq!(find("public.ecr.aws/nginx/nginx"), Ok("library/nginx"));
        assert!(find("nginx:nope").is_err_and(|text| text.ends_with("nginx:nope: not found")));
        assert!(find("my/app").is_err_and(|text| text.contains("pull access denied")));
    }

    #[test]
    fn an_image_can_be_named_by_its_digest() {
        let nginx = &IMAGES[0];
        let by_digest = format!("nginx@{}", digest(nginx, "1.27"));
        assert!(find(&Reference::parse(&by_digest)).is_ok());
        assert!(find(&Reference::parse("nginx@sha256:0")).is_err());
        assert_eq!(digest(nginx, "1.27").len(), 71);
    }
}
